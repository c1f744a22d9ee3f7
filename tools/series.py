# SPDX-License-Identifier: GPL-2.0-only
"""The judgement of one patch series for people: every cell, what breaks it, what each scheme costs, and its mutations."""
import ladder
import table
from table import RULE, place_text, verdict_word, wrap

ROLES = ("baseline", "posted", "repaired")
# Lines of a schedule that fit a reader's patience; the file has all.
SHOWN = 12
WORDS = {"sound": "sound", "declared broken": "broken", "not judged": "-"}


def schemes_of(verdicts):
    """{scheme: role} in the order of the roles."""
    found = {v["scheme"]: v["variant"] for v in verdicts if v["variant"] in ROLES}
    return dict(sorted(found.items(), key=lambda s: ROLES.index(s[1])))


class Notes:
    """Numbered from 1: what breaks a cell."""

    def __init__(self):
        self.verdicts = []

    def mark(self, v):
        if v is None or v["got"] == "sound":
            return ""
        self.verdicts.append(v)
        return f" [{len(self.verdicts)}]"

    def lines(self):
        seen = set()
        for n, v in enumerate(self.verdicts, 1):
            yield wrap(f"[{n}] {v['scheme']}, {place_text(v)}: "
                       + (f"missing: {v['missing']}. " if v.get("missing") else "") + v["text"])
            # One interleaving a scheme and workload; the others are in the file.
            if (v["scheme"], v["wl"]) not in seen:
                yield from ("      " + line[:120] for line in v.get("schedule", [])[-SHOWN:])
            seen.add((v["scheme"], v["wl"]))


def cells_table(verdicts, notes):
    schemes = schemes_of(verdicts)
    by_place = {}
    for v in verdicts:
        if v["variant"] in ROLES:
            by_place.setdefault(place_text(v), {})[v["scheme"]] = v
    width = max(map(len, schemes), default=0) + 2
    width = max(width, 14)
    yield f"{'':30}" + "".join(f"{role:{width}}" for role in schemes.values())
    yield f"{'cell':30}" + "".join(f"{name:{width}}" for name in schemes)
    yield RULE
    for where, row in sorted(by_place.items()):
        text = f"{where:30}"
        for name in schemes:
            word = verdict_word(row.get(name))
            text += f"{WORDS.get(word, word) + notes.mark(row.get(name)):{width}}"
        yield text.rstrip()


def reader_costs(results):
    """{scheme: what begin() and end() cost}"""
    return {r["sync"]: r["diff"] for r in results if r["m"] == "mark" and table.kind_of("mark", r["accel"]) != "none"}


class Rounds:
    """What a round of interrupts costs, by the number of targets."""

    def __init__(self, measured):
        self.cost = {r["targets"]: r["mean"] for r in measured}
        # All at once may have a way of its own (a shorthand, a broadcast): it says nothing about fewer.
        self.all = measured[0]["ncpu"] - 1
        self.few = sorted((n, c) for n, c in self.cost.items() if n != self.all)

    def mean(self, targets):
        """Of so many: on the line through its neighbours; None if nothing is known."""
        if targets in self.cost or len(self.few) < 2:
            return self.cost.get(targets, self.cost.get(self.all))
        pairs = list(zip(self.few, self.few[1:]))
        (a, x), (b, y) = next((p for p in pairs if targets <= p[1][0]), pairs[-1])
        return x + (y - x) * (targets - a) / (b - a)


