# SPDX-License-Identifier: GPL-2.0-only
"""What the images do."""
import importlib.util
import os
import shutil

from common import Failed, Run, Skipped, check

# (ARGS, status, a word that the error must name)
BAD_ARGS = (
    ("sync=nobody", 2, "broadcast"),
    ("tlb=nobody", 2, "nmi"),
    ("walk=nobody", 2, "gup"),
    ("bench=nobody", 2, "munmap-thp"),
    ("test=nobody", 2, "arch_tlb"),
    ("nobody=1", 2, "bench"),
    ("nobody", 2, "list"),
    ("seed=x", 2, "number"),
    ("n=", 2, "n"),
    ("loaded=999", 2, "half"),
    ("bench=munmap-thp bench=slot-store", 2, "bench"),
)


def good(run):
    if run.status:
        raise Failed(f"status {run.status}: {run.failures()}")
    return run


@check("boot.tests", per="arch")
def tests(ctx):
    """Every test of the oracle image passes."""
    run = good(Run(ctx, "run", ARGS="test=all"))
    return [t for t in run.text.splitlines() if t.startswith("tests:")][-1].removeprefix("tests: ")


@check("boot.tests_timing", per="arch", arches=("x86_64",))
def tests_timing(ctx):
    """And of the timing image."""
    run = good(Run(ctx, "raw", ARGS="test=all", PLAN="timing"))
    return [t for t in run.text.splitlines() if t.startswith("tests all:")][-1].removeprefix("tests all: ")


@check("boot.verdicts", per="arch")
def verdicts(ctx):
    """The oracle agrees with every declared cell of the matrix, both ways."""
    run = good(Run(ctx, "verdicts"))
    return f"{len(run.lines('verdicts.jsonl'))} cells as declared"


@check("boot.mutants", per="arch")
def mutants(ctx):
    """Each mutation is caught by its declared catcher within its bound."""
    run = good(Run(ctx, "mutants"))
    lines = run.lines("verdicts.jsonl")
    if not lines or not all(v["mutation"] for v in lines):
        raise Failed(f"{len(lines)} lines, not all of them mutations")
    return f"{len(lines)} caught"


@check("boot.figures", per="arch")
def figures(ctx):
    """The default experiment, short: every cell runs, the laws hold, no time is negative."""
    run = good(Run(ctx, "raw", ARGS="bench=munmap-thp n=500" if ctx.arch != "host" else "bench=munmap-thp n=500 walkers=0", PLAN="timing"))
    cells = {tuple(r[k] for k in ("wl", "tlb", "walk", "walkers", "sync")) for r in run.lines("results.jsonl")}
    if not cells:
        raise Failed("no results: " + run.failures())
    return f"{len(cells)} cells"


@check("boot.determinism", per="arch", arches=("x86_64",))
def determinism(ctx):
    """Two runs of one image and command line give the same bytes."""
    for plan, words in (("timing", "n=200 walkers=2"), ("oracle", "n=60 tlb=nmi seed=3")):
        first, second = (Run(ctx, "raw", ARGS=words, PLAN=plan).serial() for _ in range(2))
        if first != second:
            raise Failed(f"{plan} image, ARGS={words}: {len(first)} and {len(second)} bytes differ")
    return "timing and oracle image"


@check("boot.cpus", per="arch", arches=("x86_64",))
def cpus(ctx):
    """One CPU, two, and more than one word of a mask."""
    for n in (1, 2, 65):
        good(Run(ctx, "raw", ARGS="n=50 walkers=0 tlb=nmi", PLAN="timing", CPUS=n))
    return "1, 2 and 65"


@check("boot.machines", per="arch", arches=("x86_64",))
def machines(ctx):
    """The other machines start the same file."""
    for machine in ("q35", "pc"):
        good(Run(ctx, "raw", ARGS="test=arch_smp", PLAN="timing", MACHINE=machine, CPUS=2))
    return "q35 and pc"


@check("boot.accels", per="arch", arches=("x86_64",))
def accels(ctx):
    """The same tests when the CPUs really run beside each other, and in turn."""
    for accel in ("tcg1", "mttcg"):
        good(Run(ctx, "raw", ARGS="test=arch_smp,arch_ipi", PLAN="timing", ACCEL=accel, CPUS=2))
    return "tcg1 and mttcg"


