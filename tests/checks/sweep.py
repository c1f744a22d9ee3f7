# SPDX-License-Identifier: GPL-2.0-only
"""Curves over numbers of CPUs."""
import json
import os
import tempfile

from common import Failed, call_make, check
from readers import made_verdicts


@check("sweep.curves", per="x86_64")
def curves(ctx):
    """One run for each number of CPUs, all results in one file, the cheapest scheme named; a bad number is an error."""
    with tempfile.TemporaryDirectory() as folder:
        run = call_make(ctx, f"OUT={folder}", "NCPUS=2 4", "ARGS=n=20 tlb=nmi sync=none,broadcast,active-mm", "sweep")
        if run.returncode:
            raise Failed(f"status {run.returncode}: {run.stdout[-300:]}{run.stderr[-300:]}")
        with open(os.path.join(folder, "results.jsonl"), encoding="utf-8") as f:
            found = {(r["ncpu"], r["sync"]): r["mean"] for r in map(json.loads, f) if r["m"] == "unmap" and r["walkers"] == 0}
        if len(found) != 6:
            raise Failed(f"{len(found)} cells, wanted 6")
        best = min(("broadcast", "active-mm"), key=lambda s: found[2, s])
        if f"cheapest: {best} from 2 CPUs on" not in run.stdout:
            raise Failed(f"{best} is not named the cheapest: {run.stdout[-300:]}")
        # One walker is half and all of two CPUs.
        for word in ("0", "1", "half", "all"):
            block = run.stdout.partition(f"walkers={word}:")[2].partition("cheapest")[0]
            if block.split("scheme", 1)[-1].split()[:2] != ["2", "4"]:
                raise Failed(f"walkers={word}: no curve over 2 and 4 CPUs: {run.stdout[:300]}")
        if "schemes, by CPUs (2, 4): x86_64 microvm, munmap-thp" not in " ".join(run.stdout.split()):
            raise Failed(f"no crossovers behind the curves: {run.stdout[-300:]}")
        bad = call_make(ctx, f"OUT={folder}", "NCPUS=2 many", "sweep")
        if not bad.returncode or "numbers from 1 on" not in bad.stderr:
            raise Failed(f"NCPUS='2 many': status {bad.returncode}: {bad.stderr[-200:]}")
    return "2 and 4 CPUs"


@check("sweep.sound", per="x86_64")
def sound(ctx):
    """With verdicts the cheapest scheme is not named if it is broken, and a folder without verdicts is an error."""
    with tempfile.TemporaryDirectory() as folder:
        call = (f"OUT={folder}", "NCPUS=2", "ARGS=n=20 walkers=0 tlb=nmi sync=broadcast,active-mm", f"VERDICTS={folder}", "sweep")
        bad = call_make(ctx, *call)
        if not bad.returncode or "no verdicts there" not in bad.stderr:
            raise Failed(f"no verdicts: status {bad.returncode}: {bad.stderr[-200:]}")
        with open(os.path.join(folder, "verdicts.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(v) + "\n" for v in [*made_verdicts("broadcast"), *made_verdicts("active-mm", broken=["T2"])])
        run = call_make(ctx, *call)
        if run.returncode or "cheapest sound one: broadcast from 2 CPUs on" not in run.stdout:
            raise Failed(f"status {run.returncode}: {run.stdout[-300:]}{run.stderr[-200:]}")
    return "the second cheapest"
