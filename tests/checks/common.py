# SPDX-License-Identifier: GPL-2.0-only
"""What the checks share: their registry, the build, the runner."""
import json
import os
import re
import subprocess
import tempfile
import typing
from dataclasses import dataclass

from isas import ISAS


class Failed(Exception):
    """A check that found something, in words."""


class Skipped(Exception):
    """A check that cannot be made here, and why."""


@dataclass
class Context:
    build: str
    cache: str
    arch: str = ""

    @property
    def isa(self):
        if self.arch not in ISAS:
            raise Failed(f"tests/checks/isas.py says nothing about {self.arch}")
        return ISAS[self.arch]

    def tool(self, name, *argv):
        """A program of the binutils that belong to this arch's compiler; what it prints."""
        prefix = make(self, "flags-timing").split()[0].removesuffix("gcc")
        return subprocess.run([prefix + name, *argv], capture_output=True, text=True, check=True).stdout


@dataclass
class Check:
    name: str
    per: str
    measures: bool
    fn: typing.Callable


CHECKS = []


def check(name, per="tree", measures=False):
    """
    Register a check, to be made once for the tree, for each arch, for each isa (every arch but host), or for one arch.
    @measures: it runs the timing image, which on the host is this machine and wants it for itself.
    """
    def register(fn):
        CHECKS.append(Check(name, per, measures, fn))
        return fn
    return register


def sources():
    """C and assembly files that are part of the tree."""
    found = []
    for top in ("arch", "bench", "boot", "include", "kernel", "linker", "mm", "tests"):
        for path, _, names in os.walk(top):
            found += [os.path.join(path, n) for n in names if n.endswith((".c", ".h", ".S"))]
    return sorted(found)


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return list(enumerate(f.read().splitlines(), 1))


# What a caller of "make check" has set must not reach the runs of the checks.
OURS = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARCH", "ARGS", "OUT", "CPUS", "ACCEL", "MACHINE", "VIA", "PLAN",
        "TIMEOUT", "QEMUFLAGS", "BOARD", "SERIAL", "LOG", "VERDICTS", "RUNS", "CPU")


def call_make(ctx, *argv):
    arch = [f"ARCH={ctx.arch}"] if ctx.arch else []
    env = {k: v for k, v in os.environ.items() if k not in OURS}
    return subprocess.run(["make", "--no-print-directory", f"O={ctx.build}", f"CACHE={ctx.cache}", *arch, *argv],
                          capture_output=True, text=True, check=False, env=env)


def make(ctx, *goals):
    run = call_make(ctx, "-s", *goals)
    if run.returncode:
        raise Failed(f"make {' '.join(goals)}: " + " | ".join((run.stderr or run.stdout).strip().splitlines()[-3:]))
    return run.stdout


class Run:
    """One call of the runner through make, as a user makes it."""

    def __init__(self, ctx, goal, **variables):
        self.folder = tempfile.TemporaryDirectory()
        run = call_make(ctx, f"OUT={self.folder.name}", *(f"{k}={v}" for k, v in variables.items()), goal)
        self.text = run.stdout + run.stderr
        record = self.json("run.json")
        if record is None:
            raise Failed(" | ".join(self.text.strip().splitlines()[-3:]))
        self.status = record["status"]
        self.record = record

    def of_qemu(self, table):
        """The entry of {major version: ...} for the QEMU of this run: the newest that is not newer."""
        m = re.search(r"version (\d+)", self.record["emulator"])
        fitting = [v for v in table if m and v <= int(m[1])]
        if not fitting:
            raise Skipped(f"nothing known about {self.record['emulator']!r}")
        return table[max(fitting)]

    def json(self, name):
        try:
            with open(os.path.join(self.folder.name, name), encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def serial(self):
        with open(os.path.join(self.folder.name, "serial.log"), "rb") as f:
            return f.read()

    def said(self, start):
        """Lines of the serial log that start so."""
        return [t for t in self.serial().decode("utf-8", "replace").splitlines() if t.startswith(start)]

    def lines(self, name):
        with open(os.path.join(self.folder.name, name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def good(self):
        """This run, if its status is 0."""
        if self.status:
            raise Failed(f"status {self.status}: {self.failures()}")
        return self

    def failures(self):
        return " | ".join(t.strip() for t in self.text.splitlines() if t.startswith(("FAILED", "  error", "error", "SKIP")))


def run_twice(ctx, goal, **variables):
    """The first of two good runs that give the same bytes; else Failed."""
    first, second = (Run(ctx, goal, **variables).good() for _ in range(2))
    if first.serial() != second.serial():
        raise Failed(f"two runs of {variables} differ: {len(first.serial())} and {len(second.serial())} bytes")
    return first
