# SPDX-License-Identifier: GPL-2.0-only
"""Whether a scheme is sound in the races T1 to T5, by the verdicts of the cells that show them."""

RACES = ("T1", "T2", "T3", "T4", "T5")
OF_WORKLOAD = {"slot-store": "T1", "mm-switch": "T1", "unshare-each": "T3", "collapse": "T4", "collapse-free": "T4"}
# Sharers that give a table up with one sync, behind the last: who is broken there needs one at each.
ONE_SYNC = "unshare"
NESTED = "+nmi"
ELIDES = "pv"


def race_of(wl, tlb, walk):
    """The race that a cell shows, or its workload."""
    if tlb == ELIDES:
        return "T5"
    return "T2" if walk.endswith(NESTED) else OF_WORKLOAD.get(wl, wl)


def place(v):
    return v["wl"], v["tlb"], v["walk"]


def simplest(wanted, places):
    """The place of the same workload that is broken by least: the outer walk alone, a flush that reaches everybody."""
    wl, _, walk = wanted
    tlbs = sorted({p[1] for p in places}, key=lambda tlb: (tlb == ELIDES, tlb))
    return next((wl, tlb, w) for w in (walk.removesuffix(NESTED), walk) for tlb in tlbs if (wl, tlb, w) in places)


def broken_names(places):
    """The races of broken cells, or else their workloads."""
    names = {race_of(*simplest(p, places)) for p in places}
    return sorted(names & set(RACES)) or sorted(names)


def soundness(verdicts, scheme):
    """(is it sound: None if not every race was judged, in words)"""
    mine = [v for v in verdicts if v["scheme"] == scheme and not v.get("mutation")]
    broken = {place(v) for v in mine if v["got"] != "sound"}
    elsewhere = {p for p in broken if p[0] != ONE_SYNC}
    if elsewhere:
        return False, "no: " + " ".join(broken_names(elsewhere))
    missing = sorted(set(RACES) - {race_of(*place(v)) for v in mine})
    if missing:
        return None, "- " + " ".join(missing)
    return True, "yes, T3 each" if broken else "yes"
