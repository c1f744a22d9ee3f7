# SPDX-License-Identifier: GPL-2.0-only
"""What a mark costs while k CPUs make it with one mm (bench=walk-contended): a row a mark, a column a k; alone, and around a walk."""
import math

PARTS = (("mark-contended", "begin() and end() alone"), ("walk-contended", "around a walk"))


def tables(results, detectable):
    """One for each machine. @detectable: so many standard errors show in four runs of five."""
    machines = {}
    for r in results:
        if r["wl"] == "walk-contended" and "pairs" in r:
            machines.setdefault((r["arch"], r["accel"], r["ncpu"], r["unit"]), []).append(r)
    return [table(place, rows, detectable) for place, rows in machines.items()]


def mean_of(r):
    """Alone: what is more than the same loop of none. Around a walk: all of it."""
    return r["diff"] if r["m"] == PARTS[0][0] else r["base"] + r["diff"]


def table(place, rows, detectable):
    arch, accel, ncpu, unit = place
    of = {(r.get("range") or r["sync"], r["m"], r["walkers"]): r for r in rows}
    marks, ks = dict.fromkeys(mark for mark, _, _ in of), sorted({r["walkers"] for r in rows})
    width = 2 + max(6, *(len(f"{mean_of(r):.1f}") for r in rows))
    lines = [f"walk-contended, {arch}, {accel}, {ncpu} CPUs: mean {unit}s while k CPUs do the same"]
    for metric, text in PARTS:
        lines += [f"{text:26}" + "".join(f"{'k=' + str(k):>{width}}" for k in ks), "-" * max(80, 26 + width * len(ks))]
        for mark in marks:
            means = (f"{mean_of(of[mark, metric, k]):.1f}" if (mark, metric, k) in of else "-" for k in ks)
            lines.append(f"{mark:26}" + "".join(f"{mean:>{width}}" for mean in means))
    least = max(detectable * r["diff_sd"] / math.sqrt(r["pairs"]) for r in rows)
    left_out, pairs = sum(r["n"] - r["pairs"] for r in rows), sum(r["n"] for r in rows)
    return "\n".join([*lines, f"{left_out} of {pairs} pairs were interrupted and are left out; a difference shows from {least:.2f} on"])
