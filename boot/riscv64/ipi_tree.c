// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a store interrupts a hart, without firmware. Both devices list harts in "interrupts-extended": pairs of the phandle of
 * a hart's interrupt controller and the number of the interrupt there.
 *
 *  - ACLINT SSWI (RISC-V ACLINT 1.0, chapter 4): a register of 4 bytes a hart, in the order of the list, or as
 *    "riscv,hart-indexes" says. A store of 1 sets SSIP. A machine may have one device a socket.
 *  - IMSIC (RISC-V AIA 1.0, section 3.6): a page a hart with its interrupt file of S-mode, followed by as many for guests as
 *    make a power of two. The files are in the order of the list in the regions of "reg", of which there is one a group of
 *    harts. So the addresses need no more than that; the bits of hart and group only say how devices compute them. M-mode has a
 *    node of its own, told from this one by the interrupt.
 *
 * The lists follow the order of the CPUs, so the search for a phandle begins behind the one found last: a tree of n harts costs
 * n steps.
 */
#include "tree.h"

#define IRQ_S_SOFT 1
#define IRQ_S_EXTERNAL 9
#define FILE_SIZE 4096ULL
#define GUEST_BITS_MAX 7
#define IDS_MIN 63
#define IDS_MAX 2047

/* One node's "interrupts-extended", read along. */
struct list {
	const struct fdt *t;
	int node;
	struct fdt_prop p;
	unsigned next; /* where in riscv_tree.hart[] the next is expected */
};

static bool open_list(struct list *l, const struct fdt *t, int node)
{
	*l = (struct list){ .t = t, .node = node };
	if (fdt_prop(t, node, "interrupts-extended", &l->p) && l->p.size && l->p.size % 8 == 0)
		return true;
	fdt_error(t, node, "interrupts-extended is no list of pairs, phandle and interrupt");
	return false;
}

static u32 list_irq(const struct list *l, unsigned i)
{
	u32 irq = 0;

	fdt_cell(&l->p, 2 * i + 1, &irq);
	return irq;
}

static struct riscv_hart *find_hart(struct list *l, struct riscv_tree *m, u32 intc)
{
	unsigned k = l->next;

	for (unsigned n = 0; intc && n < m->nr_harts; n++, k++) {
		if (k >= m->nr_harts)
			k = 0;
		if (m->hart[k].intc == intc) {
			l->next = k + 1;
			return &m->hart[k];
		}
	}
	return NULL;
}

/* Pair @i. False behind the end or if it is wrong; *@hart is NULL for a hart that does not run this kernel. */
static bool list_hart(struct list *l, struct riscv_tree *m, unsigned i, u32 irq, struct riscv_hart **hart)
{
	u32 intc;

	if (!fdt_cell(&l->p, 2 * i, &intc))
		return false;
	if (list_irq(l, i) != irq) {
		fdt_error(l->t, l->node, "interrupts-extended: interrupt %u in pair %u, and valid is %u", list_irq(l, i), i, irq);
		return false;
	}
	*hart = find_hart(l, m, intc);
	if (*hart || fdt_by_phandle(l->t, intc) != FDT_NONE)
		return true;
	fdt_error(l->t, l->node, "interrupts-extended: phandle 0x%x in pair %u is no node's", intc, i);
	return false;
}

/* --- ACLINT SSWI --- */

static void read_sswi(struct riscv_tree *m, const struct fdt *t, int node)
{
	struct riscv_hart *hart;
	struct fdt_prop indexes;
	u64 base, size = 0;
	bool indexed;
	struct list l;

	if (!fdt_reg_physical(t, node, 0, &base, &size))
		fdt_error(t, node, "no reg");
	if (!open_list(&l, t, node))
		return;
	indexed = fdt_prop(t, node, "riscv,hart-indexes", &indexes);
	for (unsigned i = 0; list_hart(&l, m, i, IRQ_S_SOFT, &hart); i++) {
		u32 index = i;

		if (indexed && !fdt_cell(&indexes, i, &index)) {
			fdt_error(t, node, "riscv,hart-indexes has no entry %u, interrupts-extended has", i);
			return;
		}
		if (4ULL * index + 4 > size) {
			fdt_error(t, node, "reg has 0x%llx bytes, which end before register %u", (unsigned long long)size, index);
			return;
		}
		if (hart)
			hart->sswi = base + 4ULL * index;
	}
}

