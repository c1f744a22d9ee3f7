# SPDX-License-Identifier: GPL-2.0-only
"""
The reader of device trees (boot/fdt.c, boot/fdt_tree.c) against libfdt: on whole trees, damaged ones and made up ones.

The trees: tests/host/dts and boot/board compiled by dtc in both versions of the format, what QEMU's machines dump, what QEMU
ships, and boards of Debian's arm64 and riscv64 kernels (tests/fuzz/boards fetches them once).

Those of riscv64 and ppc64 also go through what those kernels read (boot/<isa>/tree.h), against facts that were read in them by
hand; those of ppc64 also through the client interface of Open Firmware (boot/ppc64/of.h), out of which the same tree must come.

FDT_FUZZ=3600 make check ONLY=fdt.fuzz fuzzes for an hour, with the cache's corpus of all long runs so far.
"""
import collections
import functools
import glob
import os
import re
import shutil
import subprocess
import sys

from common import Failed, Skipped, check

sys.path.insert(0, "tools")
from machine import find_emulator

SOURCES = ["tests/fuzz/compare.c", "boot/fdt.c", "boot/fdt_tree.c"]
RISCV64_SOURCES = [f"boot/riscv64/{name}.c" for name in ("devices", "harts", "ipi_tree", "isa")]
PPC64_SOURCES = ["boot/ppc64/of.c", "boot/ppc64/tree.c"]
# boot/ for quotes only: libfdt.h includes a <fdt.h> of its own.
FLAGS = ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-fno-sanitize-recover=all", "-Iinclude", "-iquote", "boot"]
PACKAGE = {"gcc": "gcc", "clang": "clang", "dtc": "device-tree-compiler", "qemu-system-aarch64": "qemu-system-arm",
           "qemu-system-riscv64": "qemu-system-misc", "qemu-system-ppc64": "qemu-system-ppc"}
