# SPDX-License-Identifier: GPL-2.0-only
"""Whether a scheme is sound in the races T1 to T5, by the verdicts of the cells that show them."""

RACES = {
    "T1": lambda v: v["wl"] in ("slot-store", "mm-switch"),
    "T2": lambda v: "nmi" in v["walk"],
    "T3": lambda v: v["wl"] == "unshare-each",
    "T4": lambda v: v["wl"].startswith("collapse"),
    "T5": lambda v: v["tlb"] == "pv",
}
# Sharers that give a table up with one sync, behind the last: who is broken there needs one at each.
ONE_SYNC = "unshare"


def plain_of(verdicts, scheme):
    return [v for v in verdicts if v["scheme"] == scheme and not v.get("mutation")]


def soundness(verdicts, scheme):
    """(is it sound: None if not every race was judged, in words)"""
    mine = plain_of(verdicts, scheme)
    broken = [v for v in mine if v["got"] != "sound" and v["wl"] != ONE_SYNC]
    if broken:
        races = [t for t, of in RACES.items() if any(map(of, broken))]
        others = dict.fromkeys(v["wl"] for v in broken if not any(of(v) for of in RACES.values()))
        return False, "no: " + " ".join(races or others)
    missing = [t for t, of in RACES.items() if not any(map(of, mine))]
    if missing:
        return None, "- " + " ".join(missing)
    each = any(v["got"] != "sound" for v in mine if v["wl"] == ONE_SYNC)
    return True, "yes, T3 each" if each else "yes"
