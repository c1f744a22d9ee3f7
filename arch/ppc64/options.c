// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line that only ppc64 has, and what the machine is. */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <mm.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

struct ppc64_radix ppc64_radix = PPC64_RADIX_4K;
/* A whole PID is named in one operation from ISA 3.1 on; POWER9 wants its sets one by one. */
#define POWER9_SETS 128

struct ppc64_tlbi ppc64_tlbi = { .pid_bits = PPC64_PID_BITS, .sets = 1, .every = IS_LPID };

static const char *const base_names[] = { "4k", "64k" };
static const char *const mmu_names[] = { "radix", "hash" };
static const char *const ipi_names[] = { "xics", "msgsndp", "xive", "doorbell" };
static const char *const switch_names[] = { "off", "on" };

CMD_CHOICE(mmu, mmu_names, true, "what translates: radix trees, or a hashed table that is filled from them (radix)");
CMD_CHOICE(base, base_names, true, "size of the smallest page (4k)");
CMD_CHOICE(ipi, ipi_names, true, "interrupts of a partition by XICS, XIVE or to threads of one core, or doorbells of the bare machine (xive where the tree has it, or xics; doorbell)");
CMD_CHOICE(quirks, switch_names, true, "the extra tlbie that some POWER9 want (by the processor's version)");

static bool asid_valid(const char *value, size_t len)
{
	u64 v;

	return cmd_parse_u64(value, len, &v) && v >= 1 && v <= PPC64_PID_BITS;
}

static void asid_print(void)
{
	kprintf("1 to %u", PPC64_PID_BITS);
}

CMD_KEY(asid) = { "asid", "bits of an address-space ID (PID) that are used (12, or what the CPU has)", asid_print, asid_valid, true };

const char *ppc64_lacks_tlbie(void)
{
	if (ppc64_hash.on && !ppc64_bare)
		return "with mmu=hash a partition has no tlbie (H_REMOVE does it: tlb=fw)";
	return ppc64_bare || ppc64_papr.has_gtse ? NULL : "this hypervisor lets no guest execute tlbie (no GTSE)";
}

const char *ppc64_lacks_rpt(void)
{
	if (ppc64_bare)
		return "there is no hypervisor below that could do it (MACHINE=pseries has one)";
	if (ppc64_hash.on)
		return NULL;
	return ppc64_papr.hcalls >> PPC64_HCALL_RPT & 1 ? NULL : "this hypervisor offers no H_RPT_INVALIDATE (ibm,hypertas-functions)";
}

/* Linux asks the hypervisor as soon as it may not execute tlbie, and interrupts nobody for it. */
bool ppc64_prefers_rpt(void)
{
	return ppc64_lacks_tlbie() && !ppc64_lacks_rpt();
}

u64 ppc64_by_turns;

static const char *need_platform(void)
{
	if (!ppc64_cpus.timebase_hz)
		return "device tree: no timebase-frequency of a CPU";
	return ppc64_platform->configure();
}

static const char *choose_mmu(void)
{
	if (!cmdline_choice("mmu", mmu_names, ARRAY_SIZE(mmu_names), 0))
		return NULL;
	return ppc64_hash_configure(cmdline_choice("base", base_names, ARRAY_SIZE(base_names), 0) ? 16 : 12);
}

/* How the CPU encodes the sizes of leaves. A tree that does not say leaves the encodings of POWER9, which every CPU so far has. */
static const char *choose_base(void)
{
	static const struct ppc64_radix bases[] = { PPC64_RADIX_4K, PPC64_RADIX_64K };
	unsigned base = cmdline_choice("base", base_names, ARRAY_SIZE(base_names), 0);
	const enum ppc64_size leaves[] = { base ? PPC64_64K : PPC64_4K, PPC64_2M, PPC64_1G };

	ppc64_radix = bases[base];
	if (!ppc64_cpus.sizes || ppc64_hash.on) /* hashed: any geometry will do for trees that only software walks */
		return NULL;
	if (!(ppc64_cpus.sizes >> leaves[0] & 1))
		return base ? "base=64k: this CPU has no radix pages of 64K; valid is base=4k" :
			      "base=4k: this CPU has no radix pages of 4K; valid is base=64k";
	for (unsigned level = 0; level < ARRAY_SIZE(leaves); level++) {
		if (!(ppc64_cpus.sizes >> leaves[level] & 1))
			return "this CPU has no radix pages of 2M, or none of 1G (ibm,processor-radix-AP-encodings): the kernel's map is made of them";
		ppc64_radix.ap[level] = ppc64_cpus.ap[leaves[level]];
	}
	return NULL;
}

