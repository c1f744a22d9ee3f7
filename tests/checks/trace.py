# SPDX-License-Identifier: GPL-2.0-only
"""
QEMU's own record of what its interrupt controllers did agrees with the kernel's counters.

What start-up, wake-ups and firmware send is the same in two runs that differ only in n, so the difference of two runs is
exact: what the samples sent and received, and nothing else.
"""
import os
import re
from collections import Counter

from boots import good
from common import Failed, Run, Skipped, check

# A write of the ICR's low half, by QEMU's major version: the register's number in 10.x, its offset in 7.x.
ICR = {
    10: ("apic_register_write", re.compile(r"apic_register_write register 0x30 = 0x([0-9a-f]+)")),
    7: ("apic_mem_writel", re.compile(r"apic_mem_writel 0x300 = 0x([0-9a-f]+)")),
}
IRQ = re.compile(r"Servicing hardware INT=0x([0-9a-f]+)")
NMI = re.compile(r"^\s*\d+: v=02 ")
SAMPLES = (100, 200)
# (tlb, sync, walkers)
CELLS = (("ipi", "broadcast", 0), ("nmi", "broadcast", 0), ("nmi", "cpumask", 2), ("nmi", "active-mm", "all"))


def icr_event(emulator):
    m = re.search(r"version (\d+)", emulator)
    if not m:
        raise Skipped(f"no version in {emulator!r}")
    return ICR[10 if int(m[1]) >= 10 else 7]


def seen(log, pattern):
    """What the emulator saw: messages sent, interrupts and NMIs received."""
    count = Counter()
    with open(log, encoding="utf-8", errors="replace") as f:
        for line in f:
            if pattern.search(line):
                count["msg"] += 1
            elif IRQ.search(line):
                count["irq"] += 1
            elif NMI.match(line):
                count["nmi"] += 1
    return count


def observe(ctx, event, pattern, tlb, sync, walkers, n):
    """(the kernel's result line, the emulator's counts) of one run."""
    # The log lies beside the results, which go when the run does.
    run = Run(ctx, "raw", ARGS=f"n={n} tlb={tlb} sync={sync} walkers={walkers}", PLAN="timing",
              QEMUFLAGS=f"-trace enable={event} -d int -D $(OUT)/qemu.log")
    good(run)
    log = os.path.join(run.folder.name, "qemu.log")
    if not os.path.exists(log):
        raise Skipped("this QEMU keeps no log")
    line = next(r for r in run.lines("results.jsonl") if r["m"] == "sync")
    return line, seen(log, pattern)


def compare(ctx, event, pattern, cell):
    tlb, sync, walkers = cell
    (a, seen_a), (b, seen_b) = (observe(ctx, event, pattern, *cell, n) for n in SAMPLES)
    if not seen_a["msg"]:
        raise Skipped(f"QEMU wrote no {event} lines: no 'log' trace backend")
    delta = {k: b[k] - a[k] for k in ("ipi_msg", "ipi_recv", "ipi_tlb", "ipi_sync")}
    nmi = delta["ipi_tlb"] if tlb == "nmi" else 0
    for what, kernel in (("msg", delta["ipi_msg"]), ("nmi", nmi), ("irq", delta["ipi_recv"] - nmi)):
        emulator = seen_b[what] - seen_a[what]
        if kernel != emulator:
            raise Failed(f"tlb={tlb} sync={sync} walkers={walkers}: {what}: the kernel counted {kernel}, QEMU {emulator}, in "
                         f"{SAMPLES[1] - SAMPLES[0]} samples")
    return delta


@check("trace.agrees", per="arch", arches=("x86_64",))
def agrees(ctx):
    """ICR writes are ipi_msg, interrupts and NMIs taken are ipi_recv."""
    good_run = good(Run(ctx, "raw", ARGS="test=arch_smp.area", PLAN="timing", CPUS=1))
    event, pattern = icr_event(good_run.record["emulator"])
    total = Counter()
    for cell in CELLS:
        total.update(compare(ctx, event, pattern, cell))
    return f"{total['ipi_msg']} messages, {total['ipi_recv']} interrupts received in {len(CELLS)} cells"