NUMA = "-m 1G" + "".join(f" -object memory-backend-ram,id={m},size=512M -numa node,memdev={m}" for m in "ab")
MACHINES = {
    "qemu-system-aarch64": ("virt -smp 1", "virt -smp 8", "virt,gic-version=3,virtualization=on,secure=on -smp 4",
                            f"virt,gic-version=3 -smp 123 {NUMA}", "virt,gic-version=3 -smp 512"),
    "qemu-system-riscv64": ("virt -smp 1", f"virt,aclint=on -smp 8 {NUMA}", f"virt,aia=aplic-imsic,aia-guests=3 -smp 8 {NUMA}",
                            "virt,aclint=on -smp 64", "sifive_u -smp 5", "spike -smp 2"),
    "qemu-system-ppc64": ("pseries -smp 1", "pseries,ic-mode=xive -smp 4", "pseries -smp 32", "pseries -smp 2 -serial null",
                          "pseries -smp 2 -cpu power8 -serial null", "powernv9 -smp 4", "powernv10 -smp 8,threads=4"),
}
# What the line of tests/fuzz/riscv64 about a tree must hold: for trees whose names begin so.
RISCV64_FACTS = {
    "jh7110-starfive-visionfive-2-": ("harts 1-4; 4000000 Hz; isa; uart 8250 0x10000000<<2/4; finisher 0x0$",),
    "hifive-un": ("harts 1-4; 1000000 Hz; isa; uart sifive 0x10010000<<0/4; finisher 0x0$",),
    "mpfs-icicle-kit": ("harts 1-4; 1000000 Hz; isa; uart 8250 0x20100000<<2/4; finisher 0x0$",),
    "th1520-lichee-pi-4a": ("harts 0-3; 3000000 Hz; isa; uart 8250 0xffe7014000<<2/4;",),
    "sg2042-milkv-pioneer": ("harts 0-63; 50000000 Hz; isa; uart 8250 0x7040000000<<2/4;",),
    "riscv64-virt-smp-1": ("harts 0; 10000000 Hz; isa h ", " sstc", "zihintpause; uart 8250 0x10000000<<0/1; finisher 0x100000$"),
    "riscv64-virt-aclint-on-smp-8": ("harts 0-7;", r"; sswi 0x2f00000( \+0x4){3} \+0x3ff4( \+0x4){3}; uart"),
    "riscv64-virt-aclint-on-smp-64": ("harts 0-63;", r"; sswi 0x2f00000( \+0x4){63}; uart"),
    "riscv64-virt-aia": ("harts 0-7;", " smaia ssaia ", r"; imsic 0x28000000( \+0x4000){3} 0x29000000( \+0x4000){3} ids 255; uart"),
    "riscv64-sifive_u": ("harts 1-4; 1000000 Hz; isa; uart sifive 0x10010000<<0/4; finisher 0x0$",),
    "riscv64-spike": ("harts 0-1; 10000000 Hz; isa h ", "; uart none; finisher 0x0$"),
    # The Kendryte K210: no MMU.
    **dict.fromkeys(("canaan", "k210", "sipeed"), ("error device tree: /cpus: no hart that is enabled has an MMU",)),
}
# The same of tests/fuzz/ppc64.
PPC64_GUEST = "; rtas 0x2003 0x2006 0x2007; pft bulk term interrupt set-mode splpar;"
PPC64_FACTS = {
    "ppc64-pseries-smp-1": ("^1 cores; threads 0; 512000000 Hz; PVR 0x4e1200; DEC 56; PID 0; AP 0 5 1 2; hash 12 16 1T 22;", PPC64_GUEST,
                            "; radix hash gtse; no console; Open Firmware: the same$"),
    "ppc64-pseries-smp-32": ("^32 cores; threads 0-31;", PPC64_GUEST, "; radix hash gtse; no console; Open Firmware: the same$"),
    "ppc64-pseries-smp-2-serial": ("^2 cores; threads 0-1;", "; radix hash gtse; console 0x71000000; Open Firmware: the same$"),
    "ppc64-pseries-smp-2-cpu": ("; PVR 0x4d0200; DEC 0; PID 0; AP; hash 12 16 1T 22; rtas", "; hash gtse; console 0x71000000; Open Firmware: the same$"),
    "ppc64-pseries-ic-mode-xive-smp-4": ("; radix hash gtse; XIVE 0x60302031a0000 sources 0[+]4; ", "; Open Firmware: the same$"),
    "ppc64-powernv9": ("^4 cores; threads 12,8,4,0; 512000000 Hz; PVR 0x4e", "; hash 12 16 24 34 1T 0", "; no PAPR; Open Firmware: the same$"),
    "ppc64-powernv10": ("^2 cores; threads 4-7,0-3; 512000000 Hz; PVR 0x80", "; hash 12 16 24 34 1T 0;", "; XSCOM 0 0x603fc00000000; no PAPR; Open Firmware: the same$"),
}
FUZZ_SECONDS = 10
# What a mutated tree may grow to; larger seeds say nothing that smaller ones do not.
FUZZ_SIZE = 4 << 10


# As much of a check's context as makes the same trees.
Dirs = collections.namedtuple("Dirs", ("build", "cache"))


def need(ctx, program):
    path = find_emulator(ctx.cache, program)
    if not path:
        raise Skipped(f"no {program} (Debian package {PACKAGE[program]})")
    return path


def call(*argv, limit=60):
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=limit, errors="replace",
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    except subprocess.TimeoutExpired:
        raise Failed(f"{os.path.basename(argv[0])} {argv[1]}: not done after {limit} s") from None


def folder(ctx, name):
    path = os.path.join(ctx.build, "fdt", name)
    os.makedirs(path, exist_ok=True)
    return path


def build(ctx, compiler, driver, sanitizers, more=()):
    """The comparison with one of its drivers, as a program."""
    need(ctx, compiler)
    if not os.path.exists("/usr/include/libfdt.h"):
        raise Skipped("no libfdt.h (Debian package libfdt-dev)")
    program = os.path.join(folder(ctx, "bin"), driver)
    run = call(compiler, *FLAGS, f"-fsanitize={sanitizers}", *SOURCES, *more, f"tests/fuzz/{driver}.c", "-lfdt", "-o", program,
               limit=300)
    if run.returncode:
        raise Failed(" | ".join(run.stderr.strip().splitlines()[:3]))
    return program


