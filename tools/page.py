# SPDX-License-Identifier: GPL-2.0-only
"""One self-contained HTML page out of any number of runs: it opens from disk, without a network. The charts are Chart.js's."""
import html
import json
import os

import duels
import figures
import interval
import machine
import table
from runs import cell_key
from series import ROLES
from stream import cell_name

HERE = os.path.dirname(os.path.realpath(__file__))
# Debian's package libjs-chart.js.
CHARTS = "/usr/share/javascript/chart.js/chart.min.js"
ISA_ORDER = ("x86_64", "arm64", "riscv64", "ppc64", "host")


class Impossible(Exception):
    """No page can be made, and why."""


def read(*path):
    try:
        with open(os.path.join(*path), encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError as e:
        raise Impossible(f"{e.filename} is missing: it is of Debian's package libjs-chart.js") from e


def esc(text):
    return html.escape(str(text))


def as_json(value):
    """For a script: "</" would end it."""
    return json.dumps(value, separators=(",", ":")).replace("</", "<\\/")


def table_of(head, rows):
    """Cells are text, or (class, text), or (class, text, number of a counter-example that a click shows)."""
    def cell(tag, c):
        cls, text, counter = (*c, None)[:3] if isinstance(c, tuple) else (None, c, None)
        inside = esc(text).replace(",", ",<wbr>") if counter is None else f'<button type="button" data-counter="{counter}">{esc(text)}</button>'
        return f"<{tag}" + (f' class="{cls}"' if cls else "") + f">{inside}</{tag}>"

    lines = ["".join(cell(tag, c) for c in row) for tag, row in [("th", head), *(("td", r) for r in rows)]]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"


def names_of(runs):
    """{path of a run: the shortest end of it that no other run has}"""
    def end(path, n):
        return "/".join(os.path.abspath(path).strip("/").split("/")[-n:])

    paths = [run.path for run in runs]
    return {p: next((end(p, n) for n in range(1, 9) if sum(end(q, n) == end(p, n) for q in paths) == 1), p) for p in paths}


def tagged(runs, names):
    """All results; where a run says something else of a workload's cell than an earlier one did, all of that workload carry its name."""
    seen, found = {}, []
    for run in runs:
        mine = {cell_key(r): (r["wl"], r["mean"], r["ipi_sync"]) for r in run.results}
        differ = {v[0] for k, v in mine.items() if seen.get(k, v) != v}
        made = run.record.get("machine")
        seen = {**mine, **seen}
        for r in run.results:
            more = {"run": names[run.path]} if r["wl"] in differ else {}
            found.append({**r, **more, **({"machine": made} if made in machine.to_be_named(r["arch"]) else {})})
    return found


def runs_table(runs, names):
    rows = []
    for run in runs:
        items, record = run.results + run.verdicts + run.litmus, run.record.get("runs", [run.record])[0]
        boots = record.get("boots", ())
        clock = next((f"{b['clock']['hz'] / 1e6:g} MHz, in {b['clock']['unit']}s" for b in boots if b.get("clock")), "-")
        emulator = (record.get("emulator") or "").replace("emulator version ", "")
        below = ", ".join(filter(None, (emulator, record.get("firmware")))) or "-"
        rows.append([names[run.path], ("words", figures.machine({**items[0], "series": None})), figures.numbers(sorted({i["ncpu"] for i in items})),
                     ("words", record.get("args") or "-"), ("words", below), record.get("seed", "-"), ("words", clock),
                     ("words", (record.get("host") or {}).get("cpu") or "-"),
                     ("words", " ".join(b["sha256"][:12] for b in boots if b.get("sha256")) or "-"), items[0].get("git") or "-"])
    return table_of(["run", "machine", "CPUs", "words", "emulator, firmware", "seed", "clock", "host's CPU", "images", "tree"], rows)


def missing_table(runs, names, lost):
    """What was asked for and is not there, or only in part."""
    whys = {}
    for name, text in [*lost, *((names[run.path], text) for run in runs for text in run.missing + run.skips)]:
        whys.setdefault(text, []).append(name)
    return table_of(["run", "what is not there, and why"], [[("words", ", ".join(of)), ("words", why)] for why, of in whys.items()]) if whys else ""


def folded(summary, inside, is_open=False):
    """What a click shows; on paper is what is open."""
    return f'<details class="found"{" open" if is_open else ""}><summary>{esc(summary)}</summary>{inside}</details>'


class Counters:
    """Counter-examples, which a click on a verdict shows."""

    def __init__(self):
        self.all = []

    def cell(self, v):
        if v is None:
            return "-"
        cls = v["got"] if v["got"] == v["expect"] else "wrong"
        text = f"{v['got']}, declared {v['expect']}" if cls == "wrong" else "sound" if v["got"] == "sound" else f"broken: {v['by']}"
        missing = f"Missing: {v['missing']}. " if v.get("missing") else ""
        self.all.append({"title": f"{v['arch']}: {cell_name(v)}", "text": missing + v["text"], "steps": v.get("schedule", [])})
        return cls, text, len(self.all) - 1


def place(v):
    return v["wl"], v["tlb"], v["walk"]


def verdict_groups(runs, names):
    """{(series, ISA, heading): {place: {scheme: verdict}}}: one run, one machine, one series, and each cell once."""
    groups = {}
    several = sum(any(not v.get("mutation") for v in run.verdicts) for run in runs) > 1
    for run in runs:
        for v in run.verdicts:
            if v.get("mutation"):
                continue
            where = f"{figures.machine(v)}, {figures.cpus(v)}" + (f" ({names[run.path]})" if several else "")
            again = 1
            while v["sync"] in groups.get((v["series"] or "", v["arch"], where, again), {}).get(place(v), {}):
                again += 1
            groups.setdefault((v["series"] or "", v["arch"], where, again), {}).setdefault(place(v), {})[v["sync"]] = v
    series = list(dict.fromkeys(g[0] for g in groups))
    order = sorted(groups, key=lambda g: (series.index(g[0]), ISA_ORDER.index(g[1]) if g[1] in ISA_ORDER else len(ISA_ORDER)))
    return {g[2] + (f", time {g[3]} that its cells were judged" if g[3] > 1 else ""): groups[g] for g in order}


# More tables than these are folded, but for those in which something is not as declared.
TABLES_OPEN = 4


def verdict_tables(runs, names, counters):
    """A row a place, a column a scheme, in the order of their roles in the series."""
    groups = verdict_groups(runs, names)
    for heading, cells in groups.items():
        vs = [v for row in cells.values() for v in row.values()]
        roles = {v["sync"]: v["variant"] for v in vs}
        schemes = sorted(roles, key=lambda s: ROLES.index(roles[s]) if roles[s] in ROLES else len(ROLES))
        wrong = sum(v["got"] != v["expect"] for v in vs)
        yield folded(f"{heading}: {len(vs)} verdicts, {wrong or 'none'} not as declared",
                     table_of(["workload, method, walker", *(f"{s} ({roles[s]})" if roles[s] else s for s in schemes)],
                              [[", ".join(w for w in p if w != "-"), *(counters.cell(cells[p].get(s)) for s in schemes)] for p in sorted(cells)])
                     + missing_steps(vs), wrong or len(groups) <= TABLES_OPEN)


def missing_steps(verdicts):
    """On paper nobody clicks: which step each broken scheme lacks."""
    steps = {}
    for v in verdicts:
        if v["got"] == "broken" and v.get("missing"):
            steps.setdefault(v["sync"], {}).setdefault(v["missing"], []).append(v)
    items = "".join(f"<li>{esc(s)}: " + "; ".join(f"{esc(m)} ({len(vs)})" for m, vs in of.items()) + "</li>" for s, of in steps.items())
    said = "The step that is missing where a scheme is broken, and in how many cells; a click on a verdict shows how it came to that:"
    return f'<p class="soft">{said}</p><ul class="soft">{items}</ul>' if items else ""


def mutation_table(runs, names, counters):
    rows = [[names[run.path], v["arch"], v["mutation"], counters.cell(v), v["iterations"], v.get("bound", "-"),
             ("words", v.get("missing") or "-")] for run in runs for v in run.verdicts if v.get("mutation")]
    if not rows:
        return ""
    head = ["run", "ISA", "left out", "found", "iterations", "bound", "the step that is missing"]
    caught = sum(v["got"] == v["expect"] for run in runs for v in run.verdicts if v.get("mutation"))
    return folded(f"{len(rows)} mutations, {caught} caught as declared", table_of(head, rows))


def crossovers(results):
    """From which x on one way is cheaper than another, as a list for each comparison. What a series measures is its verdicts' own."""
    try:
        found = duels.by_accel([r for r in results if not r.get("series")])
    except interval.Missing as e:
        return f"<p>{esc(e)}</p>"
    return "".join(f"<h3>{esc(accel)}</h3>" + "".join(crossover_group(*one) for one in grouped(of).items())
                   + f'<p class="soft">{esc(duels.measured_by(accel))}</p>' for accel, of in found.items())


def grouped(found):
    """{what is compared on which machine: [(where, sentences)]}"""
    groups = {}
    for head, sentences in found:
        kind, place = head.split(": ", 1)
        machine_name, rest = place.split(", ", 1)
        groups.setdefault(f"{kind}: {machine_name}", []).append((rest, sentences))
    return groups


def crossover_group(head, places):
    return folded(f"{head} ({len(places)})", "".join(f"<p><strong>{esc(place)}</strong></p><ul>" + "".join(f"<li>{esc(s)}</li>" for s in sentences)
                                                     + "</ul>" for place, sentences in places))


def options(variants):
    groups = {}
    for i, v in enumerate(variants):
        groups.setdefault(v["machine"], []).append(f'<option value="{i}">{esc(v["label"])}</option>')
    return "".join(f'<optgroup label="{esc(name)}">{"".join(of)}</optgroup>' for name, of in groups.items())


def drawing(f):
    """Where the page's script draws one figure."""
    log = f' <label><input type="checkbox"{" checked" if f.get("log") else ""}> logarithmic</label>'
    # Parts of a whole do not add up on such an axis.
    log = "" if f["kind"] in ("heat", "stack") else log
    picture = ('<div class="wide heat"></div>' if f["kind"] == "heat" else
               f'<div class="plot"><canvas role="img" aria-label="{esc(f["title"])}"></canvas></div>'
               '<details><summary>as a table</summary><div class="wide"><table></table></div></details>')
    return f"""<figure id="figure-{f['id']}"><div class="controls"><label>show <select>{options(f['variants'])}</select></label>{log}</div>
<p class="shown"></p>{picture}<figcaption class="soft">Again: <code></code></figcaption></figure>"""


def figure_html(f):
    said = "".join(f'<p class="soft">{esc(note)}</p>' for note in f["notes"])
    return (f'<section id="{f["id"]}"><h2>{esc(f["title"])}</h2><p>{esc(f["text"])}</p>'
            + (drawing(f) if f["variants"] else '<p class="soft">No picture: none of these runs can say it.</p>') + said + "</section>")


def left_out(results):
    rows = figures.left_out(results)
    if not rows:
        return ""
    return ('<section id="left-out"><h2>Measured and not shown</h2><p>What these accelerators cannot say is in no picture.</p>'
            + table_of(["quantity", "accelerator", "why"], [[q, a, ("words", why)] for q, a, why in rows]) + "</section>")


def units(results):
    accels = list(dict.fromkeys(r["accel"] for r in results))
    return "".join(f"<li>{esc(a)}: {esc(table.UNITS.get(a, 'unknown'))}.</li>" for a in accels)


def write(runs, path, lost=()):
    """The page as a file, and a line that says so. Raises Impossible."""
    text = make(runs, lost)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    print(f"{path}: verdicts and figures of {len(runs)} run{'s' if len(runs) != 1 else ''}, {len(text) // 1024} KiB")


def make(runs, lost=()):
    """The page of @runs (runs.Saved); @lost: [(name, why)] of what was asked for and gave nothing. Raises Impossible."""
    names, counters = names_of(runs), Counters()
    results = tagged(runs, names)
    figs = figures.figures_of(results)
    sections = [("runs", "Where it ran", runs_table(runs, names) + (f"<ul>{units(results)}</ul>" if results else "")),
                ("missing", "What is missing", missing_table(runs, names, lost)),
                ("verdicts", "Verdicts", "".join(verdict_tables(runs, names, counters))),
                ("mutations", "One step left out", mutation_table(runs, names, counters)),
                ("crossovers", "From where on which is cheaper", crossovers(results))]
    sections = [s for s in sections if s[2]]
    body = "".join(f'<section id="{i}"><h2>{esc(t)}</h2>{content}</section>' for i, t, content in sections)
    links = [(i, t) for i, t, _ in sections] + [(f["id"], f["title"]) for f in figs]
    nav = "".join(f'<li><a href="#{i}">{esc(t)}</a></li>' for i, t in links)
    drawn = '<div id="filter"></div>' + "".join(map(figure_html, figs)) if figs else ""
    figs = [f for f in figs if f["variants"]]
    charts = f"<script>{read(CHARTS)}</script>" if figs else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Skeet: report</title><style>{read(HERE, 'page', 'page.css')}</style></head>
<body><h1>Skeet: what a TLB shootdown costs, and which scheme is correct</h1>
<p class="soft">Counts are exact; a time is of the accelerator that stands beside it. Different accelerators are in no picture together.</p>
<nav><ul>{nav}</ul></nav>{body}{drawn}{left_out(results)}
<dialog id="counter"><h3></h3><p></p><pre></pre><form method="dialog"><button>close</button></form></dialog>{charts}
<script>const FIGURES={as_json(figs)},COUNTERS={as_json(counters.all)};{read(HERE, 'page', 'page.js')}</script></body></html>
"""
