# SPDX-License-Identifier: GPL-2.0-only
"""What the checks share: their registry, the build, the runner."""
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass


class Failed(Exception):
    """A check that found something, in words."""


class Skipped(Exception):
    """A check that cannot be made here, and why."""


@dataclass
class Context:
    build: str
    cache: str
    arch: str = ""


CHECKS = []


def check(name, per="tree", arches=None):
    """Register a check; per="arch": once for each architecture (of @arches)."""
    def register(fn):
        CHECKS.append((name, per, arches, fn))
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


def make(ctx, *goals, **variables):
    argv = ["make", "--no-print-directory", "-s", f"O={ctx.build}", f"CACHE={ctx.cache}"]
    if ctx.arch:
        argv.append(f"ARCH={ctx.arch}")
    argv += [f"{k}={v}" for k, v in variables.items()] + list(goals)
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARCH", "ARGS")}
    run = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
    if run.returncode:
        raise Failed(f"make {' '.join(goals)}: " + " | ".join((run.stderr or run.stdout).strip().splitlines()[-3:]))
    return run.stdout


class Run:
    """One call of the runner through make, as a user makes it."""

    def __init__(self, ctx, goal, **variables):
        self.folder = tempfile.TemporaryDirectory()
        argv = ["make", "--no-print-directory", f"O={ctx.build}", f"CACHE={ctx.cache}", f"ARCH={ctx.arch}",
                f"OUT={self.folder.name}", *(f"{k}={v}" for k, v in variables.items()), goal]
        env = {k: v for k, v in os.environ.items()
               if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARCH", "ARGS", "OUT", "CPUS", "ACCEL", "MACHINE")}
        run = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
        self.text = run.stdout + run.stderr
        record = self.json("run.json")
        if record is None:
            raise Failed(" | ".join(self.text.strip().splitlines()[-3:]))
        self.status = record["status"]
        self.record = record

    def json(self, name):
        try:
            with open(os.path.join(self.folder.name, name), encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def serial(self):
        with open(os.path.join(self.folder.name, "serial.log"), "rb") as f:
            return f.read()

    def lines(self, name):
        with open(os.path.join(self.folder.name, name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def failures(self):
        return " | ".join(t.strip() for t in self.text.splitlines() if t.startswith(("FAILED", "  error", "error", "SKIP")))
