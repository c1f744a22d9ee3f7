# SPDX-License-Identifier: GPL-2.0-only
"""Every way in, every way out: machines, numbers of CPUs, firmware; and what must never be taken for success."""
import os
import re
import tempfile

from common import Failed, Run, check

TEST = "test=arch_smp"
# More than the kernel keeps, and bytes that are no words.
LONG = "seed=" + "1" * 5000
# (words, what the error line says): a line cut short or garbled by a loader must not run something else.
GARBLED = (("test=arch_smp.area tes", "test"), ("test=arch_sm", "arch_smp"), ("t", "test"), ("=", "test"),
           ("test=", "test"), ("\x01\x7f\xff=1", "test"), (LONG, ""))


def boot(ctx, ARGS=TEST, **variables):
    """The tests pass, on as many CPUs as asked for, and nothing follows the last line. Returns the run."""
    run = Run(ctx, "raw", ARGS=ARGS, **{"PLAN": "timing", **variables}).good()
    named = " ".join(f"{k}={v}" for k, v in variables.items())
    last = run.said("")[-1]
    if last != "@end status=0":
        raise Failed(f"{named}: the last line is {last}")
    if not run.said("PASS arch_smp."):
        raise Failed(f"{named}: no test ran")
    if not any(f" {variables['CPUS']} CPUs," in t for t in run.said("skeet ")):
        raise Failed(f"{named}: {run.said('skeet ') or 'no banner'}")
    return run


@check("bootpaths.direct", per="isa")
def direct(ctx):
    """QEMU loads the image itself."""
    for board, cpus in ctx.isa.direct:
        boot(ctx, MACHINE=board, CPUS=cpus)
    return ", ".join(f"{board} {cpus}" for board, cpus in ctx.isa.direct)


@check("bootpaths.most_cpus", per="isa")
def most_cpus(ctx):
    """As many CPUs as this QEMU can give the default machine."""
    most = boot(ctx, CPUS=1).of_qemu(ctx.isa.most_cpus)
    boot(ctx, ctx.isa.most_words, CPUS=most)
    return f"{most} CPUs"


@check("bootpaths.counts", per="ppc64")
def counts(ctx):
    """Every test passes on few CPUs, on many, and on the bare machines."""
    for plan, variables in ctx.isa.counts:
        boot(ctx, "test=all", PLAN=plan, TIMEOUT=60, **variables)
    return ", ".join(f"{v['CPUS']} of {v['MACHINE']}" if "MACHINE" in v else str(v["CPUS"]) for _, v in ctx.isa.counts)


@check("bootpaths.wide", per="riscv64")
def wide(ctx):
    """Calls of the firmware for more harts than one of its masks holds, and firmware without NMI between them."""
    for cpus, words in ctx.isa.wide:
        boot(ctx, words, CPUS=cpus, TIMEOUT=60)
    return ", ".join(f"{cpus} {next(w for w in words.split() if w.startswith('ipi='))}" for cpus, words in ctx.isa.wide)


@check("bootpaths.lottery", per="riscv64")
def lottery(ctx):
    """Whichever CPU comes first out of the firmware, the tests pass: CPUs that really run beside each other, several times."""
    first = {}
    for machine, times in ctx.isa.lottery.items():
        for _ in range(times):
            run = boot(ctx, MACHINE=machine, CPUS=4, ACCEL="mttcg", TIMEOUT=60)
            first.setdefault(machine, set()).update(t.split()[-1] for t in run.said("Boot HART ID "))
    return ", ".join(f"{machine}: hart {' '.join(sorted(harts))}" for machine, harts in first.items())


@check("bootpaths.via", per="isa")
def via(ctx):
    """Loaders other than QEMU start the same image."""
    for name, (variables, words, banner) in ctx.isa.vias.items():
        run = boot(ctx, words, VIA=name, **variables)
        if not any(banner in t for t in run.said("skeet ")):
            raise Failed(f"VIA={name}: {run.said('skeet ')}: wanted the words {banner!r}")
    return ", ".join(ctx.isa.vias)


@check("bootpaths.garbled", per="isa")
def garbled(ctx):
    """A command line cut short, of strange bytes, or too long: status 2, one line that says why, nothing run."""
    for words, named in GARBLED:
        run = Run(ctx, "raw", ARGS=words, PLAN="timing", CPUS=1)
        errors = [t for t in run.text.splitlines() if t.startswith("error:")]
        if run.status != 2 or not any(named in t for t in errors) or "PASS" in run.text or run.lines("results.jsonl"):
            raise Failed(f"ARGS={words[:20]!r}: status {run.status}, {errors or 'no error line'}")
    return f"{len(GARBLED)} lines"


def refused(ctx, what, **variables):
    """The runner must not be content, and must say why."""
    run = Run(ctx, "raw", ARGS=TEST, PLAN="timing", CPUS=1, **variables)
    if run.status == 0 or not re.search(r"FAILED: .+|error: .+", run.text):
        raise Failed(f"{what}: status {run.status}, and what it said: {run.text.strip()[-200:] or 'nothing'}")


@check("bootpaths.no_memory", per="isa")
def no_memory(ctx):
    """Memory that ends before the image, or in it, is a failure with a reason."""
    for megabytes in ctx.isa.too_small:
        refused(ctx, f"{megabytes} MiB", QEMUFLAGS=f"-m {megabytes}", TIMEOUT=3)
    return ", ".join(f"{m} MiB" for m in ctx.isa.too_small)


# (what the emulator does, what it prints, how it leaves); status 1 is what an image makes of 0.
ENDINGS = (
    ("a triple fault", "skeet\\nPASS arch_smp.area: half of the story\\n", "exit 0"),
    ("a reset after the last line", "@end status=0\\n", "exit 0"),
    ("a panic that leaves as if all were well", "PANIC cpu 0: lost\\n@end status=0\\n", "exit 1"),
    ("no last line", "PASS arch_smp.area: fine\\n", "exit 1"),
    ("half of the last line", "@end status", "exit 1"),
    ("a failed test", "FAIL arch_smp.area: wrong\\n@end status=0\\n", "exit 1"),
    ("another status than it said", "@end status=0\\n", "exit 3"),
    ("a result cut short", "@r {\"v\":1,\\n@end status=0\\n", "exit 1"),
    ("an emulator that does not leave", "PASS arch_smp.area: fine\\n@end status=0\\n", "sleep 20; exit 1"),
)
GOOD_ENDING = ("PASS arch_smp.area: fine\\n@end status=0\\n", "exit 1")


def scripted(folder, said, leave, version="10.0.0"):
    """An emulator that says this and leaves in that way."""
    path = os.path.join(folder, "emulator")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'QEMU emulator version {version}' && exit\nprintf '{said}'\n{leave}\n")
    os.chmod(path, 0o755)
    return path


@check("bootpaths.never_success", per="isa")
def never_success(ctx):
    """Endings that must not be taken for success, played by a script in QEMU's place; one that must."""
    with tempfile.TemporaryDirectory() as folder:
        Run(ctx, "raw", ARGS=TEST, PLAN="timing", CPUS=1, QEMU=scripted(folder, *GOOD_ENDING)).good()
        for what, said, leave in ENDINGS:
            refused(ctx, what, QEMU=scripted(folder, said, leave))
    refused(ctx, "an emulator that does not start", QEMUFLAGS="-no-such-option")
    return f"{len(ENDINGS) + 1} bad endings, one good"
