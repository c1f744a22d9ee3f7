# SPDX-License-Identifier: GPL-2.0-only
"""What a sync costs in IPIs follows from its scheme, exactly: the laws, recomputed here from the result lines alone."""
import re
import sys

from common import Failed, Run, check
from isas import HARDWARE, KERNEL

sys.path.insert(0, "tools")
import ladder as steps
import series
import table

CPUS = 8
N = 300
WALKERS = (0, 2, "all")
# Schemes that interrupt exactly the CPUs inside a walk when sync starts: of any mm, of this one.
ANY_WALK = ("percpu-count", "global-mask")
MM_WALK = ("active-mm", "mm-mask")
TRACKING = ANY_WALK + MM_WALK
# ... every other online CPU, but those that the flush has drained; nobody, because they wait.
FLUSH = ("flush-implied", "flush-flag", "flush-drained")
WAITING = ("poll", "seq", "rcu")
# ... no more than those: inside a walk of this mm, in the mask of armed CPUs.
AT_MOST = {"poll-then-ipi": "inside", "sticky-adapt": "armed"}
SCHEMES = ("none", "broadcast", "asym", "cpumask", "mm-count", "sticky", *TRACKING, *FLUSH, *WAITING, *AT_MOST)
# Of workloads with other writers: the laws of these do not depend on what a sample syncs, or how often.
WRITER_SCHEMES = ("none", "broadcast", "cpumask", "percpu-count", "active-mm")
DWELL_POINTS = 5
# Workloads before which every CPU but the writer's ran the mm and left it.
LEFT = ("exit-mm",)


def sync_lines(ctx, **args):
    """{(tlb, sync, walkers): result line} of one boot of the timing image."""
    words = " ".join(f"{k}={v}" for k, v in args.items())
    run = Run(ctx, "raw", ARGS=words, PLAN="timing", CPUS=CPUS).good()
    return {(r["tlb"], r["sync"], r["walkers"]): r for r in run.lines("results.jsonl") if r["m"] == "sync"}


def cell(r):
    return f"loaded={r['loaded']} walkers={r['walkers']} tlb={r['tlb']} sync={r['sync']}"


def want(r, field, value):
    if r[field] != value:
        raise Failed(f"{cell(r)}: {field} {r[field]}, the law says {value} in {r['n']} samples")


def syncs(r, times=1):
    """CPUs that the scheme interrupts in all samples of a cell, with so many syncs in each; None: what obey_at_most() says."""
    n, others = r["n"] * times, r["ncpu"] - 1
    ran = (r["ncpu"] if r["wl"] in LEFT else r["loaded"] or r["ncpu"]) - 1
    drained = ran if r["tlb"] == "ipi" else 0
    law = {"broadcast": others, "asym": others, "cpumask": ran, "flush-implied": 0 if r["tlb"] == "ipi" else others,
           "flush-flag": 0 if drained else others, "flush-drained": others - drained}
    if r["sync"] in law:
        return n * law[r["sync"]]
    if r["sync"] in ("none", *WAITING) or not times:
        return 0
    if r["sync"] == "mm-count" or r["sync"] in AT_MOST:
        return None
    return r[{"sticky": "armed"}.get(r["sync"], "inside_any" if r["sync"] in ANY_WALK else "inside")]


def obey_at_most(r):
    """What is not one number for all samples: the image itself judges each."""
    if r["sync"] == "mm-count":
        ran = r["loaded"] - 1
        if r["ipi_sync"] % ran or not r["inside"] <= r["ipi_sync"] <= min(r["inside"], r["n"]) * ran:
            raise Failed(f"{cell(r)}: {r['ipi_sync']} interrupts, {r['inside']} inside a walk in {r['n']} samples, {ran} CPUs where it ran")
    elif r["ipi_sync"] > r[AT_MOST[r["sync"]]]:
        raise Failed(f"{cell(r)}: {r['ipi_sync']} interrupts, {r[AT_MOST[r['sync']]]} {AT_MOST[r['sync']]}")


