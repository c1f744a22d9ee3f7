# SPDX-License-Identifier: GPL-2.0-only
"""Watching changes nothing: the oracle image without forced schedules does what the timing image does."""
from boots import good
from common import Failed, Run, check

KEY = ("wl", "tlb", "walk", "sync", "walkers", "n")
COUNTS = ("ipi_sync", "ipi_tlb", "ipi_msg", "ipi_recv", "inside")
SEEDS = (1, 5)


def counts(ctx, plan, words):
    """{cell: its counters} of one boot."""
    run = good(Run(ctx, "raw", ARGS=words, PLAN=plan))
    return {tuple(r[k] for k in KEY): {c: r[c] for c in COUNTS} for r in run.lines("results.jsonl") if r["m"] == "sync"}


@check("plain.same_ipis", per="arch", arches=("x86_64",))
def same_ipis(ctx):
    """One seed, both images: the same IPIs and the same walkers found inside, cell by cell."""
    cells = 0
    for seed in SEEDS:
        words = f"n=100 seed={seed} walkers=0,2,all"
        timing, oracle = counts(ctx, "timing", words), counts(ctx, "oracle", words + " pass=plain")
        if not timing or set(timing) != set(oracle):
            raise Failed(f"ARGS={words!r}: {len(timing)} cells of the timing image, {len(oracle)} of the oracle image")
        for name, a in timing.items():
            b = oracle[name]
            wrong = [f"{c} {a[c]} and {b[c]}" for c in COUNTS if a[c] != b[c]]
            if wrong:
                raise Failed(f"seed={seed} {dict(zip(KEY, name))}: timing and oracle image: {', '.join(wrong)}")
        cells += len(timing)
    return f"{cells} cells, {len(SEEDS)} seeds"
