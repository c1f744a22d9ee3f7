# SPDX-License-Identifier: GPL-2.0-only
"""Results and verdicts as a table for people, at most 80 columns wide, and one sentence that says what they mean."""
import json
import math
import os

import bystander
import contended
import stalls
from stream import litmus_problem

# Methods that drain nobody come first: there the schemes differ.
TLB_ORDER = ("hw", "fw", "nmi", "ipi", "linux", "local", "-")
BASE = "broadcast"
# Behind a time that moves with the bound of a firmware call (docs/measuring.md): no ratio stands on it.
MARK = "*"
HEAD = f"{'scheme':13}{'unmap p50':>9}{'p99':>7}{'sync p50':>9}{'IPIs':>6}{'disturbed':>10}{'ratio':>10} verdict"
RULE = "-" * 80

UNITS = {
    "icount": "instructions, summed over all CPUs: not a time",
    "tcg1": "ticks of the emulator's host, all CPUs in turn on one thread: not a silicon time",
    "mttcg": "counts only, a thread of the host for each CPU",
    "kvm": "ticks of the virtual machine's clock",
    "bochs": "ticks, in each of which every CPU executes an instruction: the longest path, and not a time",
    "board": "ticks of the board's clock",
    "host": "ticks of this machine's clock; an IPI is a signal to a thread",
}


def load_quantities():
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), "quantities.json")
    with open(path, encoding="utf-8") as f:
        return json.load(f)


QUANTITIES = load_quantities()


def worth(quantity, accel):
    """(count, cost or none; why none): what this number is worth under this accelerator."""
    known = QUANTITIES["quantities"].get(quantity, {}).get(accel, "none: not known under this accelerator")
    kind, _, why = known.partition(": ")
    return kind, why


def kind_of(quantity, accel):
    return worth(quantity, accel)[0]


def reasons(quantity):
    """{why none: [accelerators]}"""
    found = {}
    for accel in QUANTITIES["accels"]:
        kind, why = worth(quantity, accel)
        if kind == "none":
            found.setdefault(why, []).append(accel)
    return found


def quantity_table():
    """quantities.json as the table of docs/measuring.md."""
    accels = QUANTITIES["accels"]
    rows = [["quantity", *accels, "what it is; why there is none"], ["---"] * (len(accels) + 2)]
    for name, q in QUANTITIES["quantities"].items():
        whys = [f"{', '.join(where)}: {why}" for why, where in reasons(name).items()]
        rows.append([name, *(kind_of(name, a) for a in accels), "; ".join([q["what"], *whys])])
    return "".join("| " + " | ".join(r) + " |\n" for r in rows)


def verdict_key(item):
    return item["wl"], item["sync"], item["tlb"], item["walk"]


def verdict_word(v):
    if v is None:
        return "not judged"
    if v["expect"] == v["got"]:
        return "sound" if v["got"] == "sound" else "declared broken"
    return "FOUND BROKEN" if v["got"] == "broken" else "NOT CAUGHT"


def plain(verdicts):
    """Verdicts of the schemes themselves, without mutations."""
    return {verdict_key(v): v for v in verdicts if not v.get("mutation")}


class Cell:
    """The metrics of one scheme in one block."""

    def __init__(self):
        self.m = {}

    def add(self, r):
        self.m[r["m"]] = r

    @property
    def any(self):
        return next(iter(self.m.values()))

    def per(self, counter):
        r = self.any
        return r[counter] / r["n"] if r["n"] else 0.0

    def number(self, metric, field):
        r = self.m.get(metric)
        return None if r is None or kind_of(metric, r["accel"]) == "none" else r.get(field)

    def bound(self, metric):
        return self.m.get(metric, {}).get("bound")

    def steady(self, metric, field):
        """A number that may be compared."""
        return None if self.bound(metric) else self.number(metric, field)

    def column(self, metric, field, width):
        v = self.number(metric, field)
        return number(v, width) if v is None or not self.bound(metric) else number(v, width - len(MARK)) + MARK


def board_of(r):
    """The ISA, and the machine where that is not the same word."""
    return r["arch"] + (f" {r['board']}" if r["board"] not in (r["arch"], "unknown") else "")


def cpus_text(n):
    return f"{n} CPU" + ("s" if n > 1 else "")


