// SPDX-License-Identifier: GPL-2.0-only
/*
 * The little that is wanted of ACPI (6.5, chapter 5): RSDP -> XSDT or RSDT -> MADT for the CPUs, FADT and MCFG for the
 * board's name. Checksums are verified, so that a wrong pointer says so instead of giving wrong CPUs.
 */
#include "boot.h"

struct acpi_rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	u32 length; /* revision 2 on */
	u64 xsdt;
	u8 xchecksum, reserved[3];
} __attribute__((__packed__));

struct acpi_table {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __attribute__((__packed__));

struct acpi_madt {
	struct acpi_table header;
	u32 lapic, flags;
} __attribute__((__packed__));

struct madt_lapic { /* type 0 */
	u8 type, length, uid, id;
	u32 flags;
} __attribute__((__packed__));

struct madt_x2apic { /* type 9 */
	u8 type, length;
	u16 reserved;
	u32 id, flags, uid;
} __attribute__((__packed__));

#define MADT_ENABLED 1
#define FADT_FLAGS 112
#define FADT_HW_REDUCED (1U << 20)

static bool same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static bool sum_ok(const void *p, size_t n)
{
	const u8 *b = p;
	u8 sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += b[i];
	return sum == 0;
}

/* The table with @signature; NULL if there is none or (with an error) if it is damaged. */
static const struct acpi_table *find(const struct acpi_table *root, bool wide, const char *signature)
{
	const char *entry = (const char *)(root + 1), *end = (const char *)root + root->length;
	size_t size = wide ? 8 : 4;

	for (; entry + size <= end; entry += size) {
		u64 pa = wide ? *(const u64 __attribute__((__aligned__(1), __may_alias__)) *)entry :
				*(const u32 __attribute__((__aligned__(1), __may_alias__)) *)entry;
		const struct acpi_table *t = (const struct acpi_table *)pa;

		if (!same(t->signature, signature, 4))
			continue;
		if (sum_ok(t, t->length))
			return t;
		boot_error("ACPI: bad checksum in a table");
	}
	return NULL;
}

static void read_madt(const struct acpi_madt *madt)
{
	const u8 *p = (const u8 *)(madt + 1), *end = (const u8 *)madt + madt->header.length;

	for (; p + 2 <= end && p[1] >= 2; p += p[1]) {
		const struct madt_lapic *l = (const struct madt_lapic *)p;
		const struct madt_x2apic *x = (const struct madt_x2apic *)p;

		if (p[0] == 0 && (l->flags & MADT_ENABLED) && l->id != 0xff)
			boot_add_cpu(l->id);
		else if (p[0] == 9 && (x->flags & MADT_ENABLED))
			boot_add_cpu(x->id);
	}
}

/* QEMU names itself in every table; its three machines differ in the tables that they have. */
static const char *board_name(const struct acpi_table *root, bool wide)
{
	const struct acpi_table *fadt = find(root, wide, "FACP");
	const char *raw = (const char *)fadt;

	if (!same(root->oem, "BOCHS ", 6))
		return "pc";
	if (fadt && fadt->length >= FADT_FLAGS + 4 &&
	    (*(const u32 __attribute__((__aligned__(1), __may_alias__)) *)(raw + FADT_FLAGS) & FADT_HW_REDUCED))
		return "microvm";
	return find(root, wide, "MCFG") ? "q35" : "pc";
}

const char *acpi_read(const void *p)
{
	const struct acpi_rsdp *rsdp = p;
	const struct acpi_table *root, *madt;
	bool wide;

	if (!rsdp) {
		boot_error("ACPI: the loader names no RSDP, so the CPUs cannot be found (microvm: acpi=on)");
		return "pc";
	}
	if (!same(rsdp->signature, "RSD PTR ", 8) || !sum_ok(rsdp, 20)) {
		boot_error("ACPI: bad RSDP signature or checksum");
		return "pc";
	}
	wide = rsdp->revision >= 2 && rsdp->xsdt;
	root = (const struct acpi_table *)(wide ? rsdp->xsdt : (u64)rsdp->rsdt);
	if (!same(root->signature, wide ? "XSDT" : "RSDT", 4) || !sum_ok(root, root->length)) {
		boot_error(wide ? "ACPI: bad XSDT signature or checksum" : "ACPI: bad RSDT signature or checksum");
		return "pc";
	}
	madt = find(root, wide, "APIC");
	if (madt)
		read_madt((const struct acpi_madt *)madt);
	else
		boot_error("ACPI: no MADT, so the CPUs cannot be found");
	return board_name(root, wide);
}
