// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bare machine (PowerNV): this kernel is the hypervisor, of itself alone. Partition 0 is its own; interrupts are doorbells (Power ISA
 * 3.0B, III 11), which come with HSRR0 and HSRR1.
 *
 * Without OPAL the CPUs spin in the image's first bytes (entry.S), each with its number in r3, until a word there names it.
 */
#include <console.h>
#include <cpu.h>
#include <percpu.h>
#include <phys.h>
#include <pte.h>
#include <tlbi.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

/* LPCR (III 2.2): radix of the host and of processes, interrupts with translation on (AIL 3; HAIL since 3.1), what ends a stop. */
#define LPCR_HAIL (1ULL << 26)
#define LPCR_AIL3 (3ULL << 23)
#define LPCR_UPRT (1ULL << 22)
#define LPCR_HR (1ULL << 20)
#define LPCR_LD (1ULL << 17)
#define LPCR_HDEE (1ULL << 15)
/* HID0 of POWER9 and POWER10: interrupts of the hypervisor in little endian; a radix host. */
#define HID0_HILE (1ULL << 59)
#define HID0_RADIX (1ULL << 55)
/* OPAL_REINIT_CPUS. */
#define REINIT_BE 1
#define REINIT_LE 2
/* Partition table (III 5.7.6.1): a radix host; the process table is radix too. */
#define PATE_RADIX (1ULL << 63)

/* With LPCR.LD, on POWER9 and POWER10. OPAL's tree says so itself. */
#define DEC_BITS 56

#define LITTLE (MSR_ORDER == MSR_LE) /* the image's byte order */

static u64 *partition_table;

static const char *configure(void)
{
	if (insn_mfspr(SPR_PVR) >> 16 < PVR_POWER9)
		return "this CPU has no radix translation; valid is POWER9 or later";
	ppc64_tlbi.every = IS_ALL;
	if (!ppc64_cpus.dec_bits)
		ppc64_cpus.dec_bits = DEC_BITS;
	ppc64_reset_lacks = powernv_nmi_lacks();
	ppc64_resets_itself = !ppc64_opal.entry;
	return NULL;
}

/*
 * OPAL does it for all CPUs while it has all but this one. Behind kexec it may have them no more, and have done it for the kernel before.
 */
static void opal_reinit(void)
{
	bool is_little = insn_mfspr(SPR_HID0) & HID0_HILE;
	s64 error;

	if (is_little == LITTLE)
		return;
	error = ppc64_opal_call(OPAL_REINIT_CPUS, LITTLE ? REINIT_LE : REINIT_BE, 0, 0);
	if (error)
		panic("OPAL_REINIT_CPUS: error %lld: this firmware takes no interrupts in the kernel's byte order", (long long)error);
}

static void trap_init_cpu(bool first)
{
	u64 hid0 = insn_mfspr(SPR_HID0) & ~HID0_RADIX;

	if (ppc64_opal.entry) {
		if (first)
			opal_reinit();
		return;
	}
	hid0 |= ppc64_hash.on ? 0 : HID0_RADIX;
	hid0 = LITTLE ? hid0 | HID0_HILE : hid0 & ~HID0_HILE;
	insn_sync();
	insn_mtspr(SPR_HID0, hid0);
	insn_isync();
}

/* One partition: 0. Its table has the least size, 4K. */
static void set_partition(u64 first, u64 second)
{
	partition_table = phys_to_virt(phys_alloc_pages(1));
	for (unsigned i = 0; i < 4096 / 8; i++)
		partition_table[i] = 0;
	partition_table[0] = be64(first);
	partition_table[1] = be64(second);
}

static void set_process_table(u64 pa, unsigned shift, u64 kernel_entry)
{
	set_partition(PATE_RADIX | kernel_entry, PATE_RADIX | pa | (shift - 12));
}

/* HTABORG and HTABSIZE: how many bits more than 18 its size has. */
void powernv_set_hashed(u64 pa, unsigned shift)
{
	set_partition(pa | (shift - 18), 0);
}

static void mmu_init_cpu(void)
{
	u64 hail = insn_mfspr(SPR_PVR) >> 16 >= 0x80 ? LPCR_HAIL : 0;

	insn_ptesync(); /* the tables before any walk of this CPU */
	insn_mtspr(SPR_LPID, 0);
	insn_mtspr(SPR_PTCR, arch_virt_to_phys(partition_table));
	insn_mtspr(SPR_LPCR, hail | LPCR_AIL3 | (ppc64_hash.on ? 0 : LPCR_UPRT | LPCR_HR) | LPCR_LD | LPCR_HDEE);
	insn_mtspr(SPR_PSSCR, 0); /* stop: lose nothing, go on behind it */
	insn_isync();
	ppc64_dec_far_away(); /* again, for LPCR[LD] says how many bits it has */
}

/* Where CPUs spin: the image's first bytes, or a copy of them (entry.S). Its words are not compared. */
static bool is_hold(const char *at)
{
	for (unsigned i = HOLD_CODE; i < HOLD_SERVER; i += 4)
		if (*(const u32 *)(at + i) != *(const u32 *)(boot_entry + i))
			return false;
	return true;
}

static void let_go(char *at, unsigned cpu)
{
	*(volatile u64 *)(at + HOLD_TARGET) = be64(arch_virt_to_phys(boot_secondary_bare));
	insn_sync(); /* where it goes, and what it reads there, before it is named */
	*(volatile u32 *)(at + HOLD_SERVER) = (u32)(be64(cpu_area[cpu].hwid) >> (LITTLE ? 32 : 0));
}

/*
 * OPAL has those that never left it, or were returned to it. kexec leaves others at 0x60 of the image, or of the copy that it makes
 * of the image's first 256 bytes at address 0; of those OPAL says that they run already.
 */
static int cpu_start(unsigned cpu)
{
	char *copy = arch_phys_to_virt(0);

	boot_starting = cpu;
	insn_sync(); /* as in let_go() */
	if (ppc64_opal.entry && !ppc64_opal_call(OPAL_START_CPU, cpu_area[cpu].hwid, arch_virt_to_phys(boot_secondary_bare), 0))
		return 0;
	let_go(boot_entry, cpu);
	if (is_hold(copy))
		let_go(copy, cpu);
	return 0;
}

const struct ppc64_platform powernv_platform = {
	.name = "bare",
	.configure = configure,
	.trap_init_cpu = trap_init_cpu,
	.set_process_table = set_process_table,
	.mmu_init_cpu = mmu_init_cpu,
	.cpu_start = cpu_start,
	.idle_until = powernv_idle_until,
};
