# SPDX-License-Identifier: GPL-2.0-only
"""Interrupts alone."""
from common import Failed, Run, check

CPUS = 4
WORDS = "bench=ipi-stages,ipi-busy,ipi-pairs,ipi-contended,ipi-acks"
STAGES = ("send", "deliver", "work", "seen")
DESIGNS = {"counter", "flags", "tree", "early"}


def stages_add_up(results):
    """Send, delivery, handler and answer are the round: what the clocks differ goes out of one and into another."""
    of = {(r["targets"], r["m"]): r for r in results if r["wl"] == "ipi-stages"}
    for targets in (1, CPUS - 1):
        parts, whole = sum(of[targets, s]["p50"] for s in STAGES), of[targets, "round"]["p50"]
        if not parts or parts != whole:
            raise Failed(f"{targets} targets: the stages are {parts}, the round {whole}")


def counts(results):
    """Who was interrupted, and how often."""
    for r in results:
        # Others send too while the first of several initiators does.
        good = r["ipi_sync"] >= r["n"] * r["targets"] if r["m"] == "contended" else r["ipi_sync"] == (0 if r["m"] == "line" else r["n"] * r["targets"])
        if not good:
            raise Failed(f"{r['wl']} {r['m']}: {r['ipi_sync']} interrupts in {r['n']} rounds to {r['targets']} CPUs")
    pairs = {(r["from"], r["to"]) for r in results if r["m"] == "pair"}
    if len(pairs) != (CPUS - 1) * (CPUS - 2):
        raise Failed(f"pairs: {sorted(pairs)}")
    designs = {r["range"] for r in results if r["m"] == "ack"}
    if designs != DESIGNS:
        raise Failed(f"designs: {sorted(designs)}")


@check("raw.interrupts", per="isa")
def interrupts(ctx):
    """The stages of a round are the round; each addresses whom it says; two runs are the same, byte for byte."""
    runs = [Run(ctx, "run", ARGS=WORDS, CPUS=CPUS).good() for _ in range(2)]
    if runs[0].serial() != runs[1].serial():
        raise Failed("two runs differ")
    results = runs[0].lines("results.jsonl")
    stages_add_up(results)
    counts(results)
    return f"{len(results)} results"
