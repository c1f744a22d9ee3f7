# SPDX-License-Identifier: GPL-2.0-only
"""
What others lose while one CPU shoots (bench=stalls): a row a way to shoot. Of a bystander the interrupts that it took, its typical step,
how much of its throughput is gone and its worst stall; of targets and writer what is typical and what was worst.
"""

WIDE = 80


def by_place(results, place_of):
    """{what @place_of says of a result: {way to shoot: {metric: its result}}}"""
    places = {}
    for r in results:
        if r["wl"] == "stalls":
            places.setdefault(place_of(r), {}).setdefault(way_of(r), {})[r["m"]] = r
    return places


def tables(results, kind_of, number):
    """One for each place. @kind_of: what a time is worth under an accelerator; where it is nothing, the interrupts stand alone."""
    places = by_place(results, lambda r: (r["arch"], r["accel"], r["ncpu"], r["walkers"], r["unit"]))
    return [table(place, ways, kind_of("step", place[1]) != "none", number) for place, ways in places.items()]


def way_of(r):
    return f"{r['tlb']} flush" if r["tlb"] != "-" else r["sync"]


def table(place, ways, timed, number):
    arch, accel, ncpu, targets, unit = place
    who = f"{'bystander':>28}{'target':>15}{'writer':>16}" if timed else ""
    what = f"{'step':>6}{'lost':>14}{'worst':>8}{'turn':>7}{'worst':>8}{'shot':>7}{'worst':>9}" if timed else ""
    lines = [f"stalls, {arch}, {accel}, {ncpu} CPUs, targets: {targets}" + (f"; {unit}s" if timed else ""),
             f"{'':14}{'IPIs':>7}{who}", f"{'way':14}{'a shot':>7}{what}", "-" * WIDE]
    still = ways.get("none", {}).get("step")
    for way, of in ways.items():
        lines.append(f"{way:14}{taken_text(of):>7}" + (times_text(of, still, number) if timed else ""))
    return "\n".join(lines)


def taken(of):
    """Interrupts that the bystander took a shot; None where nobody was one, or nobody shot."""
    return of["step"]["by_recv"] / of["shoot"]["n"] if "step" in of and "shoot" in of else None


def taken_text(of):
    return "-" if taken(of) is None else f"{taken(of):.2f}"


def times_text(of, still, number):
    step, turn, shoot = (of.get(m, {}) for m in ("step", "turn", "shoot"))
    return (number(step.get("p50"), 6) + f"{lost_text(step, still):>14}" + number(step.get("max"), 8) + number(turn.get("p50"), 7)
            + number(turn.get("max"), 8) + number(shoot.get("p50"), 7) + number(shoot.get("max"), 9))


def lost_text(step, still):
    """Of the throughput without shots, in percent; lowest to highest of parts that were taken in the same rounds."""
    if not step or not still or step is still:
        return "-"
    shares = [100 * (1 - a / b) for a, b in zip(still["parts"], step["parts"]) if b]
    if not shares or min(shares) <= 0 <= max(shares):
        return "none shows"
    return f"{100 * (1 - still['mean'] / step['mean']):.0f}% ({min(shares):.0f}..{max(shares):.0f})"
