# SPDX-License-Identifier: GPL-2.0-only
"""The page of a report, in a real browser."""
import os
import subprocess

from common import Failed, Run, call_make, check


@check("report.page", per="x86_64")
def page(ctx):
    """Charts are drawn, hover, choices and filter work, links lead somewhere, the console is silent; desk and phone, light and dark."""
    run = Run(ctx, "run", ARGS="bench=munmap-thp,walk-cost n=50 walkers=0,1,2 tlb=nmi walk=bare hist=on bystander=yes", CPUS="4").good()
    made = call_make(ctx, f"OUT={run.folder.name}", "report")
    if made.returncode:
        raise Failed(made.stdout[-200:] + made.stderr[-200:])
    look = subprocess.run(["tests/checks/look", os.path.join(run.folder.name, "report.html")], capture_output=True, text=True, check=False)
    text = (look.stdout + look.stderr).strip().splitlines() or ["no answer"]
    if look.returncode:
        raise Failed(" | ".join(text[-4:]))
    return text[-1]
