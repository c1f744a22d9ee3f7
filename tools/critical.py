# SPDX-License-Identifier: GPL-2.0-only
"""
From the events of one round (ipi-path) to who waited for whom: a graph, and the longest path through it.

A node is an event. Two events of one CPU, one behind the other, are joined by a segment: what that CPU executed between them. Two kinds of
event come behind a wait instead, WAITS, and are joined to what they waited for on another CPU by a hop. Nothing else joins two CPUs: the
stamps of each are of its own clock, and are never compared with another's.
"""
from dataclasses import dataclass

INITIATOR = 0
# {event behind a wait: what it waits for}
WAITS = {"open": "sent", "look": "answer"}
HANDLER = ["open", "enter", "work", "answer", "leave"]
BROADCAST = ["begin", "issue", "complete"]
NAMES = {"begin", "sent", "wait", "look", "seen", "end", *HANDLER, *BROADCAST}
# CPU, name, stamp, and the other CPU in it.
KINDS = [int, str, int], [int, str, int, int]
# Segments in which a CPU invalidates a page for itself, and the one in which all do it at its word.
LOCAL = {("enter", "work"), ("seen", "end")}
COMPLETION = ("issue", "complete")


class Broken(Exception):
    """A record that is not whole, and what it lacks."""


@dataclass(frozen=True, eq=False)
class Event:
    cpu: int
    name: str
    at: float
    peer: int = INITIATOR

    @property
    def text(self):
        return self.name + (f" {self.peer}" if self.peer else "")


@dataclass
class Latencies:
    """What an instruction count leaves out, in cycles. All 0: pure instructions."""
    ipi: float = 0     # from a write to the interrupt controller to the first instruction of the target's vector
    line: float = 0    # from a store of one CPU to another's having loaded it
    miss: float = 0    # of an access to a line that another CPU wrote, for the CPU that makes it; 0: it overlaps with what comes next
    send: float = 0    # of a write to the interrupt controller, for the CPU that makes it
    local: float = 0   # of a page invalidate, for the CPU that carries it out
    fixed: float = 0   # of the completion of a broadcast: with no other CPU,
    target: float = 0  # ... more for each,
    serial: float = 0  # ... and more for each other initiator at the same time
    initiators: int = 1

    def any(self):
        return any(v for k, v in vars(self).items() if k != "initiators")


class Record:
    """One round: {CPU: its events, in their order}, targets, and writes to the interrupt controller."""

    def __init__(self, label, events, targets, writes, page):
        self.label, self.of, self.targets, self.writes, self.page = label, events, targets, writes, page

    @classmethod
    def of_result(cls, label, r):
        of = {}
        for item in r["events"]:
            if [type(v) for v in item] not in KINDS or item[1] not in NAMES:
                raise Broken(f"{label}: {item} is no event")
            event = Event(*item)
            mine = of.setdefault(event.cpu, [])
            if mine and mine[-1].at > event.at:
                raise Broken(f"{label}: CPU {event.cpu} has {event.text} before {mine[-1].text}, by its own clock")
            mine.append(event)
        record = cls(label, of, r.get("targets") or r["ncpu"] - 1, r["ipi_msg"] / r["n"], r["tlb"] != "-" and "targets" in r)
        record.check("targets" in r)
        return record

    def check(self, interrupts):
        """Is it whole? A record that is cut off lacks the end of some CPU."""
        wanted = {INITIATOR: BROADCAST}
        if interrupts:
            targets = range(1, self.targets + 1)
            each = any(e.name == "sent" and e.peer for e in self.of.get(INITIATOR, []))
            sent = [f"sent {t}" for t in targets] if each else ["sent"]
            answers = [f"{name} {t}" for t in targets for name in ("wait", "look")]
            wanted = {INITIATOR: ["begin", *sent, *answers, "seen", "end"], **{t: HANDLER for t in targets}}
        for cpu, texts in wanted.items():
            found = [e.text for e in self.of.get(cpu, [])]
            for n, text in enumerate(texts):
                if n >= len(found):
                    raise Broken(f"{self.label}: the record is cut off: CPU {cpu} has no {text}")
                if found[n] != text:
                    raise Broken(f"{self.label}: CPU {cpu} has {found[n]} where {text} is due")
            if len(found) > len(texts):
                raise Broken(f"{self.label}: CPU {cpu} has {found[len(texts)]} behind the end")
        for cpu in sorted(set(self.of) - set(wanted)):
            raise Broken(f"{self.label}: CPU {cpu} is no part of a round to {self.targets} CPUs")

    def segments(self):
        """(event before, event) of each, without the waits."""
        for events in self.of.values():
            for a, b in zip(events, events[1:]):
                if b.name not in WAITS:
                    yield a, b

    def total(self):
        """All that all CPUs executed."""
        return sum(b.at - a.at for a, b in self.segments())

    def extra(self, a, b, lat):
        """What a segment takes longer than its instructions."""
        if b.name == "sent":
            # The request word of each target is a line of its own.
            return lat.send * self.writes / (self.targets if b.peer else 1) + lat.miss * (1 if b.peer else self.targets)
        if b.name == "enter":
            return lat.miss
        if (a.name, b.name) == COMPLETION:
            return lat.fixed + lat.target * self.targets + lat.serial * (lat.initiators - 1)
        return lat.local if self.page and (a.name, b.name) in LOCAL else 0


