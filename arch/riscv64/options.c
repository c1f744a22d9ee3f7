// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line that only riscv64 has. What the machine lacks is an error that names what it has. */
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <mm.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/errata.h>
#include <arch/riscv.h>
#include <arch/sbi.h>

#include "options.h"

unsigned riscv_pt_levels = 3;
struct riscv_tlbi riscv_tlbi;
u64 riscv_relax_yields;

/* Ticks a hart after which the wait of an RFENCE is reached in any case (OpenSBI's own work grows with the harts). */
#define BOUND_A_HART 60

static u64 fw_bound;
static bool fw_allowed;

static const char *const mmu_names[] = { "sv39", "sv48", "sv57" };
static const char *const ipi_names[] = { "sbi", "sswi", "imsic" };
static const char *const nmi_names[] = { "call", "sse" };
static const char *const inval_names[] = { "sfence", "svinval", "full" };
static const char *const relax_names[] = { "pause", "wfi" };
static const char *const ad_names[] = { "sw", "hw" };
static const char *const switch_names[] = { "off", "on" };

CMD_CHOICE(mmu, mmu_names, true, "levels of the page table (sv48 where the CPU has it)");
CMD_CHOICE(ipi, ipi_names, true, "interrupts by the firmware, ACLINT's SSWI or IMSIC (imsic or sswi where there is one)");
CMD_CHOICE(nmi, nmi_names, true, "NMI by the firmware's software event, or none between harts (sse where there is one)");
CMD_CHOICE(inval, inval_names, true, "SFENCE.VMA, Svinval, or always everything (sfence; full on CPUs with SiFive's erratum CIP-1200)");
CMD_CHOICE(svvptc, switch_names, true, "trust the CPU to see new valid entries without a fence (on where it has Svvptc)");
CMD_CHOICE(relax, relax_names, true, "what a wait does between two looks (wfi where CPUs run by turns: icount, tcg1)");

CMD_CHOICE(ad, ad_names, true, "the hardware sets A and D of an entry, or a clear one faults (as the firmware leaves it)");
CMD_CHOICE(rfence, switch_names, true, "may the firmware invalidate (on)");

static void bound_print(void)
{
	kprintf("a number");
}

CMD_KEY(rfence_bound) = { "rfence-bound", "ticks of the platform's timer that end the turn of a hart that waits in an RFENCE (icount, tcg1: 60 a hart)",
			  bound_print, cmd_valid_u64, true };

static bool asid_valid(const char *value, size_t len)
{
	u64 v;

	return cmd_parse_u64(value, len, &v) && v <= 16;
}

static void asid_print(void)
{
	kprintf("0 to 16");
}

CMD_KEY(asid) = { "asid", "bits of an address-space ID, 0: use none (what the CPU has, if that is enough for the harts)", asid_print, asid_valid, true };

#define CHOICE(key, names, dflt) cmdline_choice(key, names, ARRAY_SIZE(names), dflt)

static bool has(enum riscv_ext ext)
{
	return riscv_tree.isa >> ext & 1;
}

enum riscv_ipi option_ipi(void)
{
	return CHOICE("ipi", ipi_names, riscv_tree.has_imsic ? RISCV_IPI_IMSIC : riscv_tree.has_sswi ? RISCV_IPI_SSWI : RISCV_IPI_SBI);
}

bool option_sse(void)
{
	return CHOICE("nmi", nmi_names, sbi_has(SBI_SSE));
}

bool option_pbmt(void)
{
	return has(RISCV_EXT_SVPBMT);
}

/* What satp keeps of @v. In the modes with 4 and 5 levels entry 0 of the table is one leaf for everything that is used here. */
static u64 try_satp(unsigned levels, u64 asid)
{
	static pte_t root[512] __attribute__((__aligned__(4096)));
	u64 got;

	for (u64 i = 0; i < (levels == 3 ? 256 : 1); i++)
		root[i] = arch_pte_leaf(i * GIB, PROT_R | PROT_W | PROT_X | PROT_G, 2);
	insn_sfence_vma_all();
	insn_csrw(satp, riscv_satp(levels, asid, (u64)root));
	got = insn_csrr(satp);
	insn_csrw(satp, 0);
	insn_sfence_vma_all();
	return got;
}

