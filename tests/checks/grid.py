# SPDX-License-Identifier: GPL-2.0-only
"""Every operation that invalidates with every barrier; every way in which an interrupt is sent."""
import tempfile

from common import Failed, Run, call_make, check

CPUS = 4
# Operations for one page and for MANY; a range is one. Of other CPUs: what the firmware is asked for, of each.
MANY = 16
EACH, ONE, TWO = (1, MANY), (1, 1), (2, 2)
ALONE = ("",)
ARM_BARRIERS = ("dsb nsh", "dsb ish", "dsb osh", "dsb sy")
POWER_BARRIERS = ("tlbsync", "ptesync", "tlbsync ptesync")
ARM_OPS = {"VAE1": EACH, "VALE1": EACH, "RVAE1": ONE, "ASIDE1": ONE, "VMALLE1": ONE}
# What the manuals have: {ISA: ({operation: (operations, barriers from the narrowest on, how many of these are too narrow)}, not in TCG)}
GRID = {
    "x86_64": (
        {
            **{op: (EACH, ALONE, 0) for op in ("INVLPG", "INVPCID-address")},
            **{op: (ONE, ALONE, 0) for op in ("CR3", "INVPCID-PCID", "INVPCID-all", "INVPCID-all-global")},
            "CR4.PGE": (TWO, ALONE, 0),
            "INVLPGB": (ONE, ("", "TLBSYNC"), 1),
        }, {"INVPCID-address", "INVPCID-PCID", "INVPCID-all", "INVPCID-all-global", "INVLPGB"}),
    "arm64": (
        {op + reach: (ops, ARM_BARRIERS, narrow) for narrow, reach in enumerate(("", "IS", "OS")) for op, ops in ARM_OPS.items()},
        set()),
    "riscv64": (
        {
            **{op: (EACH, ALONE, 0) for op in ("sfence.vma-page", "sfence.vma-page-any-ASID", "RFENCE-pages")},
            **{op: (ONE, ALONE, 0) for op in ("sfence.vma-ASID", "sfence.vma-all", "RFENCE-ASID")},
            "sinval.vma-page": (EACH, ("", "sfence.inval.ir"), 1),
            "sinval.vma-ASID": (ONE, ("", "sfence.inval.ir"), 1),
        }, set()),
    "ppc64": (
        {
            **{op: (ops, POWER_BARRIERS[1:], 0) for op, ops in (("tlbiel-page", EACH), ("tlbiel-PID", ONE), ("tlbiel-all", ONE))},
            "tlbie-page": (EACH, POWER_BARRIERS, 2),
            **{op: (ONE, POWER_BARRIERS, 2) for op in ("tlbie-PID", "tlbie-walks", "tlbie-all")},
        }, set()),
}
# Instructions of a barrier.
LENGTHS = {"tlbsync ptesync": 4, "ptesync": 2, "tlbsync": 2, "sfence.inval.ir": 1, "": 0, **dict.fromkeys(ARM_BARRIERS, 2)}


def pair_name(op, barriers, index, narrow):
    return op + (f"; {barriers[index]}" if barriers[index] else "") + (" (incomplete)" if index < narrow else "")


def judge_grid_op(op, ops, barriers, narrow, lines):
    """Operations of each pair; instructions by pages and by barrier. How many lines."""
    first, firmware = {}, op.startswith("RFENCE")
    for index, barrier in enumerate(barriers):
        for pages, each in zip((1, MANY), ops):
            r = lines.pop((pair_name(op, barriers, index, narrow), pages, "inval"))
            wanted = r["n"] * each * (CPUS - 1 if firmware else 1)
            if r["tlbi"] != wanted or r["ipi_msg"] != (r["n"] if firmware else 0):
                raise Failed(f"{r['range']}, {pages} pages: {r['tlbi']} operations, {r['ipi_msg']} calls, wanted {wanted}")
            if firmware:
                continue
            # Without its barrier all pairs of an operation are one code.
            alone = r["p50"] - LENGTHS[barrier]
            if first.setdefault(pages, alone) != alone or r["min"] != r["max"]:
                raise Failed(f"{r['range']}, {pages} pages: {r['min']} to {r['max']} instructions, without its barrier not {first[pages]}")
            if lines.pop((r["range"], pages, "complete"))["p50"] != r["p50"] - alone:
                raise Failed(f"{r['range']}: the barrier alone is not its instructions")
    more = 0 if firmware else first[MANY] - first[1]
    # Compilers unroll: an operation a page at least.
    if not firmware and (more < MANY - 1 if ops == EACH else more and not op.startswith("RVAE1")):
        raise Failed(f"{op}: {more} instructions more for {MANY} pages than for one")


