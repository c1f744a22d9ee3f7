# SPDX-License-Identifier: GPL-2.0-only
"""What a CPU took that has the mm loaded, never walks, and computes (bystander=yes): interrupts an operation, by scheme and workload."""


def tables(results):
    """One for each TLB method, walker type and number of walkers: a row a scheme, a column a workload; last the flush's interrupts."""
    places = {}
    for r in results:
        if r["m"] == "sync" and "bystander" in r:
            places.setdefault((r["tlb"], r["walk"], r["walkers"], r["bystander"], r["ncpu"]), []).append(r)
    return [table(place, rows) for place, rows in places.items()]


def table(place, rows):
    tlb, walk, walkers, cpu, ncpu = place
    of = {(r["sync"], r["wl"]): r for r in rows}
    schemes, workloads = dict.fromkeys(s for s, _ in of), dict.fromkeys(w for _, w in of)
    width = max(map(len, workloads)) + 2

    def cells(count, sync):
        return "".join(f"{count(of[sync, w]) / of[sync, w]['n']:>{width}.2f}" if (sync, w) in of else f"{'-':>{width}}" for w in workloads)

    lines = [f"Bystander CPU {cpu} of {ncpu}, tlb={tlb}, walk={walk}, walkers={walkers}: interrupts taken an operation, from the scheme",
             f"{'scheme':15}" + "".join(f"{w:>{width}}" for w in workloads), "-" * max(80, 15 + width * len(workloads)),
             *(f"{s:15}{cells(lambda r: r['by_recv'] - r['by_tlb'], s)}" for s in schemes)]
    return "\n".join([*lines, f"{'the flush':15}{cells(lambda r: r['by_tlb'], next(iter(schemes)))}"])