static bool has_levels(unsigned levels)
{
	return try_satp(levels, 0) >> 60 == levels + 5;
}

static const char *choose_mmu(void)
{
	static char text[80];
	unsigned i = CHOICE("mmu", mmu_names, has_levels(4));

	riscv_pt_levels = i + 3;
	if (has_levels(riscv_pt_levels))
		return NULL;
	ksnprintf(text, sizeof(text), "mmu=%s: this CPU does not have it; valid: mmu=sv39%s%s", mmu_names[i],
		  has_levels(4) ? " mmu=sv48" : "", has_levels(5) ? " mmu=sv57" : "");
	return text;
}

/* The bits of satp.ASID that stay set, which are the lowest (Privileged, 12.1.11). */
static const char *choose_asids(void)
{
	static char text[100];
	unsigned bits = 0, fewest = mm_fewest_asid_bits(riscv_tree.nr_harts), want;

	for (u64 got = try_satp(riscv_pt_levels, 0xffff) >> 44 & 0xffff; got & 1; got >>= 1)
		bits++;
	want = (unsigned)cmdline_u64("asid", bits < fewest ? 0 : bits);
	if (want && (want < fewest || want > bits)) {
		ksnprintf(text, sizeof(text), "asid=%u: this CPU has ASIDs of %u bits, and %u harts need %u; valid: asid=0", want, bits,
			  riscv_tree.nr_harts, fewest);
		if (bits >= fewest)
			ksnprintf(text, sizeof(text), "asid=%u: valid for this CPU and %u harts: 0, %u to %u", want, riscv_tree.nr_harts, fewest,
				  bits);
		return text;
	}
	riscv_tlbi.asid_bits = want;
	riscv_tlbi.asid_mask = (1ULL << want) - 1;
	return NULL;
}

static const char *choose_inval(void)
{
	bool cip_1200 = riscv_has_cip_1200(sbi_machine(SBI_MVENDORID), sbi_machine(SBI_MARCHID), sbi_machine(SBI_MIMPID));
	unsigned svvptc = CHOICE("svvptc", switch_names, has(RISCV_EXT_SVVPTC));

	riscv_tlbi.inval = CHOICE("inval", inval_names, cip_1200 ? INVAL_FULL : INVAL_SFENCE);
	riscv_tlbi.made = svvptc ? MADE_NOTHING : riscv_tlbi.inval == INVAL_FULL ? MADE_FENCE_ALL : MADE_FENCE;
	if (riscv_tlbi.inval == INVAL_SVINVAL && !has(RISCV_EXT_SVINVAL))
		return "inval=svinval: not every hart has Svinval; valid are inval=sfence inval=full";
	if (svvptc && !has(RISCV_EXT_SVVPTC))
		return "svvptc=on: not every hart has Svvptc; valid is svvptc=off";
	if (cip_1200)
		kprintf("note: these CPUs have SiFive's erratum CIP-1200 (only SFENCE.VMA of everything works): inval=%s\n",
			inval_names[riscv_tlbi.inval]);
	return NULL;
}

/* SBI v3.0, FWFT: feature 4 of this hart. Returns the SBI error. */
static s64 set_ad(unsigned hw)
{
	return insn_ecall(SBI_FWFT, 0, 4, hw, 0, 0, 0).error;
}

static const char *choose_ad(void)
{
	static char text[160];
	unsigned hw = option_ad();

	if (hw == AD_AS_IS || !set_ad(hw))
		return NULL;
	ksnprintf(text, sizeof(text), "ad=%s: the firmware has no switch for it (SBI FWFT, PTE_AD_HW_UPDATING)%s", ad_names[hw],
		  set_ad(!hw) ? "; valid is no word ad=" : hw ? "; valid is ad=sw" : "; valid is ad=hw");
	return text;
}