def obey(r, who, n=N, synced=1, flushed=1):
    """Every law of one cell of n samples, with so many syncs and flushes in each; who invalidates on other CPUs."""
    want(r, "n", n)
    want(r, "ncpu", CPUS)
    if syncs(r, synced) is None:
        obey_at_most(r)
    else:
        want(r, "ipi_sync", syncs(r, synced))
    want(r, "ipi_tlb", 0 if who == HARDWARE else flushed * n * (r["loaded"] - 1))
    want(r, "disturbed_tlb", r["ipi_tlb"] if who == KERNEL else 0)
    want(r, "ipi_recv", r["ipi_sync"] + r["disturbed_tlb"])
    if r["walkers"] == 0:
        want(r, "inside", 0)
    elif synced and not 0 < r["inside"] < synced * n * r["walkers"]:
        raise Failed(f"{cell(r)}: {r['inside']} of {synced * n * r['walkers']} walkers inside a walk: this tests nothing")


@check("laws.ipis", per="isa")
def ipis(ctx):
    """loaded= all and half, walkers= none, two and all, every scheme and method."""
    cells, methods = 0, ctx.isa.methods
    for loaded in (CPUS, CPUS // 2):
        lines = sync_lines(ctx, n=N, loaded="all" if loaded == CPUS else "half", walkers=",".join(map(str, WALKERS)),
                           sync=",".join(SCHEMES), tlb=",".join(methods), walk="bare")
        asked = {(tlb, sync, loaded - 1 if w == "all" else w) for tlb in methods for sync in SCHEMES for w in WALKERS}
        if set(lines) != asked:
            raise Failed(f"loaded={loaded}: cells that differ from what was asked for: {sorted(set(lines) ^ asked)}")
        for r in lines.values():
            if r["loaded"] != loaded:
                raise Failed(f"{cell(r)}: asked for loaded={loaded}")
            obey(r, methods[r["tlb"]])
        cells += len(lines)
    return f"{cells} cells exact"


@check("laws.dwell", per="isa")
def dwell(ctx):
    """dwell= is the share of walkers inside a walk when sync starts (with the method that drains nobody)."""
    found = []
    for percent in (10, 50, 90):
        for r in sync_lines(ctx, n=400, walkers="all", tlb=ctx.isa.default_method, walk="bare", dwell=percent).values():
            share = 100 * r["inside"] / (r["n"] * r["walkers"])
            found.append(share)
            if abs(share - percent) > DWELL_POINTS:
                raise Failed(f"{cell(r)} dwell={percent}: {share:.1f}% inside a walk when sync starts")
    return f"{len(found)} cells within {DWELL_POINTS} points, {min(found):.1f}% to {max(found):.1f}%"


@check("laws.two_mms", per="isa")
def two_mms(ctx):
    """Half of the walkers walk another mm: a scheme that knows the mm interrupts its walkers only, one that does not, all."""
    method = ctx.isa.default_method
    lines = sync_lines(ctx, bench="two-mm", n=N, walkers="2,all", tlb=method, sync=",".join(SCHEMES), walk="bare")
    for r in lines.values():
        if not 0 < r["inside"] < r["inside_any"]:
            raise Failed(f"{cell(r)}: {r['inside']} inside a walk of the mm, {r['inside_any']} of any: this tests nothing")
        if syncs(r) is None:
            obey_at_most(r)
        else:
            want(r, "ipi_sync", syncs(r))
    if len(lines) != 2 * len(SCHEMES):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells exact"


@check("laws.trim", per="ppc64")
def trim(ctx):
    """tlb=linux interrupts whoever has the mm once in trim= flushes, and nobody else; what it leaves out the oracle judges."""
    every, n = 4, 40
    for word, want in ((f"trim={every}", n // every), ("trim=0", 0), ("", 0)):
        lines = sync_lines(ctx, n=n, tlb="linux", sync="none", walkers=0, walk="bare", **dict([word.split("=")] if word else []))
        for r in lines.values():
            for field in ("ipi_tlb", "disturbed_tlb", "ipi_recv"):
                if r[field] != want * (CPUS - 1):
                    raise Failed(f"{word}: {field} {r[field]} in {n} flushes, not {want * (CPUS - 1)}")
            if r["tlbi"] != n + want * (CPUS - 1):
                raise Failed(f"{word}: {r['tlbi']} operations in {n} flushes")
    run = Run(ctx, "cells", ARGS="bench=munmap-thp,mm-switch tlb=linux trim=3", CPUS=CPUS).good()
    return f"once in {every} flushes; {len(run.lines('verdicts.jsonl'))} verdicts with trimming"


@check("laws.parts", per="isa")
def parts(ctx):
    """The steps of an invalidate apart: what is issued grows with the pages; what comes before and behind does not know them."""
    run = Run(ctx, "raw", ARGS="bench=inval-parts pages=1,4,32", PLAN="timing", CPUS=4).good()
    lines = {}
    for r in run.lines("results.jsonl"):
        lines.setdefault(r["tlb"], {}).setdefault(r.get("pages") or r["range"], {})[r["m"]] = r
    skipped = {t.split(":")[0].split(".")[1] for t in run.said("SKIP inval-parts.")}
    if set(lines) | skipped != {"local", "hw"} or set(lines) & skipped:
        raise Failed(f"measured {sorted(lines)}, skipped {sorted(skipped)}")
    for tlb, ranges in lines.items():
        if not set(ranges) >= {1, 4, 32, "1 + walks", "whole ASID"}:
            raise Failed(f"tlb={tlb}: ranges {list(ranges)}")
        for step in ("publish", "complete"):
            took = {name: (m[step]["min"], m[step]["max"]) for name, m in ranges.items()}
            if len(set(took.values())) > 1:
                raise Failed(f"tlb={tlb}: {step} differs: {took}")
        for name, m in ranges.items():
            asked = {"walks": 1}.get(name, name)
            if isinstance(asked, int) and any(r["tlbi"] != r["n"] * asked for r in m.values()):
                raise Failed(f"tlb={tlb}, {name}: {[r['tlbi'] for r in m.values()]} operations in {m['inval']['n']} samples")
            if sum(m[s]["p50"] for s in ("publish", "issue", "complete")) > m["inval"]["p50"]:
                raise Failed(f"tlb={tlb}, {name}: the parts are more than the whole")
        if ranges[32]["issue"]["p50"] < ranges[1]["issue"]["p50"] + 31:
            raise Failed(f"tlb={tlb}: 32 pages took {ranges[32]['issue']['p50']}, 1 took {ranges[1]['issue']['p50']}")
    return f"{', '.join(sorted(lines))}: {sum(map(len, lines.values()))} ranges"


GUEST_LEAVES = 32


def leaf_mib(ctx):
    """Size of a large leaf, as the kernel says it."""
    probe = Run(ctx, "raw", ARGS="bench=munmap-guest size=1K", PLAN="timing", CPUS=2)
    m = re.search(r"valid on this machine are (\d+)M to", " ".join(probe.said("error: size=")))
    if not m:
        raise Failed(f"size=1K: {probe.said('error')}")
    return int(m[1])


@check("laws.guest", per="isa")
def guest(ctx):
    """munmap-guest: every leaf once, each with the interrupts of its scheme, and the whole is the sum; the oracle judges it."""
    schemes = ("none", "broadcast", "cpumask", "sticky", *TRACKING)
    run = Run(ctx, "raw", ARGS=f"bench=munmap-guest size={GUEST_LEAVES * leaf_mib(ctx)}M walkers=0,2 tlb={ctx.isa.default_method} "
              f"sync={','.join(schemes)}", PLAN="timing", CPUS=CPUS).good()
    lines = {(r["sync"], r["walkers"], r["m"]): r for r in run.lines("results.jsonl")}
    for scheme in schemes:
        for walkers in (0, 2):
            whole, each, r = (lines[scheme, walkers, m] for m in ("munmap", "unmap", "sync"))
            want(r, "n", GUEST_LEAVES)
            want(r, "ncpu", CPUS)
            want(r, "loaded", CPUS)
            if abs(r["ipi_sync"] - syncs(r)) > r["odd"] * (CPUS - 1):
                want(r, "ipi_sync", syncs(r))
            if abs(whole["mean"] - each["mean"] * r["n"]) > r["n"]:
                raise Failed(f"{cell(r)}: {whole['mean']} in all, {each['mean']} each, {r['n']} times")
            if walkers == 0:
                want(r, "inside", 0)
            elif not r["inside"]:
                raise Failed(f"{cell(r)}: nobody inside a walk: this tests nothing")
    judged = Run(ctx, "cells", ARGS=f"bench=munmap-guest tlb={ctx.isa.default_method}", CPUS=CPUS).good().lines("verdicts.jsonl")
    if not any(v["scheme"] == "none" and v["got"] == "broken" for v in judged):
        raise Failed("none was not caught")
    return f"{GUEST_LEAVES} leaves, {len(lines)} lines, {len(judged)} verdicts"


# {workload: (syncs, flushes) of a sample}
WRITERS = {"exit-mm": (1, 1), "thp-split": (1, 1), "huge-fault": (1, 1), "split-page": (0, 1), "collapse": (1, 1), "collapse-free": (1, 1), "table-free": (1, 2), "table-free-ipi": (4, 5), "table-free-ipi-only": (0, 2),
           "dontneed": (1, 1)}
WRITER_N = 60


@check("laws.writers", per="isa")
def writers(ctx):
    """Every writer beside munmap-thp: as many syncs and flushes in a sample as its protocol has, each with its exact law."""
    methods = ctx.isa.methods
    words = {"bench": WRITERS, "n": (WRITER_N,), "walkers": (0, "all"), "sync": WRITER_SCHEMES, "tlb": methods, "walk": ("bare",)}
    run = Run(ctx, "raw", ARGS=" ".join(f"{k}={','.join(map(str, v))}" for k, v in words.items()), PLAN="timing", CPUS=CPUS).good()
    lines = [r for r in run.lines("results.jsonl") if r["m"] == "sync"]
    for r in lines:
        synced, flushed = WRITERS[r["wl"]]
        obey(r, methods[r["tlb"]], WRITER_N, synced, flushed)
    if len(lines) != 2 * len(WRITERS) * len(WRITER_SCHEMES) * len(methods):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells of {len(WRITERS)} writers exact"


# {workload: (leaves, syncs, flushes) of a sample}
LADDER = {"munmap-guest": (1, 1, 1), "munmap-guest-batch": (64, 64, 1), "munmap-guest-early": (1, 1, 1)}
LADDER_LEAVES = 128


@check("laws.ladder", per="isa")
def ladder(ctx):
    """Seed 000's ladder: an interrupt a leaf, none with the flush in the gather, none with the flush before the lock is dropped."""
    method, rungs = ctx.isa.default_method, {}
    run = Run(ctx, "raw", ARGS=f"bench={','.join(LADDER)} size={LADDER_LEAVES * leaf_mib(ctx)}M walkers=0 tlb={method} "
              f"sync={','.join(SCHEMES)}", PLAN="timing", CPUS=CPUS).good()
    for r in run.lines("results.jsonl"):
        if r["m"] == "sync":
            leaves, synced, flushed = LADDER[r["wl"]]
            obey(r, ctx.isa.methods[method], LADDER_LEAVES // leaves, synced, flushed)
            rungs[r["wl"], r["sync"]] = r
    if len(rungs) != len(LADDER) * len(SCHEMES):
        raise Failed(f"{len(rungs)} cells")
    each, together = (rungs[wl, "none"]["tlbi"] for wl in ("munmap-guest-early", "munmap-guest-batch"))
    rows = [t for t in steps.render(run.lines("results.jsonl")).splitlines() if t.startswith(("000  ", "001  "))]
    found = [(t.split()[0], float(t.split()[4])) for t in rows]
    if found != [("000", CPUS - 1), ("000", 0), ("000", 0), ("001", CPUS - 1), ("001", 0)]:
        raise Failed(f"the table of both ladders: {rows}")
    if together * 8 > each:
        raise Failed(f"{together} invalidates in the gather, {each} before the lock is dropped")
    return f"{len(rungs)} cells exact; {each / LADDER_LEAVES:g} and {together / LADDER_LEAVES:g} invalidates a leaf"


# {workload: the sharers that sync, in each sample}; of SHARERS, which CPUs load in turn: the writer's the first, the next one the last
SHARED = {"unshare": (1,), "unshare-each": (2, 1)}
SHARERS = 3


@check("laws.shared", per="isa")
def shared(ctx):
    """A table given up by two of three mms: what each sync and each flush interrupts follows from whose it is."""
    ran = [len([c for c in range(1, CPUS) if -c % SHARERS == k]) for k in range(SHARERS)]
    methods = ctx.isa.methods
    run = Run(ctx, "raw", ARGS=f"bench={','.join(SHARED)} n={WRITER_N} walkers=0,all sync={','.join(WRITER_SCHEMES)} tlb={','.join(methods)} "
              "walk=bare", PLAN="timing", CPUS=CPUS).good()
    lines = [r for r in run.lines("results.jsonl") if r["m"] == "sync"]
    for r in lines:
        synced = SHARED[r["wl"]]
        n = r["n"]
        sync = {"none": 0, "broadcast": n * len(synced) * (CPUS - 1), "cpumask": n * sum(ran[k] for k in synced)}
        want(r, "n", WRITER_N)
        want(r, "ipi_sync", sync.get(r["sync"], r["inside"]))
        want(r, "ipi_tlb", 0 if methods[r["tlb"]] == HARDWARE else n * sum(ran[1:]))
        if r["walkers"] and not 0 < r["inside"] < n * sum(ran[k] for k in synced):
            raise Failed(f"{cell(r)}: {r['inside']} walkers inside a walk: this tests nothing")
    if len(lines) != 2 * len(SHARED) * len(WRITER_SCHEMES) * len(methods):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells exact, CPUs of the sharers {ran}"


LAZY = {"lazy-zap": False, "lazy-zap-tables": True}


@check("laws.lazy", per="isa")
def lazy(ctx):
    """CPUs that turn to a kernel thread and come back: a flush interrupts those that have the mm loaded, but for lazy ones it is a leaf's."""
    run = Run(ctx, "raw", ARGS=f"bench={','.join(LAZY)} n={WRITER_N} walkers=2,all sync={','.join(WRITER_SCHEMES)} tlb=gen,ipi walk=gup",
              PLAN="timing", CPUS=CPUS).good()
    lines = [r for r in run.lines("results.jsonl") if r["m"] == "sync"]
    for r in lines:
        want(r, "n", WRITER_N)
        want(r, "ipi_tlb", r["had_loaded"] - r["left_lazy"])
        want(r, "ipi_sync", syncs(r))
        want(r, "ipi_recv", r["ipi_tlb"] + r["ipi_sync"])
        if r["tlb"] == "gen" and not LAZY[r["wl"]]:
            if not 0 < r["caught_up"] <= r["left_lazy"] + (r["odd"] + r["cut"]) * (CPUS - 1):
                raise Failed(f"{cell(r)}: {r['left_lazy']} times left out, {r['caught_up']} times caught up")
        else:
            want(r, "left_lazy", 0)
            want(r, "caught_up", 0)
    if len(lines) != 2 * 2 * len(LAZY) * len(WRITER_SCHEMES):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells exact: interrupted + left out as lazy = loaded"


THREADS = (1, 3, CPUS)
# Zaps of a thread, in all rounds.
THREAD_ZAPS = 8 * 25


@check("laws.madvise", per="isa")
def madvise(ctx):
    """T threads that zap: each flush and each sync as if it were alone, whoever else sends meanwhile."""
    methods = ctx.isa.methods
    run = Run(ctx, "raw", ARGS=f"bench=madvise threads={','.join(map(str, THREADS))} sync={','.join(SCHEMES)} tlb={','.join(methods)}",
              PLAN="timing", CPUS=CPUS).good()
    lines = run.lines("results.jsonl")
    for r in lines:
        n, who = r["threads"] * THREAD_ZAPS, methods[r["tlb"]]
        want(r, "n", n)
        want(r, "ipi_sync", syncs(r) or 0)
        want(r, "ipi_tlb", 0 if who == HARDWARE else n * (CPUS - 1))
        want(r, "ipi_recv", r["ipi_sync"] + r["disturbed_tlb"])
    if len(lines) != len(THREADS) * len(SCHEMES) * len(methods):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells exact, {', '.join(map(str, THREADS))} threads"


BYSTANDER = {wl: WRITERS[wl] for wl in ("dontneed", "collapse", "collapse-free")} | {"unshare-each": (1, 1)}


@check("laws.bystander", per="isa")
def bystander(ctx):
    """A CPU that computes: what a zap, a collapse and an unshare send it, the scheme and the TLB method apart."""
    methods, n = ctx.isa.methods, WRITER_N
    run = Run(ctx, "raw", ARGS=f"bench={','.join(BYSTANDER)} n={n} walkers=3 bystander=yes sync={','.join(WRITER_SCHEMES)} "
              f"tlb={','.join(methods)} walk=bare", PLAN="timing", CPUS=CPUS).good()
    lines = [r for r in run.lines("results.jsonl") if r["m"] == "sync"]
    for r in lines:
        synced, flushed = BYSTANDER[r["wl"]]
        everybody = len(SHARED.get(r["wl"], "1"))
        sync = {"broadcast": n * synced * everybody, "cpumask": n * synced}
        want(r, "bystander", 4)
        want(r, "by_sync", sync.get(r["sync"], 0))
        want(r, "by_tlb", n * flushed if methods[r["tlb"]] == KERNEL else 0)
        want(r, "by_recv", r["by_sync"] + r["by_tlb"])
    if len(lines) != len(BYSTANDER) * len(WRITER_SCHEMES) * len(methods):
        raise Failed(f"{len(lines)} cells")
    return f"{len(lines)} cells exact: from a scheme that knows the walkers, 0"


@check("laws.explained", per="isa")
def explained(ctx):
    """Scan, interrupts and waits, each measured apart, are what an operation costs, to within a tenth."""
    run = Run(ctx, "raw", PLAN="timing", CPUS=8, ARGS="bench=munmap-thp,slot-store,ipi-round n=200 walk=bare sync=broadcast,active-mm,sticky").good()
    results = run.lines("results.jsonl")
    blocks = table.blocks_of([r for r in results if r["m"] in ("unmap", "tlb", "sync")]).values()
    parts = series.Explained(results, blocks)
    shares = {f"{s} {c.any['wl']} tlb={c.any['tlb']} walkers={c.any['walkers']}": parts.share(c) for cells in blocks for s, c in cells.items()}
    shares = {name: share for name, share in shares.items() if share is not None}
    bad = [f"{name}: {share:.0f}%" for name, share in shares.items() if not 90 <= share <= 110]
    if bad or not shares:
        raise Failed("; ".join(bad) or "nothing was explained")
    return f"{len(shares)} cells, {min(shares.values()):.0f} to {max(shares.values()):.0f} %"
