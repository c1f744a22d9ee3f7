// SPDX-License-Identifier: GPL-2.0-only
/* From the hand-over by boot/ to the exit status: 0 good, 1 a verdict contradicted or a test failed, 2 bad input. */
#include <bench.h>
#include <bootinfo.h>
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <ipi.h>
#include <mm.h>
#include <phys.h>
#include <rar.h>
#include <smp.h>
#include <test.h>
#include <tlbi.h>
#include <tlb.h>
#include <walk.h>

#define DEFAULT_WORK "bench=munmap-thp"

const struct bootinfo *boot_info;

enum { STATUS_GOOD, STATUS_BAD_VERDICT, STATUS_BAD_INPUT };

static void __noreturn finish(unsigned status)
{
	kprintf("@end status=%u\n", status);
	board_poweroff(status);
}

static void print_banner(const struct bootinfo *bi)
{
	u64 bytes = 0;

	for (unsigned i = 0; i < bi->nr_mem; i++)
		bytes += bi->mem[i].size;
	kprintf("skeet %s %s via %s, %u CPUs, %lu MiB\n", ARCH_NAME, bi->board, bi->protocol, bi->nr_cpu,
		bytes >> 20);
}

static bool bench_named(void)
{
	return cmdline_has("bench") || cmdline_has("series");
}

static bool work_named(void)
{
	return cmdline_has("list") || cmdline_has("test") || bench_named();
}

/* A line that names no work gets the default experiment. */
static int read_cmdline(const struct bootinfo *bi)
{
	static char line[BOOT_CMDLINE_MAX];

	if (cmdline_parse(bi->cmdline))
		return -1;
	if (work_named())
		return 0;
	ksnprintf(line, sizeof(line), "%s %s", bi->cmdline, DEFAULT_WORK);
	return cmdline_parse(line);
}

static void check_input(const struct bootinfo *bi)
{
	u64 cpus;

	if (bi->error[0]) {
		kprintf("error: %s\n", bi->error);
		finish(STATUS_BAD_INPUT);
	}
	if (read_cmdline(bi))
		finish(STATUS_BAD_INPUT);
	cpus = cmdline_u64("cpus", 1);
	if (cpus > bi->nr_cpu) {
		kprintf("error: cpus=%lu, but this machine has %u\n", cpus, bi->nr_cpu);
		finish(STATUS_BAD_INPUT);
	}
}

/* What the command line wants of the port, and whether this machine has it. */
static void check_machine(void)
{
	const char *wrong = arch_configure();

	if (!wrong)
		return;
	kprintf("error: %s\n", wrong);
	finish(STATUS_BAD_INPUT);
}

static unsigned run_tests(void)
{
	char pattern[64];
	unsigned failed = 0;

	for (unsigned i = 0; cmdline_value("test", i, pattern, sizeof(pattern)); i++)
		failed += tests_run(pattern);
	return failed ? STATUS_BAD_VERDICT : STATUS_GOOD;
}

static unsigned run_work(void)
{
	unsigned status = STATUS_GOOD, bench;

	if (cmdline_has("list")) {
		cmdline_print_list();
		return STATUS_GOOD;
	}
	if (cmdline_has("test"))
		status = run_tests();
	if (bench_named()) {
		bench = (unsigned)bench_run();
		if (bench > status)
			status = bench;
	}
	return status;
}

void __noreturn kmain(const struct bootinfo *bi)
{
	boot_info = bi;
	smp_init_boot_cpu(bi);
	arch_trap_init_cpu(0);
	print_banner(bi);
	check_input(bi);
	check_machine();
	phys_init(bi);
	mm_init();
	arch_mmu_init_cpu();
	ipi_tlb_hook = tlb_request_run;
	nmi_hook = walk_nmi;
	irq_walk_hook = walk_irq;
	nmi_mail_hook = rar_serve;
	walk_fault_unmarked();
	arch_time_init();
	arch_ipi_init_cpu();
	smp_init(bi, (unsigned)cmdline_u64("cpus", 0));
	arch_irq_on();
	finish(run_work());
}
