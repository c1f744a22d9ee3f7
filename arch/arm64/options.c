// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line that only arm64 has. What the machine lacks is an error that names what it has. */
#include <string.h>

#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/arm64.h>
#include <arch/insn.h>

#include "options.h"

struct arm64_granule arm64_granule = ARM64_GRANULE_4K;
struct arm64_tlbi arm64_tlbi = { .rounds = 1 };
unsigned arm64_asid_bits;

static const struct arm64_granule granules[] = { ARM64_GRANULE_4K, ARM64_GRANULE_16K, ARM64_GRANULE_64K };
static const char *const granule_names[] = { "4k", "16k", "64k" };
static const char *const nmi_names[] = { "pmr", "feat" };
static const char *const dsb_names[] = { "ish", "sy", "nsh", "osh" };
static const char *const reach_names[] = { "is", "os" };
static const char *const asid_names[] = { "8", "16" };
static const char *const switch_names[] = { "off", "on" };

CMD_CHOICE(granule, granule_names, true, "size of the smallest page (4k)");
CMD_CHOICE(asid, asid_names, true, "bits of an address-space ID (what the CPU has)");
CMD_CHOICE(nmi, nmi_names, true, "NMI by priority masking or by FEAT_NMI, GICv3 only (feat where there is one)");
CMD_CHOICE(dsb, dsb_names, true, "domain of the DSB that completes a broadcast invalidate (ish)");
CMD_CHOICE(reach, reach_names, true, "domain of a broadcast invalidate: inner or outer shareable (is)");
CMD_CHOICE(range, switch_names, true, "invalidate ranges by FEAT_TLBIRANGE (off)");
CMD_CHOICE(ttl, switch_names, true, "give the level of the leaf as a hint, FEAT_TTL (on where there is one)");
CMD_CHOICE(repeat, switch_names, true, "issue and complete each broadcast invalidate twice, as one class of errata wants it (off)");

static unsigned field(u64 reg, unsigned shift)
{
	return reg >> shift & 15;
}

static bool has_feat_nmi(void)
{
	/* ID_AA64PFR1_EL1.NMI (D17.2.66), and a GICv3: a GICv2 has no way to mark an interrupt. */
	return field(insn_mrs(id_aa64pfr1_el1), 36) && arm64_boot.ipi == &gicv3_ipi;
}

bool option_feat_nmi(void)
{
	return cmdline_choice("nmi", nmi_names, ARRAY_SIZE(nmi_names), has_feat_nmi());
}

/* ID_AA64MMFR0_EL1 (D17.2.63): is the granule of index @i there? TGran4 and TGran64 count from 15 (absent), TGran16 from 0. */
static bool has_granule(unsigned i)
{
	u64 mmfr0 = insn_mrs(id_aa64mmfr0_el1);

	return i == 0 ? field(mmfr0, 28) != 15 : i == 1 ? field(mmfr0, 20) != 0 : field(mmfr0, 24) != 15;
}

static const char *no_granule(unsigned granule)
{
	static char text[80];
	size_t n;

	ksnprintf(text, sizeof(text), "granule=%s: this CPU does not have it; valid:", granule_names[granule]);
	for (unsigned i = 0; i < ARRAY_SIZE(granules); i++) {
		n = strlen(text);
		if (has_granule(i))
			ksnprintf(text + n, sizeof(text) - n, " granule=%s", granule_names[i]);
	}
	return text;
}

/* ID_AA64ISAR0_EL1.TLB (D17.2.61): 1 outer shareable, 2 ranges too. ID_AA64MMFR2_EL1.TTL (D17.2.65). */
static const char *choose_tlbi(void)
{
	unsigned tlb = field(insn_mrs(id_aa64isar0_el1), 56);

	arm64_tlbi.has_os = tlb >= 1;
	arm64_tlbi.has_range = tlb >= 2;
	arm64_tlbi.has_ttl = field(insn_mrs(id_aa64mmfr2_el1), 48);
	arm64_tlbi.use_os = cmdline_choice("reach", reach_names, ARRAY_SIZE(reach_names), 0);
	arm64_tlbi.use_range = cmdline_choice("range", switch_names, ARRAY_SIZE(switch_names), 0);
	arm64_tlbi.ttl_mask = cmdline_choice("ttl", switch_names, ARRAY_SIZE(switch_names), arm64_tlbi.has_ttl) ? 15ULL << 44 : 0;
	arm64_tlbi.dsb = cmdline_choice("dsb", dsb_names, ARRAY_SIZE(dsb_names), DSB_ISH);
	arm64_tlbi.rounds = 1 + cmdline_choice("repeat", switch_names, ARRAY_SIZE(switch_names), 0);
	if (arm64_tlbi.use_os && !arm64_tlbi.has_os)
		return "reach=os: this CPU has no FEAT_TLBIOS; valid is reach=is";
	if (arm64_tlbi.use_range && !arm64_tlbi.has_range)
		return "range=on: this CPU has no FEAT_TLBIRANGE; valid is range=off";
	if (arm64_tlbi.ttl_mask && !arm64_tlbi.has_ttl)
		return "ttl=on: this CPU has no FEAT_TTL; valid is ttl=off";
	return NULL;
}

const char *arch_configure(void)
{
	unsigned granule = cmdline_choice("granule", granule_names, ARRAY_SIZE(granule_names), 0);
	bool wide;

	if (!has_granule(granule))
		return no_granule(granule);
	arm64_granule = granules[granule];
	/* ID_AA64MMFR0_EL1.ASIDBits: 2 says 16. */
	wide = field(insn_mrs(id_aa64mmfr0_el1), 4) == 2;
	arm64_asid_bits = cmdline_choice("asid", asid_names, ARRAY_SIZE(asid_names), wide) ? 16 : 8;
	if (arm64_asid_bits == 16 && !wide)
		return "asid=16: this CPU has ASIDs of 8 bits; valid is asid=8";
	if (cmdline_choice("nmi", nmi_names, ARRAY_SIZE(nmi_names), 0) && !has_feat_nmi())
		return "nmi=feat: this machine has no FEAT_NMI (CPU and GICv3); valid is nmi=pmr";
	if (!field(insn_mrs(id_aa64dfr0_el1), 8) || field(insn_mrs(id_aa64dfr0_el1), 8) == 15)
		return "this CPU has no performance monitors: the cycle counter is the clock";
	return choose_tlbi();
}
