# SPDX-License-Identifier: GPL-2.0-only
"""Hashed translation of ppc64 (mmu=hash): the same verdicts, and what a flush costs in entries."""
from boots import caught
from common import Failed, Run, check

N = 200
# What reaches the table, and the field that counts what a leaf of one entry takes.
WAYS = (("pseries", "fw", "ipi_msg"), ("powernv10", "hw", "tlbi"))


@check("hash.verdicts", per="ppc64")
def verdicts(ctx):
    """Every declared cell and every mutation that applies, in a partition and on the bare machine."""
    cells = len(Run(ctx, "cells", ARGS="mmu=hash", CPUS=4).good().lines("verdicts.jsonl"))
    return f"{cells} cells as declared, {caught(ctx, ARGS='mmu=hash', MACHINE='powernv10')} mutations caught"


@check("hash.laws", per="ppc64")
def laws(ctx):
    """A leaf of which one page was touched is one entry: one call of the hypervisor, or one tlbie. Schemes as ever."""
    for machine, method, field in WAYS:
        run = Run(ctx, "raw", ARGS=f"mmu=hash n={N} walkers=0 walk=bare sync=none,broadcast", PLAN="timing", CPUS=4, MACHINE=machine).good()
        lines = [r for r in run.lines("results.jsonl") if r["m"] == "sync"]
        if {(r["tlb"], r["sync"]) for r in lines} != {(method, "none"), (method, "broadcast")}:
            raise Failed(f"{machine}: cells {[(r['tlb'], r['sync']) for r in lines]}")
        for r in lines:
            ipis = 3 * N if r["sync"] == "broadcast" else 0
            entries = r[field] - (ipis if field == "ipi_msg" else 0)
            if (r["ipi_sync"], r["ipi_tlb"], entries) != (ipis, 0, N):
                raise Failed(f"{machine} sync={r['sync']}: ipi_sync {r['ipi_sync']}, ipi_tlb {r['ipi_tlb']}, entries {entries} of {N}")
    return "one call and one tlbie a leaf"
