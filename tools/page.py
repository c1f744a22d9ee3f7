# SPDX-License-Identifier: GPL-2.0-only
"""One self-contained HTML page out of any number of runs: it opens from disk, without a network. The charts are Chart.js's."""
import html
import json
import os

import figures
import table
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


def table_of(head, rows):
    """Cells are text, or (class, text[, title])."""
    def cell(tag, c):
        cls, text, title = (*c, None)[:3] if isinstance(c, tuple) else (None, c, None)
        return (f"<{tag}" + (f' class="{cls}"' if cls else "") + (f' title="{esc(title)}"' if title else "") + f">{esc(text)}</{tag}>")

    lines = ["".join(cell(tag, c) for c in row) for tag, row in [("th", head), *(("td", r) for r in rows)]]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"


def runs_table(runs):
    rows = []
    for run in runs:
        item = (run.results or run.verdicts or run.litmus)[0]
        record = run.record
        rows.append([item["arch"], item["board"], item["accel"], item["ncpu"], record.get("emulator") or "-", record.get("firmware") or "-",
                     record.get("host", {}).get("cpu") or "-", item.get("git") or "-", record.get("args") or "-", "; ".join(run.missing) or "-"])
    return table_of(["ISA", "board", "accelerator", "CPUs", "emulator", "firmware", "host's CPU", "tree", "words", "missing"], rows)


def verdict_cell(v):
    if v is None:
        return "-"
    if v["got"] == v["expect"]:
        return (v["got"], v["got"] if v["got"] == "sound" else f"broken: {v['by']}", v["text"])
    return ("wrong", f"{v['got']}, declared {v['expect']}", v["text"])


def place(v):
    return v["wl"], v["tlb"], v["walk"]


def verdict_tables(verdicts):
    """One table an ISA and series: a row a place, a column a scheme."""
    groups = {}
    for v in verdicts:
        if not v.get("mutation"):
            groups.setdefault((v["arch"], v.get("series") or ""), []).append(v)
    for (arch, series), vs in sorted(groups.items(), key=lambda g: (g[0][1], ISA_ORDER.index(g[0][0]) if g[0][0] in ISA_ORDER else 9)):
        schemes = list(dict.fromkeys(v["sync"] for v in vs))
        cells = {(place(v), v["sync"]): v for v in vs}
        wrong = sum(v["got"] != v["expect"] for v in vs)
        yield f"<h3>{esc(arch)}{', series ' + esc(series) if series else ''}: {len(vs)} verdicts, {wrong or 'none'} not as declared</h3>"
        yield table_of(["workload", "method", "walker", *schemes],
                       [[*p, *(verdict_cell(cells.get((p, s))) for s in schemes)] for p in sorted({place(v) for v in vs})])
        yield from schedules(vs)


def schedules(verdicts):
    """How each scheme breaks: one interleaving a scheme and workload."""
    seen = set()
    for v in verdicts:
        if v["got"] == "broken" and (v["sync"], v["wl"]) not in seen:
            seen.add((v["sync"], v["wl"]))
            missing = f"missing: {esc(v['missing'])}. " if v.get("missing") else ""
            yield (f"<details><summary>{esc(cell_name(v))}: {missing}</summary><p>{esc(v['text'])}</p>"
                   f"<pre>{esc(chr(10).join(v.get('schedule', ())))}</pre></details>")


def mutation_table(verdicts):
    rows = [[v["arch"], v["mutation"], ("wrong", v["got"]) if v["got"] != v["expect"] else v["by"] or v["got"], v["iterations"], v.get("bound", "-"),
             v.get("missing") or "-"] for v in verdicts if v.get("mutation")]
    return table_of(["ISA", "left out", "caught by", "iterations", "bound", "the step that is missing"], rows) if rows else ""


def figure_html(f):
    options = "".join(f'<option value="{i}">{esc(v["label"])}</option>' for i, v in enumerate(f["variants"]))
    return f"""<section id="{f['id']}"><h2>{esc(f['title'])}</h2><p>{esc(f['text'])}</p>
<figure id="figure-{f['id']}"><div class="controls"><label>show <select>{options}</select></label>
<label><input type="checkbox"{' checked' if f.get('log') else ''}> logarithmic</label></div>
<div class="plot"><canvas role="img" aria-label="{esc(f['title'])}"></canvas></div>
<figcaption><p class="soft">Again: <code></code></p><details><summary>as a table</summary><div class="wide"><table></table></div></details></figcaption>
</figure></section>"""


def left_out(results):
    rows = figures.left_out(results)
    if not rows:
        return ""
    return ('<section id="left-out"><h2>Measured and not shown</h2><p>What these accelerators cannot say is in no picture.</p>'
            + table_of(["quantity", "accelerator", "why"], rows) + "</section>")


def units(results):
    accels = list(dict.fromkeys(r["accel"] for r in results))
    return "".join(f"<li>{esc(a)}: {esc(table.UNITS.get(a, 'unknown'))}.</li>" for a in accels)


def make(runs):
    """The page of @runs (runs.Saved). Raises Impossible."""
    results = [r for run in runs for r in run.results]
    verdicts = [v for run in runs for v in run.verdicts]
    figs = figures.figures_of(results)
    sections = [("runs", "Where it ran", runs_table(runs) + (f"<ul>{units(results)}</ul>" if results else ""))]
    if verdicts:
        sections.append(("verdicts", "Verdicts", "".join(verdict_tables(verdicts))))
    if any(v.get("mutation") for v in verdicts):
        sections.append(("mutations", "One step left out", mutation_table(verdicts)))
    body = "".join(f'<section id="{i}"><h2>{esc(t)}</h2>{content}</section>' for i, t, content in sections)
    links = [(i, t) for i, t, _ in sections] + [(f["id"], f["title"]) for f in figs]
    nav = "".join(f'<li><a href="#{i}">{esc(t)}</a></li>' for i, t in links)
    drawn = '<fieldset id="filter"><legend>shown in every picture</legend></fieldset>' + "".join(map(figure_html, figs)) if figs else ""
    # "</" would end the script.
    data = json.dumps(figs, separators=(",", ":")).replace("</", "<\\/")
    scripts = f"<script>{read(CHARTS)}</script><script>const FIGURES={data};{read(HERE, 'page', 'page.js')}</script>" if figs else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Skeet: report</title><style>{read(HERE, 'page', 'page.css')}</style></head>
<body><h1>Skeet: what a TLB shootdown costs, and which scheme is correct</h1>
<p class="soft">Counts are exact; a time is of the accelerator that stands beside it. Different accelerators are in no picture together.</p>
<nav><ul>{nav}</ul></nav>{body}{drawn}{left_out(results)}{scripts}</body></html>
"""
