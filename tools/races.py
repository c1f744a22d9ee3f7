# SPDX-License-Identifier: GPL-2.0-only
"""Whether a scheme is sound in the races T1 to T5, by the verdicts of the cells that show them."""

RACES = ("T1", "T2", "T3", "T4", "T5")
OF_WORKLOAD = {"slot-store": "T1", "mm-switch": "T1", "unshare-each": "T3", "collapse": "T4", "collapse-free": "T4"}
# Sharers that give a table up with one sync, behind the last: who is broken there needs one at each.
ONE_SYNC = "unshare"
NESTED = "+nmi"


def race_of(wl, tlb, walk):
    """The race that a cell shows, or its workload."""
    if tlb == "pv":
        return "T5"
    return "T2" if walk.endswith(NESTED) else OF_WORKLOAD.get(wl, wl)


def place(v):
    return v["wl"], v["tlb"], v["walk"]


def broken_names(places):
    """The races of broken cells, or else their workloads. A nested walk adds nothing where the outer one alone is broken."""
    plain = {(wl, tlb, outer if (wl, tlb, outer := walk.removesuffix(NESTED)) in places else walk) for wl, tlb, walk in places}
    names = {race_of(*p) for p in plain}
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
