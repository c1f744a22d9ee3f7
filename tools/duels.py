# SPDX-License-Identifier: GPL-2.0-only
"""
From which x on is A cheaper than B? Found in what was measured, never beyond it.

One is cheaper where its mean is, by more than the interval of their ratio (interval.py) leaves open. Several boots of one cell count as
such. Results of different accelerators never meet.
"""
import itertools

import interval
import table

BY_IPI, BY_HARDWARE = ("ipi", "nmi"), ("hw",)
PAGEWISE, WHOLE = "page by page", "whole ASID"
# Beside a number that is the same on each machine: what may be called so on several.
WORDS = ("half", "all")


def cheaper(a, b):
    """-1: A is; 1: B is; 0: no difference is detectable."""
    if interval.mean_of(a) == interval.mean_of(b):
        return 0
    if not interval.mean_of(a) or not interval.mean_of(b):
        return -1 if interval.mean_of(a) < interval.mean_of(b) else 1
    low, high, _ = interval.of(a, b)
    if low is None:
        # One value for each, and exact ones: that is all there is to know.
        exact = all(r["accel"] == "icount" for r in a + b)
        return 0 if not exact else -1 if interval.mean_of(a) < interval.mean_of(b) else 1
    return -1 if low > 1 else 1 if high < 1 else 0


class Duel:
    """Two names over the values of x at which both were measured."""

    def __init__(self, a, b, curve):
        self.names = (a, b)
        self.xs = sorted(x for x in curve if a in curve[x] and b in curve[x])
        self.sign = {x: cheaper(curve[x][a], curve[x][b]) for x in self.xs}
        self.cost = {x: [interval.mean_of(curve[x][n]) for n in (a, b)] for x in self.xs}

    def turns(self):
        """[(last x of one, first x of the other)]: where the cheaper one changes."""
        told = [x for x in self.xs if self.sign[x]]
        return [(x, y) for x, y in itertools.pairwise(told) if self.sign[x] != self.sign[y]]

    def ever(self):
        return {s for s in self.sign.values() if s}

    def name(self, sign):
        return self.names[sign > 0]

    def costs(self, x):
        """Of the cheaper one, then of the other."""
        mine, other = sorted(self.cost[x])
        return f"{mine:.1f} against {other:.1f}"

    def between(self, x, y):
        xs = [str(v) for v in self.xs if x < v < y]
        return f"no difference detectable at {', '.join(xs)}" if xs else "nothing between was measured"

    def text(self, unit):
        """What is to be known, in a sentence or two."""
        if not self.xs:
            return f"{self.names[0]}, {self.names[1]}: never measured beside each other"
        turns = self.turns()
        if turns:
            return " ".join(f"{self.name(self.sign[y])} is cheaper from {y} {unit} on ({self.costs(y)}), {self.name(self.sign[x])} up to "
                            f"{x} ({self.costs(x)}); {self.between(x, y)}." for x, y in turns)
        none = [str(x) for x in self.xs if not self.sign[x]]
        undecided = f"no difference detectable at {', '.join(none)}" if none else ""
        if not self.ever():
            return f"{self.names[0]} and {self.names[1]} do not cross: {undecided}."
        sure = [x for x in self.xs if self.sign[x]]
        text = f"{self.name(*self.ever())} is cheaper at {', '.join(map(str, sure))} ({self.costs(sure[0])}"
        text += f"; {self.costs(sure[-1])})" if len(sure) > 1 else ")"
        return f"{self.names[0]} and {self.names[1]} do not cross: {'; '.join(filter(None, (text, undecided)))}."


class Curves:
    """{what a curve is about: {x: {name: [results]}}}"""

    def __init__(self):
        self.found = {}

    def add(self, about, x, name, r):
        self.found.setdefault(about, {}).setdefault(x, {}).setdefault(name, []).append(r)

    def over_several(self):
        """Curves with more than one x."""
        return {about: curve for about, curve in self.found.items() if len(curve) > 1}


def usable(r):
    return r["build"] == "timing" and table.kind_of(r["m"], r["accel"]) != "none" and not r.get("bound")


def about(r, *fields):
    """What a curve is of, in words: whatever else differs makes it another curve. Where nobody walks, dwell= changes nothing."""
    walked = ("dwell",) if r["walkers"] else ()
    keys = dict.fromkeys(("series", *fields, *walked))
    return ", ".join([table.board_of(r), r["wl"]] + [f"{k}={r[k]}" for k in keys if r.get(k) not in (None, "-")])


def loaded_word(r):
    return "loaded=" + ("all" if r["loaded"] == r["ncpu"] else str(r["loaded"]))


def refill(accel):
    kind, why = table.worth("tlb-refill", accel)
    return f"The misses behind each are not in it: {why if kind == 'none' else 'tlb-refill of bench=inval-grid has them'}."