@dataclass(frozen=True)
class Step:
    """One edge of a path."""
    to: Event
    length: float
    hop: str = "" # which latency it is, of a step from one CPU to another


def edges_into(record, lat):
    """{event: [(event before it, step)]}"""
    into = {}
    every = [e for events in record.of.values() for e in events]
    source = {(e.name, e.peer if e.name == "sent" else e.cpu): e for e in every if e.name in WAITS.values()}
    for events in record.of.values():
        for a, b in zip([None, *events], events):
            into[b] = []
            if a:
                # An answer that is there already has to be fetched all the same.
                length = lat.miss if b.name == "look" else 0 if b.name in WAITS else b.at - a.at + record.extra(a, b, lat)
                into[b].append((a, Step(b, length)))
            if b.name == "open":
                into[b].append((source.get(("sent", b.cpu)) or source["sent", INITIATOR], Step(b, lat.ipi, "ipi")))
            elif b.name == "look":
                into[b].append((source["answer", b.peer], Step(b, lat.line, "line")))
    return into


def longest(record, lat):
    """(length, steps) of the longest path to the last event of the initiator; of two as long as each other the one with more hops."""
    into = edges_into(record, lat)
    best = {}
    stack = [record.of[INITIATOR][-1]]
    while stack:
        event = stack[-1]
        todo = [a for a, _ in into[event] if a not in best]
        if todo:
            stack += todo[:1]
            continue
        stack.pop()
        best[event] = max(((best[a][0] + s.length, best[a][1] + bool(s.hop), a, s) for a, s in into[event]), key=lambda b: b[:2],
                          default=(0, 0, None, None))
    steps, event = [], record.of[INITIATOR][-1]
    while best[event][2]:
        steps.append(best[event][3])
        event = best[event][2]
    return best[record.of[INITIATOR][-1]][0], steps[::-1]


def chain(steps):
    """The path in words: how long each CPU on it takes for what, and the hops between them."""
    stays = [(INITIATOR, "", {})]
    for s in steps:
        if s.hop:
            stays.append((s.to.cpu, f"{s.hop} {s.length:g}; ", {}))
        elif s.to.name not in WAITS:
            count, length = stays[-1][2].get(s.to.name, (0, 0))
            stays[-1][2][s.to.name] = count + 1, length + s.length
    return "; ".join(f"{hop}CPU {cpu}: " + ", ".join((f"{count} x " if count > 1 else "") + f"{name} {length:g}"
                                                     for name, (count, length) in done.items()) for cpu, hop, done in stays)


