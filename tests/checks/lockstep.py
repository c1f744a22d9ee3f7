# SPDX-License-Identifier: GPL-2.0-only
"""Bochs: what only it executes, and CPUs that really run beside each other."""
from common import Failed, Run, check

CPUS = 4
WORDS = "test=arch_tlb.invpcid,arch_tlb.pcid bench=ipi-stages"
# What a round to all takes longer than one to a single CPU is above all the other handlers, where they are added up.
SHARE = 4


def rounds(run):
    """What a round of interrupts takes: to one CPU, to all others."""
    mean = {r["targets"]: r["mean"] for r in run.lines("results.jsonl") if r["m"] == "round"}
    return mean[1], mean[CPUS - 1]


@check("bochs.parallel", per="x86_64")
def parallel(ctx):
    """PCID and INVPCID are executed; handlers run side by side, which icount adds up; the run says how it was made."""
    run = Run(ctx, "raw", ACCEL="bochs", CPUS=CPUS, PLAN="timing", ARGS=WORDS).good()
    for test in ("invpcid", "pcid"):
        if not run.said(f"PASS arch_tlb.{test}:"):
            raise Failed(f"arch_tlb.{test} did not pass: {run.said(f'SKIP arch_tlb.{test}')}")
    (one, every), (sum_one, sum_every) = rounds(run), rounds(Run(ctx, "raw", CPUS=CPUS, PLAN="timing", ARGS=WORDS).good())
    if not 0 < one < sum_one or not every - one < (sum_every - sum_one) / SHARE:
        raise Failed(f"a round to 1 and to {CPUS - 1}: {one} and {every} ticks, icount {sum_one} and {sum_every}")
    if run.record["accel"] != "bochs" or "Bochs" not in run.record["emulator"] or f"count={CPUS}" not in " ".join(run.record["boots"][0]["argv"]):
        raise Failed(f"run.json says {run.record['accel']}, {run.record['emulator']}, {run.record['boots'][0]['argv']}")
    return f"{one} ticks to one CPU, {every} to {CPUS - 1}; icount: {sum_one} and {sum_every}"
