# SPDX-License-Identifier: GPL-2.0-only
"""The longest path of a round: through graphs written by hand, and through those of an image."""
import json
import os
import subprocess
import sys
import tempfile

from common import Failed, Run, check

sys.path.insert(0, "tools")
from critical import Broken, Latencies, Record, longest

PURE = Latencies()
# Two targets, a call for each; the second one's handler takes longer. Stamps of CPU 0 hold its waits.
INITIATOR = [[0, "begin", 0], [0, "sent", 10, 1], [0, "sent", 18, 2], [0, "wait", 20, 1], [0, "look", 500, 1], [0, "wait", 507, 2],
             [0, "look", 900, 2], [0, "seen", 905], [0, "end", 908]]
FIRST = [[1, "open", 0], [1, "enter", 30], [1, "work", 34], [1, "answer", 40], [1, "leave", 60]]
SECOND = [[2, "open", 0], [2, "enter", 30], [2, "work", 130], [2, "answer", 136], [2, "leave", 150]]
HAND = INITIATOR + FIRST + SECOND
SUM = 35 + 60 + 150
# Until the second interrupt is out, its handler, and from the look that found its answer on.
PATH = 18 + 136 + 8


def result(events, ncpu, **other):
    return {"wl": "ipi-path", "m": "segments", "arch": "x86_64", "accel": "icount", "range": "each", "tlb": "-", "ncpu": ncpu,
            "targets": ncpu - 1, "n": 10, "ipi_msg": 10 * (ncpu - 1), "mean": 100.0, "events": events, **other}


def made(ncpu, **other):
    """A round whose pieces are lines: 20 and 5 for each target until all is sent, 60 of handler, 6 for each answer."""
    targets = range(1, ncpu)
    events, at = [[0, "begin", 0], [0, "sent", 20 + 5 * (ncpu - 1)]], 22 + 5 * (ncpu - 1)
    for t in targets:
        events += [[0, "wait", at, t], [0, "look", at + 1000, t]]
        at += 1006
    events += [[0, "seen", at], [0, "end", at + 3]]
    handler = (("open", 0), ("enter", 50), ("work", 53), ("answer", 60), ("leave", 99))
    events += [[t, name, stamp] for t in targets for name, stamp in handler]
    return result(events, ncpu, range="mask", **other)


def made_path(ncpu):
    return 20 + 5 * (ncpu - 1) + 60 + 6 * (ncpu - 1) + 3


def made_sum(ncpu):
    """All of that but one handler, the step to the first wait, and each handler with the way back."""
    return made_path(ncpu) - 60 + 2 + 99 * (ncpu - 1)


def length(record, **latencies):
    return longest(record, Latencies(**latencies))[0]


def want(what, got, expected):
    if got != expected:
        raise Failed(f"{what}: {got}, wanted {expected}")


def broken(what, events, named):
    try:
        Record.of_result("a round", result(events, 3))
    except Broken as e:
        if named not in str(e):
            raise Failed(f"{what}: {e}; {named!r} is not named") from None
        return
    raise Failed(f"{what}: nothing is found wrong")


@check("path.graph")
def graph(_):
    """A graph written by hand: its sum, its longest path, what each latency moves, and records that are not whole."""
    record = Record.of_result("by hand", result(HAND, 3))
    want("sum", record.total(), SUM)
    want("path", length(record), PATH)
    want("last", [s.to.peer for s in longest(record, PURE)[1] if s.hop == "line"], [2])
    want("path with hops", length(record, ipi=100, line=10), PATH + 110)
    # Two writes, until the second is out.
    want("path with sends", length(record, send=1), PATH + 2)
    alike = Record.of_result("by hand", result(INITIATOR + FIRST + [[2, *e[1:]] for e in FIRST], 3))
    want("path of handlers alike", length(alike), 18 + 40 + 8)
    # The first answer comes so late that the second has long been there.
    late = Record.of_result("by hand", result(INITIATOR + [[1, *e[1:]] for e in SECOND] + [[2, *e[1:]] for e in FIRST], 3))
    want("path by the first", length(late), 10 + 136 + 7 + 8)
    want("path by the first with sends", length(late, send=1), length(late) + 1)
    # Two request words, the target's own; and an answer that had to be fetched though it was there.
    want("path with misses", length(record, miss=1), PATH + 3)
    want("path by the first with misses", length(late, miss=1), 11 + 137 + 7 + 1 + 8)
    page = Record.of_result("by hand", result(HAND, 3, tlb="ipi"))
    want("path with invalidates", length(page, local=50), PATH + 100)
    bcast = result([[0, "begin", 0], [0, "issue", 9], [0, "complete", 12]], 8, tlb="hw", range="bcast")
    bcast.pop("targets")
    bcast = Record.of_result("by hand", bcast)
    want("broadcast", length(bcast), 12)
    want("broadcast with latencies", length(bcast, fixed=100, target=3, serial=50, initiators=4), 12 + 100 + 3 * 7 + 50 * 3)
    broken("cut off in a target", HAND[:-2], "CPU 2 has no answer")
    broken("cut off before a target", HAND[:-5], "CPU 2 has no open")
    broken("no look", [e for e in HAND if e[1:] != ["look", 900, 2]], "CPU 0 has seen where look 2 is due")
    broken("backwards", HAND[:-1] + [[2, "leave", 135]], "CPU 2 has leave before answer")
    broken("a CPU too many", HAND + [[3, "open", 0]], "CPU 3 is no part")
    broken("an event of another kind", HAND + [[2, "sleep", 200]], "is no event")
    return "16 of it"


