# SPDX-License-Identifier: GPL-2.0-only
"""What the images do."""
import re

import machine
from common import Failed, Run, check, run_twice

# (ARGS, status, a word that the error must name)
BAD_ARGS = (
    ("sync=nobody", 2, "broadcast"),
    ("tlb=nobody", 2, "ipi"),
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
# What CPUs that run beside each other must stand.
BESIDE = "test=arch_smp,arch_ipi"
# Which are lost now and then when CPUs run beside each other (docs/caveats.md).
LOST_BESIDE = {"msgsndp"}
# Words for the figures that the verdicts before them must not outlive.
BAD_FIGURES = ("n=1x", "walkers=999")


@check("boot.tests", per="arch", measures=True)
def tests(ctx):
    """Every test of the oracle image passes."""
    run = Run(ctx, "run", ARGS="test=all").good()
    return [t for t in run.text.splitlines() if t.startswith("tests:")][-1].removeprefix("tests: ")


@check("boot.tests_timing", per="isa")
def tests_timing(ctx):
    """And of the timing image."""
    run = Run(ctx, "raw", ARGS="test=all", PLAN="timing").good()
    return [t for t in run.text.splitlines() if t.startswith("tests all:")][-1].removeprefix("tests all: ")


def effort(ctx, iterations):
    """The scheme's code is one for all: in full on the first ISA and on the host, shorter where it runs on another port."""
    return "" if ctx.arch in ("x86_64", "host") else f"iterations={iterations}"


@check("boot.verdicts", per="arch")
def verdicts(ctx):
    """The oracle agrees with every declared cell of the matrix, both ways."""
    run = Run(ctx, "cells", ARGS=effort(ctx, 80)).good()
    return f"{len(run.lines('verdicts.jsonl'))} cells as declared"


@check("boot.verdicts_few", per="x86_64")
def verdicts_few(ctx):
    """So it does where a single walker must meet the writer."""
    run = Run(ctx, "cells", CPUS=2).good()
    return f"2 CPUs, {len(run.lines('verdicts.jsonl'))} cells as declared"


def caught(ctx, **variables):
    """How many mutations were, all of those that apply."""
    words = "silent=0 " + variables.pop("ARGS", "")
    lines = Run(ctx, "mutants", ARGS=words, **variables).good().lines("verdicts.jsonl")
    if not lines or not all(v["mutation"] for v in lines):
        raise Failed(f"{len(lines)} lines, not all of them mutations")
    return len(lines)


WALKERS = {"bare", "gup", "bare+nmi", "gup+nmi", "size", "kvm", "slot", "slot-real", "slot+mce", "slot-irq", "exempt"}


@check("boot.walkers", per="arch")
def walkers(ctx):
    """Every type of walker, also those that "make cells" leaves out by default; what is refused (walk=nobody) lists no other."""
    named = set(Run(ctx, "raw", ARGS="walk=nobody", PLAN="timing").text.split("takes:", 1)[-1].splitlines()[0].split())
    if named != WALKERS:
        raise Failed(f"walk= takes {sorted(named)}")
    method = "nmi" if ctx.arch == "host" else ctx.isa.default_method
    words = f"bench=munmap-thp,retype,table-kept {effort(ctx, 40) or 'iterations=100'} tlb={method} walk={','.join(sorted(WALKERS))}"
    lines = Run(ctx, "cells", ARGS=words).good().lines("verdicts.jsonl")
    if {v["cell"]["walk"] for v in lines} != WALKERS:
        raise Failed(f"judged: {sorted({v['cell']['walk'] for v in lines})}")
    broken = [v for v in lines if v["got"] == "broken"]
    if not broken or not all(v["missing"] for v in broken):
        raise Failed(f"{len(broken)} broken cells, and not each says what is missing")
    return f"{len(lines)} cells, {len(broken)} of them broken, as declared"


def violation(ctx, words):
    """(iteration, text, schedule) of the one cell that is found broken."""
    run = Run(ctx, "mutants", ARGS=f"silent=0 {words}").good()
    found = run.lines("verdicts.jsonl")
    if len(found) != 1 or found[0]["got"] != "broken" or not found[0]["missing"]:
        raise Failed(f"{words}: {len(found)} verdicts, {[v['got'] for v in found]}")
    # The host's own system puts memory where it likes.
    steps = [re.sub(r"\b0x7[0-9a-f]{11}\b", "memory", step) for step in run.said("  |")]
    return found[0]["iterations"], found[0]["text"], steps


@check("boot.replay", per="arch")
def replay(ctx):
    """Same seed, same violation, in the same iteration, by the same steps; another seed, others. Of a hole that shows late, and with stalls."""
    late = []
    for name in ("active-mm.no-sync-fence", "impatient.gives-up"):
        first, again, other = (violation(ctx, f"mutate={name} seed={seed}") for seed in (5, 5, 6))
        if first != again:
            raise Failed(f"{name}: iterations {first[0]} and {again[0]}: {first[1]} | {again[1]}")
        if not first[2] or first[1:] == other[1:]:
            raise Failed(f"{name}: {len(first[2])} steps, those of another seed: {first[2] == other[2]}")
        late.append(str(first[0]))
    return f"in iterations {' and '.join(late)} both times"


@check("boot.mutants", per="arch")
def mutants(ctx):
    """Each mutation is caught by its declared catcher within its bound."""
    few = [caught(ctx, CPUS=n) for n in (2, 3)] if ctx.arch == "host" else []
    return f"{caught(ctx)} caught" + (f"; by 2 and 3 CPUs {few[0]} and {few[1]}" if few else "")


@check("boot.figures", per="arch", measures=True)
def figures(ctx):
    """The default experiment, short: every cell runs, the laws hold, no time is negative."""
    run = Run(ctx, "raw", ARGS="bench=munmap-thp n=500" + (" walkers=0" if ctx.arch == "host" else ""), PLAN="timing").good()
    cells = {tuple(r[k] for k in ("wl", "tlb", "walk", "walkers", "sync")) for r in run.lines("results.jsonl")}
    if not cells:
        raise Failed("no results: " + run.failures())
    return f"{len(cells)} cells"


@check("boot.determinism", per="isa")
def determinism(ctx):
    """Two runs of one image and command line give the same bytes."""
    for plan, words in (("timing", "n=200 walkers=2"), ("oracle", f"iterations=60 tlb={ctx.isa.default_method} seed=3")):
        run_twice(ctx, "raw", ARGS=words, PLAN=plan)
    return "timing and oracle image"


@check("boot.cpus", per="isa")
def cpus(ctx):
    """One CPU, two, and more than one word of a mask."""
    for n in (1, 2, 65):
        Run(ctx, "raw", ARGS=f"n=50 walkers=0 tlb={ctx.isa.default_method}", PLAN="timing", CPUS=n).good()
    return "1, 2 and 65"


@check("boot.accels", per="isa")
def accels(ctx):
    """The same tests when the CPUs run in turn, and when they really run beside each other, with each interrupt controller."""
    Run(ctx, "raw", ARGS=BESIDE, PLAN="timing", ACCEL="tcg1", CPUS=2).good()
    ways = {name: way for name, way in machine.of(ctx.arch).interrupts.items() if name not in LOST_BESIDE}
    for where, words in ways.values():
        Run(ctx, "raw", ARGS=f"{BESIDE} {words}", PLAN="timing", ACCEL="mttcg", CPUS=4, MACHINE=where.format(cpus=4)).good()
    return f"tcg1; mttcg with {', '.join(ways)}"


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
    for words in BAD_FIGURES:
        run = Run(ctx, "run", ARGS=words)
        if run.status != 2 or run.lines("verdicts.jsonl"):
            raise Failed(f"make run ARGS={words!r}: status {run.status} after {len(run.lines('verdicts.jsonl'))} verdicts, wanted 2 after none")
    return f"{len(BAD_ARGS) + len(BAD_FIGURES)} bad lines"


@check("boot.timing_refuses_mutations", per="isa")
def timing_refuses(ctx):
    """Mutations exist in the oracle image only."""
    run = Run(ctx, "raw", ARGS="mutate=all", PLAN="timing")
    if run.status != 2:
        raise Failed(f"status {run.status}")
    return "status 2"
