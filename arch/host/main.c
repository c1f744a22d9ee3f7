// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hand-over: an ordinary process plays firmware. Its arguments are the kernel's command line; cpus= also says how many CPUs
 * the machine has. Physical memory is one anonymous mapping.
 */
#include <errno.h>
#include <execinfo.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bootinfo.h>
#include <console.h>
#include <ipi.h>
#include <phys.h>
#include <smp.h>
#include <tlbi.h>

#include "host.h"

#define MEM_START (16 * MIB)
#define MEM_SIZE (512 * MIB)
#define MAX_FRAMES 32

char *host_memory;

/*
 * Not stdio: a thread that a panic stops may hold its lock. console_write() keeps CPUs apart, except in a panic: then lines may
 * mix, but the index stays inside.
 */
static char out[4096];
static size_t nr_out;

static void out_flush(void)
{
	size_t n = nr_out;
	ssize_t put;

	for (size_t at = 0; at < n; at += (size_t)put) {
		put = write(STDOUT_FILENO, out + at, n - at);
		if (put < 0 && errno != EINTR)
			break;
		if (put < 0)
			put = 0;
	}
	nr_out = 0;
}

void board_putc(char c)
{
	size_t n = nr_out;

	if (n < sizeof(out))
		out[n++] = c;
	nr_out = n;
	if (c == '\n' || n == sizeof(out))
		out_flush();
}

void __noreturn board_poweroff(unsigned status)
{
	out_flush();
	_exit((int)status);
}

/* Raw addresses, innermost first, as on the other ISAs: addr2line names them. @fp is not needed. */
void arch_backtrace(u64 fp)
{
	void *at[MAX_FRAMES];
	int n = backtrace(at, MAX_FRAMES);

	(void)fp;
	for (int i = 1; i < n; i++)
		kprintf("STACK %p\n", at[i]);
}

u64 arch_mmu_kernel_root(void)
{
	static u64 root;

	if (!root)
		root = phys_alloc_root();
	return root;
}

void arch_mmu_init_cpu(void)
{
}

const char *arch_configure(void)
{
	return NULL;
}

void arch_mmu_switch(u64 root_pa, u64 asid)
{
	(void)root_pa, (void)asid;
}

void arch_ipi_init_cpu(void)
{
}

const struct ipi_form *arch_ipi_forms(void)
{
	static const struct ipi_form forms[] = { { .name = "signal-each", .send = arch_ipi_send }, { 0 } };

	return forms;
}

static void set_error(struct bootinfo *bi, const char *text, unsigned asked, unsigned max, const char *why)
{
	snprintf(bi->error, sizeof(bi->error), text, asked, max, why);
}

/* The number of cpus=, or @dflt; what is no plain number is left to the kernel, which knows what to say. */
static unsigned asked_cpus(const char *line, unsigned dflt)
{
	const char *at = line;
	unsigned long n;
	char *end;

	while ((at = strstr(at, "cpus=")) && at != line && at[-1] != ' ')
		at++;
	if (!at)
		return dflt;
	n = strtoul(at + 5, &end, 10);
	if (end == at + 5 || (*end && *end != ' ') || n > UINT_MAX)
		return dflt;
	return (unsigned)n;
}

const char *arch_nmi_lacks(void)
{
	return NULL;
}

static void find_cpus(struct bootinfo *bi)
{
	const char *why;
	unsigned max = engine_max_cpus(&why), n = asked_cpus(bi->cmdline, engine_default_cpus());

	if (n < 1 || n > max) {
		set_error(bi, "cpus=%u: valid are 1 to %u (%s)", n, max, why);
		n = 1;
	}
	bi->nr_cpu = n;
	for (unsigned i = 0; i < n; i++)
		bi->cpu_hwid[i] = i;
}

static void join_words(struct bootinfo *bi, int argc, char **argv)
{
	size_t used = 0;

	for (int i = 1; i < argc; i++) {
		int n = snprintf(bi->cmdline + used, sizeof(bi->cmdline) - used, "%s%s", used ? " " : "", argv[i]);

		used += (size_t)n;
		if (used >= sizeof(bi->cmdline)) {
			snprintf(bi->error, sizeof(bi->error), "the command line is longer than %d bytes", BOOT_CMDLINE_MAX - 1);
			return;
		}
	}
}

int main(int argc, char **argv)
{
	static struct bootinfo bi = { .protocol = "host", .board = "host" };
	void *mem = mmap(NULL, MEM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED) {
		perror("mmap of the physical memory");
		return 2;
	}
	host_memory = (char *)mem - MEM_START;
	bi.mem[0] = (struct boot_mem){ MEM_START, MEM_SIZE };
	bi.nr_mem = 1;
	/* The first backtrace() loads a library: not in a panic, which may be in a signal. */
	backtrace((void *[1]){ NULL }, 1);
	engine_init();
	join_words(&bi, argc, argv);
	find_cpus(&bi);
	kmain(&bi);
}
