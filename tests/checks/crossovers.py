# SPDX-License-Identifier: GPL-2.0-only
"""Where one becomes cheaper than the other, and how sure a ratio is: of results that are made up, so that the answer is known."""
import json
import os
import re
import subprocess
import tempfile

from common import Failed, check

CELL = {"v": 1, "m": "unmap", "wl": "munmap-thp", "build": "timing", "sync": "none", "tlb": "nmi", "walk": "bare", "ncpu": 8, "loaded": 8,
        "walkers": 0, "dwell": 50, "arch": "x86_64", "board": "microvm", "accel": "icount", "seed": 1, "n": 100, "unit": "insn"}


def made(mean, parts=None, **fields):
    return {**CELL, "mean": mean, "parts": parts or [mean] * 5, **fields}


def ask(tool, *folders):
    """What @tool prints of @folders, lists of results each; lines that it wrapped are whole again."""
    with tempfile.TemporaryDirectory() as top:
        paths = []
        for i, results in enumerate(folders):
            paths.append(os.path.join(top, str(i), "results.jsonl"))
            os.makedirs(os.path.dirname(paths[-1]))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.writelines(json.dumps(r) + "\n" for r in results)
        run = subprocess.run([*tool, *paths], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Failed(f"{' '.join(tool)}: status {run.returncode}: {run.stderr[-300:]}")
    return " ".join(run.stdout.split())


def pagewise():
    """Twenty instructions and forty a page, against a flush of 1000; the method itself goes over to it above 33 pages."""
    for pages in (1, 8, 32, 64):
        each, whole = made(20 + 40 * pages), made(1000)
        own, other, name = (each, whole, "whole ASID") if pages <= 33 else (whole, each, "page by page")
        for r, more in ((own, {}), (other, {"range": name})):
            yield {**r, "wl": "inval-cost", "m": "inval", "pages": pages, **more}


def broadcast(x="targets", **fields):
    """A broadcast of 500, against 300 and 100 for each target or initiator."""
    for n in (1, 3, 7):
        place = {"ncpu": n + 1, "loaded": n + 1} if x == "targets" else {"wl": "madvise", "threads": n}
        yield made(500, tlb="hw", **place, **fields)
        yield made(300 + 100 * n, tlb="nmi", **place, **fields)


def curve(sync, costs, **fields):
    for ncpu, cost in costs.items():
        yield made(cost if isinstance(cost, int) else sum(cost) / len(cost), None if isinstance(cost, int) else cost, sync=sync, ncpu=ncpu,
                   loaded=ncpu, **fields)


NOTHING = ["nothing here was measured"]
# (results, what must be said, what must not be)
CASES = [
    (lambda: pagewise(), ["whole ASID is cheaper from 32 pages on (1000.0 against 1300.0), page by page up to 8 (340.0 against 1000.0); "
                          "nothing between was measured.", "not in it: every instruction costs one."], []),
    (lambda: broadcast(), ["hw is cheaper from 3 targets on (500.0 against 600.0), nmi up to 1 (400.0 against 500.0)",
                           "wait for other CPUs is not in it: a constant"], ["initiators"]),
    (lambda: broadcast(accel="kvm", unit="tick"), ["hw is cheaper from 3 targets on (500.0 against 600.0)"], ["is not in it"]),
    (lambda: broadcast("initiators"), ["hw is cheaper from 3 initiators on (500.0 against 600.0), nmi up to 1 (400.0 against 500.0)"],
     ["targets"]),
    # With a point in between where nobody can tell.
    (lambda: [*curve("flat", {2: 300, 4: [300, 310, 320, 300, 300], 8: 300}),
              *curve("steep", {2: 200, 4: [310, 300, 310, 320, 300], 8: 900})],
     ["flat is cheaper from 8 CPUs on (300.0 against 900.0), steep up to 2 (200.0 against 300.0); no difference detectable at 4."], []),
    # From nobody who walks on.
    (lambda: [made(cost, sync=sync, walkers=walkers) for sync, costs in (("flat", (300, 300)), ("steep", (200, 900)))
              for walkers, cost in zip((0, 7), costs)],
     ["by walkers (0, 7)", "flat is cheaper from 7 walkers on (300.0 against 900.0), steep up to 0 (200.0 against 300.0)"], []),
    # They would cross if the lines went on: nobody says so. One is the other's copy.
    (lambda: [*curve("flat", {2: 300, 4: 300}), *curve("steep", {2: 100, 4: 200}), *curve("copy", {2: 300, 4: 300})],
     ["steep does not cross and is cheaper than: flat, copy.", "No difference detectable anywhere: flat and copy."], ["is cheaper from"]),
    # Twice.
    (lambda: [*curve("flat", {2: 300, 4: 300, 8: 300}), *curve("hill", {2: 200, 4: 400, 8: 200})],
     ["flat is cheaper from 4 CPUs on (300.0 against 400.0), hill up to 2 (200.0 against 300.0); nothing between was measured. hill is "
      "cheaper from 8 CPUs on (200.0 against 300.0), flat up to 4 (300.0 against 400.0)"], []),
    # What never meets: another accelerator, another image, a number that means nothing there, one x alone.
    (lambda: [*curve("flat", {2: 300, 4: 300}), *curve("steep", {2: 100, 4: 900}, accel="kvm", unit="tick")], NOTHING, []),
    (lambda: [*curve("flat", {2: 300, 4: 300}), *curve("steep", {2: 100, 4: 900}, build="oracle")], NOTHING, []),
    (lambda: [{**r, "accel": "host", "unit": "tick"} for r in pagewise()], NOTHING, []),
    (lambda: [{**r, "bound": 5} for r in broadcast()], NOTHING, []),
    (lambda: [*curve("flat", {4: 300}), *curve("steep", {4: 900})], NOTHING, []),
]


@check("crossovers.found")
def found(_):
    """Each crossing is found, with the costs on both sides; none is made up where nothing was measured or nothing can be told."""
    for i, (results, wanted, unwanted) in enumerate(CASES):
        text = ask(["tools/crossovers"], list(results()))
        for w in wanted:
            if w not in text:
                raise Failed(f"case {i}: {w!r} is not in: {text[:600]}")
        for u in unwanted:
            if u in text:
                raise Failed(f"case {i}: {u!r} is in: {text[:600]}")
    return f"{len(CASES)} cases"


def samples(hist, **fields):
    n = sum(count for _, count in hist)
    return made(sum(v * count for v, count in hist) / n, accel="host", unit="tick", arch="host", board="host", hist=hist, n=n, **fields)


COMPARED = re.compile(r"unmap +([\d.]+) +([\d.]+) +([\d.]+) ([\d.]+)-([\d.]+) +(.*)")
NEAR, FAR = [[100, 5000], [110, 5000]], [[101, 5000], [111.1, 5000]]
# (A, B, the least and the most that each end of the interval may be, what is said)
RATIOS = [
    # Half the samples 5 below the mean of 105, half above: a standard error of 0.05 on each side, so 1.01 give or take 0.0013.
    ([samples(NEAR)], [samples(FAR)], (1.0082, 1.0090), (1.0110, 1.0118), "95 %, bootstrap"),
    ([samples(NEAR)], [samples([[100, 5010], [110, 4990]])], (0.9982, 0.9990), (1.0009, 1.0017), "no difference detectable"),
    # One sample of 100,000 among 10,000 is in the mean and in the interval.
    ([samples(NEAR)], [samples([*NEAR[:1], [110, 4999], [100000, 1]])], (0.995, 1.001), (1.20, 1.40), "no difference detectable"),
    # Boots that differ by more than their samples say: two of them are no proof.
    ([samples(NEAR), samples(FAR)], [samples(FAR), samples(FAR)], (0.998, 1.001), (1.009, 1.012), "no difference detectable"),
]


@check("results.bootstrap")
def bootstrap(_):
    """The interval of a ratio is as wide as arithmetic says; an outlier is in it, and so is what differs from boot to boot."""
    for i, (a, b, low, high, said) in enumerate(RATIOS):
        text = ask(["tools/results", "compare"], a, b)
        m = COMPARED.search(text)
        if not m or "seed 1" not in text:
            raise Failed(f"case {i}: no ratio, or no seed: {text[-300:]}")
        if not low[0] <= float(m[4]) <= low[1] or not high[0] <= float(m[5]) <= high[1] or said not in m[6]:
            raise Failed(f"case {i}: {m[0][:120]}: wanted {low} to {high} and {said!r}")
    return f"{len(RATIOS)} ratios"
