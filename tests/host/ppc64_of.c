// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open Firmware's tree as a blob: the same nodes and properties come out that a client interface over another blob was given. Trees
 * of QEMU's machines: tests/checks/fdt.py.
 */
#include <test.h>

#include "fdt_build.h"
#include "of_fake.h"

#define ROOM 4096

static struct of_work *work;

static u8 *small_tree(size_t *size)
{
	struct build *b = calloc(1, sizeof(*b));
	u8 *blob;

	begin(b, "");
	text(b, "compatible", "qemu,pseries");
	cells(b, "#address-cells", 1, 2);
	prop(b, "ibm,empty", "", 0);
	begin(b, "cpus");
	cells(b, "#address-cells", 1, 1);
	begin(b, "PowerPC,POWER9@0");
	cells(b, "reg", 1, 0);
	cells(b, "phandle", 1, 0x77);
	end(b);
	begin(b, "PowerPC,POWER9@1");
	cells(b, "reg", 1, 9);
	prop(b, "odd", "\1\2\3\4\5", 5);
	text(b, "ibm,the-longest-name-of-a-property-that-fits-which-has-63-bytes", "x");
	begin(b, "below");
	begin(b, "further");
	end(b);
	end(b);
	end(b);
	end(b);
	begin(b, "memory@0");
	text(b, "device_type", "memory");
	end(b);
	begin(b, "chosen");
	cells(b, "cpu", 1, 0x1234);
	end(b);
	end(b);
	put(b, 9);
	blob = finish(b, size);
	free(b);
	return blob;
}

static u32 flatten(const u8 *blob, size_t size, enum of_wrong wrong, bool names, u8 *out, u32 room, char *error, size_t error_size)
{
	char ignored[128];

	if (!work)
		work = low_memory(sizeof(*work));
	of_fake.wrong = wrong;
	of_fake.names = names;
	fdt_open(&of_fake.t, blob, size, ignored, sizeof(ignored));
	return of_flatten(of_fake_call, work, out, room, error, error_size);
}

TEST_CASE(fdt_ppc64, of_round_trip)
{
	u8 *out = low_memory(ROOM), *blob;
	char error[128], other[128];
	size_t size;

	blob = small_tree(&size);
	for (unsigned names = 0; names < 2; names++) {
		u32 n = flatten(blob, size, OF_RIGHT, names, out, ROOM, error, sizeof(error));
		const char *differs;
		struct fdt t;

		T_EXPECT(r, n && !*error, "no tree: %s", error);
		T_EXPECT(r, fdt_open(&t, out, n, other, sizeof(other)), "not a tree: %s", other);
		T_EXPECT(r, t.size == n, "%u bytes, and the header says %u", n, t.size);
		T_EXPECT(r, t.boot_cpu == 9, "boot CPU %u, not the one that /chosen has opened", t.boot_cpu);
		differs = of_difference(&of_fake.t, &t);
		T_EXPECT(r, !differs, "differs: %s", differs);
	}
	free(blob);
	test_set(r, T_PASS, "the same tree, whether or not the firmware lists names");
}

/* In every room that is too small there is an error, and nothing behind the room is touched: there is no memory. */
TEST_CASE(fdt_ppc64, of_room)
{
	u8 *out = low_memory(ROOM), *blob;
	char error[128];
	unsigned fits = 0, tight = 0;
	size_t size;

	blob = small_tree(&size);
	for (u32 room = 0; room <= ROOM; room += 8) {
		u32 n = flatten(blob, size, OF_RIGHT, false, out + ROOM - room, room, error, sizeof(error));

		T_EXPECT(r, !n == !!*error && n <= room, "%u bytes of room: size %u, error \"%s\"", room, n, error);
		T_EXPECT(r, n || strstr(error, "larger than"), "%u bytes of room: %s", room, error);
		fits += !!n;
		tight += !n;
	}
	free(blob);
	T_EXPECT(r, fits && tight > 20, "%u rooms are enough, %u are not", fits, tight);
	test_set(r, T_PASS, "%u sizes of the buffer, %u of them too small", fits + tight, tight);
}

static const struct {
	enum of_wrong wrong;
	const char *error;
} wrongs[] = {
	{ OF_NO_SERVICE, "Open Firmware: it has no service \"nextprop\"" },
	{ OF_SHORT_VALUE, "Open Firmware: property \"compatible\" of node 0x1058 has 13 bytes, but gives 12" },
	{ OF_NO_VALUE, "Open Firmware: node 0x1058 lists the property \"compatible\" and has none" },
	{ OF_ENDLESS, "Open Firmware: more than 64 nodes inside one another" },
	{ OF_RING, "Open Firmware: the device tree is larger than the 64 KiB that this kernel has for it" },
	{ OF_NO_PATH, "Open Firmware: node 0x1058 has no path, or one of more than 511 bytes" },
	{ OF_NO_ROOT, "Open Firmware: it has no device tree" },
	{ OF_LONG_NAMES, "Open Firmware: node 0x1058 lists the property \"xxx" },
	{ OF_BAD_PEER, "Open Firmware: \"peer\" refuses node 0x" },
	{ OF_BAD_CPU, "Open Firmware: \"instance-to-package\" refuses node 0x1234" },
};

TEST_CASE(fdt_ppc64, of_wrong)
{
	const u32 room = 64 << 10;
	u8 *out = low_memory(room), *blob;
	char error[160];
	size_t size;

	blob = small_tree(&size);
	for (unsigned i = 0; i < ARRAY_SIZE(wrongs); i++) {
		u32 n = flatten(blob, size, wrongs[i].wrong, false, out, room, error, sizeof(error));

		T_EXPECT(r, !n && !strncmp(error, wrongs[i].error, strlen(wrongs[i].error)), "wrong %u: size %u, \"%s\"", i, n, error);
	}
	T_EXPECT(r, !of_flatten(of_fake_call, work, malloc(8), 8, error, sizeof(error)) && strstr(error, "beyond its 32 bits"),
		 "memory above 4 GiB: %s", error);
	free(blob);
	test_set(r, T_PASS, "%u kinds of wrong firmware are told apart", (unsigned)ARRAY_SIZE(wrongs) + 1);
}
