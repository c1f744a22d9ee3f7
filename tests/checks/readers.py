# SPDX-License-Identifier: GPL-2.0-only
"""What a reader pays: exact under icount, in pairs with none, and the tables of it."""
import json
import os
import subprocess
import sys
import tempfile

from common import Failed, Run, check

sys.path.insert(0, "tools")
import table

SCHEMES = ("none", "broadcast", "active-mm", "sticky")
PARTS = ("mark", "walk", "gup")


@check("readers.exact", per="isa")
def exact(ctx):
    """Under icount each pair is like the other; who marks nothing costs nothing; each part costs more than the one before it."""
    run = Run(ctx, "raw", ARGS=f"bench=walk-cost sync={','.join(SCHEMES)}", PLAN="timing", CPUS=2).good()
    found = {(r["sync"], r["m"]): r for r in run.lines("results.jsonl")}
    if set(found) != {(s, m) for s in SCHEMES for m in PARTS}:
        raise Failed(f"results of {sorted(found)}")
    for (scheme, part), r in found.items():
        if r["pairs"] != r["n"] or r["diff_sd"]:
            raise Failed(f"{scheme} {part}: {r['pairs']} of {r['n']} pairs, deviation {r['diff_sd']}: not exact")
        if (r["diff"] > 0) != (scheme in ("active-mm", "sticky")):
            raise Failed(f"{scheme} {part}: {r['diff']} more than none's")
        if r["base"] != found["none", part]["base"]:
            raise Failed(f"{scheme} {part}: none's is {r['base']} beside it and {found['none', part]['base']} beside itself")
    base = [found["none", part]["base"] for part in PARTS]
    # A reference that is taken and given back costs more than the walk.
    if not base[0] < base[1] < base[2] / 2:
        raise Failed(f"none's mark, walk, gup: {base}")
    return f"{len(found)} cells"


# Cells that show T1 to T5, and one that shows none of them.
JUDGED = {"T1": {"wl": "slot-store"}, "T2": {"walk": "bare+nmi"}, "T3": {"wl": "unshare-each"}, "T4": {"wl": "collapse"},
          "T5": {"tlb": "pv"}, "outer": {}}
# What is made up of a scheme, and the row of it that tools/goal prints.
MADE = {
    "good": ({}, ["yes", "yes", "+0.50%", "yes", "yes", "0.04"]),
    "each": ({"one_sync": "broken"}, ["yes,", "T3", "each", "yes", "+0.50%", "yes", "yes", "0.04"]),
    "wrong": ({"broken": ["T2"]}, ["no:", "T2", "yes", "+0.50%", "yes", "yes", "0.04"]),
    # Broken without the nested walk and with a flush that reaches everybody, too: by neither of them.
    "outer": ({"broken": ["T2", "T5", "outer"]}, ["no:", "munmap-thp", "yes", "+0.50%", "yes", "yes", "0.04"]),
    "half": ({"missing": "T5"}, ["-", "T5", "yes", "+0.50%", "yes", "yes", "0.04"]),
    "dear": ({"diff": 10.0}, ["yes", "no", "+5.00%", "yes", "yes", "0.04"]),
    # So uncertain that it may be above the goal.
    "vague": ({"sd": 10.0}, ["yes", "open", "+0.50%", "yes", "yes", "0.04"]),
    "loud": ({"idle": 3}, ["yes", "yes", "+0.50%", "no", "3.0", "yes", "0.04"]),
    "beside": ({"by": 2}, ["yes", "yes", "+0.50%", "no", "2.0", "yes", "0.04"]),
    "steep": ({"many": 172}, ["yes", "yes", "+0.50%", "yes", "no", "2.00"]),
}
N = 100


def made_results(name, diff=1.0, sd=0.0, idle=0, by=0, many=62, **_):
    cell = {"sync": name, "arch": "x86_64", "accel": "icount", "n": N, "tlb": "nmi", "wl": "munmap-thp", "m": "sync"}
    reader = {**cell, "wl": "walk-cost", "pairs": N, "base": 200.0, "diff": diff, "diff_sd": sd}
    return [{**reader, "m": "mark"}, {**reader, "m": "gup"}, {**cell, "walkers": 0, "ncpu": 8, "p50": 60, "ipi_sync": idle * N},
            {**cell, "walkers": 0, "ncpu": 64, "p50": many, "ipi_sync": 0},
            {**cell, "walkers": 3, "ncpu": 8, "p50": 90, "ipi_sync": 3 * N, "bystander": 4, "by_sync": by * N}]


def made_verdicts(name, broken=(), missing=None, one_sync="sound", **_):
    cells = [({"wl": "munmap-thp", "tlb": "nmi", "walk": "bare", **where}, "broken" if race in broken else "sound")
             for race, where in JUDGED.items() if race != missing]
    cells.append(({"wl": "unshare", "tlb": "nmi", "walk": "bare"}, one_sync))
    return [{"scheme": name, "cell": cell, "got": got} for cell, got in cells]


@check("readers.goals")
def goals(_):
    """The table of goals out of results that are made up: each goal missed by one scheme alone, and the best one named."""
    with tempfile.TemporaryDirectory() as folder:
        for file, of in (("results", made_results), ("verdicts", made_verdicts)):
            with open(os.path.join(folder, f"{file}.jsonl"), "w", encoding="utf-8") as f:
                f.writelines(json.dumps(line) + "\n" for name, (how, _) in MADE.items() for line in of(name, **how))
        run = subprocess.run(["tools/goal", folder], capture_output=True, text=True, check=False)
    # The first table has a row a scheme, too.
    rows = {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines() if line.split()[:1] and line.split()[0] in MADE}
    for name, (_, want) in MADE.items():
        if rows.get(name) != want:
            raise Failed(f"{name}: {rows.get(name)}, not {want}: {run.stderr[-200:]}")
    if "4 of four: good, each." not in run.stdout:
        raise Failed(f"the best are not named: {run.stdout[-100:]}")
    bad = subprocess.run(["tools/goal", "/nowhere"], capture_output=True, text=True, check=False)
    if bad.returncode != 2 or "no folder" not in bad.stderr:
        raise Failed(f"no folder: status {bad.returncode}: {bad.stderr[-100:]}")
    return f"{len(MADE)} schemes"


@check("readers.detectable")
def detectable(_):
    """A difference below what its pairs show is not printed as one."""
    for diff, sd, want in ((0.5, 5.0, "no difference detectable (1.40%)"), (-5.0, 5.0, "-10.00% (detectable 1.40%)"),
                           (1.0, 0.0, "+2.00%, exact")):
        got = table.over_none_text({"base": 50.0, "diff": diff, "diff_sd": sd, "pairs": 400})
        if got != want:
            raise Failed(f"{got!r}, not {want!r}")
    return "3 texts"
