# SPDX-License-Identifier: GPL-2.0-only
"""The model of the protocols: it says what tests/model/cases says, and it is one of the code that is there."""
import os
import re
import subprocess
import sys

from common import Failed, check, lines_of, sources
from source import complain

MODEL = "tests/model"
sys.path.append(MODEL)
import spin

# A fence, an acquire or a release that a mutation of a scheme or a method leaves out.
ORDERS = re.compile(r"fence|acquire|release")
MUTATION = re.compile(r'\.mutation = "([a-z0-9-]+\.[a-z0-9-]+)"')
# Of a file's own macro, and what it is called with.
PREFIX = re.compile(r'\.mutation = "([a-z0-9-]+\.)" what')
NAMED = re.compile(r'\b\w+_MUTANT\(M_\w+, "([a-z0-9-]+)"')
# Those of a method of its own file, and those that FLUSH_METHOD() makes for every method.
FLUSH_MUTATION = re.compile(r'\bFLUSH_\w*MUTANT_?\((\w+), M_\w+, "([a-z-]+)"')


@check("model.cases")
def cases(_):
    """Every case has its verdict: sound in every state, or a counter-example."""
    run = subprocess.run([os.path.join(MODEL, "run")], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if run.returncode:
        raise Failed(" | ".join([t for t in lines if t.startswith("DIFFERS")][:5] + run.stderr.strip().splitlines()[-1:]))
    return lines[-1]


def source_labels():
    """{label: where}"""
    found = {}
    for f in sources():
        with open(f, encoding="utf-8") as file:
            for label in spin.labels_in(file.read()):
                found.setdefault(label, f)
    return found


@check("model.labels")
def labels(_):
    """A step of the model is a line of C and the other way round: both carry its label."""
    model, code = spin.model_labels(), source_labels()
    bad = [f"{label} of {model[label][0]} is in no C source" for label in sorted(set(model) - set(code))]
    bad += [f"{label} of {code[label]} is in no model" for label in sorted(set(code) - set(model))]
    complain(bad)
    return f"{len(model)} steps"


def kernel_mutations():
    """Of schemes, and of every method as *.name."""
    found = set()
    for f in sources():
        if f.startswith(("mm/sync/", "mm/tlb/", "mm/mm.c")):
            text = "\n".join(t for _, t in lines_of(f))
            found |= set(MUTATION.findall(text))
            found |= {p + m for p in PREFIX.findall(text) for m in NAMED.findall(text)}
            found |= {("*" if ident == "ident" else ident) + "." + m for ident, m in FLUSH_MUTATION.findall(text)}
    return found


@check("model.mutations")
def mutations(_):
    """A fence that a mutation leaves out is left out in the model too, and is needed there; what a case names, the kernel has."""
    table = spin.read_cases()
    named = {k for c in table for k in c.kernel}
    broken = {k for c in table if c.expect != "sound" for k in c.kernel}
    known = kernel_mutations()
    bad = [f"{m} leaves out a fence, and no case of {MODEL}/cases does"
           for m in sorted(known - named) if ORDERS.search(m)]
    bad += [f"{m} is sound in every order of the model" for m in sorted(named - broken)]
    bad += [f"{MODEL}/cases names {m}, which the kernel does not have" for m in sorted(named - known)
            if not m.startswith("gather.")]
    complain(bad)
    return f"{len(named)} mutations of the kernel in the model, {sum(bool(ORDERS.search(m)) for m in known)} of them fences"
