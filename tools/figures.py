# SPDX-License-Identifier: GPL-2.0-only
"""
From results to the figures of a report. A figure is a dict that becomes JSON: id, title, text, kind ("line", "bar", "stack", "cdf"), axes,
and variants: what a reader can choose between, each with a label, its series and the command that makes it again. Numbers that the
accelerator cannot give are in none of them; of what was left out the text says so.
"""
import table

# Instructions of all CPUs and ticks of a clock never share an axis: a variant is of one accelerator.
UNITS = {"insn": "instructions, all CPUs", "tick": "ticks"}


def usable(r):
    return table.kind_of(r["m"], r["accel"]) != "none" and not r.get("bound")


def walkers_label(r):
    """Curves over numbers of CPUs put "all" with "all"."""
    return "all" if r["walkers"] and r["walkers"] == r["ncpu"] - 1 else str(r["walkers"])


def where(r):
    return f"{r['arch']}, {r['accel']}: {r['wl']}" + "".join(f", {k}={r[k]}" for k in ("tlb", "walk") if r[k] != "-")


def command(r, ncpu=None, **words):
    """The make command that measures this cell again."""
    given = {"bench": r["wl"], "sync": words.pop("sync", "all"), **({"tlb": r["tlb"]} if r["tlb"] != "-" else {}), "walk": r["walk"], **words}
    text = " ".join(f"{k}={v}" for k, v in given.items())
    accel = "" if r["accel"] in ("icount", "host") else f" ACCEL={r['accel']}"
    return f'make {"sweep" if ncpu == "NCPUS" else "run"} ARCH={r["arch"]}{accel} ' + (
        f'NCPUS="{words_of_cpus(r)}" ' if ncpu == "NCPUS" else f'CPUS={r["ncpu"]} ') + f'ARGS="{text}"'


def words_of_cpus(r):
    return " ".join(map(str, r["all_ncpu"]))


def series_of(points):
    """{name: {x: y}} as a list, each in the order of its x."""
    return [{"name": name, "points": [[x, y] for x, y in sorted(p.items())]} for name, p in points.items()]


class Grouped:
    """Results of one quantity, by what a variant is about and then by scheme and x."""

    def __init__(self):
        self.groups = {}

    def add(self, label, name, x, y, r):
        group = self.groups.setdefault(label, {"first": dict(r), "points": {}, "xs": set()})
        group["points"].setdefault(name, {})[x] = y
        group["xs"].add(x)

    def variants(self, make_command, least=2):
        """Those with at least @least values of x."""
        return [{"label": label, "series": series_of(g["points"]), "command": make_command({**g["first"], "all_ncpu": sorted(g["xs"])}),
                 "unit": UNITS.get(g["first"]["unit"], "")}
                for label, g in self.groups.items() if len(g["xs"]) >= least]


def figure(ident, title, text, kind, variants, **axes):
    return {"id": ident, "title": title, "text": text, "kind": kind, "variants": variants, **axes} if variants else None


METRICS = {"unmap": "the whole operation, median", "sync": "the synchronisation, median"}


def costs(results, place, x):
    """Operation, sync and the scheme's IPIs: grouped by what @place says of a result, over its field @x."""
    found = Grouped()
    for r in filter(usable, results):
        if r["m"] in METRICS:
            found.add(f"{METRICS[r['m']]}; {place(r)}", r["sync"], r[x], r["p50"], r)
            if r["m"] == "sync":
                found.add(f"IPIs of the scheme an operation; {place(r)}", r["sync"], r[x], r["ipi_sync"] / r["n"], {**r, "unit": ""})
    return found


def over_cpus(results):
    found = costs(results, lambda r: f"{where(r)}, walkers={walkers_label(r)}", "ncpu")
    return figure("cpus", "Cost against the number of CPUs",
                  "What one operation costs, and how many CPUs the scheme interrupts for it, as the machine grows.", "line",
                  found.variants(lambda r: command(r, "NCPUS", walkers=walkers_label(r))), x="CPUs", xlog=2)


def over_walkers(results):
    found = costs(results, lambda r: f"{where(r)}, {r['ncpu']} CPUs", "walkers")
    return figure("walkers", "Cost against the number of walkers",
                  "The same machine, with more and more CPUs inside page-table walks.", "line",
                  found.variants(lambda r: command(r, walkers=",".join(map(str, r["all_ncpu"])))), x="CPUs that walk")


# What every ISA counts in the same way, under icount only.
SIDES = (("unmap", "one operation, nobody walks"), ("sync", "its synchronisation, nobody walks"), ("mark", "begin() and end() of a walk"))


def isa_beside_isa(results):
    found = Grouped()
    for r in results:
        for metric, text in SIDES:
            if r["m"] == metric and r["accel"] == "icount" and usable(r) and not r["walkers"] and r["tlb"] != "ipi":
                found.add(f"{text}: {r['wl']}, {r['ncpu']} CPUs", r["arch"], r["sync"], r["p50"], {**r, "tlb": "-", "arch": "all"})
    variants = [v for v in found.variants(command, 1) if len(v["series"]) > 1]
    return figure("isas", "ISA beside ISA", "Instructions of the same source on each ISA: how long the path is, not how long it takes.", "bar",
                  variants, x="scheme")


def distributions(results):
    found = Grouped()
    for r in filter(usable, results):
        seen = 0
        for value, count in r.get("hist", ()):
            seen += count
            found.add(f"{r['m']}; {where(r)}, walkers={r['walkers']}, {r['ncpu']} CPUs", r["sync"], value, seen / r["n"], r)
    return figure("cdf", "Distributions", "Share of samples that took no longer. Every sample is in it, outliers too.", "cdf",
                  found.variants(lambda r: command(r, walkers=r["walkers"], hist="on"), 1), log=True)


def bystanders(results):
    found = Grouped()
    for r in results:
        if r["m"] == "sync" and "bystander" in r:
            label = f"{where(r)}, walkers={r['walkers']}, {r['ncpu']} CPUs"
            for name, field in (("from the scheme", "by_sync"), ("from the TLB method", "by_tlb")):
                found.add(label, name, r["sync"], r[field] / r["n"], {**r, "unit": ""})
    return figure("bystander", "What a CPU that takes no part loses",
                  "Interrupts an operation on a CPU that has the mm loaded, never walks and only computes: 0 is the aim.", "stack",
                  found.variants(lambda r: command(r, walkers=r["walkers"], bystander="yes"), 1), x="scheme", y="interrupts an operation")


MAKERS = (over_cpus, over_walkers, isa_beside_isa, bystanders, distributions)


def figures_of(results):
    return [f for f in (make(results) for make in MAKERS) if f]


def left_out(results):
    """[(quantity, accelerator, why)] of what was measured and is shown nowhere."""
    return sorted({(r["m"], r["accel"], table.worth(r["m"], r["accel"])[1]) for r in results if table.kind_of(r["m"], r["accel"]) == "none"})