@check("raw.grid", per="isa")
def grid(ctx):
    """Every operation with every barrier that the manual has, or a SKIP; as many operations as it says, each barrier its instructions."""
    table_of, lacking = GRID[ctx.arch]
    run = Run(ctx, "raw", ARGS=f"bench=inval-grid,inval-contended pages=1,{MANY}", PLAN="timing", CPUS=CPUS).good()
    results = run.lines("results.jsonl")
    skipped = {t.split(":")[0].partition(".")[2] for t in run.said("SKIP inval-grid.")}
    if skipped != lacking:
        raise Failed(f"skipped {sorted(skipped)}, wanted {sorted(lacking)}")
    lines = {(r["range"], r["pages"], r["m"]): r for r in results if r["wl"] == "inval-grid"}
    every = len(lines)
    for op, how in table_of.items():
        if op not in skipped:
            judge_grid_op(op, *how, lines)
    if wrong := [k for k in lines if k[2] == "inval"]:
        raise Failed(f"pairs that no manual has: {wrong}")
    if wrong := [k for k in lines if k[2] == "tlb-refill" and "incomplete" in k[0]]:
        raise Failed(f"a refill behind what is not complete: {wrong}")
    return f"{every} lines of {len(table_of) - len(skipped)} operations; {contended(results, run)}"


def contended(results, run):
    """Each initiator of a broadcast gets on; every operation is one."""
    found = [r for r in results if r["wl"] == "inval-contended"]
    for r in found:
        others = r["initiators"] - 1
        if r["tlbi"] != r["rounds"] or r["rounds"] < r["n"] + others or (not others and r["rounds"] != r["n"]):
            raise Failed(f"{r['range']} by {r['initiators']}: {r['tlbi']} operations in {r['rounds']} rounds")
    if bool(found) == bool(run.said("SKIP inval-contended: ")):
        raise Failed(f"{len(found)} results of inval-contended, and a SKIP, or neither")
    if found and {r["initiators"] for r in found} != {1, 2, CPUS}:
        raise Failed(f"initiators {sorted({r['initiators'] for r in found})}")
    return f"{len(found)} of several initiators"


@check("raw.ways", per="isa")
def ways(ctx):
    """By every way the CPUs that are named take an interrupt, no others; where one write names many there is one."""
    run = Run(ctx, "raw", ARGS="bench=ipi-ways", PLAN="timing", CPUS=CPUS).good()
    results = run.lines("results.jsonl")
    for r in results:
        writes = r["n"] * (r["targets"] if r["range"].split()[0].endswith("-each") else 1)
        if r["ipi_recv"] != r["n"] * r["targets"] or r["ipi_msg"] != writes:
            raise Failed(f"{r['range']} to {r['targets']}: {r['ipi_recv']} taken, {r['ipi_msg']} writes in {r['n']} rounds")
    named = {r["range"] for r in results}
    if not any(n.endswith("-each") for n in named) or not any(n == "self" or n.endswith(" to itself") for n in named):
        raise Failed(f"ways: {sorted(named)}")
    if {r["targets"] for r in results} != {1, 2, CPUS - 1}:
        raise Failed(f"targets: {sorted({r['targets'] for r in results})}")
    return f"{len(named)} ways"


@check("raw.ways_table", per="x86_64")
def ways_table(ctx):
    """One table of both modes of the APIC; a mode that the CPU lacks is a SKIP with the reason."""
    with tempfile.TemporaryDirectory() as folder:
        run = call_make(ctx, f"OUT={folder}", "CPUS=3", "ipi-ways")
        rows = {tuple(t.split()[:2]): t.split()[2:] for t in run.stdout.splitlines() if t.startswith(("xAPIC", "x2APIC"))}
        # itself, one, both others
        writes = [rows.get(w, [])[:3] for w in (("xAPIC", "physical-each"), ("x2APIC", "logical-cluster"))]
        if run.returncode or writes != [["1", "1", "2"], ["1", "1", "1"]]:
            raise Failed(f"status {run.returncode}: {run.stdout[-600:]}{run.stderr[-200:]}")
        lacks = call_make(ctx, f"OUT={folder}", "CPUS=2", "QEMUFLAGS=-cpu max,x2apic=off", "ipi-ways")
        said = lacks.stdout
        if lacks.returncode or "SKIP x2APIC: error: ipi=x2apic: this CPU has no x2APIC" not in said or "physical-each" not in said:
            raise Failed(f"without x2APIC: status {lacks.returncode}: {said[-600:]}{lacks.stderr[-200:]}")
    return f"{len(rows)} rows"
