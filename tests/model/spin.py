# SPDX-License-Identifier: GPL-2.0-only
"""The cases, and spin: build a model once, search each of its cases exhaustively, replay a counter-example."""
import functools
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field

from words import say

HERE = os.path.dirname(os.path.realpath(__file__))
CASES = os.path.join(HERE, "cases")
ORDERS = ("tso", "weak")
NOTHING = "-"
CFLAGS = ("-O0", "-w", "-DSAFETY")
LEFT_OUT = "/* Left out, or done otherwise: */"
DEFINE = re.compile(r"#define ([A-Z][A-Z_0-9]*) (\d+)\s+/\* (.+) \*/")
LABEL = re.compile(r"\[([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+)\]")
LABEL_COMMENT = re.compile(r"/\*.*?\*/", re.S)
VIOLATED = re.compile(r"assertion violated .*\|\|\((\d+)==0\)\)")


class Broken(Exception):
    """The model or its table cannot be used: what is wrong with it."""


@dataclass
class Case:
    model: str
    left_out: str
    nmis: int
    order: str
    expect: str   # "sound", or the holes of which one must be found
    kernel: tuple # the mutations of the kernel that leave out the same

    @property
    def name(self):
        return f"{self.model}/{self.left_out}/{self.order}" + (f"/nmi{self.nmis}" if self.nmis else "")


@dataclass
class Result:
    case: Case
    got: str
    states: int = 0
    steps: list = field(default_factory=list)

    @property
    def good(self):
        return self.got in self.case.expect.split(",")


def read_cases(path=CASES):
    """[Case]"""
    cases = []
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 6 or not words[2].isdigit():
                raise Broken(f"{path}:{n}: not model, left out, NMIs, two verdicts, mutations of the kernel: {line.strip()!r}")
            kernel = () if words[5] == NOTHING else tuple(words[5].split(","))
            cases += [Case(words[0], words[1], int(words[2]), order, expect, kernel)
                      for order, expect in zip(ORDERS, words[3:5]) if expect != NOTHING]
    twice = {c.name for c in cases if sum(d.name == c.name for d in cases) > 1}
    if twice:
        raise Broken(f"{path}: more than once: {', '.join(sorted(twice))}")
    return cases


def text_of(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def kebab(name):
    return name.lower().replace("_", "-")


def defines(name):
    """[(name, number, meaning, is a mutation)] of one file, without those that it includes."""
    found, mutations = [], False
    for line in text_of(name).splitlines():
        m = DEFINE.fullmatch(line)
        mutations = line == LEFT_OUT or (mutations and m is not None)
        if m:
            found.append((m[1], int(m[2]), m[3], mutations))
    return found


def mutations(model):
    """{name: (number, what it leaves out)}"""
    return {kebab(n): (v, text) for n, v, text, mutation in defines(model + ".pml") if mutation}


def holes():
    return {v: kebab(n) for n, v, _, _ in defines("memory.h")}


@functools.lru_cache(None)
def words_of(model):
    """{number of a word: its name}"""
    files = [model + ".pml"] + (["tracked.h"] if '"tracked.h"' in text_of(model + ".pml") else [])
    return {v: text.split(",")[0].split(":")[0] for f in files for _, v, text, mutation in defines(f) if not mutation}


def labels_in(text):
    return {label for comment in LABEL_COMMENT.findall(text) for label in LABEL.findall(comment)}


def model_labels():
    """{label: files that carry it}"""
    found = {}
    for name in sorted(os.listdir(HERE)):
        if name.endswith((".pml", ".h")):
            for label in labels_in(text_of(name)):
                found.setdefault(label, []).append(name)
    return found


INCLUDE = re.compile(r'#include "(.+)"')


def flat(name):
    """[(file, line number, text)] of a model with what it includes in its place: so that every line that spin names is one."""
    found = []
    for n, text in enumerate(text_of(name).splitlines(), 1):
        m = INCLUDE.fullmatch(text)
        found += flat(m[1]) if m else [(name, n, text)]
    return found


def call(argv, cwd, **env):
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **env})


def build(model, folder, shortest):
    """Compile one model into @folder; its search is the breadth-first one if @shortest."""
    if not os.path.exists(os.path.join(HERE, model + ".pml")):
        raise Broken(f"{CASES}: no model {model!r}; there are: " +
                     ", ".join(sorted(n[:-4] for n in os.listdir(HERE) if n.endswith(".pml"))))
    os.makedirs(folder)
    with open(os.path.join(folder, "model"), "w", encoding="utf-8") as f:
        f.writelines(text + "\n" for _, _, text in flat(model + ".pml"))
    spin = call(["spin", "-a", "model"], folder)
    if spin.returncode or not os.path.exists(os.path.join(folder, "pan.c")):
        raise Broken(f"spin -a {model}.pml: {(spin.stdout + spin.stderr).strip()}")
    gcc = call(["gcc", *CFLAGS, *(["-DBFS"] if shortest else []), "-o", "pan", "pan.c"], folder)
    if gcc.returncode:
        raise Broken(f"gcc pan.c of {model}: {gcc.stderr.strip()[-400:]}")


