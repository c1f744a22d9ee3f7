# SPDX-License-Identifier: GPL-2.0-only
"""
From results to the figures of a report. A figure is a dict that becomes JSON: id, title, text, kind ("line", "bar", "stack", "cdf",
"heat"), axes, what its series and its x are ("scheme", "ISA", "method": those can be filtered), notes, and variants: what a reader can
choose between, each with the machine it is of, a label, its series and the command that makes it again. A point is [x, y], or [x, y,
lowest, highest]. Numbers that the accelerator cannot give are in none of them, and the notes say so.
"""
import boards
import stalls
import table

# Instructions of all CPUs and ticks of a clock never share an axis: a variant is of one accelerator.
UNITS = {"insn": "instructions, all CPUs", "tick": "ticks"}


def usable(r):
    return table.kind_of(r["m"], r["accel"]) != "none" and not r.get("bound")


def of_metrics(results, *metrics):
    return [r for r in results if r["m"] in metrics and usable(r)]


def notes(results, metrics):
    """What was measured of @metrics and stands in no picture, and why."""
    found = {}
    for r in results:
        if r["m"] in metrics and not usable(r):
            why = table.worth(r["m"], r["accel"])[1] or "such a time moves with the bound of a firmware call (docs/measuring.md)"
            found.setdefault((f"{r['accel']} on {r['arch']}" if r.get("bound") else r["accel"], why), {})[r["m"]] = None
    return [f"Left out under {where}: {', '.join(found[where, why])}: {why}." for where, why in found]


def walkers_label(r):
    """Curves over numbers of CPUs put "all" with "all"."""
    return "all" if r["walkers"] and r["walkers"] == r["ncpu"] - 1 else str(r["walkers"])


def machine(r):
    """What a result is of, as a reader tells it from others; "run" is there if two runs say different things of one cell."""
    return f"{table.board_of(r)}, {r['accel']}" + (f", series {r['series']}" if r.get("series") else "") + run_name(r)


def run_name(r):
    return f" ({r['run']})" if r.get("run") else ""


def isa(r):
    return r["arch"] + run_name(r)


def numbers(xs, between=" "):
    return between.join(map(str, xs))


def cpus(r):
    return table.cpus_text(r["ncpu"])


def where(r):
    return r["wl"] + "".join(f", {k}={r[k]}" for k in ("tlb", "walk") if r[k] != "-")


def command(r, goal="run", variables="", **words):
    """The make command that measures this again."""
    text = " ".join(f"{k}={v}" for k, v in words.items() if v is not None)
    if r["accel"] == "board":
        return f'make board BOARD={boards.kind_of(r["arch"], r["board"])} ARGS="{text}"'
    accel = "" if r["accel"] in ("icount", "host") else f" ACCEL={r['accel']}"
    made = f" MACHINE={r['machine']}" if r.get("machine") and r["arch"] != "all" else ""
    arch = f"ARCH={r['arch']}{made}{accel} {variables or 'CPUS=' + str(r['ncpu'])}"
    if r.get("series"):
        return f"make verdict SERIES={r['series']} {arch}"
    return f'make {goal} {arch} ARGS="{text}"'


def scheme_command(r, goal="run", variables="", **words):
    return command(r, goal, variables, **{"bench": r["wl"], "sync": "all", "tlb": None if r["tlb"] == "-" else r["tlb"],
                                          "walk": None if r["walk"] == "-" else r["walk"], **words})


def raw_command(r, *_):
    """Of a workload that has no scheme in it."""
    return command(r, "figures", bench=r["wl"])


class Grouped:
    """Results, by what a variant is about and then by series and x."""

    def __init__(self):
        self.groups = {}

    def add(self, r, label, name, x, *y, unit=None, of=None):
        group = self.groups.setdefault((of or machine(r), label),
                                       {"first": r, "unit": UNITS.get(r["unit"], "") if unit is None else unit, "points": {}, "xs": {}})
        group["points"].setdefault(name, {})[x] = y
        group["xs"][x] = None

    def variants(self, make_command, least=1, in_order=True):
        """Those with at least @least values of x."""
        order = sorted if in_order else list
        return [{"machine": of, "label": label, "unit": g["unit"], "command": make_command(g["first"], order(g["xs"])),
                 "series": [{"name": name, "points": [[x, *p[x]] for x in order(p)]} for name, p in g["points"].items()]}
                for (of, label), g in self.groups.items() if len(g["xs"]) >= least]


