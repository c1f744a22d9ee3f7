# SPDX-License-Identifier: GPL-2.0-only
"""The judgement of the patch series: every row as declared, in the form that others read."""
from common import Failed, Run, check

SERIES = {"kumar", "bras", "yang"}
KEYS = {"series", "scheme", "variant", "cell", "expect", "got", "by", "iterations", "arch", "accel"}
CELL = {"wl", "tlb", "walk", "ncpu", "loaded", "walkers", "dwell"}
ROLES = {"baseline", "posted", "repaired"}


def well_formed(v):
    if not KEYS <= set(v) or not CELL <= set(v["cell"]):
        raise Failed(f"keys missing: {sorted(KEYS - set(v))} {sorted(CELL - set(v['cell']))}")
    if v["variant"] not in ROLES and v["variant"] != f"mutation:{v['mutation']}":
        raise Failed(f"variant {v['variant']!r}")
    if v["got"] == "broken" and not v.get("schedule"):
        raise Failed(f"{v['scheme']} in {v['cell']}: broken, and no interleaving")


@check("judged.series", per="host")
def series(ctx):
    """make verdicts: every series has rows of its baseline, of what was posted and of mutations; each is well formed."""
    run = Run(ctx, "verdicts", CPUS=4).good()
    rows = run.lines("verdicts.jsonl")
    for v in rows:
        well_formed(v)
    found = {(v["series"], v["variant"].split(":")[0]) for v in rows}
    wanted = {(s, role) for s in SERIES for role in ("baseline", "posted", "mutation")}
    if not wanted <= found:
        raise Failed(f"no rows of {sorted(wanted - found)}")
    for name in SERIES:
        if f"Series {name}:" not in run.text:
            raise Failed(f"the table says nothing of {name}")
    return f"{len(rows)} rows of {len(SERIES)} series"


@check("judged.figures", per="isa")
def figures(ctx):
    """What "make verdict" measures beside the verdicts of a series runs, each of its workloads."""
    run = Run(ctx, "raw", PLAN="timing", ARGS="series=all n=20 walk=bare").good()
    found = {r["series"] for r in run.lines("results.jsonl")}
    if found != SERIES:
        raise Failed(f"figures of {sorted(found)}")
    return f"{len(run.lines('results.jsonl'))} results of {len(found)} series"


# Methods that leave CPUs out, drain some, or have a state of their own; what is judged beside them where two flushes meet.
METHODS = ("pv", "gen", "bcast", "rar", "ran")
METHOD_CELLS = "bench=munmap-thp,table-free,lazy-zap,id-transition sync=broadcast,rcu,active-mm,flush-implied,flush-flag,flush-drained"


@check("judged.methods", per="host")
def methods(ctx):
    """The methods on request: a scheme that takes "this flush drained somebody" for "everybody" is caught where it drains some."""
    run = Run(ctx, "cells", CPUS=4, ARGS=f"{METHOD_CELLS} tlb={','.join(METHODS)} walk=bare,gup").good()
    rows = run.lines("verdicts.jsonl")
    broken = {(v["scheme"], v["cell"]["tlb"]) for v in rows if v["got"] == "broken" and v["scheme"].startswith("flush-")}
    if broken != {("flush-flag", "pv"), ("flush-flag", "bcast")}:
        raise Failed(f"broken: {sorted(broken)}")
    return f"{len(rows)} verdicts of {len(METHODS)} methods"


@check("judged.missing_series", per="host")
def missing_series(ctx):
    """SERIES= that is missing or unknown is an error that names the valid ones."""
    for variables, named in (({}, "SERIES="), ({"SERIES": "nobody"}, "yang")):
        try:
            run = Run(ctx, "verdict", **variables)
        except Failed as e:
            text = str(e)
        else:
            text = run.text if run.status == 2 else ""
        if named not in text:
            raise Failed(f"{variables}: no error that names {named}: {text[:200]}")
    return "2 bad calls"
