# SPDX-License-Identifier: GPL-2.0-only
"""The ladders of seeds 000 and 001 in one table: munmap() of a guest's memory, an interrupt for each PMD first, then what was posted."""

from table import RULE, kind_of, wrap

# (seed, its whole munmap() as published in ms, workload, scheme, what the step is). The cover letters: 000 has "128 core, 496GB guest: ...
# delta = 82150 ms", "... = 39ms", "... = 369ms", 001 "munmap's time reduction from 275 seconds to 430ms".
STEPS = (
    ("000", 82150, "munmap-guest-batch", "cpumask", "an IPI round for each PMD, the flush in the gather"),
    ("000", 39, "munmap-guest-batch", "none", "no IPI round"),
    ("000", 369, "munmap-guest-early", "none", "the flush of each PMD before the lock goes"),
    ("001", 275000, "munmap-guest-batch", "cpumask", "an IPI round for each PMD"),
    ("001", 430, "munmap-guest-batch", "percpu-count", "only to CPUs inside a walk"),
)


def places(results):
    """{(tlb, walk, walkers): {(wl, sync): result of a whole pass}}, with the leaf's share of each counter."""
    found = {}
    for r in results:
        if r["m"] == "munmap":
            found.setdefault((r["tlb"], r["walk"], r["walkers"]), {})[r["wl"], r["sync"]] = r
    return found


def leaves(r, rows):
    """PMDs of one pass: n counts the samples, and each of munmap-guest is one."""
    return max(row["n"] for row in rows.values())


def instructions(r):
    """Of the whole pass; None where it is no figure, or moves with a deadline of the firmware."""
    return None if kind_of("munmap", r["accel"]) == "none" or r.get("bound") else r["mean"]


def step_row(step, rows):
    seed, published, wl, sync, _ = step
    r = rows[wl, sync]
    per = leaves(r, rows)
    _, slow, *at, _ = next(s for s in STEPS if s[0] == seed)
    mine, base = instructions(r), instructions(rows[tuple(at)])
    each, ratio = ("-", "-") if None in (mine, base) else (f"{mine / per:.1f}", f"{mine / base:.4f}")
    return (f"{seed:5}{wl.removeprefix('munmap-'):12}{sync:13}{(r['ipi_sync'] + r['ipi_tlb']) / per:>7.2f}{r['ipi_sync'] / per:>8.2f}"
            f"{r['tlbi'] / per:>7.2f}{each:>10}{ratio:>9}{published / slow:>9.4f}")


def render(results):
    """One table for each method and number of walkers, with the seeds of which every step was measured; "" if there is none."""
    parts, shown = [], {}
    for (tlb, walk, walkers), rows in places(results).items():
        missing = {s[0] for s in STEPS if (s[2], s[3]) not in rows}
        steps = [s for s in STEPS if s[0] not in missing]
        if not steps:
            continue
        r = next(iter(rows.values()))
        shown.update((s, r["unit"]) for s in steps)
        head = f"The ladder of munmap(), {leaves(r, rows)} PMDs: tlb={tlb}, walk={walk}, walkers={walkers}, {r['ncpu']} CPUs"
        columns = f"{'IPIs':>7}{'of sync':>8}{'inval.':>7}{r['unit'] + 's':>10}{'step':>9}{'theirs':>9}"
        parts.append("\n".join([head, f"{'seed':5}{'workload':12}{'scheme':13}{columns}", RULE, *(step_row(s, rows) for s in steps)]))
    if parts:
        parts += [wrap(f"{seed}: " + "; ".join(s[4] for s in shown if s[0] == seed) + ".") for seed in dict.fromkeys(s[0] for s in shown)]
        insn = "insn" in shown.values()
        parts.append(wrap("IPIs (CPUs addressed), invalidates and " + ("instructions, summed over all CPUs," if insn else "ticks")
                          + " a PMD; step: over the first step of that seed; theirs: the seed's own ratio, of times on 128 CPUs of POWER."
                          + (" Their time went into waiting for interrupts, which costs nothing here: compare the counts." if insn else "")
                          + " -: no figure here, or one that moves with a deadline of the firmware."))
    return "\n\n".join(parts)
