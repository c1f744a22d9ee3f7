# SPDX-License-Identifier: GPL-2.0-only
"""
QEMU's own record of what its interrupt controllers did agrees with the kernel's counters.

What start-up, wake-ups and firmware send is the same in two runs that differ only in n, so the difference of two runs is
exact: what the samples sent and received, and nothing else.
"""
import os
import re
import subprocess
from collections import Counter

from common import Failed, Run, Skipped, check

SAMPLES = (100, 200)
DEFAULT = ({}, "")


def cells(isa):
    """[(tlb, sync, walkers)]"""
    return (("ipi", "broadcast", 0), *((isa.default_method, *c) for c in (("broadcast", 0), ("cpumask", 2), ("active-mm", "all"))))


def seen(log, pattern, trace):
    """What the emulator saw: messages sent, interrupts and NMIs received."""
    count = Counter()
    with open(log, encoding="utf-8", errors="replace") as f:
        for line in f:
            if pattern.search(line):
                count["msg"] += 1
            elif trace.irq.search(line):
                count["irq"] += 1
            elif trace.nmi and trace.nmi.match(line):
                count["nmi"] += 1
    return count


def observe(ctx, event, pattern, cell, way, n):
    """(the kernel's result line, the emulator's counts) of one run."""
    tlb, sync, walkers = cell
    variables, words = way
    # The log lies beside the results, which go when the run does.
    run = Run(ctx, "raw", ARGS=f"n={n} tlb={tlb} sync={sync} walkers={walkers} {words}", PLAN="timing",
              QEMUFLAGS=f"-trace enable={event} -d int -D $(OUT)/qemu.log", **variables).good()
    log = os.path.join(run.folder.name, "qemu.log")
    if not os.path.exists(log):
        raise Skipped("this QEMU keeps no log")
    line = next(r for r in run.lines("results.jsonl") if r["m"] == "sync")
    return line, seen(log, pattern, ctx.isa.trace)


def compare(ctx, event, pattern, cell, way):
    tlb, sync, walkers = cell
    (a, seen_a), (b, seen_b) = (observe(ctx, event, pattern, cell, way, n) for n in SAMPLES)
    if not seen_a["msg"]:
        raise Skipped(f"QEMU wrote no {event} lines: no 'log' trace backend")
    delta = {k: b[k] - a[k] for k in ("ipi_msg", "ipi_recv", "ipi_tlb", "ipi_sync")}
    nmi = delta["ipi_tlb"] if tlb == "nmi" and ctx.isa.trace.nmi else 0
    for what, kernel in (("msg", delta["ipi_msg"]), ("nmi", nmi), ("irq", delta["ipi_recv"] - nmi)):
        emulator = seen_b[what] - seen_a[what]
        if kernel != emulator:
            raise Failed(f"tlb={tlb} sync={sync} walkers={walkers} {way[1]}: {what}: the kernel counted {kernel}, "
                         f"QEMU {emulator}, in {SAMPLES[1] - SAMPLES[0]} samples")
    return delta


@check("trace.agrees", per="isa")
def agrees(ctx):
    """Messages are ipi_msg, interrupts and NMIs taken are ipi_recv."""
    run = Run(ctx, "raw", ARGS="test=arch_smp.area", PLAN="timing", CPUS=1).good()
    event, pattern = run.of_qemu(ctx.isa.trace.events)
    emulator, _, machine = run.record["boots"][0]["argv"][:3]
    known = subprocess.run([emulator, "-M", machine, "-trace", "help"], capture_output=True, text=True, check=False).stdout
    if event not in known.split():
        raise Failed(f"{run.record['emulator']} has no trace event {event}")
    total = Counter()
    every = cells(ctx.isa)
    pairs = [*((cell, DEFAULT) for cell in every), *((cell, way) for way in ctx.isa.trace.ways for cell in (every[0], every[-1]))]
    for cell, way in pairs:
        total.update(compare(ctx, event, pattern, cell, way))
    return f"{total['ipi_msg']} messages, {total['ipi_recv']} interrupts received in {len(pairs)} cells"


# Instructions one by one, so that each is in the log under its own address, each time.
ONE_BY_ONE = "-accel tcg,thread=single,one-insn-per-tb=on -D $(OUT)/qemu.log"
TRANSLATED = re.compile(r"0x([0-9a-f]+): ")
EXECUTED = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/0*([0-9a-f]+)/")


def logged(ctx, tlb, n, flags):
    """(invalidates that the kernel counted, lines of QEMU's log) of @n unmaps."""
    run = Run(ctx, "raw", ARGS=f"n={n} tlb={tlb} sync=broadcast walkers=2", PLAN="timing", CPUS=4, QEMUFLAGS=f"{ONE_BY_ONE} {flags}").good()
    with open(os.path.join(run.folder.name, "qemu.log"), encoding="utf-8", errors="replace") as f:
        lines = f.read().splitlines()
    return next(r["tlbi"] for r in run.lines("results.jsonl") if r["m"] == "sync"), lines


def executed(ctx, tlb, n, places):
    """(invalidates that the kernel counted, those that QEMU executed) of @n unmaps."""
    counted, lines = logged(ctx, tlb, n, f"-d exec,nochain -dfilter {','.join(f'0x{place}+1' for place in sorted(places))}")
    return counted, sum(bool(m) and m[1] in places for m in map(EXECUTED.match, lines))


@check("trace.invalidates", per="isa")
def invalidates(ctx):
    """QEMU executes as many instructions that invalidate as the kernel counts, those of the firmware too."""
    # An older QEMU cannot.
    Run(ctx, "raw", ARGS="test=arch_smp.area", PLAN="timing", CPUS=1).good().of_qemu({9: ONE_BY_ONE})
    said = []
    for tlb in ctx.isa.methods:
        _, lines = logged(ctx, tlb, SAMPLES[0], "-d in_asm,nochain")
        places = {TRANSLATED.match(t)[1].lstrip("0") for t in lines if TRANSLATED.match(t) and ctx.isa.trace.invalidate.search(t)}
        if not places:
            raise Failed(f"tlb={tlb}: no instruction that QEMU translated is known to invalidate")
        (a, seen_a), (b, seen_b) = (executed(ctx, tlb, n, places) for n in SAMPLES)
        if b - a != seen_b - seen_a or b == a:
            raise Failed(f"tlb={tlb}: the kernel counted {b - a}, QEMU executed {seen_b - seen_a}, in {SAMPLES[1] - SAMPLES[0]} samples")
        said.append(f"{b - a} of tlb={tlb}")
    return f"{', '.join(said)}, in {SAMPLES[1] - SAMPLES[0]} samples"
