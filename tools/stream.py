# SPDX-License-Identifier: GPL-2.0-only
"""What an image says on its serial line, as a stream of bytes or from a file."""
import json
import re

TEST = re.compile(r"^(PASS|FAIL|SKIP|KFAIL) ([\w-]+\.[\w.-]+): (.*)$")
END = re.compile(r"^@end status=(\d+)$")
STACK = re.compile(r"^STACK (0x[0-9a-fA-F]+)")
# What loaders paint their menus with; it may stand before an image's first word.
PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

SCHEDULE = "  | "
# An image's first line; what comes before is said by firmware and loaders.
BANNER = "skeet "
BANNER_WORDS = re.compile(r"^skeet (\S+) (.*) via (.*), (\d+) CPUs, (\d+) MiB$")


def flat(verdict):
    """A verdict with its cell's fields beside its own, named as those of a result are."""
    return {**verdict, **verdict["cell"], "sync": verdict["scheme"]}


def nested(verdict):
    """The way back."""
    return {k: v for k, v in verdict.items() if k != "sync" and k not in verdict["cell"]}


def plain(raw):
    """A line's text, without what ends it and what only a terminal understands."""
    return PAINT.sub("", raw.decode("utf-8", "replace")).rstrip("\r")


class Stream:
    """
    Collects the results of one boot; calls on_event(kind, item) as they come. The lines of a verdict's schedule follow it and
    become part of it, so there are two events for one: "verdict" when it is read, "judged" when nothing more belongs to it.
    """

    def __init__(self, fill=None, on_event=None):
        self.fill = fill or {}
        self.on_event = on_event or (lambda kind, item: None)
        self.results, self.verdicts, self.litmus, self.tests = [], [], [], []
        self.errors, self.stack, self.panics = [], [], []
        self.end = None
        self.open_verdict = None
        self.started = False
        self.machine = {}
        self.loader = []
        self.last = ""
        self.rest = b""

    @property
    def items(self):
        """Everything that it found."""
        return self.results + self.verdicts + self.litmus

    @property
    def build(self):
        """Which image it is, as far as it has said."""
        return next((i["build"] for i in self.items if "build" in i), None)

    @property
    def clock(self):
        """What its times are in; None if it took none."""
        return next(({"unit": r["unit"], "hz": r["hz"]} for r in self.results), None)

    def feed(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        for raw in lines:
            self.line(plain(raw))

    def close(self):
        """A last line without an end is a line, but never a result: it may be half of one."""
        if self.rest:
            self.last = self.rest.decode("utf-8", "replace")
            self.rest = b""
        self.close_verdict()

    def close_verdict(self):
        if self.open_verdict:
            self.on_event("judged", self.open_verdict)
            self.open_verdict = None

    def line(self, text):
        if text.strip():
            self.last = text
        if text.startswith(SCHEDULE) and self.open_verdict:
            self.open_verdict.setdefault("schedule", []).append(text.removeprefix(SCHEDULE))
            return
        self.close_verdict()
        if text.startswith("@r "):
            self.record(text, self.results, "result")
        elif text.startswith("@v "):
            self.record(text, self.verdicts, "verdict")
        elif text.startswith("@l "):
            self.record(text, self.litmus, "litmus")
        elif m := END.match(text):
            self.end = int(m[1])
        elif m := TEST.match(text):
            test = dict(zip(("verdict", "name", "text"), m.groups()))
            self.tests.append(test)
            self.on_event("test", test)
        elif m := STACK.match(text):
            self.stack.append(int(m[1], 16))
        elif text.startswith("PANIC") or text.startswith("*** cpu"):
            self.panics.append(text)
        elif text.startswith("error:"):
            self.errors.append(text)
            self.on_event("error", text)
        else:
            if text.startswith(BANNER):
                self.started, self.end = True, None
                m = BANNER_WORDS.match(text)
                self.machine = dict(zip(("arch", "board", "protocol", "cpus"), m.groups())) if m else {}
            if not self.started:
                self.loader.append(text)
            self.on_event("text" if self.started else "loader", text)

    def record(self, text, into, kind):
        try:
            item = json.loads(text[3:])
        except ValueError:
            self.errors.append(f"not JSON: {text[:200]}")
            return
        if item.get("accel") == "unknown":
            item["accel"] = self.fill.get("accel", "unknown")
        item.setdefault("accel", self.fill.get("accel"))
        item.setdefault("git", self.fill.get("git"))
        if kind == "verdict":
            item = flat(item)
        into.append(item)
        if kind == "verdict":
            self.open_verdict = item
        self.on_event(kind, item)


class Boots:
    """
    A serial log of several boots, one behind the other: boots has a Stream of each, in which at least the image's first line was seen, or
    something that it found. A boot ends with its @end line, or where another image says its first line.
    """

    def __init__(self, fill=None, on_event=None):
        self.fill, self.on_event = fill, on_event
        self.all = [Stream(fill, on_event)]
        self.rest = b""

    @property
    def boots(self):
        return [s for s in self.all if s.started or s.items or s.tests]

    def feed(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        for raw in lines:
            now = self.all[-1]
            if now.end is not None or (now.started and plain(raw).startswith(BANNER)):
                now.close()
                self.all.append(Stream(self.fill, self.on_event))
            self.all[-1].feed(raw + b"\n")

    def close(self):
        if self.all[-1].end is None:
            self.all[-1].feed(self.rest)
        self.all[-1].close()


def litmus_problem(item):
    """What is wrong with the outcomes of a litmus test, in words; None if nothing is."""
    if item["shown"] and not item["allowed"]:
        return f"{item['forbidden']!r} {item['shown']} times in {item['n']}, which its protocol forbids"
    if item["must"] and not item["shown"]:
        return f"{item['forbidden']!r} did not come in {item['n']}, although its barrier is left out"
    return None


def cell_name(item):
    """One cell in words, for progress and errors."""
    parts = [item["wl"]]
    parts += [f"{k}={item[k]}" for k in ("tlb", "walk", "walkers") if item.get(k) not in (None, "-")]
    if item.get("mutation"):
        parts.append(f"mutate={item['mutation']}")
    return " ".join(parts + [f"sync={item['sync']}"])