def range_name(r):
    """What is measured, of a workload that measures parts of the machine; else nothing."""
    if "pages" in r:
        return ", ".join(filter(None, (f"{r['pages']} page" + ("s" if r["pages"] > 1 else ""), r.get("range"))))
    if "from" in r:
        return f"{r['from']} to {r['to']}"
    if "initiators" in r:
        return ", ".join(filter(None, (r.get("range"), f"{r['initiators']} at once")))
    return " ".join(filter(None, (r.get("range"), cpus_text(r["targets"]) if "targets" in r else "")))


def walkers_of(word, r):
    """What a value of walkers= means where @r was measured."""
    return {"all": r["loaded"] - 1, "half": max(r["ncpu"] // 2, 1)}.get(word) if not word.isdigit() else int(word)


def blocks_of(results):
    """{(wl, tlb, walk, walkers, ...): {scheme: Cell}} in the order of a reader."""
    blocks = {}
    for r in results:
        key = tuple(r.get(k) for k in ("wl", "tlb", "walk", "walkers", "ncpu", "loaded", "accel", "arch", "board", "build", "seed", "threads"))
        blocks.setdefault(key, {}).setdefault(range_name(r) or r["sync"], Cell()).add(r)
    rank = {t: i for i, t in enumerate(TLB_ORDER)}
    return dict(sorted(blocks.items(), key=lambda b: (b[0][0], rank.get(b[0][1], 9), str(b[0][2]), b[0][3], b[0][4:])))


def number(v, width):
    """In its column with a space before it: in thousands or millions if it must be."""
    text = "-" if v is None else str(v)
    for unit, suffix in ((1000, "k"), (1000000, "M"), (1000000000, "G")):
        if len(text) >= width:
            text = f"{v / unit:.0f}{suffix}"
    return f"{text:>{width}}"


def mean_ratio(cell, base):
    """Of whole unmaps, never across accelerators: both come from one block."""
    a, b = cell.steady("unmap", "mean"), base.steady("unmap", "mean") if base else None
    return a / b if a is not None and b else None


def ratio_range(cell, base):
    """Lowest and highest ratio of the parts: parts of one number were taken in the same rounds, with the same seeds."""
    a, b = cell.number("unmap", "parts") or [], base.number("unmap", "parts") or []
    ratios = [x / y for x, y in zip(a, b) if y]
    return (min(ratios), max(ratios)) if ratios else None


def ratio_text(cell, base):
    ratio = mean_ratio(cell, base)
    if ratio is None:
        return "-"
    low, high = (f"{r:.2f}" if r < 10 else f"{r:.0f}" for r in ratio_range(cell, base) or (ratio, ratio))
    return low if low == high else f"{low}-{high}"


def per_text(value, width):
    """A count an unmap: two decimals while they fit."""
    text = f"{value:.2f}"
    return f"{text if len(text) < width else format(value, '.0f'):>{width}}"


def row(scheme, cell, base, verdict):
    return (f"{scheme:13}{cell.column('unmap', 'p50', 9)}{cell.column('unmap', 'p99', 7)}"
            f"{cell.column('sync', 'p50', 9)}{per_text(cell.per('ipi_sync'), 6)}{per_text(cell.per('disturbed'), 10)}"
            f"{ratio_text(cell, base):>10} {verdict_word(verdict)}")


def sends(cell):
    """CPUs addressed and invalidates issued, a sample."""
    return f"{per_text(cell.per('ipi_sync' if cell.any['tlb'] == '-' else 'ipi_tlb'), 9)}{per_text(cell.per('tlbi'), 12)}"


def metric_block(cells):
    """Of a workload that measures something else than an unmap: a column for each of its metrics that means something here."""
    r = next(iter(cells.values())).any
    metrics = [m for m in dict.fromkeys(m for cell in cells.values() for m in cell.m) if kind_of(m, r["accel"]) != "none"]
    if not metrics:
        return None
    ranges = range_name(r)
    width = max(13, *(len(name) + 1 for name in cells))
    # More than two metrics, or long names, do not fit with their spread.
    fields = (("p50", 12), ("p99", 7), ("mean", 10)) if width <= 30 // len(metrics) else (("p50", 10),)
    head = f"{'range' if ranges else 'scheme':{width}}"
    head += "".join(f"{m + ' p50':>12}{'p99':>7}{'mean':>10}" if len(fields) > 1 else f"{m:>10}" for m in metrics)
    where = f", tlb={r['tlb']}, loaded={r['loaded']} of {r['ncpu']} CPUs" if r["tlb"] != "-" else f", {r['ncpu']} CPUs"
    where += f", walkers={r['walkers']}" if r["walkers"] else ""
    lines = [r["wl"] + where, f"  n={r['n']}" + ("" if len(fields) > 1 else "; p50"),
             head + (f"{'IPIs':>9}{'operations':>12}" if ranges else ""), RULE]
    for name, cell in cells.items():
        text = f"{name:{width}}"
        for m in metrics:
            text += "".join(cell.column(m, field, wide) for field, wide in fields)
        lines.append(text + (sends(cell) if ranges else ""))
    return "\n".join(lines)


# So many standard errors: a difference of that size shows in four runs of five at the level of one in twenty (1.96 + 0.84).
DETECTABLE = 2.80


def over_none(r):
    """Of a result that was taken in pairs with none's: (the difference in percent of none's, the smallest that such pairs show)."""
    return 100 * r["diff"] / r["base"], 100 * DETECTABLE * r["diff_sd"] / math.sqrt(r["pairs"]) / r["base"]


def over_none_text(r):
    percent, least = over_none(r)
    if not r["diff_sd"]:
        return f"{percent:+.2f}%, exact"
    return f"{percent:+.2f}% (detectable {least:.2f}%)" if abs(percent) > least else f"no difference detectable ({least:.2f}%)"


def reader_block(cells):
    """What the reader pays, each loop beside the same one of none: pairs that were interrupted are left out."""
    r = next(iter(cells.values())).any
    lines = [f"{r['wl']}, {r['n']} pairs of loops a scheme: means, and gup beside none's gup",
             f"{'scheme':13}{'mark':>8}{'walk':>8}{'gup':>8}  {'gup over none':33}left out", RULE]
    for name, cell in cells.items():
        mark, walk, gup = (cell.m[m] for m in ("mark", "walk", "gup"))
        text = f"{name:13}{round(mark['diff'], 1) + 0:>8.1f}{walk['base'] + walk['diff']:>8.1f}"
        if kind_of("gup", r["accel"]) != "none":
            text += f"{gup['base'] + gup['diff']:>8.1f}  {over_none_text(gup):33}{gup['n'] - gup['pairs']:>8}"
        lines.append(text)
    return "\n".join(lines)


def flush_cost(cells):
    """The invalidate's own p50: lowest to highest over the schemes, which share it."""
    p50 = [p for p in (cell.number("tlb", "p50") for cell in cells.values()) if p is not None]
    if not p50:
        return ""
    mark = MARK if any(cell.bound("tlb") for cell in cells.values()) else ""
    return f"p50 {min(p50)}" + (f"-{max(p50)}" if max(p50) > min(p50) else "") + mark + ", "


def flush_reach(cells):
    """Whom the invalidate interrupts. What the firmware does to a CPU its kernel cannot count, but whom it asked."""
    cell = next(iter(cells.values()))
    asked, seen = cell.per("ipi_tlb"), cell.per("disturbed_tlb")
    return f"{max(asked, seen):.2f} CPUs " + ("by firmware" if asked > seen else "interrupted")


def whole_line(scheme, cell):
    """Of a workload of one pass: the whole of it."""
    r, total = cell.any, cell.number("munmap", "p50")
    time = "" if total is None else f"{total:,} {'instructions' if r['unit'] == 'insn' else 'ticks'}, "
    return f"{scheme:13}{r['n']:,} unmaps: {time}{r['ipi_sync']:,} sync IPIs"


def lazy_line(cells):
    """Of a workload whose CPUs come and go: who had the mm loaded, and who of them was left out until he came back."""
    cell = next(iter(cells.values()))
    if not cell.any.get("left_lazy"):
        return []
    return [wrap(f"{cell.per('had_loaded'):.2f} CPUs had the mm loaded at a flush; {cell.per('left_lazy'):.2f} of them lazy and left out, which "
                 f"made {cell.per('caught_up'):.2f} flushes a flush when they came back")]


def block_text(cells, verdicts):
    r = next(iter(cells.values())).any
    if r["wl"] in ("walk-contended", "stalls"):
        return None # in a table of its own
    if "pairs" in r:
        return reader_block(cells)
    if all("unmap" not in cell.m for cell in cells.values()):
        return metric_block(cells)
    lines = [f"{r['wl']}, tlb={r['tlb']}, walk={r['walk']}, walkers={r['walkers']}, loaded={r['loaded']} of {r['ncpu']} CPUs"
             + (f", threads={r['threads']}" if "threads" in r else "") + (f", dwell={r['dwell']}%" if r["walkers"] else ""),
             f"  n={r['n']} a scheme, seed {r['seed']}; the flush: {flush_cost(cells)}{flush_reach(cells)}", HEAD, RULE]
    for scheme, cell in cells.items():
        lines.append(row(scheme, cell, cells.get(BASE), verdicts.get(verdict_key(cell.any))))
    lines += [whole_line(scheme, cell) for scheme, cell in cells.items() if "munmap" in cell.m]
    lines += lazy_line(cells)
    return "\n".join(lines)


def tracking_schemes(cells, verdicts):
    """Schemes that look before they interrupt and were found sound in every cell that was judged, cheapest first."""
    judged = {v["sync"] for v in verdicts.values()}
    broken = {v["sync"] for v in verdicts.values() if v["got"] == "broken"}
    metric = "sync" if cells[BASE].bound("unmap") else "unmap"
    cost = {s: c.number(metric, "mean") for s, c in cells.items() if s in judged - broken - {"none", BASE, "cpumask"}}
    return sorted((s for s in cost if cost[s] is not None), key=cost.get)


def cost_text(cells, best):
    """What the best scheme costs beside broadcast, over the numbers of walkers: of the sync alone where the unmap is no figure."""
    insn = cells[0][BASE].any["unit"] == "insn"
    if not cells[0][BASE].bound("unmap"):
        return f"an unmap costs {', '.join(ratio_text(c[best], c[BASE]) for c in cells)} of broadcast's {'instructions' if insn else 'time'}"
    ours, base = ("/".join(str(c[s].number("sync", "p50")) for c in cells) for s in (best, BASE))
    return f"its sync takes {ours} {'instructions' if insn else 'ticks'} where broadcast's takes {base}"


def headline(blocks, verdicts):
    """One sentence about the first method and the first walker type, over the numbers of walkers."""
    groups = {}
    for key, cells in blocks.items():
        if BASE in cells and cells[BASE].any["wl"] == "munmap-thp":
            groups.setdefault(key[:3] + key[4:], []).append(cells)
    if not groups:
        return ""
    group = next(iter(groups.values()))
    names = tracking_schemes(group[0], verdicts)
    if not names:
        return ""
    best, at = names[0], group[0][BASE].any
    with_best = [c for c in group if best in c]
    ipis = "/".join(f"{c[best].per('ipi_sync'):.2f}" for c in with_best)
    walkers = "/".join(str(c[BASE].any["walkers"]) for c in with_best)
    return (f"Headline ({at['arch']}, {at['accel']}, {at['ncpu']} CPUs, tlb={at['tlb']}, walk={at['walk']}): with {walkers} walkers "
            f"{best}, sound in every cell judged, sends {ipis} sync IPIs an unmap where broadcast sends {group[0][BASE].per('ipi_sync'):.2f}, "
            f"and {cost_text(with_best, best)}.")


def wrap(text, width=80):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    return "\n".join(lines + [line])


def verdict_lines(verdicts, blocks):
    """Cells that no block of the table shows: other walkers, protocol-only workloads, mutations."""
    shown = {verdict_key(c.any) for cells in blocks.values() for c in cells.values()}
    groups = {}
    for v in verdicts:
        if not v.get("mutation") and verdict_key(v) not in shown:
            groups.setdefault(v["wl"] + (f", tlb={v['tlb']}, walk={v['walk']}" if v["tlb"] != "-" else ""), []).append(v)
    return [wrap(f"{key}: " + "; ".join(group_words(vs))) for key, vs in groups.items()]


def group_words(vs):
    """Schemes by verdict."""
    words = {}
    for v in vs:
        words.setdefault(verdict_word(v), []).append(v["sync"])
    if len(words) == 1:
        return [f"all {next(iter(words))}"]
    return [f"{word}: {', '.join(names)}" for word, names in words.items()]


def place_text(v):
    return " ".join(p for p in (v["wl"], v["tlb"], v["walk"]) if p != "-")


def mutation_lines(verdicts):
    """A line each: where, by what and how soon it was caught."""
    rows = [f"{v['mutation']:29}{place_text(v):26}"
            + (f"{v['by']} {v['iterations']}/{v.get('bound', '?')}" if v["got"] == "broken" else "NOT CAUGHT") for v in verdicts
            if v.get("mutation")]
    return [f"{'mutation':29}{'where':26}caught by, iteration/bound", RULE, *rows] if rows else []


def legend(results):
    accel = results[0]["accel"]
    metrics = list(dict.fromkeys(r["m"] for r in results))
    of_unmap = (" IPIs, disturbed: CPUs that the sync sent to and that it interrupted, per unmap. ratio: mean unmap over broadcast's, "
                "lowest to highest of five parts that saw other seeds.")
    lines = [wrap(f"accel={accel}: {UNITS.get(accel, 'unknown')}." + (of_unmap if "unmap" in metrics else ""))]
    bounds = sorted({r["bound"] for r in results if r.get("bound")})
    if bounds:
        lines.append(wrap(f"{MARK} moves with the bound that the image sets to the firmware's part of it ({', '.join(map(str, bounds))} ticks): "
                          "no cost of the firmware, in no ratio."))
    for m in metrics:
        kind, why = worth(m, accel)
        if kind == "none":
            lines.append(wrap(f"SKIP {m} under {accel}: {why}"))
    return lines


def agreement(verdicts):
    right = sum(v["expect"] == v["got"] for v in verdicts)
    return f"{right} of {len(verdicts)} verdicts as declared."


def litmus_word(t):
    """What one litmus test came to."""
    if litmus_problem(t):
        return "FORBIDDEN SEEN" if t["shown"] else "NOT SHOWN"
    if t["allowed"]:
        return "shown" if t["shown"] else "broken, not shown"
    return "sound" if t["kept"] == "protocol" else "sound by TSO alone"


def litmus_row(t):
    names = list(t["outcomes"])
    numbers = " ".join(f"{name} {t['outcomes'][name]}," for name in names[:-1])
    head = f"{t['litmus']} {t['variant']}:"
    return f"{head:34}{names[-1]} {100 * t['shown'] / t['n']:.4f}%, {litmus_word(t)}\n  {numbers[:-1]}"


def litmus_block(tests):
    """All tests of one image on one machine: the share of the forbidden outcome, and how often each other one came."""
    t = tests[0]
    head = f"litmus, {t['build']} image, {t['arch']}, {t['accel']}: n={t['n']} rounds of two CPUs, seed {t['seed']}"
    kind, why = worth("litmus", t["accel"])
    if t["build"] == "timing" and kind == "none":
        return head + "\n" + wrap(f"SKIP litmus under {t['accel']}: {why}")
    return "\n".join([head, RULE, *map(litmus_row, tests)])


def litmus_blocks(tests):
    groups = {}
    for t in tests:
        groups.setdefault(tuple(t[k] for k in ("build", "arch", "accel", "n", "seed")), []).append(t)
    return [litmus_block(group) for group in groups.values()]


def render(results, verdicts, litmus=()):
    blocks, plain_verdicts = blocks_of(results), plain(verdicts)
    parts = [text for text in (block_text(cells, plain_verdicts) for cells in blocks.values()) if text]
    if results:
        parts.append("\n".join(legend(results)))
    parts += contended.tables([r for r in results if kind_of(r["m"], r["accel"]) != "none"], DETECTABLE)
    parts += stalls.tables(results, kind_of, number) + bystander.tables(results)
    parts += litmus_blocks(litmus)
    rest = verdict_lines(verdicts, blocks)
    if rest:
        parts.append("Verdicts of the oracle beside the table:\n" + "\n".join(rest))
    mutations = mutation_lines(verdicts)
    if mutations:
        parts.append("\n".join(mutations))
    if verdicts:
        parts.append(agreement(verdicts))
    line = headline(blocks, plain_verdicts)
    if line:
        parts.append(wrap(line))
    return "\n" + "\n\n".join(parts) + "\n"
