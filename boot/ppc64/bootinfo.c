// SPDX-License-Identifier: GPL-2.0-only
/* From the device tree to struct bootinfo and what the kernel keeps of it. The tree is read once; it stays where it is and is not given away. */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <pte.h>
#include <smp.h>

#include <arch/ppc64.h>

#include "../tree.h"
#include "boot.h"

struct ppc64_cpus ppc64_cpus;
struct ppc64_papr ppc64_papr;

static struct bootinfo info;

/* The CPU that runs comes first. */
static void read_tree(const struct fdt *t)
{
	tree_read(&info, t, PPC64_MAP_END);
	ppc64_read_cpus(&ppc64_cpus, t);
	ppc64_read_papr(&ppc64_papr, t);
	bootinfo_add_cpu(&info, t->boot_cpu);
	for (unsigned i = 0; i < ppc64_cpus.nr_threads; i++)
		bootinfo_add_cpu(&info, ppc64_cpus.thread[i].server);
}

void __noreturn boot_main(u64 tree, u64 of);

/**
 * boot_main - the first C code
 * @tree: device tree, a physical address
 * @of: Open Firmware's client interface, or 0
 */
void __noreturn boot_main(u64 tree, u64 of)
{
	board_choose(NULL);
	info.protocol = "papr";
	info.board = "unknown";
	tree_boot(&info, of || !tree ? NULL : arch_phys_to_virt(tree), "no device tree in r3", read_tree);
}