unsigned option_ad(void)
{
	return CHOICE("ad", ad_names, AD_AS_IS);
}

/* Every hart has its own switch. */
void option_ad_init_cpu(void)
{
	if (option_ad() != AD_AS_IS && set_ad(option_ad()))
		panic("cpu %u: its firmware does not do ad=%s, which that of CPU 0 does", this_cpu(), ad_names[option_ad()]);
}

static const char *choose_ipi(void)
{
	static char text[120];
	enum riscv_ipi ipi = option_ipi();

	if (ipi == RISCV_IPI_SBI || (ipi == RISCV_IPI_SSWI ? riscv_tree.has_sswi : riscv_tree.has_imsic))
		return NULL;
	ksnprintf(text, sizeof(text), "ipi=%s: this machine has no %s; valid: ipi=sbi%s%s", ipi_names[ipi],
		  ipi == RISCV_IPI_SSWI ? "ACLINT with a supervisor software interrupt device" : "IMSIC of supervisor level",
		  riscv_tree.has_sswi ? " ipi=sswi" : "", riscv_tree.has_imsic ? " ipi=imsic" : "");
	return text;
}

static const char *need_firmware(void)
{
	static const struct {
		enum sbi_ext ext;
		const char *lacks;
	} needed[] = {
		{ SBI_HSM, "the firmware lacks the SBI extension HSM: no hart can be started" },
		{ SBI_IPI, "the firmware lacks the SBI extension IPI: no hart can be interrupted" },
		{ SBI_RFENCE, "the firmware lacks the SBI extension RFENCE" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(needed); i++)
		if (!sbi_has(needed[i].ext))
			return needed[i].lacks;
	if (sbi_has(SBI_SSE) || CHOICE("nmi", nmi_names, 0) == 0)
		return NULL;
	return "nmi=sse: the firmware lacks the SBI extension SSE; valid is nmi=call";
}

u64 option_fw_bound(void)
{
	return fw_bound;
}

const char *riscv_lacks_fw(void)
{
	return fw_allowed ? NULL : "rfence=off: this emulator does not carry out the firmware's waits (QEMU before 10, icount)";
}

u64 riscv_fw_bound_cycles(void)
{
	return fw_bound * (arch_cycles_hz() / riscv_tree.timebase_hz);
}

bool riscv_prefers_fw(void)
{
	return riscv_ipi == RISCV_IPI_SBI && fw_allowed;
}

/* What cuts the waits of an RFENCE short: S-mode's own timer, or the firmware's. */
static const char *need_timer(void)
{
	if (!fw_bound)
		return NULL;
	/* QEMU's spike has no time CSR, so none of Sstc either; the firmware believes the tree, too, and its timer fails. */
	if (has(RISCV_EXT_SSTC) && !riscv_probe_stimecmp())
		return "device tree: CPUs have Sstc, and stimecmp is no register here; valid on QEMU's spike: sstc=off behind -cpu";
	if (!has(RISCV_EXT_SSTC) && !sbi_has(SBI_TIME))
		return "rfence-bound=: neither Sstc nor the SBI extension TIME is here; valid is rfence-bound=0";
	return NULL;
}

const char *arch_configure(void)
{
	static const char *(*const steps[])(void) = {
		need_firmware, need_timer, choose_mmu, choose_asids, choose_inval, choose_ad, choose_ipi,
	};
	const char *wrong = NULL;

	fw_allowed = CHOICE("rfence", switch_names, 1);
	fw_bound = cmdline_u64("rfence-bound", cmdline_by_turns() ? BOUND_A_HART * riscv_tree.nr_harts : 0);
	riscv_relax_yields = CHOICE("relax", relax_names, cmdline_by_turns());
	if (!riscv_probe_cycle())
		return "S-mode may not read the cycle counter, which is the clock (mcounteren.CY of the firmware)";
	if (!riscv_tree.timebase_hz)
		return "device tree: no timebase-frequency in /cpus";
	for (unsigned i = 0; i < ARRAY_SIZE(steps) && !wrong; i++)
		wrong = steps[i]();
	return wrong;
}