def figure(ident, title, text, kind, variants, left_out=(), **axes):
    """None if there is nothing to show and nothing to say."""
    if not variants and not left_out:
        return None
    return {"id": ident, "title": title, "text": text, "kind": kind, "variants": variants, "notes": list(left_out), **axes}


METRICS = {"unmap": "the whole operation, median", "sync": "the synchronisation, median"}


def costs(results, place, x):
    """Operation, sync and the scheme's IPIs: grouped by what @place says of a result, over its field @x."""
    found = Grouped()
    for r in of_metrics(results, *METRICS):
        found.add(r, f"{place(r)}: {METRICS[r['m']]}", r["sync"], r[x], r["p50"])
        if r["m"] == "sync":
            found.add(r, f"{place(r)}: IPIs of the scheme an operation", r["sync"], r[x], r["ipi_sync"] / r["n"], unit="IPIs")
    return found


def over_cpus(results):
    found = costs(results, lambda r: f"{where(r)}, walkers={walkers_label(r)}", "ncpu")
    return figure("cpus", "Cost against the number of CPUs",
                  "What one operation costs, and how many CPUs the scheme interrupts for it, as the machine grows.", "line",
                  found.variants(lambda r, xs: scheme_command(r, "sweep", f'NCPUS="{numbers(xs)}"', walkers=walkers_label(r)), 2),
                  of="scheme", x="CPUs", xlog=2)


def over_walkers(results):
    found = costs(results, lambda r: f"{where(r)}, {cpus(r)}", "walkers")
    return figure("walkers", "Cost against the number of walkers", "The same machine, with more and more CPUs inside page-table walks.",
                  "line", found.variants(lambda r, xs: scheme_command(r, walkers=numbers(xs, ",")), 2), notes(results, METRICS),
                  of="scheme", x="CPUs that walk")


# Beside whom, the first that was measured.
BASELINES = (table.BASE, "cpumask")


def ratios(results):
    found, unmaps = Grouped(), of_metrics(results, "unmap")
    for of in dict.fromkeys(map(machine, unmaps)):
        for cells in table.blocks_of([r for r in unmaps if machine(r) == of]).values():
            base = next((b for b in BASELINES if b in cells), None)
            for scheme, cell in cells.items() if base else ():
                r, ratio = cell.any, table.mean_ratio(cell, cells[base])
                if ratio is not None:
                    found.add(r, f"{where(r)}, {cpus(r)}: over {base}", scheme, f"{r['walkers']} walkers", ratio,
                              *(table.ratio_range(cell, cells[base]) or ()), unit="of the baseline's")
    return figure("ratios", "Beside the baseline",
                  "Mean of one operation over the baseline's, both from one boot, in turns. The whiskers are the lowest and the highest of "
                  "five parts of the samples, each of which saw other seeds: where they hold 1, no difference can be told.", "bar",
                  found.variants(lambda r, _: scheme_command(r), in_order=False), of="scheme")


# What every ISA counts in the same way, under icount only.
SIDES = {"unmap": "one operation, nobody walks", "sync": "its synchronisation, nobody walks"}


def isa_beside_isa(results):
    found = Grouped()
    for r in of_metrics(results, *SIDES):
        if r["accel"] == "icount" and not r["walkers"] and r["tlb"] != "ipi" and not r.get("series"):
            found.add({**r, "tlb": "-", "arch": "all"}, f"{SIDES[r['m']]}: {r['wl']}, {cpus(r)}", isa(r), r["sync"], r["p50"], of="icount")
    variants = [v for v in found.variants(lambda r, _: scheme_command(r), in_order=False) if len(v["series"]) > 1]
    return figure("isas", "ISA beside ISA", "Instructions of the same source on each ISA: how long the path is, not how long it takes.",
                  "bar", variants, of="ISA", xof="scheme")


MARKERS = {
    "mark": ("begin() and end() alone", lambda r: r["diff"]),
    "walk": ("with a walk of all levels between them", lambda r: r["base"] + r["diff"]),
    "gup": ("a GUP-fast of one page, percent over none's", lambda r: table.over_none(r)[0]),
}