def search(case, folder, scratch, steps):
    """Every reachable state of one case, or a way to a hole, told if @steps. @folder: from build(); @scratch: for the trail."""
    known = mutations(case.model)
    if case.left_out != NOTHING and case.left_out not in known:
        raise Broken(f"{case.name}: {case.model}.pml has no {case.left_out!r}; it has: {', '.join(known)}")
    env = {"MODEL_MUTANT": str(known[case.left_out][0] if case.left_out != NOTHING else 0),
           "MODEL_WEAK": str(ORDERS.index(case.order)), "MODEL_NMIS": str(case.nmis)}
    os.makedirs(scratch)
    pan = os.path.join(folder, "pan")
    out = call([pan, "-w18", "-m20000"], scratch, **env).stdout
    errors, states = re.search(r"errors: (\d+)", out), re.search(r"(\d+) states, stored", out)
    if not errors or not states:
        raise Broken(f"{case.name}: the search says nothing: {out.strip()[-300:]}")
    result = Result(case, verdict(case, out, int(errors[1])), int(states[1]))
    if int(errors[1]) and steps:
        result.steps = replay(case, call([pan, "-rmodel.trail"], scratch, **env).stdout)
    return result


def verdict(case, out, errors):
    if errors:
        m = VIOLATED.search(out)
        if m:
            return holes()[int(m[1])]
        if "invalid end state" in out:
            return "deadlock"
        raise Broken(f"{case.name}: an error without a name: {out.strip()[:200]}")
    # Full, or it is no proof.
    if "Full statespace search" not in out or re.search(r"not completed|truncated|too small|out of memory|reached -DMEMLIM", out):
        raise Broken(f"{case.name}: the search was not exhaustive: {out.strip()[:200]}")
    return "sound"


# A line that takes one of the steps that say so themselves.
STEP_CALL = re.compile(r"\b(?!without|hole|if\b)\w+\(|printf|d_step")
# "  9:	proc  2 (walker) model:12 (state 10)	[D_STEP12]", and what a step prints of itself, ahead of that
AT = re.compile(r"\s*\d+:\s+proc\s+(\d+) \((\S+?)(?::\d+)?\) model:(\d+) \(state \d+\)")
EVENT = re.compile(r"@(\d+) (\w+) (\d+)((?: \d+)*)")


def replay(case, out):
    """The steps of a counter-example: [{cpu, label, effect, text, file, line}]"""
    lines, steps, cpu_of, printed = flat(case.model + ".pml"), [], {}, None
    for line in out.splitlines():
        m, at = EVENT.search(line), AT.match(line)
        if m:
            printed = int(m[3])
            steps.append(step_at(case, lines, int(m[1]), printed, m[2], [int(x) for x in m[4].split()]))
        elif at and at[2] != "init":
            if printed is not None:
                cpu_of[at[1]] = printed
            steps.append(step_at(case, lines, int(at[3]), cpu_of.get(at[1]), "step", []))
            printed = None
        if "trail ends" in line:
            break
    return merged(owned(steps))


# What the hardware does later, the step that it does it for, and the name of that effect.
LATER = {"drain": ("store", "visible"), "late": ("use", "complete")}


def owned(steps):
    """The steps of the hardware get the label of the store or the use that they belong to: of that word or object, the oldest."""
    for i, s in enumerate(steps):
        if s["what"] not in LATER:
            continue
        what, s["effect"] = LATER[s["what"]]
        mine = [t for t in steps[:i] if (t["cpu"], t["what"], t["args"][:1]) == (s["cpu"], what, s["args"][:1]) and "done" not in t]
        if mine:
            s["label"], s["file"], s["line"], mine[0]["done"] = mine[0]["label"], mine[0]["file"], mine[0]["line"], True
            s["prints"] = False
    return steps


def step_at(case, lines, number, cpu, what, args):
    file, line, text = lines[number - 1]
    labels = sorted(labels_in(text))
    code = LABEL_COMMENT.sub("", text).strip()
    return {"cpu": cpu, "label": labels[0] if labels else None,
            "text": code if what == "step" else say(words_of(case.model), what, args),
            "file": file, "line": line, "effect": "step", "what": what, "args": args, "prints": bool(STEP_CALL.search(code))}


def merged(steps):
    """One step a line of the model, although spin took several; and none for what has neither a label nor an effect."""
    found = []
    for s in steps:
        last = found[-1] if found else None
        same = last and (last["cpu"], last["file"], last["line"], last["effect"]) == (s["cpu"], s["file"], s["line"], s["effect"])
        if s["what"] == "step" and (same or not s["label"] or s["prints"]):
            continue
        found.append(s)
    return [{k: v for k, v in s.items() if k not in ("what", "args", "prints", "done")} for s in found]


if __name__ == "__main__":
    sys.exit("this is a part of tests/model/run")