def compiled(ctx):
    """Our own sources; -f because one of them is odd on purpose."""
    dtc = need(ctx, "dtc")
    for source in sorted(glob.glob("tests/host/dts/*.dts") + glob.glob("boot/board/*.dts")):
        for version in ("16", "17"):
            out = os.path.join(folder(ctx, "dts"), f"{os.path.basename(source)[:-4]}-v{version}.dtb")
            run = call(dtc, "-q", "-q", "-f", "-I", "dts", "-O", "dtb", "-V", version, "-o", out, source)
            if run.returncode:
                raise Failed(f"{source}: {run.stderr.strip()}")
            yield out


def dump(qemu, machine, out):
    """False if this QEMU, or none, makes the tree of @machine too late to dump it."""
    model, *options = machine.split()
    run = call(qemu, "-M", f"{model},dumpdtb={out}", *options, "-nodefaults", "-display", "none") if qemu else None
    if run and run.returncode and "have an FDT" not in run.stderr:
        raise Failed(f"{qemu} {machine}: {run.stderr.strip()}")
    return run is not None and not run.returncode


@functools.cache
def dumps(build_dir, cache_dir):
    """(paths of trees, what could not be had), once for all who ask: that is a start of QEMU for each."""
    ctx, found, missing = Dirs(build_dir, cache_dir), [], []
    for program, machines in MACHINES.items():
        qemu = find_emulator(ctx.cache, program)
        if not qemu:
            missing.append(f"{program} (package {PACKAGE[program]})")
            continue
        for machine in machines:
            out = os.path.join(folder(ctx, "qemu"), re.sub(r"\W+", "-", f"{program[12:]} {machine}")[:60] + ".dtb")
            if dump(qemu, machine, out) or dump(shutil.which(program), machine, out):
                found.append(out)
            else:
                missing.append(f"{machine.split()[0]}, whose tree no {program} here dumps (10.0 does not)")
    return found, missing


def dumped(ctx, missing):
    found, lacking = dumps(ctx.build, ctx.cache)
    missing += lacking
    return found


def boards(ctx, arch, missing):
    """The folder with the boards of that kernel; None if they could not be had."""
    top = os.path.join(ctx.cache, "boards" if arch == "arm64" else f"boards-{arch}")
    run = call("tests/fuzz/boards", top, arch, limit=600)
    if run.returncode:
        missing.append(run.stderr.strip() or f"boards of {arch}")
    return None if run.returncode else top


def some_boards(ctx, missing):
    """Every Raspberry Pi, HiFive and VisionFive 2, and the first board of each other maker."""
    found = []
    for arch, mine in (("arm64", ("broadcom/bcm2*",)), ("riscv64", ("sifive/*", "starfive/*visionfive-2*"))):
        top = boards(ctx, arch, missing)
        if top:
            found += [tree for names in mine for tree in sorted(glob.glob(f"{top}/{names}.dtb"))]
            found += [sorted(glob.glob(f"{maker}/**/*.dtb", recursive=True))[0] for maker in sorted(glob.glob(f"{top}/*/"))]
    return list(dict.fromkeys(found))


@functools.cache
def trees(build_dir, cache_dir):
    """(paths of trees, what could not be had)"""
    ctx, missing = Dirs(build_dir, cache_dir), []
    found = [*compiled(ctx), *dumped(ctx, missing), *sorted(glob.glob("/usr/share/qemu/*.dtb")), *some_boards(ctx, missing)]
    return found, missing


