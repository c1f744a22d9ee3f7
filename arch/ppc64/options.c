// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line that only ppc64 has, and what the machine is. */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

struct ppc64_radix ppc64_radix = PPC64_RADIX_4K;
/* A whole PID is named in one operation from ISA 3.1 on; POWER9 wants its sets one by one. */
#define POWER9 0x4e
#define POWER9_SETS 128

struct ppc64_tlbi ppc64_tlbi = { .pid_bits = PPC64_PID_BITS, .sets = 1, .every = IS_LPID };

static const char *const base_names[] = { "4k", "64k" };
static const char *const switch_names[] = { "off", "on" };

CMD_CHOICE(base, base_names, true, "size of the smallest page (4k)");
CMD_CHOICE(quirks, switch_names, true, "the extra tlbie that some POWER9 want (by the processor's version)");

const char *ppc64_lacks_tlbie(void)
{
	return ppc64_papr.has_gtse ? NULL : "this hypervisor lets no guest execute tlbie (no GTSE)";
}

const char *ppc64_lacks_rpt(void)
{
	return ppc64_papr.hcalls >> PPC64_HCALL_RPT & 1 ? NULL : "this hypervisor offers no H_RPT_INVALIDATE (ibm,hypertas-functions)";
}

bool ppc64_prefers_rpt(void)
{
	return false;
}

u64 ppc64_by_turns;

static bool by_turns(void)
{
	char v[16];

	return cmdline_value("accel", 0, v, sizeof(v)) && (!strcmp(v, "icount") || !strcmp(v, "tcg1"));
}

const char *arch_configure(void)
{
	static const struct ppc64_radix bases[] = { PPC64_RADIX_4K, PPC64_RADIX_64K };
	u64 pvr = insn_mfspr(SPR_PVR);

	ppc64_by_turns = by_turns();
	ppc64_radix = bases[cmdline_choice("base", base_names, ARRAY_SIZE(base_names), 0)];
	ppc64_tlbi.sets = pvr >> 16 == POWER9 ? POWER9_SETS : 1;
	if (cmdline_has("quirks"))
		ppc64_tlbi.quirks = cmdline_choice("quirks", switch_names, ARRAY_SIZE(switch_names), 0) ? QUIRK_ERAT | QUIRK_STQ : 0;
	else
		ppc64_tlbi.quirks = ppc64_quirks_of(pvr);
	if (!ppc64_cpus.timebase_hz)
		return "device tree: no timebase-frequency of a CPU";
	if (!ppc64_papr.start_cpu)
		return "device tree: /rtas has no start-cpu";
	return NULL;
}
