# SPDX-License-Identifier: GPL-2.0-only
"""
The reader of device trees (boot/fdt.c, boot/fdt_tree.c) against libfdt: on whole trees, damaged ones and made up ones.

The trees: tests/host/dts and boot/board compiled by dtc in both versions of the format, what QEMU's machines dump, what QEMU
ships, and boards of Debian's arm64 kernel (tests/fuzz/boards fetches them once).

FDT_FUZZ=3600 make check ONLY=fdt.fuzz fuzzes for an hour, with the cache's corpus of all long runs so far.
"""
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
# boot/ for quotes only: libfdt.h includes a <fdt.h> of its own.
FLAGS = ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-fno-sanitize-recover=all", "-Iinclude", "-iquote", "boot"]
PACKAGE = {"gcc": "gcc", "clang": "clang", "dtc": "device-tree-compiler", "qemu-system-aarch64": "qemu-system-arm",
           "qemu-system-riscv64": "qemu-system-misc", "qemu-system-ppc64": "qemu-system-ppc"}
NUMA = "-m 1G" + "".join(f" -object memory-backend-ram,id={m},size=512M -numa node,memdev={m}" for m in "ab")
MACHINES = {
    "qemu-system-aarch64": ("virt -smp 1", "virt -smp 8", "virt,gic-version=3,virtualization=on,secure=on -smp 4",
                            f"virt,gic-version=3 -smp 123 {NUMA}", "virt,gic-version=3 -smp 512"),
    "qemu-system-riscv64": ("virt -smp 1", f"virt,aclint=on -smp 8 {NUMA}", "sifive_u -smp 5"),
    "qemu-system-ppc64": ("pseries -smp 1", "pseries -smp 32", "powernv9 -smp 4", "powernv10 -smp 8"),
}
FUZZ_SECONDS = 10
# What a mutated tree may grow to; larger seeds say nothing that smaller ones do not.
FUZZ_SIZE = 4 << 10


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


def build(ctx, compiler, driver, sanitizers):
    """The comparison with one of its drivers, as a program."""
    need(ctx, compiler)
    if not os.path.exists("/usr/include/libfdt.h"):
        raise Skipped("no libfdt.h (Debian package libfdt-dev)")
    program = os.path.join(folder(ctx, "bin"), driver)
    run = call(compiler, *FLAGS, f"-fsanitize={sanitizers}", *SOURCES, f"tests/fuzz/{driver}.c", "-lfdt", "-o", program, limit=300)
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


def dumped(ctx, missing):
    for program, machines in MACHINES.items():
        qemu = find_emulator(ctx.cache, program)
        if not qemu:
            missing.append(f"{program} (package {PACKAGE[program]})")
            continue
        for machine in machines:
            model, *options = machine.split()
            out = os.path.join(folder(ctx, "qemu"), re.sub(r"\W+", "-", f"{program[12:]} {machine}")[:60] + ".dtb")
            run = call(qemu, "-M", f"{model},dumpdtb={out}", *options, "-nodefaults", "-display", "none")
            if run.returncode:
                raise Failed(f"{program} {machine}: {run.stderr.strip()}")
            yield out


def boards(ctx, missing):
    """Every Raspberry Pi, and the first board of each other maker."""
    top = os.path.join(ctx.cache, "boards")
    run = call("tests/fuzz/boards", top, limit=600)
    if run.returncode:
        missing.append(run.stderr.strip() or "boards")
        return []
    makers = sorted(glob.glob(f"{top}/*/"))
    return sorted(glob.glob(f"{top}/broadcom/bcm2*.dtb")) + [sorted(glob.glob(f"{m}/**/*.dtb", recursive=True))[0] for m in makers]


@functools.cache
def trees(build_dir, cache_dir):
    """(paths of trees, what could not be had)"""
    ctx = type("Dirs", (), {"build": build_dir, "cache": cache_dir})
    missing = []
    found = [*compiled(ctx), *dumped(ctx, missing), *sorted(glob.glob("/usr/share/qemu/*.dtb")), *boards(ctx, missing)]
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
    return len(paths), sum(int(n) for n, _ in numbers), sum(int(s) for _, s in numbers), "".join(f"; without {m}" for m in missing)


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
