# SPDX-License-Identifier: GPL-2.0-only
"""The page of a report, in a real browser."""
import json
import os
import re
import shutil
import subprocess
import tempfile

from common import OURS, Failed, Run, call_make, check

WORDS = "bench=munmap-thp,walk-cost,ipi-round,ipi-stages,ipi-pairs,ipi-acks,ipi-contended,inval-cost,stalls n=30 walkers=0,1,2 sync=none,broadcast,active-mm"


def stand_in(folder, like):
    """A run's results as if a machine had them: what they say is not looked at, but that it is drawn."""
    os.makedirs(folder)
    with open(os.path.join(folder, "results.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps({**r, "arch": "host", "board": "host", "accel": "host", "unit": "tick",
                                 "p50": r["p50"] * (1 + r.get("to", 0) + 2 * r.get("from", 0))}) + "\n"
                     for r in like.lines("results.jsonl") if r["wl"] in ("ipi-pairs", "ipi-stages", "stalls"))


def section(page, ident):
    found = re.search(f'<section id="{ident}">.*?</section>', page, re.S)
    if not found:
        raise Failed(f"no section {ident}")
    return found[0]


def demand(good, text):
    if not good:
        raise Failed(text)


def words_of(page):
    """What has to be said beside the pictures."""
    demand("every pair is the same" in section(page, "pairs"), "not said why an emulator's pairs of CPUs are left out")
    demand("nobody" in section(page, "missing"), "not said that a run is not there")
    crossed = section(page, "crossovers")
    demand("by walkers (0, 1, 2)" in crossed and "cheaper than: " in crossed, f"who is cheaper from where on is not told: {crossed[:300]}")
    demand("bystander&#x27;s step" in section(page, "stalls") and "a bystander takes" in section(page, "stalls"), "no picture of what others lose")
    headings = re.findall("<summary>(x86_64.*?)</summary>", section(page, "verdicts"))
    demand(len(headings) == 2 == len(set(headings)), f"two runs of one ISA have the tables {headings}")
    tables = re.findall("<table>.*?</table>", section(page, "verdicts"), re.S)
    demand([t.count("broken:") for t in tables][0] != [t.count("broken:") for t in tables][1], "two runs that differ have one table")


@check("report.page", per="x86_64")
def page(ctx):
    """Charts are drawn, hover, choices and filter work, links lead somewhere, the console is silent; desk and phone, light and dark."""
    run = Run(ctx, "run", ARGS=WORDS + " tlb=nmi walk=bare hist=on bystander=yes", CPUS="4").good()
    with tempfile.TemporaryDirectory() as top:
        mine, again, host = (os.path.join(top, name) for name in ("mine", "again", "host"))
        shutil.copytree(run.folder.name, mine)
        shutil.copytree(run.folder.name, again)
        with open(os.path.join(again, "verdicts.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(v) + "\n" for v in run.lines("verdicts.jsonl") if v["got"] == "sound")
        stand_in(host, run)
        made = call_make(ctx, f"RUNS={mine} {again} {host} {top}/nobody", "report")
        path = os.path.join(mine, "report.html")
        demand(made.returncode and os.path.exists(path), f"a run that is not there: status {made.returncode}: {made.stdout[-200:]}{made.stderr[-200:]}")
        with open(path, encoding="utf-8") as f:
            words_of(f.read())
        look = subprocess.run(["tests/checks/look", path], capture_output=True, text=True, check=False)
    text = (look.stdout + look.stderr).strip().splitlines() or ["no answer"]
    if look.returncode:
        raise Failed(" | ".join(text[-4:]))
    return text[-1]


# Stands for make: each part gets a copy of the results in $RESULTS, but one fails and one does not end.
MAKE = """#!/bin/sh
for word in "$@"; do case $word in ARCH=*) arch=${word#*=};; OUT=*) out=${word#*=};; esac; done
case $out in
*/raw-arm64) echo "error: nobody is at home"; exit 2;;
*/sweep*) sleep 600;;
"") exit 0;;
*) cp -r "$RESULTS" "$out";;
esac
"""


@check("report.full", per="host", measures=True)
def full(ctx):
    """Parts that fail or do not end are named on the page, and the others are on it; it ends when its time is over."""
    run = Run(ctx, "figures", ARGS="bench=ipi-round", CPUS="2").good()
    with tempfile.TemporaryDirectory() as top:
        with open(os.path.join(top, "make"), "w", encoding="utf-8") as f:
            f.write(MAKE)
        os.chmod(f.name, 0o755)
        out = os.path.join(top, "out")
        env = {**{k: v for k, v in os.environ.items() if k not in OURS}, "PATH": f"{top}:{os.environ['PATH']}", "RESULTS": run.folder.name}
        made = subprocess.run(["tools/full-report", "--out", out, "--limit", "4", "--last", "1"], capture_output=True, text=True, check=False,
                              env=env, timeout=60)
        demand(made.returncode == 1, f"status {made.returncode}: {(made.stdout + made.stderr)[-300:]}")
        with open(os.path.join(out, "report.html"), encoding="utf-8") as f:
            text = f.read()
    for part, why in (("raw-arm64", "nobody is at home"), ("sweep-x86_64", "not done after")):
        demand(re.search(f"<td[^>]*>{part}</td><td[^>]*>[^<]*{why}", section(text, "missing")), f"the page does not say that {part}: {why}")
    demand("raw-riscv64" in section(text, "runs") and "raw-host" in section(text, "runs"), "good parts are not on the page")
    return "two parts that fail"
