// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts behind the entry code of trap_entry.S, and what an exception says before the kernel stops. */
#include <console.h>
#include <cpu.h>
#include <fault.h>
#include <ipi.h>
#include <percpu.h>
#include <pte.h>
#include <smp.h>

#include <arch/hash.h>
#include <arch/insn.h>
#include <arch/ppc64.h>

_Static_assert(offsetof(struct trap_frame, gpr) == FRAME_GPR, "FRAME_GPR");
_Static_assert(offsetof(struct trap_frame, nip) == FRAME_NIP, "FRAME_NIP");
_Static_assert(offsetof(struct trap_frame, cr) == FRAME_CR, "FRAME_CR");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "FRAME_SIZE");
_Static_assert(offsetof(struct cpu, arch) == CPU_SAVE && CPU_SAVE_NMI + 32 <= CPU_ARCH + 64, "CPU_SAVE");

extern const char probe_load[], probe_fault[], vector_irq[], vector_nmi[], vector_hv[], trap_irq[], trap_nmi[];

#define DSISR_PROTECTION 0x08000000
#define DSISR_STORE 0x02000000

/* Entered with HSRR0 and HSRR1 on the bare machine. */
static bool is_hv(unsigned vector)
{
	return ppc64_bare && (vector == VECTOR_EXTERNAL || vector == VECTOR_HV_DECREMENTER || vector == VECTOR_HV_DATA ||
			      vector == VECTOR_DOORBELL);
}

/* What was stored at @code is what is executed there. */
static void sync_code(const char *code, unsigned size)
{
	for (unsigned i = 0; i < size; i += 32)
		insn_dcbst(code + i);
	insn_sync();
	for (unsigned i = 0; i < size; i += 32)
		insn_icbi(code + i);
	insn_isync();
}

static void copy_code(u64 at, const char *from, unsigned size, unsigned vector, const char *target)
{
	char *to = arch_phys_to_virt(at);

	for (unsigned i = 0; i < size; i += 4)
		*(u32 *)(to + i) = *(const u32 *)(from + i);
	*(u32 *)(to + size - VECTOR_NUMBER) = vector;
	*(u64 *)(to + size - VECTOR_TARGET) = (u64)target;
	sync_code(to, size);
}

static void copy_vector(u64 at, unsigned vector)
{
	bool nmi = vector == VECTOR_RESET || vector == VECTOR_MCHECK;

	copy_code(at, nmi ? vector_nmi : is_hv(vector) ? vector_hv : vector_irq, VECTOR_STRIDE, vector, nmi ? trap_nmi : trap_irq);
}

/* A branch. Where interrupts are open translation is on, so one copy is enough. */
void ppc64_install_short(unsigned vector, const char *entry)
{
	u32 *at = arch_phys_to_virt(VECTORS_ON + vector);

	copy_code(VECTOR_SHORT, entry, SHORT_SIZE, vector, trap_irq);
	*at = 0x48000000 | (VECTOR_SHORT - VECTORS_ON - vector); /* b */
	sync_code((const char *)at, 4);
}

/* Twice: entered with translation off, and with it on (AIL 3, III 6.4). */
static void install_vectors(void)
{
	for (unsigned vector = VECTOR_RESET; vector < VECTORS_END; vector += VECTOR_STRIDE) {
		copy_vector(vector, vector);
		copy_vector(VECTORS_ON + vector, vector);
	}
}

/*
 * The decrementer interrupts whenever its highest bit becomes 1, and nothing but MSR.EE stops that (III 7.4). So it gets the largest
 * value: with the 56 bits of the large decrementer (LPCR.LD, the hypervisor's: the tree says which) that is two years and more, with 32
 * bits 4.2 seconds at 512 MHz.
 */
void ppc64_dec_far_away(void)
{
	unsigned bits = ppc64_cpus.dec_bits ? ppc64_cpus.dec_bits : 32;

	insn_mtspr(SPR_DEC, (1ULL << (bits - 1)) - 1);
}

void arch_trap_init_cpu(unsigned cpu)
{
	static bool installed;

	insn_set_cpu_number(cpu);
	insn_mtspr(SPR_SPRG0, &cpu_area[cpu]);
	ppc64_dec_far_away();
	if (!installed)
		install_vectors();
	ppc64_platform->trap_init_cpu(!installed);
	installed = true;
	insn_mtmsrd(insn_mfmsr() | MSR_FP | MSR_RI | MSR_ME);
}