def ask(folder, *options):
    run = subprocess.run(["tools/path", folder, *options], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout, run.stderr


def demand(what, run, status, *texts):
    got, out, err = run
    for text in texts:
        if got != status or text not in out + err:
            raise Failed(f"{what}: status {got}, wanted {status} and {text!r}: {(out + err)[-300:]}")


def write(folder, results):
    with open(os.path.join(folder, "results.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in results)


# What is asked for, and what the error names.
REFUSED = {
    ("--ncpu", "4097"): "from 2 to 4096",
    ("--ncpu", "many"): "from 2 to 4096",
    ("--hop", "nobody"): "the presets sgx-step",
    ("--hop", "ipi=fast"): "'fast' is no number",
    ("--hop", "ipi=-1"): "from 0 on",
    ("--hop", "power8-xics"): "--ghz",
    ("--inval", "100"): "fixed=NUMBER",
    ("--initiators", "0"): "from 1 on",
}


@check("path.projection")
def projection(_):
    """Machines that were not measured: where pieces are lines, exactly those, and marked as what it is; from too few sizes nothing."""
    sizes = (2, 4, 8, 16)
    with tempfile.TemporaryDirectory() as folder:
        write(folder, [made(n) for n in sizes])
        run = ask(folder, "--ncpu", "1024,4096")
        demand("4096 CPUs", run, 0, f"projection, x86_64 mask, 4096 CPUs: segments {made_sum(4096)}, path {made_path(4096)}, ",
               f"projection, x86_64 mask, 1024 CPUs: segments {made_sum(1024)}, path {made_path(1024)}, ",
               "misses the measured paths by 0.0 at most")
        unmarked = [t for t in run[1].splitlines() if ("4096" in t or "1024" in t) and not t.startswith("projection, ")]
        if unmarked:
            raise Failed(f"not marked as a projection: {unmarked[0]}")
        demand("hops", ask(folder, "--ncpu", "64", "--hop", "1000"), 0, f"path {made_path(64) + 2000}, ")
        demand("a preset", ask(folder, "--hop", "sgx-step"), 0, "ipi 935 cycles: sgx-step: SGX-Step")
        for options, named in REFUSED.items():
            demand(" ".join(options), ask(folder, *options), 2, named)
        lock_step = {**made(8), "accel": "bochs", "m": "round", "mean": 2 * made_path(8)}
        write(folder, [made(n) for n in sizes] + [lock_step])
        demand("lock step", ask(folder), 0, f"{made_path(8)}   {made_path(8) / made_sum(8):.2f}     1{2 * made_path(8):>11}   0.50\n")
        # Two CPUs have no second target: that leaves two sizes.
        write(folder, [made(n) for n in (2, 4, 8)])
        demand("three sizes", ask(folder, "--ncpu", "64"), 2, "at least 3 sizes of machine", "here are 2 (4, 8 CPUs)")
        write(folder, [made(8), made(8)])
        demand("twice", ask(folder), 2, "x86_64 icount mask on 8 CPUs to 7: it is in the folders twice")
        write(folder, [{**made(8), "accel": "tcg1"}])
        demand("latencies of times", ask(folder, "--hop", "1"), 2, "what tcg1 has are times")
        write(folder, [{k: v for k, v in made(8).items() if k != "range"}])
        demand("no range", ask(folder), 2, "has no range")
        write(folder, [{**made(8), "accel": "mttcg"}])
        demand("another accelerator", ask(folder), 2, "segments under mttcg: the emulator's threads wait")
        write(folder, [{**made(8), "events": made(8)["events"][:-1]}])
        demand("cut off", ask(folder), 2, "x86_64 icount mask on 8 CPUs to 7: the record is cut off: CPU 7 has no leave")
    return f"{len(REFUSED) + 10} questions"


CPUS = 4
KINDS = ("mask", "each", "page")
HOP = 100000


def of_run(run):
    """{(kind, targets): (record, clock)}"""
    results = run.lines("results.jsonl")
    clock = {(r["range"], r["targets"]): r["mean"] for r in results if r["m"] == "round"}
    found = {(r["range"], r["targets"]): Record.of_result(r["range"], r) for r in results if r["m"] == "segments" and "targets" in r}
    want("rounds", sorted(found), sorted((kind, t) for kind in KINDS for t in (1, 2, CPUS - 1)))
    want("rounds with a clock", sorted(clock), sorted(found))
    return {key: (record, clock[key]) for key, record in found.items()}


@check("path.record", per="x86_64")
def recorded(ctx):
    """Rounds of the image: whole, no path longer than the sum, one target's is all of its segments, each hop on it counts once."""
    run = Run(ctx, "raw", ARGS="bench=ipi-path", PLAN="timing", CPUS=CPUS).good()
    for (kind, targets), (record, clock) in of_run(run).items():
        what = f"{kind} to {targets}"
        path, steps = longest(record, PURE)
        # The way back from a handler, and the initiator's step to its first wait: nobody waits for them.
        beside = sum(b.at - a.at for a, b in record.segments() if b.name == "leave" or (a.name, b.name) == ("sent", "wait"))
        if not 0 < path <= record.total() - beside or (path < record.total() - beside) != (targets > 1):
            raise Failed(f"{what}: the path is {path}, all segments {record.total()}, of which {beside} are waited for by nobody")
        if not 0.8 * record.total() < clock < 1.2 * record.total():
            raise Failed(f"{what}: the segments are {record.total()}, the clock says {clock}: something is in one of them alone")
        want(f"{what}: hops", [s.hop for s in steps if s.hop], ["ipi", "line"])
        # So long that no way without hops is longer.
        far, steps = longest(record, Latencies(ipi=HOP, line=HOP))
        want(f"{what}: path with hops", far, sum(s.length for s in steps))
        want(f"{what}: what hops add", far - 2 * HOP, path)
    return f"{len(of_run(run))} rounds"