@check("boot.command_line", per="arch")
def command_line(ctx):
    """A bad command line runs nothing, leaves with status 2 and names what is valid."""
    for words, status, named in BAD_ARGS:
        run = Run(ctx, "raw", ARGS=words, PLAN="timing")
        error = " ".join(t for t in run.text.splitlines() if t.startswith("error"))
        if run.status != status or named not in error:
            raise Failed(f"ARGS={words!r}: status {run.status}, {error or 'no error line'}; wanted {status} and the word {named}")
        if run.lines("results.jsonl"):
            raise Failed(f"ARGS={words!r}: something was run")
    return f"{len(BAD_ARGS)} bad lines"


@check("boot.timing_refuses_mutations", per="arch", arches=("x86_64",))
def timing_refuses(ctx):
    """Mutations exist in the oracle image only."""
    run = Run(ctx, "raw", ARGS="mutate=all", PLAN="timing")
    if run.status != 2:
        raise Failed(f"status {run.status}")
    return "status 2"


@check("boot.iso", per="arch", arches=("x86_64",))
def iso(ctx):
    """GRUB starts the same file from a CD, and the tests pass there."""
    lacks = [t for t in ("grub-mkrescue", "xorriso", "mcopy") if not shutil.which(t)]
    if lacks or not os.path.isdir("/usr/lib/grub/i386-pc"):
        raise Skipped(f"{', '.join(lacks) or 'grub-pc-bin'} not installed ('make iso' does that)")
    run = good(Run(ctx, "raw", ARGS="test=all", PLAN="oracle", MACHINE="q35", CPUS=2, VIA="grub"))
    return [t for t in run.text.splitlines() if t.startswith("tests all:")][-1].removeprefix("tests all: ")


@check("docs.quantities")
def doc_quantities(_):
    """docs/measuring.md shows the table that the runner uses."""
    _, table = load_tools()
    with open("docs/measuring.md", encoding="utf-8") as f:
        if table.quantity_table() not in f.read():
            raise Failed("docs/measuring.md differs from tools/quantities.json: paste tools/report --quantities")
    return "the runner's own"


def load_tools():
    os.sys.path.insert(0, "tools")
    spec = importlib.util.find_spec("stream")
    if spec is None:
        raise Skipped("tools/stream.py not found")
    import stream
    import table
    return stream, table


def record(sync, mean, ipis):
    import json
    base = {"v": 1, "wl": "munmap-thp", "build": "timing", "sync": sync, "tlb": "nmi", "walk": "bare", "arch": "x86_64",
            "board": "microvm", "accel": "unknown", "ncpu": 8, "loaded": 8, "walkers": 0, "dwell": 50, "seed": 1, "n": 10,
            "unit": "insn", "min": 1, "p50": mean, "p99": mean, "mean": mean, "ipi_sync": ipis * 10, "disturbed": ipis * 10,
            "disturbed_tlb": 70, "bad": None}
    return "".join("@r " + json.dumps({**base, "m": m}) + "\r\n" for m in ("unmap", "tlb", "sync"))


@check("tools.serial_log")
def serial_log(_):
    """A log made by hand: cut in odd places, with a half line at its end."""
    stream, table = load_tools()
    text = "skeet\n" + record("broadcast", 200, 7) + record("active-mm", 100, 0) + "PASS a.b: ok\nFAIL a.c: 3 of 4\n"
    text += 'PANIC cpu 1: why\nSTACK 0x3000010\n@r {"v":1,"half'
    s = stream.Stream({"accel": "icount", "git": "abc"})
    for i in range(0, len(text), 7):
        s.feed(text[i:i + 7].encode())
    s.close()
    wrong = [name for name, ok in (
        ("results", len(s.results) == 6), ("accel", s.results[0]["accel"] == "icount"), ("git", s.results[0]["git"] == "abc"),
        ("tests", [t["verdict"] for t in s.tests] == ["PASS", "FAIL"]), ("stack", s.stack == [0x3000010]), ("panic", len(s.panics) == 1),
        ("end", s.end is None), ("half line", s.last.startswith("@r {") and not s.errors)) if not ok]
    if wrong:
        raise Failed(", ".join(wrong))
    verdicts = [{**s.results[0], "expect": "broken", "got": "broken", "text": "", "iterations": 1}]
    wide = [t for t in table.render(s.results, verdicts).splitlines() if len(t) > 80]
    if wide:
        raise Failed(f"a line of the table has {len(wide[0])} columns")
    return "results, tests, panic, table"
