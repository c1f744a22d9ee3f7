# SPDX-License-Identifier: GPL-2.0-only
"""Results that lie there already: their format, and the tool that works on them."""
import json
import os
import re
import shutil
import subprocess
import tempfile

from common import Failed, Run, check

TOOL = "tools/results"
# Of each kind of result something, and the samples of all.
WORDS = "bench=munmap-thp,walk-cost,ipi-round,inval-cost,litmus n=20 walk=bare walkers=1 sync=none,active-mm hist=on"


def tool(*argv):
    run = subprocess.run([TOOL, *argv], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout, run.stderr


def demand(what, run, status, text):
    got, out, err = run
    if got != status or text not in out + err:
        raise Failed(f"{what}: status {got}, wanted {status} and {text!r}: {(out + err)[-300:]}")


def schema(name):
    with open(f"tools/schema/{name}.json", encoding="utf-8") as f:
        return json.load(f)


@check("results.fields")
def fields(_):
    """The README explains every field of a result, and no other."""
    with open("README.md", encoding="utf-8") as f:
        table = f.read().split("| field | meaning |", 1)[1].split("\n\n", 1)[0]
    named = {w for line in table.splitlines()[2:] for w in re.findall(r"`(\w+)`", line.split("|")[1])}
    # "`min` ... `max`" stands for the percentiles between them.
    between = {"p50", "p90", "p99", "p999"}
    wanted = set(schema("result")["properties"])
    if wanted - named - between or named - wanted:
        raise Failed(f"README lacks {sorted(wanted - named - between)} and has {sorted(named - wanted)}, which tools/schema/result.json has not")
    return f"{len(wanted)} fields"


def of_record(run):
    """run.json says of a run what nothing else does, and its schema holds it to that."""
    record, first = run.record, run.lines("results.jsonl")[0]
    said = (record["seed"], record["accel"], record["arch"], record["boots"][-1]["clock"])
    if said != (first["seed"], first["accel"], first["arch"], {"unit": first["unit"], "hz": first["hz"]}):
        raise Failed(f"run.json has {said}, the results {first}")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("results.jsonl", "run.json"):
            shutil.copy(os.path.join(run.folder.name, name), folder)
        for name, change in (("sha256", {"boots": [{k: v for k, v in b.items() if k != "sha256"} for b in record["boots"]]}), ("accel", {"accel": "x"})):
            with open(os.path.join(folder, "run.json"), "w", encoding="utf-8") as f:
                json.dump({**record, **change}, f)
            demand(f"run.json with a bad {name}", tool("check", folder), 1, "run.json")


@check("results.schema", per="arch", measures=True)
def every_line(ctx):
    """Each line of a run is what its schema says; one with a field too many, or one too few, is named."""
    run = Run(ctx, "run", ARGS=WORDS, CPUS="2").good()
    demand("a run", tool("check", run.folder.name), 0, ", 0 wrong")
    of_record(run)
    for name, change in (("too many", lambda r: r.update(more=1)), ("too few", lambda r: r.pop("mean"))):
        item = run.lines("results.jsonl")[0]
        change(item)
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "results.jsonl"), "w", encoding="utf-8") as f:
                f.write(json.dumps(item) + "\n")
            demand(f"a field {name}", tool("check", folder), 1, "'more'" if name == "too many" else "'mean'")
    return f"{len(run.lines('results.jsonl'))} results, {len(run.lines('verdicts.jsonl'))} verdicts, {len(run.lines('litmus.jsonl'))} litmus tests"


def hgrm_counts(folder):
    """Every distribution has as many samples as its result."""
    _, out, err = tool("hgrm", folder, "m=sync")
    totals = [int(n) for n in re.findall(r"Total count +=\s+(\d+)\]", out)]
    if not totals or set(totals) != {20}:
        raise Failed(f"hgrm: totals {totals}, wanted 20 each {err[-200:]}")


def measured(lines):
    """Without what only the runner can say."""
    return [{k: v for k, v in r.items() if k != "git"} for r in lines]


def cut_logs(run, folder):
    """Of a serial log that ends early: what it holds, and what is missing."""
    serial, whole, kept = run.serial(), measured(run.lines("results.jsonl")), []
    log, saved = os.path.join(folder, "cut.log"), os.path.join(folder, "cut")
    for share in (0.3, 0.7, 0.99):
        with open(log, "wb") as f:
            f.write(serial[:int(len(serial) * share)])
        demand(f"the first {share:.0%} of a log", tool("save", log, saved), 1, "no @end line")
        with open(os.path.join(saved, "results.jsonl"), encoding="utf-8") as f:
            kept.append(measured(map(json.loads, f)))
    if any(k != whole[:len(k)] for k in kept) or not len(kept[0]) < len(kept[2]):
        raise Failed(f"cut logs gave {list(map(len, kept))} results, which are not the first of {len(whole)}")
    with open(log, "wb") as f:
        f.write(b"nothing\r\n")
    demand("a log without results", tool("save", log, os.path.join(folder, "none")), 2, "no results in")


@check("results.tool", per="host", measures=True)
def commands(ctx):
    """Compare, merge, save and the rest: right answers, and errors that name what is valid."""
    run = Run(ctx, "run", ARGS=WORDS, CPUS="2").good()
    mine = run.folder.name
    with tempfile.TemporaryDirectory() as folder:
        demand("compare with itself", tool("compare", mine, mine, "m=unmap"), 0, "the same")
        hgrm_counts(mine)
        cut_logs(run, folder)
        other = os.path.join(folder, "other")
        shutil.copytree(mine, other)
        with open(os.path.join(other, "results.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps({**r, "accel": "icount"}) + "\n" for r in run.lines("results.jsonl"))
        demand("two accelerators", tool("compare", mine, other), 2, "never put together")
        demand("two accelerators", tool("merge", mine, other, os.path.join(folder, "m")), 2, "never put together")
        demand("merge", tool("merge", mine, mine, os.path.join(folder, "m")), 0, "2 runs")
        demand("a bad value", tool("show", mine, "m=foo"), 2, "m is one of")
        demand("a bad key", tool("show", mine, "foo=1"), 2, "one of the keys")
        demand("a bad command", tool("foo"), 2, "valid are list")
        os.remove(os.path.join(other, "run.json"))
        demand("a run that did not end", tool("show", other), 1, "no run.json")
    return "compare, merge, save, show, hgrm"
