# SPDX-License-Identifier: GPL-2.0-only
"""Curves over numbers of CPUs."""
import json
import os
import tempfile

from common import Failed, call_make, check


@check("sweep.curves", per="x86_64")
def curves(ctx):
    """One run for each number of CPUs, all results in one file, the cheapest scheme named; a bad number is an error."""
    with tempfile.TemporaryDirectory() as folder:
        run = call_make(ctx, f"OUT={folder}", "NCPUS=2 4", "ARGS=n=20 walkers=0 tlb=nmi sync=none,broadcast,active-mm", "sweep")
        if run.returncode:
            raise Failed(f"status {run.returncode}: {run.stdout[-300:]}{run.stderr[-300:]}")
        with open(os.path.join(folder, "results.jsonl"), encoding="utf-8") as f:
            found = {(r["ncpu"], r["sync"]): r["mean"] for r in map(json.loads, f) if r["m"] == "unmap"}
        if len(found) != 6:
            raise Failed(f"{len(found)} cells, wanted 6")
        best = min(("broadcast", "active-mm"), key=lambda s: found[2, s])
        if f"cheapest: {best} from 2 CPUs on" not in run.stdout:
            raise Failed(f"{best} is not named the cheapest: {run.stdout[-300:]}")
        bad = call_make(ctx, f"OUT={folder}", "NCPUS=2 many", "sweep")
        if not bad.returncode or "numbers from 1 on" not in bad.stderr:
            raise Failed(f"NCPUS='2 many': status {bad.returncode}: {bad.stderr[-200:]}")
    return "2 and 4 CPUs"
