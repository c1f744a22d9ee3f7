// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device tree to struct bootinfo and what the kernel keeps of it. The tree is read once; it stays where it is and is not given
 * away.
 */
#include <board.h>
#include <bootinfo.h>
#include <console.h>
#include <fdt.h>
#include <pte.h>
#include <smp.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "../tree.h"
#include "boot.h"
#include "of.h"

struct ppc64_cpus ppc64_cpus;
struct ppc64_papr ppc64_papr;
struct ppc64_chips ppc64_chips;

static struct bootinfo info;

static u64 of_entry, of_msr;

/* What the firmware keeps is left alone; without "available" it keeps nothing. */
static void read_firmware(const struct fdt *t)
{
	u64 at = 0, start;

	info.protocol = ppc64_firmware(t);
	while (ppc64_next_claimed(t, &at, &start))
		bootinfo_cut(&info, start, at);
}

/* The CPU that runs comes first. */
static void read_tree(const struct fdt *t)
{
	if (ppc64_opal.entry)
		info.protocol = "opal";
	tree_read(&info, t, PPC64_MAP_END);
	if (of_entry)
		read_firmware(t);
	ppc64_read_cpus(&ppc64_cpus, t);
	ppc64_read_papr(&ppc64_papr, t);
	ppc64_read_chips(&ppc64_chips, t);
	bootinfo_add_cpu(&info, ppc64_bare ? (u32)insn_mfspr(SPR_PIR) : t->boot_cpu);
	for (unsigned i = 0; i < ppc64_cpus.nr_threads; i++)
		bootinfo_add_cpu(&info, ppc64_cpus.thread[i].server);
}

/* --- Open Firmware --- */

#define OF_TREE_MAX MIB

/* entry.S */
int of_enter(u64 cells, u64 entry, u64 msr);

static int of_call_firmware(void *cells)
{
	return of_enter((u64)cells, of_entry, of_msr);
}

/* The firmware has 32 bits for an address: ours without quadrant 3, which means the same as long as translation is off. */
static const void *of_tree(void)
{
	static u8 blob[OF_TREE_MAX] __attribute__((__aligned__(8)));
	static struct of_work work;

	if (!of_flatten(of_call_firmware, (void *)arch_virt_to_phys(&work), (void *)arch_virt_to_phys(blob), sizeof(blob), info.error,
			sizeof(info.error)))
		return NULL;
	of_quiesce(of_call_firmware, (void *)arch_virt_to_phys(&work));
	return blob;
}

void __noreturn boot_main(u64 tree, u64 of, u64 msr);

/**
 * boot_main - the first C code
 * @tree: device tree, a physical address
 * @of: Open Firmware's client interface, or 0
 * @msr: what the firmware entered the image with
 */
void __noreturn boot_main(u64 tree, u64 of, u64 msr)
{
	const void *blob = of || !tree ? NULL : arch_phys_to_virt(tree);

	ppc64_bare = insn_mfmsr() >> MSR_HV_SHIFT & 1;
	ppc64_platform = ppc64_bare ? &powernv_platform : &papr_platform;
	board_choose(NULL);
	info.board = "unknown";
	info.protocol = ppc64_platform->name;
	if (of) {
		of_entry = of;
		of_msr = msr;
		info.protocol = "open firmware";
		blob = of_tree();
	}
	tree_boot(&info, blob, "no device tree in r3", read_tree);
}
