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

#define CHOICE(ident, names, doc_)                                                                 \
	static void ident##_print(void)                                                            \
	{                                                                                          \
		for (unsigned i = 0; i < ARRAY_SIZE(names); i++)                                   \
			kprintf("%s%s", i ? " " : "", names[i]);                                   \
	}                                                                                          \
	static bool ident##_valid(const char *value, size_t len)                                   \
	{                                                                                          \
		for (unsigned i = 0; i < ARRAY_SIZE(names); i++)                                   \
			if (cmd_word_is(names[i], value, len))                                     \
				return true;                                                       \
		return false;                                                                      \
	}                                                                                          \
	CMD_KEY(ident) = { #ident, doc_, ident##_print, ident##_valid, true }

CHOICE(granule, granule_names, "size of the smallest page (4k)");
CHOICE(asid, asid_names, "bits of an address-space ID (what the CPU has)");
CHOICE(nmi, nmi_names, "NMI by priority masking or by FEAT_NMI, GICv3 only (feat where there is one)");
CHOICE(dsb, dsb_names, "domain of the DSB that completes a broadcast invalidate (ish)");
CHOICE(reach, reach_names, "domain of a broadcast invalidate: inner or outer shareable (is)");
CHOICE(range, switch_names, "invalidate ranges by FEAT_TLBIRANGE (off)");
CHOICE(ttl, switch_names, "give the level of the leaf as a hint, FEAT_TTL (on where there is one)");
CHOICE(repeat, switch_names, "issue and complete each broadcast invalidate twice, as one class of errata wants it (off)");

/* Which of @names does the word @key choose? @dflt without the word. */
static unsigned chosen(const char *key, const char *const *names, unsigned n, unsigned dflt)
{
	char v[16];

	if (!cmdline_value(key, 0, v, sizeof(v)))
		return dflt;
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(names[i], v))
			return i;
	return dflt;
}

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
	return chosen("nmi", nmi_names, ARRAY_SIZE(nmi_names), has_feat_nmi());
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
	arm64_tlbi.use_os = chosen("reach", reach_names, ARRAY_SIZE(reach_names), 0);
	arm64_tlbi.use_range = chosen("range", switch_names, ARRAY_SIZE(switch_names), 0);
	arm64_tlbi.ttl_mask = chosen("ttl", switch_names, ARRAY_SIZE(switch_names), arm64_tlbi.has_ttl) ? 15ULL << 44 : 0;
	arm64_tlbi.dsb = chosen("dsb", dsb_names, ARRAY_SIZE(dsb_names), DSB_ISH);
	arm64_tlbi.rounds = 1 + chosen("repeat", switch_names, ARRAY_SIZE(switch_names), 0);
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
	unsigned granule = chosen("granule", granule_names, ARRAY_SIZE(granule_names), 0);
	bool wide;

	if (!has_granule(granule))
		return no_granule(granule);
	arm64_granule = granules[granule];
	/* ID_AA64MMFR0_EL1.ASIDBits: 2 says 16. */
	wide = field(insn_mrs(id_aa64mmfr0_el1), 4) == 2;
	arm64_asid_bits = chosen("asid", asid_names, ARRAY_SIZE(asid_names), wide) ? 16 : 8;
	if (arm64_asid_bits == 16 && !wide)
		return "asid=16: this CPU has ASIDs of 8 bits; valid is asid=8";
	if (chosen("nmi", nmi_names, ARRAY_SIZE(nmi_names), 0) && !has_feat_nmi())
		return "nmi=feat: this machine has no FEAT_NMI (CPU and GICv3); valid is nmi=pmr";
	if (!field(insn_mrs(id_aa64dfr0_el1), 8) || field(insn_mrs(id_aa64dfr0_el1), 8) == 15)
		return "this CPU has no performance monitors: the cycle counter is the clock";
	return choose_tlbi();
}