def all_agree(ctx, mode, limit):
    program = build(ctx, "gcc", "files", "address,undefined")
    paths, missing = trees(ctx.build, ctx.cache)
    run = call(program, mode, *paths, limit=limit)
    wrong = [line for line in run.stdout.splitlines() if line.startswith("FAIL")]
    if run.returncode:
        raise Failed(wrong[0] if wrong else " | ".join((run.stderr or run.stdout).strip().splitlines()[:4]))
    numbers = [re.search(r"(\d+) trees, (\d+) sound$", line).groups() for line in run.stdout.splitlines()]
    if len(numbers) != len(paths):
        raise Failed(f"{len(numbers)} lines about {len(paths)} trees")
    return len(paths), sum(int(n) for n, _ in numbers), sum(int(s) for _, s in numbers), "".join(f"; without {m}" for m in dict.fromkeys(missing))


@check("fdt.libfdt")
def libfdt(ctx):
    """Nodes, properties, strings, cells, reg, ranges, paths, phandles, aliases, reservations of whole trees."""
    files, _, _, without = all_agree(ctx, "same", 300)
    return f"{files} trees{without}"


@check("fdt.truncated")
def truncated(ctx):
    """Every prefix of each tree, prefixes whose header fits, single bytes changed."""
    files, damaged, sound, without = all_agree(ctx, "damaged", 600)
    if not sound:
        raise Failed(f"none of {damaged} damaged trees is still sound: only refusals were compared")
    return f"{files} trees, {damaged} variants, {sound} of them still sound{without}"


def seeds(ctx):
    """Trees small enough to mutate, without the room that QEMU leaves in them."""
    dtc, top = need(ctx, "dtc"), folder(ctx, "seeds")
    for i, path in enumerate(trees(ctx.build, ctx.cache)[0]):
        out = os.path.join(top, f"{i}.dtb")
        version = "16" if path.endswith("-v16.dtb") else "17"
        call(dtc, "-q", "-q", "-f", "-I", "dtb", "-O", "dtb", "-V", version, "-o", out, path)
        if os.path.getsize(out) > FUZZ_SIZE:
            os.remove(out)
    return top


def fuzzer_runtime():
    return glob.glob(os.path.join(call("clang", "-print-runtime-dir").stdout.strip(), "libclang_rt.fuzzer-*")) or glob.glob(
        os.path.join(call("clang", "-print-resource-dir").stdout.strip(), "lib", "*", "libclang_rt.fuzzer-*"))


@check("fdt.fuzz")
def fuzz(ctx):
    """libFuzzer from those trees, each input also with a header that fits; both readers must agree."""
    need(ctx, "clang")
    if not fuzzer_runtime():
        raise Skipped("no libFuzzer beside clang (Debian package libclang-rt-dev)")
    program = build(ctx, "clang", "fuzz", "fuzzer,address,undefined")
    seconds = int(os.environ.get("FDT_FUZZ", FUZZ_SECONDS))
    # A long run keeps what it finds; the short one begins from the same seeds each time.
    kept = os.path.join(ctx.cache, "fdt-corpus") if "FDT_FUZZ" in os.environ else folder(ctx, "corpus")
    if "FDT_FUZZ" not in os.environ:
        shutil.rmtree(kept)
    os.makedirs(kept, exist_ok=True)
    run = call(program, "-seed=1", f"-max_total_time={seconds}", f"-max_len={FUZZ_SIZE}", "-timeout=10", "-print_final_stats=1",
               f"-artifact_prefix={folder(ctx, 'found')}/", kept, seeds(ctx), limit=seconds + 120)
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if re.search(r"libfdt|ERROR|error:|Test unit written", line)]
        raise Failed(" | ".join(lines[:4]) or run.stderr[-200:])
    inputs = int(re.search(r"number_of_executed_units: (\d+)", run.stderr)[1])
    if not inputs:
        raise Failed("no input was tried")
    return f"{inputs} inputs in {seconds} s, {len(os.listdir(kept))} of them reached something new"


def riscv64_trees(ctx, missing):
    """Every board, and what QEMU's machines dump."""
    top = boards(ctx, "riscv64", missing)
    found = sorted(glob.glob(f"{top}/*/*.dtb")) if top else []
    return found + [tree for tree in dumped(ctx, missing) if os.path.basename(tree).startswith("riscv64-")]