def markers(results):
    """What a reader pays: of a pair of loops the difference, so none is what it is compared with."""
    found = Grouped()
    for r in of_metrics(results, *MARKERS):
        if "pairs" in r and not r.get("series"):
            label, y = MARKERS[r["m"]]
            found.add({**r, "arch": "all"} if r["accel"] == "icount" else r, label, isa(r), r["sync"], y(r),
                      unit="percent" if r["m"] == "gup" else UNITS[r["unit"]].split(",", maxsplit=1)[0], of=r["accel"])
    return figure("markers", "What a walk's markers cost the reader",
                  "begin() and end() of each scheme, on each ISA: instructions under icount; ticks of its clock on a machine.", "bar",
                  found.variants(lambda r, _: command(r, "figures", bench="walk-cost", sync="all"), in_order=False),
                  notes(results, MARKERS), of="ISA", xof="scheme")


KINDS = {"ipi": "empty", "call": "calls an empty function"}


def interrupts(results):
    found = Grouped()
    for r in of_metrics(results, *KINDS):
        walk = f", {r['walkers']} CPUs walk" if r["walkers"] else ""
        found.add(r, f"a round, by its targets; {cpus(r)}", KINDS[r["m"]] + walk, r["targets"], r["p50"])
    return figure("ipis", "A round of interrupts",
                  "From the first send until the last answer was seen, to CPUs that are halted and to CPUs that are inside a walk: median.",
                  "line", found.variants(raw_command, 2), notes(results, KINDS), x="CPUs interrupted")


STAGES = {"send": "send", "deliver": "delivery", "work": "handler", "seen": "answer seen"}


def stages(results):
    found = Grouped()
    for r in of_metrics(results, *STAGES):
        if r["wl"] == "ipi-stages":
            found.add(r, cpus(r), STAGES[r["m"]], f"to {table.cpus_text(r['targets'])}", r["p50"])
    return figure("stages", "The stages of an interrupt",
                  "Where a round goes: until the hardware writes are out, until the last target's handler starts, what it does, until its "
                  "answer was seen. Medians, stacked.", "stack", found.variants(raw_command, in_order=False),
                  notes([r for r in results if r["wl"] == "ipi-stages"], STAGES))


def acknowledgements(results):
    found = Grouped()
    for r in of_metrics(results, "ack"):
        found.add(r, cpus(r), r["range"], r["targets"], r["p50"])
    return figure("acks", "How the targets answer",
                  "A round by the design of the answer: one counter, a flag a target, a tree of them; early answers before its work is "
                  "done and is wrong where a table is freed: it shows what the wait for the work is. Median.", "line",
                  found.variants(raw_command, 2), notes(results, ("ack",)), x="CPUs interrupted")


def contention(results):
    found = Grouped()
    for r in of_metrics(results, "contended"):
        found.add(r, cpus(r), "one initiator's round", r["initiators"], r["p50"])
    return figure("contended", "Several initiators", "One round to all other CPUs while so many CPUs send such rounds at once: median.",
                  "line", found.variants(raw_command, 2), notes(results, ("contended",)), x="initiators")


PAIRS = {"pair": "the round of an interrupt", "line": "a cache line to it and back"}


def pairs(results):
    found = Grouped()
    for r in of_metrics(results, *PAIRS):
        found.add(r, f"{PAIRS[r['m']]}, {cpus(r)}", f"CPU {r['from']}", r["to"], r["p50"])
    return figure("pairs", "From CPU to CPU",
                  "A row interrupts a column: the median round of an interrupt, and beside it, as the floor, of a cache line between the "
                  "same two.",
                  "heat", found.variants(raw_command), notes(results, PAIRS), x="CPU ")


def invalidates(results):
    found = Grouped()
    for r in results:
        if r["m"] == "inval" and r["wl"] == "inval-cost":
            label = f"small pages, {cpus(r)}"
            if usable(r):
                found.add(r, f"{label}: cost of one, median", r["tlb"], r["pages"], r["p50"])
            found.add(r, f"{label}: operations", r["tlb"], r["pages"], r["tlbi"] / r["n"], unit="operations")
            found.add(r, f"{label}: CPUs addressed", r["tlb"], r["pages"], r["ipi_tlb"] / r["n"], unit="CPUs")
    return figure("invals", "An invalidate, by pages and method",
                  "Past the ceiling a method drops the whole ASID instead. The refill behind it is not in it.", "line",
                  found.variants(raw_command, 2), notes([r for r in results if r["wl"] == "inval-cost"], ("inval",)),
                  of="method", x="pages", xlog=2)