# --- machines that were not measured ---

LEAST_SIZES = 3


class Line:
    """Least squares through [(x, y)]."""

    def __init__(self, points):
        n, mx = len(points), sum(x for x, _ in points) / len(points)
        my = sum(y for _, y in points) / n
        sxx = sum((x - mx) ** 2 for x, _ in points)
        self.slope = sum((x - mx) * (y - my) for x, y in points) / sxx if sxx else 0
        self.start = my - self.slope * mx
        self.residual = max(abs(self.at(x) - y) for x, y in points)

    def at(self, x):
        return self.start + self.slope * x


def piece(a, b):
    """What segments are of one kind."""
    return ("initiator" if b.cpu == INITIATOR else "target", a.name, b.name)


def pieces(record):
    """{kind: mean of its segments}"""
    found = {}
    for a, b in record.segments():
        found.setdefault(piece(a, b), []).append(b.at - a.at)
    return {kind: sum(v) / len(v) for kind, v in found.items()}


def expand(like, targets):
    """(name, peer) of the initiator's events with so many targets: what it does in a row for the first one of @like is done for each."""
    events, out, n = like.of[INITIATOR], [], 0
    while n < len(events):
        row = [events[n].name]
        if not events[n].peer:
            out.append((events[n].name, INITIATOR))
            n += 1
            continue
        while n + len(row) < len(events) and events[n + len(row)].peer == events[n].peer:
            row.append(events[n + len(row)].name)
        out += [(name, t) for t in range(1, targets + 1) for name in row]
        n += len(row) * like.targets
    return out


class Projection:
    """The pieces of rounds to all other CPUs of several machines, each as a line over the number of targets."""

    def __init__(self, name, records):
        if not records:
            raise Broken(f"{name}: there is no round to all other CPUs, which a projection stands on")
        self.records = sorted(records, key=lambda r: r.targets)
        self.like = self.records[-1]
        measured = [(r.targets, pieces(r)) for r in self.records]
        self.lines = {kind: Line([(t, p[kind]) for t, p in measured if kind in p]) for kind in measured[-1][1]}
        # A machine of two CPUs has no second target: it says nothing about what lies between two.
        full = [t for t, p in measured if len(p) == len(self.lines)]
        if len(full) < LEAST_SIZES:
            raise Broken(f"{name}: a projection stands on at least {LEAST_SIZES} sizes of machine in which every piece occurs; here are "
                         f"{len(full)} ({', '.join(str(t + 1) for t in full) or 'none'} CPUs)")
        self.writes = Line([(r.targets, r.writes) for r in self.records])
        for r in self.records:
            if [(e.name, e.peer) for e in r.of[INITIATOR]] != expand(self.like, r.targets):
                raise Broken(f"{r.label}: its initiator goes another way than with {self.like.targets} targets")

    def record(self, targets):
        """As it would be with so many."""
        def timed(cpu, names):
            events, at = [], 0
            for name, peer in names:
                if events and name not in WAITS:
                    at += max(self.lines[piece(events[-1], Event(cpu, name, 0))].at(targets), 0)
                events.append(Event(cpu, name, at, peer))
            return events
        of = {INITIATOR: timed(INITIATOR, expand(self.like, targets))}
        if len(self.like.of) > 1:
            of.update({t: timed(t, [(name, INITIATOR) for name in HANDLER]) for t in range(1, targets + 1)})
        return Record("a projection", of, targets, max(self.writes.at(targets), 0), self.like.page)

    def worst_piece(self):
        """(residual, kind) of the piece that lies farthest from its line."""
        return max((line.residual, kind) for kind, line in self.lines.items())

    def worst_path(self, lat):
        """By how much the path of a machine that was measured is missed."""
        return max(abs(longest(self.record(r.targets), lat)[0] - longest(r, lat)[0]) for r in self.records)
