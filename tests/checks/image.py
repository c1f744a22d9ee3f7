# SPDX-License-Identifier: GPL-2.0-only
"""What the built images must look like."""
import glob
import os
import re
import struct

from common import Failed, check, make

MIB = 1 << 20
# Words that forbid the compiler floating point.
NO_FLOATING = {"-mgeneral-regs-only", "-msoft-float"}
# Indirect calls that timed code may make: the writer's loop calls the scheme and the TLB method through one pointer each, a shot one of
# them, a probe the design of its answer and a way to send, a grid an operation and a barrier.
INDIRECT = {
    "lap_inval": 1,
    "lap_sync": 1,
    "zap_range": 2,
    "munmap_thp_sample": 2,
    "slot_store_sample": 1,
    "probe_round": 1,
    "shoot": 2,
    "probe_round_by": 1,
    "ipi_probe_by": 1,
    "whole_sample": 2,
    "complete_sample": 2,
    "broadcast": 2,
}
# bcl 20, 31, .+4; b 0x18, which is mflr 12; or 1, 1, 1: in big-endian, as every loader enters an image.
SPIN = {0x60: (0x429f0005, 0x4bffffb4), 0x18: (0x7d8802a6, 0x7c210b78)}
FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:")


@check("build.images", per="arch")
def images(ctx):
    """Both images build without a warning."""
    make(ctx, "all", f"-j{os.cpu_count()}")
    return "both"


@check("image.size", per="isa")
def size(ctx):
    """Without debug information the timing image is smaller than 1 MiB, and the oracle image, which has every mutation, than 4."""
    sizes = {}
    for build in ("timing", "oracle"):
        elf = f"{ctx.build}/{ctx.arch}/{build}/skeet.elf"
        small = f"{ctx.build}/{ctx.arch}/{build}/stripped.elf"
        ctx.tool("strip", "-o", small, elf)
        sizes[build] = os.path.getsize(small)
        if sizes[build] >= (MIB if build == "timing" else 4 * MIB):
            raise Failed(f"{build}: {sizes[build]} bytes")
    return ", ".join(f"{b} {n} bytes" for b, n in sizes.items())


@check("image.one_segment", per="ppc64")
def one_segment(ctx):
    """Loaders run the file in place, move one segment, enter its first byte, and leave other CPUs at 0x60 of a copy of 256 bytes."""
    for build in ("timing", "oracle"):
        with open(f"{ctx.build}/{ctx.arch}/{build}/skeet.elf", "rb") as f:
            elf = f.read()
        order = "<" if elf[5] == 1 else ">"
        entry, phoff = struct.unpack_from(order + "QQ", elf, 24)
        flags, size, count = struct.unpack_from(order + "IxxHH", elf, 48)
        loads = [p for i in range(count) if (p := struct.unpack_from(order + "IIQQQQQQ", elf, phoff + i * size))[0] == 1]
        if len(loads) != 1 or flags & 3 != 2:
            raise Failed(f"{build}: {len(loads)} segments, ABI {flags & 3}: wanted one, and 2")
        offset, address, filled = loads[0][2], loads[0][3], loads[0][5]
        if entry != address or filled < 0x100:
            raise Failed(f"{build}: entry 0x{entry:x} of a segment at 0x{address:x}, 0x{filled:x} bytes of it in the file")
        for at, wanted in SPIN.items():
            found = struct.unpack_from(">II", elf, offset + at)
            if found != wanted:
                raise Failed(f"{build}: 0x{found[0]:x} 0x{found[1]:x} at 0x{at:x}, wanted 0x{wanted[0]:x} 0x{wanted[1]:x}")
    return "entry at byte 0, other CPUs wait at 0x60"


@check("image.timed_calls", per="isa")
def timed_calls(ctx):
    """Timed code makes the declared indirect calls and no others."""
    elf = f"{ctx.build}/{ctx.arch}/timing/skeet.elf"
    symbols = dict(reversed(line.split()[::2]) for line in ctx.tool("nm", elf).splitlines() if "_timed_" in line)
    text = ctx.tool("objdump", "-d", "--no-show-raw-insn", f"--start-address=0x{symbols['_timed_start']}",
                    f"--stop-address=0x{symbols['_timed_end']}", elf)
    found, function = {}, None
    for line in text.splitlines():
        if m := FUNCTION.match(line):
            function = m[1]
        elif ctx.isa.indirect.search(line):
            found[function] = found.get(function, 0) + 1
    if found != INDIRECT:
        raise Failed(f"indirect calls {found}, declared {INDIRECT}")
    return f"{sum(found.values())} in {len(found)} functions"


@check("image.floating_point", per="isa")
def floating_point(ctx):
    """Nothing but newlib touches a floating-point register: no entry saves them."""
    if NO_FLOATING & set(make(ctx, "flags-timing").split()):
        return "none: the compiler is told so"
    if not ctx.isa.floating:
        raise Failed(f"nothing forbids it, and tests/checks/isas.py does not say how {ctx.arch} shows it")
    objects = sorted(glob.glob(f"{ctx.build}/{ctx.arch}/*/**/*.o", recursive=True))
    bad = {}
    for line in ctx.tool("objdump", "-d", "--no-show-raw-insn", *objects).splitlines():
        if m := FUNCTION.match(line):
            function = m[1]
        elif ctx.isa.floating.search(line.partition(":")[2]):
            bad.setdefault(function, line.partition(":")[2].strip())
    if bad or not objects:
        raise Failed(", ".join(f"{f}(): {text}" for f, text in list(bad.items())[:5]) or "no objects")
    return f"none in {len(objects)} objects"