def ppc64_trees(ctx, missing):
    return [tree for tree in dumped(ctx, missing) if os.path.basename(tree).startswith("ppc64-")]


def wrong_with(facts, usual, name, line):
    """What is wrong with the line about a tree: a fact of its own, or what all have."""
    known = [these for start, these in facts.items() if name.startswith(start)]
    for fact in known[0] if known else usual:
        if not re.search(fact, line):
            return f"{name}: {line}: no {fact}"
    return None if known or "error" not in line else f"{name}: {line}"


def need_trees(paths, missing):
    if not paths:
        raise Skipped("no trees: without " + "; without ".join(dict.fromkeys(missing)))


def judge(program, paths, facts, usual, missing):
    need_trees(paths, missing)
    run = call(program, *paths)
    lines = dict(zip((os.path.basename(p) for p in paths), (line.split(": ", 1)[1] for line in run.stdout.splitlines())))
    if run.returncode or len(lines) != len(paths):
        raise Failed(" | ".join(run.stderr.strip().splitlines()[:4]) or f"{len(lines)} lines about {len(paths)} trees")
    wrong = [w for w in (wrong_with(facts, usual, name, line) for name, line in lines.items()) if w]
    if wrong:
        raise Failed(wrong[0])
    unused = [start for start in facts if not missing and not any(name.startswith(start) for name in lines)]
    if unused:
        raise Failed(f"no tree is called {unused[0]}")
    return f"{len(lines)} trees" + "".join(f"; without {m}" for m in dict.fromkeys(missing))


def damaged(program, paths, missing):
    need_trees(paths, missing)
    run = call(program, "damaged", *paths, limit=300)
    if run.returncode:
        raise Failed(" | ".join((run.stderr or run.stdout).strip().splitlines()[:4]))
    counts = [(int(a), int(b)) for a, b in re.findall(r": (\d+) trees, (\d+) sound$", run.stdout, re.M)]
    tried, sound = sum(a for a, _ in counts), sum(b for _, b in counts)
    if not sound:
        raise Failed(f"none of {tried} damaged trees is still sound: nothing was read")
    return f"{len(counts)} trees, {tried} variants, {sound} of them still sound" + "".join(f"; without {m}" for m in dict.fromkeys(missing))


# What a kernel reads: sources beside those of the reader, trees, facts about some of them, and what the line about any other has.
KERNELS = {
    "riscv64": (RISCV64_SOURCES, riscv64_trees, RISCV64_FACTS, (r"^harts \d", r"; [1-9]\d* Hz; ")),
    "ppc64": (PPC64_SOURCES, ppc64_trees, PPC64_FACTS, (r"^\d+ cores", r"; [1-9]\d* Hz; ")),
}


def whole(ctx, isa):
    sources, trees, facts, usual = KERNELS[isa]
    program, missing = build(ctx, "gcc", isa, "address,undefined", sources), []
    return judge(program, trees(ctx, missing), facts, usual, missing)


def changed(ctx, isa):
    """The same with single bytes changed: whatever is read then, it is read inside the blob."""
    sources, trees, _, _ = KERNELS[isa]
    program, missing = build(ctx, "gcc", isa, "address,undefined", sources), []
    return damaged(program, trees(ctx, missing), missing)


@check("fdt.riscv64")
def riscv64(ctx):
    """Harts, extensions, interrupt registers, console and finisher that the riscv64 kernel reads."""
    return whole(ctx, "riscv64")


@check("fdt.riscv64_damaged")
def riscv64_damaged(ctx):
    return changed(ctx, "riscv64")


@check("fdt.ppc64")
def ppc64(ctx):
    """Cores, threads, page sizes, RTAS tokens, hypercalls and console that the ppc64 kernel reads; and Open Firmware's tree."""
    return whole(ctx, "ppc64")


@check("fdt.ppc64_damaged")
def ppc64_damaged(ctx):
    return changed(ctx, "ppc64")
