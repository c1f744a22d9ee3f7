# SPDX-License-Identifier: GPL-2.0-only
"""Forced schedules in the kernel against the exhaustive models of the same protocols: they agree, case by case."""
import fnmatch
import os
import re

from common import Failed, Run, Skipped, check, lines_of

MODEL = "tests/model/cases"
LEFT_OUT = "tests/schedules.left-out"
LINE = re.compile(r"schedule (tso|weak) (\S+) (\S+?)( nmi)?: (.*)")
ABSENT = "not here: "
UNKNOWN = ABSENT + "there is no "
ORDERS = {"tso": 3, "weak": 4}  # columns of the model's table


def rows(path):
    """The words of each line that is neither empty nor a comment."""
    return [text.split() for _, text in lines_of(path) if text.strip() and not text.startswith("#")]


def model_cases(order):
    """{(name, nmi): is it broken?} of one memory order."""
    cases = {}
    for words in rows(MODEL):
        name = words[0] if words[1] == "-" else f"{words[0]}.{words[1]}"
        if words[ORDERS[order]] != "-":
            cases[name, words[2] != "0"] = words[ORDERS[order]] != "sound"
    return cases


def left_out(order):
    return [words[0] for words in rows(LEFT_OUT) if order in words[1].split(",")]


def kernel_cases(text):
    """The order, {(name, nmi): verdicts}, and the reason of each that this machine cannot play."""
    order, verdicts, absent = "", {}, {}
    for m in map(LINE.fullmatch, text):
        if not m:
            continue
        order = m[1]
        key = m[3], bool(m[4])
        if m[5].startswith(ABSENT):
            absent[key] = m[5]
        else:
            verdicts.setdefault(key, set()).add("sound" if m[5] == "silent" else "broken")
    return order, verdicts, absent


def label(key):
    return key[0] + (" with an NMI" if key[1] else "")


def disagreements(model, verdicts, absent, excused):
    """What the two say differently, in words."""
    wrong = [f"{label(k)}: {why}" for k, why in absent.items() if why.startswith(UNKNOWN)]
    for key, said in verdicts.items():
        if key not in model:
            wrong.append(f"{label(key)}: the model has no such case")
        elif said == {"broken"} and not model[key]:
            wrong.append(f"{label(key)}: broken in the kernel, sound in the model")
        elif "broken" not in said and model[key] and not any(fnmatch.fnmatch(key[0], e) for e in excused):
            wrong.append(f"{label(key)}: silent in the kernel, broken in the model")
    missing = [k for k, broken in model.items() if broken and "broken" not in verdicts.get(k, ()) and k not in absent]
    wrong += [f"{label(k)}: no schedule, and {LEFT_OUT} does not say why"
              for k in missing if not any(fnmatch.fnmatch(k[0], e) for e in excused)]
    wrong += [f"{e}: {LEFT_OUT} names it, and no broken case without a schedule is called so"
              for e in excused if not any(fnmatch.fnmatch(k[0], e) for k in missing)]
    return wrong


@check("schedules.model", per="arch")
def model_agrees(ctx):
    """Each broken case of the model has a schedule that breaks the kernel, or a reason; what is sound in one is in the other."""
    if not os.path.exists(MODEL):
        raise Skipped(f"no {MODEL} in this tree")
    run = Run(ctx, "raw", PLAN="oracle", ARGS="test=schedules", CPUS=4).good()
    order, verdicts, absent = kernel_cases(run.said("schedule "))
    if not order:
        raise Failed("the kernel printed no schedule")
    model = model_cases(order)
    wrong = disagreements(model, verdicts, absent, left_out(order))
    if wrong:
        raise Failed("; ".join(wrong))
    return f"{len(verdicts)} cases agree ({order}), {sum('broken' in v for v in verdicts.values())} of them broken"


@check("schedules.compare")
def compare(_):
    """The comparison finds every kind of disagreement."""
    model = {("a", False): False, ("a.x", False): True, ("a.y", True): True, ("b.z", False): True}
    agree = {("a", False): {"sound"}, ("a.x", False): {"broken"}, ("a.y", True): {"broken"}}
    for verdicts, absent, excused, found in (
            (agree, {}, ["b.*"], None),
            (agree, {("b.z", False): ABSENT + "TSO keeps this order"}, [], None),
            (agree, {("b.z", False): UNKNOWN + "sync=b.z"}, [], "there is no sync=b.z"),
            (agree, {}, [], "b.z: no schedule"),
            ({**agree, ("a", False): {"broken"}}, {}, ["b.*"], "a: broken in the kernel"),
            ({**agree, ("a.x", False): {"sound"}}, {}, ["b.*"], "a.x: silent in the kernel"),
            ({**agree, ("c", False): {"sound"}}, {}, ["b.*"], "c: the model has no such case"),
            (agree, {}, ["b.*", "a.x"], "a.x: " + LEFT_OUT)):
        wrong = disagreements(model, verdicts, absent, excused)
        if (not found and wrong) or (found and not any(w.startswith(found) or found in w for w in wrong)):
            raise Failed(f"{found!r} became {wrong}")
    return "8 tables"
