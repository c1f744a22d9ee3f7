# SPDX-License-Identifier: GPL-2.0-only
"""
Watching changes nothing: the oracle image without forced schedules does what the timing image does.

Under icount the machine's own timers cut turns short, at another place in an image that runs more instructions: QEMU's round of
its CPUs every 10^8 instructions, the PIT's 18 ticks a second. So each boot with walkers is one cell, over before the
first round, on a machine without a PIT.
"""
from concurrent.futures import ThreadPoolExecutor

from common import Failed, Run, check
from isas import FIRMWARE

KEY = ("wl", "tlb", "walk", "sync", "walkers", "n")
COUNTS = ("ipi_sync", "ipi_tlb", "ipi_msg", "ipi_recv", "inside", "walks")
SCHEMES = ("broadcast", "cpumask", "active-mm", "sticky")
WALKERS = (2, 7)
# Short: the emulator cuts a turn once in 100 ms of virtual time, and then the images part.
N = 20


def counts(ctx, plan, words):
    """{cell: its counters} of one boot."""
    run = Run(ctx, "raw", ARGS=words, PLAN=plan, CPUS=8).good()
    return {tuple(r[k] for k in KEY): {c: r[c] for c in COUNTS} for r in run.lines("results.jsonl") if r["m"] == "sync"}


def compare(ctx, words):
    """One boot of each image; the number of cells."""
    words = f"n={N} walk=bare {words}"
    timing, oracle = counts(ctx, "timing", words), counts(ctx, "oracle", words + " pass=plain")
    if not timing or set(timing) != set(oracle):
        raise Failed(f"ARGS={words!r}: {len(timing)} cells of the timing image, {len(oracle)} of the oracle image")
    for name, a in timing.items():
        wrong = [f"{c} {a[c]} and {oracle[name][c]}" for c in COUNTS if a[c] != oracle[name][c]]
        if wrong:
            raise Failed(f"ARGS={words!r} {dict(zip(KEY, name))}: timing and oracle image: {', '.join(wrong)}")
    return len(timing)


def compared(ctx, tlb, walkers):
    """The deadline around a call of the firmware is a timer that cuts the turns of many walkers, elsewhere in another image."""
    return ctx.isa.methods[tlb] != FIRMWARE or walkers < max(WALKERS)


@check("plain.same_ipis", per="isa")
def same_ipis(ctx):
    """One seed, both images: the same IPIs and the same walkers found inside, cell by cell."""
    lines = [f"seed={seed} tlb={tlb} sync={sync} walkers={walkers}" for seed, walkers in enumerate(WALKERS, 1)
             for tlb in ctx.isa.methods for sync in SCHEMES if compared(ctx, tlb, walkers)]
    with ThreadPoolExecutor(2) as pool:
        cells = sum(pool.map(lambda words: compare(ctx, words), [f"walkers=0 tlb={','.join(ctx.isa.methods)} sync={','.join(SCHEMES)}", *lines]))
    if cells != len(SCHEMES) * (len(ctx.isa.methods) + sum(compared(ctx, tlb, w) for tlb in ctx.isa.methods for w in WALKERS)):
        raise Failed(f"{cells} cells")
    return f"{cells} cells"