/* --- IMSIC --- */

/* The regions of "reg" as one row of places for files. */
struct files {
	const struct fdt *t;
	int node, bus;
	u64 stride;    /* a hart's files, those for guests included */
	unsigned next; /* region behind the open one */
	u64 first;     /* place of the open region's start in the row, bytes */
	u64 base, size;
};

static u64 round_up(u64 size, u64 to)
{
	return (size + to - 1) / to * to;
}

/* The address of file @i, which only grows from call to call; 0 if there is none. */
static u64 file_address(struct files *f, unsigned i)
{
	u64 at = i * f->stride;

	while (at - f->first >= round_up(f->size, f->stride)) {
		f->first += round_up(f->size, f->stride);
		if (!fdt_reg(f->t, f->bus, f->node, f->next, &f->base, &f->size) || !fdt_translate(f->t, f->bus, &f->base)) {
			fdt_error(f->t, f->node, "reg ends before the file of hart %u: 0x%llx bytes in %u regions", i,
				  (unsigned long long)f->first, f->next);
			return 0;
		}
		f->next++;
	}
	if (at - f->first + FILE_SIZE <= f->size)
		return f->base + (at - f->first);
	fdt_error(f->t, f->node, "reg: region %u of 0x%llx bytes ends inside the file of hart %u", f->next - 1,
		  (unsigned long long)f->size, i);
	return 0;
}

/* Interrupt identities of the files; 0 if they are wrong. */
static u32 imsic_ids(const struct fdt *t, int node)
{
	u32 ids = 0;

	fdt_u32(t, node, "riscv,num-ids", &ids);
	if (ids >= IDS_MIN && ids <= IDS_MAX)
		return ids;
	fdt_error(t, node, "riscv,num-ids is %u, and valid are %u to %u", ids, IDS_MIN, IDS_MAX);
	return 0;
}

static void read_imsic(struct riscv_tree *m, const struct fdt *t, int node)
{
	struct files f = { .t = t, .node = node, .bus = fdt_parent(t, node) };
	u32 guest_bits = 0, ids;
	struct riscv_hart *hart;
	struct list l;

	if (!open_list(&l, t, node) || list_irq(&l, 0) != IRQ_S_EXTERNAL)
		return;
	fdt_u32(t, node, "riscv,guest-index-bits", &guest_bits);
	if (guest_bits > GUEST_BITS_MAX) {
		fdt_error(t, node, "riscv,guest-index-bits is %u, and valid are 0 to %u", guest_bits, GUEST_BITS_MAX);
		return;
	}
	ids = imsic_ids(t, node);
	if (!m->imsic_ids || ids < m->imsic_ids)
		m->imsic_ids = ids;
	f.stride = FILE_SIZE << guest_bits;
	for (unsigned i = 0; list_hart(&l, m, i, IRQ_S_EXTERNAL, &hart); i++) {
		u64 file = file_address(&f, i);

		if (!file)
			return;
		if (hart)
			hart->imsic = file;
	}
}

/* --- both --- */

static void read_each(struct riscv_tree *m, const struct fdt *t, const char *compatible,
		      void (*read)(struct riscv_tree *, const struct fdt *, int))
{
	for (int node = FDT_NONE; (node = fdt_next_compatible(t, node, compatible)) != FDT_NONE;)
		if (fdt_is_okay(t, node))
			read(m, t, node);
}

/* Do all harts have one? That only some do is an error. */
static bool covers(const struct fdt *t, const char *what, unsigned have, unsigned of)
{
	if (have && have < of)
		fdt_error(t, FDT_NONE, "%s for %u of %u harts", what, have, of);
	return have;
}

void riscv_read_ipi(struct riscv_tree *m, const struct fdt *t)
{
	unsigned sswi = 0, imsic = 0;

	m->imsic_ids = 0;
	read_each(m, t, "riscv,aclint-sswi", read_sswi);
	read_each(m, t, "riscv,imsics", read_imsic);
	for (unsigned i = 0; i < m->nr_harts; i++) {
		sswi += m->hart[i].sswi != 0;
		imsic += m->hart[i].imsic != 0;
	}
	m->has_sswi = covers(t, "riscv,aclint-sswi has registers", sswi, m->nr_harts);
	m->has_imsic = covers(t, "riscv,imsics has files", imsic, m->nr_harts);
}
