# SPDX-License-Identifier: GPL-2.0-only
"""The tools that run on the host: what they make of what an image says."""
import json
import sys

from common import Failed, check

sys.path.insert(0, "tools")
import table
from stream import Stream


@check("docs.quantities")
def doc_quantities(_):
    """docs/measuring.md shows the table that the runner uses."""
    with open("docs/measuring.md", encoding="utf-8") as f:
        if table.quantity_table() not in f.read():
            raise Failed("docs/measuring.md differs from tools/quantities.json: paste tools/report --quantities")
    return "the runner's own"


def record(sync, mean, ipis, **other):
    base = {"v": 1, "wl": "munmap-thp", "build": "timing", "sync": sync, "tlb": "nmi", "walk": "bare", "arch": "x86_64",
            "board": "microvm", "accel": "unknown", "ncpu": 8, "loaded": 8, "walkers": 0, "dwell": 50, "seed": 1, "n": 10,
            "unit": "insn", "min": 1, "p50": mean, "p99": mean, "mean": mean, "ipi_sync": ipis * 10, "disturbed": ipis * 10,
            "ipi_tlb": 70, "disturbed_tlb": 70, "tlbi": 640, "bad": None, **other}
    return "".join("@r " + json.dumps({**base, "m": m}) + "\r\n" for m in ("unmap", "tlb", "sync"))


BOUND = 4711
# What the table makes of firmware_results().
BOUND_ROWS = {
    "broadcast": ["2001*", "2001*", "245", "7.00", "7.00", "-", "sound"],
    "active-mm": ["1003*", "1003*", "119", "0.00", "0.00", "-", "sound"],
    "8": ["pages", "2001*", "2001*", "2001*", "7.00", "64.00"],
}
BOUND_TEXTS = ("the flush: p50 1003-2001*, 7.00 CPUs by firmware", f"({BOUND} ticks)",
               "sends 0.00 sync IPIs an unmap where broadcast sends 7.00, "
               "and its sync takes 119 instructions where broadcast's takes 245.")


def firmware_results():
    """Results of two schemes and of a range of pages, whose times hold a call of the firmware but for the sync."""
    s = Stream({"accel": "icount", "git": "abc"})
    for scheme in (("broadcast", 2001, 7), ("active-mm", 1003, 0)):
        s.feed(record(*scheme, tlb="fw", disturbed_tlb=0).encode())
    s.close()
    for r in s.results:
        r.update({"bound": BOUND} if r["m"] != "sync" else {"p50": 245 if r["sync"] == "broadcast" else 119})
    return s.results + [{**s.results[0], "wl": "inval-cost", "m": "inval", "pages": 8}]


@check("tools.bound")
def bound(_):
    """A time that moves with the bound of a firmware call is marked wherever it stands, and is in no ratio and no headline."""
    results = firmware_results()
    text = table.render(results, [{**r, "expect": "sound", "got": "sound"} for r in results if r["m"] == "sync"])
    lines = text.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.startswith(tuple(BOUND_ROWS))}
    if rows != BOUND_ROWS:
        raise Failed(f"rows {rows}")
    for want in BOUND_TEXTS:
        if want not in " ".join(text.split()):
            raise Failed(f"no {want!r} in {text}")
    if max(map(len, lines)) > 80:
        raise Failed("a line has more than 80 columns")
    return "marked, no ratio, headline of the sync"


@check("tools.parts")
def tools_parts(_):
    """Steps of an invalidate are numbers where they mean something, and else a SKIP with the reason and no column."""
    for accel, row in (("icount", ["64", "64", "64", "7.00"]), ("kvm", ["1", "40", "4", "64"])):
        s = Stream({"accel": accel, "git": "abc"})
        s.feed(record("none", 64, 0, wl="inval-parts", range="whole").encode())
        s.close()
        of = dict(zip(("publish", "issue", "complete"), (1, 40, 4)))
        results = [{**s.results[0], "m": m, "p50": of.get(m, 64)} for m in (*of, "inval")]
        lines = table.render(results, []).splitlines()
        if not any(t.split()[:5] == ["whole", *row] for t in lines) or max(map(len, lines)) > 80:
            raise Failed(f"{accel}: {lines}")
        skips = sum(t.startswith("SKIP publish") for t in lines), sum(" publish" in t for t in lines)
        if skips != ((1, 1) if accel == "icount" else (0, 1)):
            raise Failed(f"{accel}: {lines}")
    return "icount: SKIP, kvm: numbers"


@check("tools.schedule")
def schedule(_):
    """The lines below a verdict belong to it, and are kept with it; others do not."""
    verdict = '@v {"v":1,"series":null,"scheme":"none","variant":null,"cell":{"wl":"slot-store","tlb":"-"},"expect":"broken","got":"broken"}\n'
    events = []
    s = Stream(on_event=lambda kind, item: events.append((kind, item.get("schedule") if isinstance(item, dict) else item)))
    s.feed(("Firmware 1.0\nskeet here\n  | of nobody\n" + verdict + "  | 1 cpu 0 stores\n  | 2 cpu 1 loads\n" + verdict + verdict + "  | 3 cpu 0").encode())
    s.close()
    judged = [lines for kind, lines in events if kind == "judged"]
    if judged != [["1 cpu 0 stores", "2 cpu 1 loads"], None, None] or ("text", "  | of nobody") not in events:
        raise Failed(str(events))
    if ("loader", "Firmware 1.0") not in events or ("text", "skeet here") not in events:
        raise Failed(str(events))
    return "each verdict its own"


@check("tools.serial_log")
def serial_log(_):
    """A log made by hand: cut in odd places, with a half line at its end."""
    text = "skeet\n" + record("broadcast", 200, 7) + record("active-mm", 100, 0) + "PASS a.b: ok\nFAIL a.c: 3 of 4\n"
    text += 'PANIC cpu 1: why\nSTACK 0x3000010\n@r {"v":1,"half'
    s = Stream({"accel": "icount", "git": "abc"})
    for i in range(0, len(text), 7):
        s.feed(text[i:i + 7].encode())
    s.close()
    wrong = [name for name, ok in (
        ("results", len(s.results) == 6), ("accel", s.results[0]["accel"] == "icount"), ("git", s.results[0]["git"] == "abc"),
        ("tests", [t["verdict"] for t in s.tests] == ["PASS", "FAIL"]), ("stack", s.stack == [0x3000010]), ("panic", len(s.panics) == 1),
        ("end", s.end is None), ("half line", s.last.startswith("@r {") and not s.errors)) if not ok]
    if wrong:
        raise Failed(", ".join(wrong))
    verdicts = [{**s.results[0], "expect": "broken", "got": "broken", "text": "", "iterations": 1}]
    wide = [t for t in table.render(s.results, verdicts).splitlines() if len(t) > 80]
    if wide:
        raise Failed(f"a line of the table has {len(wide[0])} columns")
    return "results, tests, panic, table"
