# SPDX-License-Identifier: GPL-2.0-only
"""What a step of a model means, in words."""
WORDS = {
    "store": "store {0} = {1}{release}: it waits in the buffer",
    "drain": "its store {0} = {1} becomes visible to others",
    "load": "load {0}: {1}{older}",
    "rmw": "atomic on {0}, now {1}{how}",
    "fence": "full fence",
    "nofence": "here a fence is left out",
    "fence_load": "load fence: no later load is ahead of an earlier one",
    "fence_store": "store fence: earlier stores leave first",
    "use": "use {o0}, outstanding",
    "used": "use {o0}",
    "late": "its outstanding use of {o0} takes place",
    "gone": "free or reuse {o0}",
    "off": "close interrupts",
    "on": "open interrupts",
    "send": "interrupt cpu {0n}",
    "answered": "cpu {0n} has answered",
    "irq": "take the interrupt",
    "answer": "answer it and return",
    "nmi": "an NMI comes in",
    "nmiret": "return from the NMI",
    "askfence": "ask cpu {0n} to fence",
    "fenced": "cpu {0n} has fenced",
    "lock": "take the lock",
    "unlock": "drop the lock",
    "sharers": "count down: {0n} sharers left",
    "got": "return the page to the caller, with a reference",
    "fill": "the MMU translates: entry {0n}",
    "access": "access through the TLB: entry {0n}",
    "flush": "invalidate on cpu {0n}",
    "flushown": "invalidate all on this cpu",
    "flushpart": "invalidate page {0n} on this cpu",
    "flushglobal": "invalidate by the broadcast ID",
    "leave": "leave the mm",
    "rollover": "roll over: the ID goes to mm {0n}",
    "fault": "a write faults, and there is nothing to do",
    "write": "write through the TLB's entry",
}
ORDERED = {0: ", orders nothing", 2: ""}


def say(names, what, args):
    """@names: of the words of memory, by number; @args: what the step printed behind its CPU."""
    a = args + [0] * (4 - len(args))
    word = names.get(a[0], f"word {a[0]}")
    return WORDS[what].format(
        word, a[1], **{"0n": a[0], "o0": f"object {a[0]}"},
        release=", releasing" if what == "store" and a[2] else "",
        older=f", an older value ({a[2]} now)" if what == "load" and a[1] != a[2] else "",
        how=ORDERED.get(a[2], "") if what == "rmw" else "")
