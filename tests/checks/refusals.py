# SPDX-License-Identifier: GPL-2.0-only
"""What cannot be had is refused before anything starts, in a line that names what can."""
import os
import subprocess
import tempfile

from bootpaths import scripted
from common import Failed, check

# (options of tools/run, what the error names)
EVERY = (
    ("--machine nobody", "valid are "),
    ("--via nobody", "valid are "),
    ("--accel nobody", "valid are icount, "),
    ("--cpus 0", "at least 1"),
    ("--cpus -1", "at least 1"),
    ("--cpus many", "invalid"),
)
OWN = {
    "x86_64": (
        ("--via grub", "MACHINE=q35"),
        ("--accel nobody", "kvm, bochs"),
        ("--accel bochs --machine q35", "MACHINE=q35: valid are none"),
        ("--accel bochs --via grub", "VIA=grub: valid are none"),
        ("--accel bochs --qemuflags=-S", "QEMUFLAGS=-S: valid are none"),
        ("--accel bochs --cpus 16", "bochs has 15"),
    ),
    "arm64": (("--accel bochs", "valid are icount, tcg1, mttcg, kvm"), ("--machine raspi3b --via u-boot", "only MACHINE=virt"), ("--machine raspi3b --cpus 5", "raspi3b has 4")),
    "riscv64": (("--machine spike --via u-boot", "only MACHINE=virt"), ("--cpus 129", "virt has 128")),
    "ppc64": (
        ("--via opal", "pseries has vof, slof"),
        ("--machine powernv9 --via vof", "powernv9 has opal"),
        ("--machine powernv8", "valid are pseries, powernv9, powernv10"),
        ("--machine powernv10 --cpus 57", "powernv10 has 56"),
        ("--cpus 2049", "pseries has 2048"),
    ),
}
# The same of QEMU 7.2: there each of these would run into a defect of it.
OLD = {
    "ppc64": (
        ("--accel mttcg", "QEMU 10 or newer, or ACCEL=icount or tcg1"),
        ("--machine powernv9", "10 or newer, or pseries"),
        ("--machine powernv10 --accel tcg1", "10 or newer, or pseries"),
    ),
}


def refused(ctx, options, named, qemu=None):
    argv = ["tools/run", "--arch", ctx.arch, "--build", ctx.build, "--cache", ctx.cache, "--args", "test=arch_smp.area", "--raw", *options.split()]
    env = {k: v for k, v in os.environ.items() if k != "QEMU"}
    try:
        run = subprocess.run(argv, capture_output=True, text=True, check=False, env={**env, **({"QEMU": qemu} if qemu else {})}, timeout=60)
    except subprocess.TimeoutExpired:
        raise Failed(f"{options}: not refused, and does not end") from None
    if run.returncode != 2 or named not in run.stderr or run.stdout:
        raise Failed(f"{options}: status {run.returncode}, {(run.stderr or run.stdout).strip()[-200:]}; wanted 2 and {named!r}")


@check("runner.refusals", per="isa")
def refusals(ctx):
    """Machines, firmware, accelerators and numbers of CPUs that are not there; defects of an older emulator."""
    cases, old = (*EVERY, *OWN.get(ctx.arch, ())), OLD.get(ctx.arch, ())
    for options, named in cases:
        refused(ctx, options, named)
    with tempfile.TemporaryDirectory() as folder:
        for options, named in old:
            refused(ctx, options, named, scripted(folder, "PASS arch_smp.area: fine\\n@end status=0\\n", "exit 1", "7.2.22"))
    return f"{len(cases)} cases" + (f", {len(old)} of QEMU 7.2" if old else "")
