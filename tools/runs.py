# SPDX-License-Identifier: GPL-2.0-only
"""Runs as they lie on disk: a folder that the runner wrote, one of its files, or a serial log from anywhere. What is damaged gives what it holds."""
import glob
import json
import os

from stream import Stream, flat, nested

FILES = {"results": "results.jsonl", "verdicts": "verdicts.jsonl", "litmus": "litmus.jsonl"}
PREFIXES = ("@r ", "@v ", "@l ")


class Unreadable(Exception):
    """Nothing can be had from this path, and why."""


class Saved:
    """One run: record (of run.json, or empty), results, verdicts (flat), litmus; missing says in words what is not there."""

    def __init__(self, path):
        self.path = path.rstrip("/")
        self.record, self.results, self.verdicts, self.litmus, self.missing = {}, [], [], [], []
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

    def read_record(self, file):
        try:
            with open(file, encoding="utf-8") as f:
                self.record = json.load(f)
        except FileNotFoundError:
            self.missing.append("no run.json: the run did not end, or is one of another tool")
        except ValueError:
            self.missing.append("run.json is cut off")
        if self.record.get("status"):
            self.missing.append(f"the run ended with status {self.record['status']}")

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
        stream = Stream()
        try:
            with open(file, "rb") as f:
                stream.feed(f.read())
        except OSError as e:
            raise Unreadable(f"{file}: {e.strerror}") from e
        stream.close()
        self.results, self.verdicts, self.litmus = stream.results, list(map(nested, stream.verdicts)), stream.litmus
        self.missing += stream.errors + stream.panics
        if stream.end is None:
            self.missing.append(f"no @end line: the image did not finish; the last line is: {stream.last[:100] or '(none)'}")
        elif stream.end:
            self.missing.append(f"the image ended with status {stream.end}")


def newest(top="out"):
    """The newest run below @top, or None."""
    found = sorted(glob.glob(os.path.join(top, "*/")), key=os.path.getmtime)
    return found[-1] if found else None