static const char *choose_pids(void)
{
	static char text[120];
	unsigned fewest = mm_fewest_asid_bits(ppc64_cpus.nr_threads), most = PPC64_PID_BITS, want;

	if (ppc64_cpus.pid_bits && ppc64_cpus.pid_bits < most)
		most = ppc64_cpus.pid_bits;
	want = (unsigned)cmdline_u64("asid", most);
	ppc64_tlbi.pid_bits = want;
	if (want >= fewest && want <= most)
		return NULL;
	ksnprintf(text, sizeof(text), "asid=%u: valid for this CPU and %u threads: %u to %u", want, ppc64_cpus.nr_threads, fewest, most);
	return text;
}

static const char *ipi_lacks(void)
{
	switch (ppc64_ipi) {
	case PPC64_IPI_DOORBELL:
		return ppc64_bare ? NULL : "a partition may send no hypervisor's doorbell";
	case PPC64_IPI_MSGSNDP:
		if (ppc64_bare)
			return "it is what a partition has for the bare machine's doorbell";
		return ppc64_cpus.nr_cores == 1 ? NULL : "it reaches threads of one core (MACHINE=pseries,smp.threads=8 CPUS=8)";
	case PPC64_IPI_XIVE:
		if (ppc64_hash.on)
			return "its pages lie above the 1T that the kernel has with mmu=hash";
		if (ppc64_papr.xive_tima)
			return ppc64_papr.xive_count >= ppc64_cpus.nr_threads ? NULL : "it has fewer sources than there are CPUs (ibm,xive-lisn-ranges)";
		return ppc64_bare ? "it is used by partitions alone" : "this machine says nothing of it (MACHINE=pseries,ic-mode=xive does)";
	default:
		if (ppc64_bare)
			return "no hypervisor is below that would have one";
		return ppc64_papr.xive_tima ? "this machine has XIVE instead" : NULL;
	}
}

static const char *valid_ipis(void)
{
	if (ppc64_bare)
		return "ipi=doorbell";
	if (ppc64_hash.on && ppc64_papr.xive_tima)
		return "ipi=xive with mmu=radix";
	if (ppc64_cpus.nr_cores == 1)
		return ppc64_papr.xive_tima ? "ipi=xive ipi=msgsndp" : "ipi=xics ipi=msgsndp";
	return ppc64_papr.xive_tima ? "ipi=xive" : "ipi=xics";
}

static const char *choose_ipi(void)
{
	static char text[160];
	unsigned usual = ppc64_bare ? PPC64_IPI_DOORBELL : ppc64_papr.xive_tima ? PPC64_IPI_XIVE : PPC64_IPI_XICS;
	const char *lacks;

	ppc64_ipi = cmdline_choice("ipi", ipi_names, ARRAY_SIZE(ipi_names), usual);
	lacks = ipi_lacks();
	if (!lacks)
		return NULL;
	ksnprintf(text, sizeof(text), "ipi=%s: %s; valid: %s", ipi_names[ppc64_ipi], lacks, valid_ipis());
	return text;
}

const char *arch_configure(void)
{
	static const char *(*const steps[])(void) = { choose_mmu, need_platform, choose_base, choose_pids, choose_ipi };
	const char *wrong = NULL;
	u64 pvr = insn_mfspr(SPR_PVR);

	ppc64_by_turns = cmdline_by_turns();
	ppc64_tlbi.sets = pvr >> 16 == PVR_POWER9 ? POWER9_SETS : 1;
	if (cmdline_has("quirks"))
		ppc64_tlbi.quirks = cmdline_choice("quirks", switch_names, ARRAY_SIZE(switch_names), 0) ? QUIRK_ERAT | QUIRK_STQ : 0;
	else
		ppc64_tlbi.quirks = ppc64_quirks_of(pvr);
	for (unsigned i = 0; i < ARRAY_SIZE(steps) && !wrong; i++)
		wrong = steps[i]();
	return wrong;
}