PARTS = {"publish": "publish", "issue": "issue", "complete": "completion"}


def parts(results):
    found = Grouped()
    for r in of_metrics(results, *PARTS):
        found.add(r, f"tlb={r['tlb']}, {cpus(r)}", PARTS[r["m"]], table.range_name(r), r["p50"])
    return figure("parts", "The steps of an invalidate", "Publish, issue and completion timed apart: medians, stacked.", "stack",
                  found.variants(raw_command, in_order=False), notes(results, PARTS))


# Steps of a distribution that no eye tells apart are drawn as one; but the hundredth that is slowest, step by step.
STEP, TAIL = 1 / 400, 0.99


def steps(hist, n):
    """[(value, share of the samples up to it)]"""
    seen, drawn = 0, 0
    for i, (value, count) in enumerate(hist):
        seen += count
        share = seen / n
        if not i or share - drawn >= STEP or share > TAIL:
            drawn = share
            yield value, share


def distributions(results):
    found = Grouped()
    for r in filter(usable, results):
        name, walk = table.range_name(r) or r["sync"], f", walkers={r['walkers']}" if r["walkers"] else ""
        for value, share in steps(r.get("hist", ()), r["n"]):
            found.add(r, f"{r['m']} of {where(r)}, {cpus(r)}{walk}", name, value, share)
    return figure("cdf", "Distributions", "Share of samples that took no longer. Every sample is in it, outliers too.", "cdf",
                  found.variants(lambda r, _: scheme_command(r, walkers=r["walkers"], hist="on") if r["sync"] != "none" or r["walkers"] else
                                 command(r, "figures", bench=r["wl"], hist="on")), log=True)


def bystanders(results):
    found = Grouped()
    for r in results:
        if r["m"] == "sync" and "bystander" in r:
            label = f"{where(r)}, walkers={r['walkers']}, {cpus(r)}"
            for name, field in (("from the scheme", "by_sync"), ("from the TLB method", "by_tlb")):
                found.add(r, label, name, r["sync"], r[field] / r["n"], unit="interrupts an operation")
    return figure("bystander", "What a CPU that takes no part loses",
                  "Interrupts an operation on a CPU that has the mm loaded, never walks and only computes: 0 is the aim.", "stack",
                  found.variants(lambda r, _: scheme_command(r, walkers=r["walkers"], bystander="yes"), in_order=False), xof="scheme")


LOSSES = {"step": "a bystander's step", "turn": "a target's turn", "shoot": "the writer's shot"}


def losses(results):
    """What others lose while one CPU shoots without a pause, by how it shoots."""
    found = Grouped()
    for (of, ncpu), ways in stalls.by_place(results, lambda r: (machine(r), r["ncpu"])).items():
        for way, by_metric in ways.items():
            r, taken = next(iter(by_metric.values())), stalls.taken(by_metric)
            if taken is not None:
                found.add(r, f"interrupts that a bystander takes; {table.cpus_text(ncpu)}", "a shot", way, taken, unit="interrupts a shot", of=of)
            for r in of_metrics(by_metric.values(), *LOSSES):
                for name, field in (("median", "p50"), ("longest", "max")):
                    found.add(r, f"{LOSSES[r['m']]}: median and longest; {table.cpus_text(ncpu)}", name, way, r[field], of=of)
    return figure("stalls", "What others lose while one CPU shoots",
                  "One invalidate or one sync behind the other, without a pause: the interrupts that a CPU takes which has nothing to do with "
                  "it; its step is its throughput, the longest its worst stall; a target's longest turn is what a watchdog sees.", "bar",
                  found.variants(lambda r, _: command(r, "figures", bench="stalls", sync="all"), in_order=False),
                  notes([r for r in results if r["wl"] == "stalls"], LOSSES))


MAKERS = (over_cpus, over_walkers, ratios, isa_beside_isa, markers, interrupts, stages, acknowledgements, contention, pairs, invalidates,
          parts, bystanders, losses, distributions)


def figures_of(results):
    return [f for f in (make(results) for make in MAKERS) if f]


def left_out(results):
    """[(quantity, accelerator, why)] of what was measured and is shown nowhere."""
    return sorted({(r["m"], r["accel"], table.worth(r["m"], r["accel"])[1]) for r in results
                   if table.kind_of(r["m"], r["accel"]) == "none"})
