# SPDX-License-Identifier: GPL-2.0-only
"""The images of ppc64 in the other byte order: an accessor that was forgotten shows there and nowhere else."""
import os
import threading
from dataclasses import replace

from common import Failed, Run, check, make

STARTS = (("oracle", {"CPUS": 4}), ("oracle", {"CPUS": 1}), ("timing", {"CPUS": 4}), ("timing", {"CPUS": 1}),
          ("timing", {"CPUS": 2, "MACHINE": "powernv9"}), ("oracle", {"CPUS": 2, "ARGS": "test=all mmu=hash"}),
          ("oracle", {"CPUS": 2, "MACHINE": "powernv9", "ARGS": "test=all mmu=hash"}))


# Checks run beside each other, and two calls of make would write the same files.
BUILDING = threading.Lock()


def big(ctx):
    """The images in that byte order, built."""
    other = replace(ctx, arch="ppc64be")
    with BUILDING:
        make(other, "all", f"-j{os.cpu_count()}")
    return other


@check("bigendian.images", per="ppc64")
def images(ctx):
    """They build without a warning, and are big-endian."""
    other = big(ctx)
    for build in ("timing", "oracle"):
        with open(f"{ctx.build}/{other.arch}/{build}/skeet.elf", "rb") as f:
            if f.read(6)[5] != 2:
                raise Failed(f"{build}: not in big-endian")
    return "both"


@check("bigendian.tests", per="ppc64")
def tests(ctx):
    """Every test passes there too."""
    other, counts = big(ctx), []
    for plan, variables in STARTS:
        run = Run(other, "raw", PLAN=plan, TIMEOUT=60, **{"ARGS": "test=all", **variables}).good()
        counts.append(run.said("tests all:")[-1].removeprefix("tests all: ").split()[0])
    return f"{', '.join(counts)} passed in {len(STARTS)} starts"
