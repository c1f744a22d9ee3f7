# SPDX-License-Identifier: GPL-2.0-only
"""Runs as they lie on disk: a folder that the runner wrote, one of its files, or a serial log from anywhere. What is damaged gives what it holds."""
import glob
import json
import os
import re

from stream import Boots, flat, nested

FILES = {"results": "results.jsonl", "verdicts": "verdicts.jsonl", "litmus": "litmus.jsonl"}
PREFIXES = ("@r ", "@v ", "@l ")
# What names one and the same cell in two runs: not the machine, which is what one may want to compare.
CELL = ("wl", "m", "build", "sync", "tlb", "walk", "ncpu", "loaded", "walkers", "dwell", "targets", "initiators", "from", "to", "threads", "pages",
        "range", "bystander", "unit")


# A line of the runner's, of make's or of an image's that says why nothing came out.
REASON = re.compile(r"\s*(error|FAILED|PANIC|deps:)|.*: error: |tools/run: ")


def reason(text):
    """Why a run gave nothing, out of all that it printed: the first line that says so, or else its last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("make", "results in"))]
    return next(filter(REASON.match, lines), (lines or ["it printed nothing"])[-1])[:300]


class Unreadable(Exception):
    """Nothing can be had from this path, and why."""


def cell_key(r):
    """The same with the machine: what a second measurement would only repeat."""
    return tuple(r.get(k) for k in (*CELL, "series", "arch", "board", "accel", "seed"))


def write(folder, results, verdicts, litmus, record):
    """A run's folder; @verdicts are flat."""
    os.makedirs(folder, exist_ok=True)
    for name, items in zip(FILES.values(), (results, map(nested, verdicts), litmus)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(item, separators=(",", ":")) + "\n" for item in items)
    with open(os.path.join(folder, "run.json"), "w", encoding="utf-8") as f:
        json.dump(record, f, indent=1)
        f.write("\n")


def judged_key(v):
    """What names a verdict or a litmus test in two boots."""
    return tuple(v.get(k) for k in (*CELL, "series", "mutation", "litmus", "variant", "arch", "board"))


def cells_of(boot):
    return set(map(cell_key, boot.results)) | set(map(judged_key, boot.verdicts + boot.litmus))


def kept(boots):
    """Without those that were made again: a later boot has all that they have."""
    return [b for i, b in enumerate(boots) if not any(cells_of(b) <= cells_of(later) for later in boots[i + 1:])]


def unfinished(boot):
    """What is wrong with a boot, in words; empty if nothing is."""
    if boot.end is None:
        return [f"no @end line: the image did not finish; the last line is: {boot.last[:100] or '(none)'}"]
    return [f"the image ended with status {boot.end}"] if boot.end else []


class Saved:
    """
    One run: record (of run.json, or empty), results, verdicts (flat), litmus; missing says in words what is not there, skips what an image
    said that it does not do here.
    """

    def __init__(self, path):
        self.path = path.rstrip("/")
        self.record, self.results, self.verdicts, self.litmus, self.missing, self.skips = {}, [], [], [], [], []
        if os.path.isdir(path):
            self.read_folder()
        elif path.endswith(".jsonl"):
            kinds = {name: kind for kind, name in FILES.items()}
            self.read_lines(kinds.get(os.path.basename(path), "results"), path)
        else:
            self.read_serial(path)
        self.verdicts = [flat(v) for v in self.verdicts]
        if not self.results and not self.verdicts and not self.litmus:
            raise Unreadable(f"no results in {path}" + "".join(f"; {m}" for m in self.missing))

    def read_folder(self):
        for kind, name in FILES.items():
            file = os.path.join(self.path, name)
            if os.path.exists(file):
                self.read_lines(kind, file)
        self.read_record(os.path.join(self.path, "run.json"))
        self.read_skips(os.path.join(self.path, "serial.log"))

    def read_record(self, file):
        try:
            with open(file, encoding="utf-8") as f:
                self.record = json.load(f)
        except FileNotFoundError:
            self.missing.append("no run.json: the run did not end, or is one of another tool")
        except ValueError:
            self.missing.append("run.json is cut off")
        self.missing += self.record.get("missing", ())
        for record in self.record.get("runs", [self.record]):
            if record.get("status"):
                self.missing.append(f"the run ended with status {record['status']}")

    def read_skips(self, log):
        try:
            with open(log, encoding="utf-8", errors="replace") as f:
                self.skips = list(dict.fromkeys(line.strip() for line in f if line.startswith("SKIP ")))
        except OSError:
            pass

    def read_lines(self, kind, file):
        try:
            with open(file, encoding="utf-8", errors="replace") as f:
                lines = f.read().split("\n")
        except OSError as e:
            raise Unreadable(f"{file}: {e.strerror}") from e
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    getattr(self, kind).append(json.loads(line[3 * line.startswith(PREFIXES):]))
            except ValueError:
                self.missing.append(f"{os.path.basename(file)} line {number} is no result" +
                                    (": the file is cut off there" if number == len(lines) else ""))

    def read_serial(self, file):
        """As a board's terminal recorded it, with whatever stood before."""
        log = Boots()
        try:
            with open(file, "rb") as f:
                log.feed(f.read())
        except OSError as e:
            raise Unreadable(f"{file}: {e.strerror}") from e
        log.close()
        for boot in kept(log.boots) or log.all[-1:]:
            self.results += boot.results
            self.verdicts += map(nested, boot.verdicts)
            self.litmus += boot.litmus
            self.missing += boot.errors + boot.panics + unfinished(boot)


def load_all(paths):
    """(runs, [(path, why nothing can be had from it)])"""
    found, lost = [], []
    for path in paths:
        try:
            found.append(Saved(path))
        except Unreadable as e:
            lost.append((path, str(e)))
    return found, lost


def newest(top="out"):
    """The newest run below @top, or None."""
    found = sorted(glob.glob(os.path.join(top, "*/")), key=os.path.getmtime)
    return found[-1] if found else None