def completion(accel):
    """In a list: nothing is to be said where the wait is part of the time."""
    kind, why = table.worth("complete", accel)
    return [f"A broadcast's wait for other CPUs is not in it: {why}."] if kind == "none" else []


def pages(results):
    """inval-cost has two results at each number of pages: what the method does, and, with a range, the other way."""
    curves, other = Curves(), {PAGEWISE: WHOLE, WHOLE: PAGEWISE}
    rows = [r for r in results if r["wl"] == "inval-cost" and r["m"] == "inval" and usable(r)]
    place = lambda r: about(r, "tlb", "loaded", "ncpu")
    named = {(place(r), r["pages"]): r["range"] for r in rows if r.get("range") in other}
    for r in rows:
        here = place(r), r["pages"]
        if here in named:
            curves.add(here[0], r["pages"], r.get("range") or other[named[here]], r)
    for what, curve in curves.over_several().items():
        yield (f"{PAGEWISE} against {WHOLE}, by pages: {what}",
               [f"{Duel(PAGEWISE, WHOLE, curve).text('pages')} {refill(results[0]['accel'])}"])


def methods(results):
    """IPIs against broadcast: by CPUs that have the mm loaded beside the initiator's, and by initiators at once."""
    targets, initiators = Curves(), Curves()
    for r in filter(usable, results):
        if r["m"] not in ("inval", "unmap") or r["tlb"] not in BY_IPI + BY_HARDWARE:
            continue
        if "threads" in r:
            initiators.add(about(r, "m", "sync", "loaded", "ncpu"), r["threads"], r["tlb"], r)
            continue
        # With a number of CPUs, or with one for each number of targets.
        for cpus in (f"ncpu={r['ncpu']}", *(["loaded=all"] if r["loaded"] == r["ncpu"] else [])):
            for word in labels_of(r):
                targets.add(f"{about(r, 'm', 'sync', 'walk', 'pages', 'range')}, walkers={word}, {cpus}", r["loaded"] - 1, r["tlb"], r)
    for unit, curves in (("targets", targets), ("initiators", initiators)):
        for what, curve in curves.over_several().items():
            here = {name for names in curve.values() for name in names}
            duels = [Duel(a, b, curve) for a in BY_IPI for b in BY_HARDWARE if {a, b} <= here]
            if duels:
                yield (f"IPIs against the hardware's broadcast, by {unit}: {what}",
                       [*(d.text(unit) for d in duels), *completion(results[0]["accel"])])


def labels_of(r):
    """What walkers= may have been for it: a number, or a word."""
    return [str(r["walkers"]), *(w for w in WORDS if r["walkers"] and table.walkers_of(w, r) == r["walkers"])]


def schemes(results):
    by_cpus, by_walkers = Curves(), Curves()
    for r in filter(usable, results):
        if r["m"] != "unmap" or "threads" in r:
            continue
        by_walkers.add(about(r, "tlb", "walk", "loaded", "ncpu", "dwell"), r["walkers"], r["sync"], r)
        for word in labels_of(r):
            by_cpus.add(f"{about(r, 'tlb', 'walk')}, {loaded_word(r)}, walkers={word}", r["ncpu"], r["sync"], r)
    for unit, curves in (("CPUs", by_cpus), ("walkers", by_walkers)):
        for what, curve in curves.over_several().items():
            names = list(dict.fromkeys(name for x in curve.values() for name in x))
            duels = [Duel(a, b, curve) for a, b in itertools.combinations(names, 2)]
            if duels:
                yield (f"schemes, by {unit} ({', '.join(map(str, sorted(curve)))}): {what}",
                       [*(d.text(unit) for d in duels if d.turns()), *apart(duels)])


def apart(duels):
    """Those that do not cross, a line for each that is the cheaper one."""
    below, same = {}, []
    for d in duels:
        if len(d.ever()) == 1:
            sign = next(iter(d.ever()))
            below.setdefault(d.name(sign), []).append(d.name(-sign) + ("" if all(d.sign.values()) else " (not at every x)"))
        elif not d.turns():
            same.append(" and ".join(d.names))
    for name, others in below.items():
        yield f"{name} does not cross and is cheaper than: {', '.join(others)}."
    if same:
        yield f"No difference detectable anywhere: {', '.join(same)}."


def found_in(results):
    """[(what was compared, [sentences])] of results of one accelerator; none, if no two of them can be compared."""
    return [*pages(results), *methods(results), *schemes(results)]


def by_accel(results):
    """{accelerator: what was found in its results}, without those in which nothing was."""
    found = {accel: found_in([r for r in results if r["accel"] == accel]) for accel in dict.fromkeys(r["accel"] for r in results)}
    return {accel: of for accel, of in found.items() if of}


def measured_by(accel):
    """What stands below all that was found under it."""
    how = "" if accel == "icount" else f" {interval.METHOD}."
    return f"accel={accel}: {table.UNITS.get(accel, 'unknown')}.{how}"