class Explained:
    """What an operation costs, out of parts that were measured apart (docs/measuring.md)."""

    def __init__(self, results, blocks):
        measured = {}
        for r in results:
            if r["wl"] == "ipi-round" and table.kind_of(r["m"], r["accel"]) != "none":
                measured.setdefault((r["m"], r["walkers"]), []).append(r)
        self.rounds = {key: Rounds(rs) for key, rs in measured.items()}
        self.quiet = {self.key(c.any): c for cells in blocks for c in cells.values() if c.any["walkers"] == 0}

    @staticmethod
    def key(r):
        return r["wl"], r["tlb"], r["walk"], r["sync"]

    def wait(self, how, walkers, inside):
        """What a round takes longer because so many of its targets are inside a walk and answer when that is over."""
        halted, walking = self.rounds.get((how, 0)), self.rounds.get((how, walkers))
        if not inside or halted is None or walking is None:
            return 0
        # Less than one is one now and then.
        few = max(inside, 1)
        return (walking.mean(few) - halted.mean(few)) * inside / few

    def interrupts(self, cell):
        """The interrupts' part of a mean sync: the rounds, and the wait in them."""
        r = cell.any
        if not r.get("rounds"):
            return 0
        how = "call" if r.get("calls") else "ipi"
        cost = (how, 0) in self.rounds and self.rounds[how, 0].mean(r["ipi_sync"] / r["rounds"])
        if not cost:
            return None
        return (cost + self.wait(how, r["walkers"], min(r["inside"], r["ipi_sync"]) / r["rounds"])) * r["rounds"] / r["n"]

    def share(self, cell):
        """Of the measured operation, in percent: its parts, of which the scan is known from a run without walkers."""
        quiet = self.quiet.get(self.key(cell.any))
        if quiet is None or quiet is cell:
            return None
        parts = (cell.steady("unmap", "mean"), cell.number("sync", "mean"), quiet.number("sync", "mean"), self.interrupts(quiet),
                 self.interrupts(cell))
        if None in parts or not parts[0]:
            return None
        whole, sync, quiet_sync, quiet_ipi, ipi = parts
        return 100 * (whole - sync + quiet_sync - quiet_ipi + ipi) / whole


def percent(v):
    return "" if v is None else f"{v:.0f}%"


def cost_rows(results, schemes):
    """One row a workload, method, walker type, number of walkers and scheme, beside the first baseline of its block."""
    readers, base = reader_costs(results), next(iter(schemes), None)
    blocks = list(table.blocks_of([r for r in results if r["m"] in ("unmap", "tlb", "sync")]).values())
    explained = Explained(results, blocks)
    for cells in blocks:
        for name, role in schemes.items():
            cell = cells.get(name)
            if cell:
                r = cell.any
                where = f"{place_text(r)} {r['walkers']}"
                reader = f"{readers[name]:.1f}" if name in readers else "-"
                yield (f"{name:15}{role:10}{where:26}{reader:>6}{cell.column('unmap', 'p50', 8)}"
                       f"{table.per_text(cell.per('ipi_sync'), 7)}{table.per_text(cell.per('disturbed'), 6)}"
                       f"{percent(explained.share(cell)):>6} {table.ratio_text(cell, cells.get(base))}")


def render(name, verdicts, results):
    """Everything of one series."""
    mine = [v for v in verdicts if v["series"] == name]
    results = [r for r in results if r.get("series") == name]
    notes, schemes = Notes(), schemes_of(mine)
    any_of = (mine or results)[0]
    lines = [f"Series {name}: {any_of['arch']}, {any_of['accel']}, {any_of['ncpu']} CPUs", "", *cells_table(mine, notes)]
    lines += ["", *notes.lines()] if notes.verdicts else []
    costs = list(cost_rows(results, schemes))
    if costs:
        lines += ["", f"{'scheme':15}{'role':10}{'where, walkers':26}{'reader':>6}{'writer':>8}{'IPIs':>7}{'dist.':>6}{'expl.':>6} ratio", RULE, *costs]
        lines += [wrap("reader: begin() and end() once, mean; writer: p50 of one operation; IPIs, dist.: CPUs that the scheme sent to and "
                       f"interrupted, an operation; expl.: how much of its mean the parts make that were measured apart (scan without walkers, "
                       f"IPIs and the wait for CPUs inside a walk by ipi-round); ratio: of the mean operation, over {next(iter(schemes))}.")]
    steps = ladder.render(results)
    if steps:
        lines += ["", steps]
    mutations = table.mutation_lines(mine)
    if mutations:
        lines += ["", *mutations]
    return "\n".join(lines)


def render_all(results, verdicts):
    """Every series in the order in which it was run; nothing if there is none."""
    names = dict.fromkeys(v["series"] for v in verdicts if v["series"])
    parts = [render(name, verdicts, results) for name in names]
    return "\n" + "\n\n".join([*parts, table.agreement(verdicts)]) + "\n" if parts else ""
