# SPDX-License-Identifier: GPL-2.0-only
"""What a reader pays: exact under icount, in pairs with none, and the tables of it."""
from common import Failed, Run, check

SCHEMES = ("none", "broadcast", "active-mm", "sticky")
PARTS = ("mark", "walk", "gup")


@check("readers.exact", per="isa")
def exact(ctx):
    """Under icount each pair is like the other; who marks nothing costs nothing; each part costs more than the one before it."""
    run = Run(ctx, "raw", ARGS=f"bench=walk-cost sync={','.join(SCHEMES)}", PLAN="timing", CPUS=2).good()
    found = {(r["sync"], r["m"]): r for r in run.lines("results.jsonl")}
    if set(found) != {(s, m) for s in SCHEMES for m in PARTS}:
        raise Failed(f"results of {sorted(found)}")
    for (scheme, part), r in found.items():
        if r["pairs"] != r["n"] or r["diff_sd"]:
            raise Failed(f"{scheme} {part}: {r['pairs']} of {r['n']} pairs, deviation {r['diff_sd']}: not exact")
        if (r["diff"] > 0) != (scheme in ("active-mm", "sticky")):
            raise Failed(f"{scheme} {part}: {r['diff']} more than none's")
        if r["base"] != found["none", part]["base"]:
            raise Failed(f"{scheme} {part}: none's is {r['base']} beside it and {found['none', part]['base']} beside itself")
    base = [found["none", part]["base"] for part in PARTS]
    # A reference that is taken and given back costs more than the walk.
    if not base[0] < base[1] < base[2] / 2:
        raise Failed(f"none's mark, walk, gup: {base}")
    return f"{len(found)} cells"