/* A frame begins with the address of the caller's, which has the return address two words up. */
void arch_backtrace(u64 sp)
{
	for (unsigned i = 0; i < BACKTRACE_MAX; i++) {
		u64 next, ret;

		if (!sp || sp % 8 || !arch_probe_read((const u64 *)sp, &next) || next <= sp ||
		    !arch_probe_read((const u64 *)next + 2, &ret))
			return;
		kprintf("STACK 0x%llx\n", (unsigned long long)ret);
		sp = next;
	}
}

static void dump_frame(const struct trap_frame *f)
{
	for (unsigned i = 0; i < 32; i++)
		kprintf("%sr%u %016llx%s", i < 10 ? " " : "", i, (unsigned long long)f->gpr[i], i % 4 == 3 ? "\n" : " ");
	kprintf("nip %016llx msr %016llx lr %016llx\nctr %016llx dar %016llx dsisr %llx pid %llu\n", (unsigned long long)f->nip,
		(unsigned long long)f->msr, (unsigned long long)f->lr, (unsigned long long)f->ctr,
		(unsigned long long)insn_mfspr(SPR_DAR), (unsigned long long)insn_mfspr(SPR_DSISR),
		(unsigned long long)insn_mfspr(SPR_PID));
}

static const char *fault_text(u64 dsisr)
{
	if (dsisr & DSISR_PROTECTION)
		return "not permitted";
	return dsisr & DSISR_R_OR_C ? "with R or C clear in its leaf" : "not present";
}

static void __noreturn trap_die(const struct trap_frame *f, unsigned vector)
{
	u64 dsisr = insn_mfspr(SPR_DSISR);

	kprintf("\n*** cpu %u: interrupt 0x%x\n", this_cpu(), vector);
	dump_frame(f);
	if (vector == VECTOR_DATA || vector == VECTOR_DATA_SEGMENT)
		panic("page fault: %s %s at 0x%llx, nip 0x%llx", dsisr & DSISR_STORE ? "write" : "read", fault_text(dsisr),
		      (unsigned long long)insn_mfspr(SPR_DAR), (unsigned long long)f->nip);
	panic("interrupt 0x%x, nip 0x%llx", vector, (unsigned long long)f->nip);
}

/* With a hashed table the handler of a miss is what a walk of the hardware is elsewhere. */
static bool hash_data(unsigned vector)
{
	u64 ea = insn_mfspr(SPR_DAR);

	if (vector == VECTOR_DATA_SEGMENT)
		return ppc64_hash_segment_fault(ea);
	return ppc64_hash_fault(ea, insn_mfspr(SPR_DSISR) & DSISR_STORE);
}

/* What the console's firmware is called with, and a doorbell in the middle of which this came goes back with (trap_entry.S). */
static void handle_keeping_hsrr(void)
{
	u64 hsrr0 = insn_mfspr(SPR_HSRR0), hsrr1 = insn_mfspr(SPR_HSRR1);

	nmi_handle();
	insn_mtspr(SPR_HSRR0, hsrr0);
	insn_mtspr(SPR_HSRR1, hsrr1);
}

/* Between the test of an idle loop and the instruction that waits, the test is made again. */
static void reset_taken(struct trap_frame *f)
{
	u64 test = (u64)(ppc64_bare ? bare_idle_test : idle_test), end = (u64)(ppc64_bare ? bare_idle_end : idle_end);

	if (ppc64_bare)
		handle_keeping_hsrr();
	else
		nmi_handle();
	if (f->nip > test && f->nip < end)
		f->nip = test;
}

void ppc64_trap(struct trap_frame *f, unsigned vector);
void ppc64_trap(struct trap_frame *f, unsigned vector)
{
	switch (vector) {
	case VECTOR_EXTERNAL:
	case VECTOR_THREAD_DOORBELL:
	case VECTOR_DOORBELL:
		if (!ppc64_ipi_taken(vector))
			break;
		return;
	case VECTOR_RESET:
		if (!(f->msr & MSR_RI))
			panic("an NMI came where SRR0 and SRR1 were in use, nip 0x%llx: the interrupted state is lost",
			      (unsigned long long)f->nip);
		reset_taken(f);
		return;
	case VECTOR_DECREMENTER:
		ppc64_dec_far_away();
		return;
	case VECTOR_DATA:
	case VECTOR_DATA_SEGMENT:
		if (ppc64_hash.on && hash_data(vector))
			return;
		if (f->nip == (u64)probe_load) {
			f->nip = (u64)probe_fault;
			return;
		}
	}
	trap_die(f, vector);
}
