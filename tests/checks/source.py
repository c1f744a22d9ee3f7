# SPDX-License-Identifier: GPL-2.0-only
"""Contracts of the source that a compiler does not check."""
import concurrent.futures
import glob
import os
import re
import subprocess

from common import Failed, check, lines_of, make, sources

ISA_WORD = re.compile(r"__x86_64__|__i386__|__aarch64__|__arm__|__powerpc|__ppc|__PPC|__riscv|__SSE|__AVX|CONFIG_(X86|ARM|PPC|RISCV)")
CONDITION = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|elifdef)\b")
ASM = re.compile(r"\b(__)?asm(__)?\b(?!\s*/)")
ASM_TEXT = re.compile(r"\basm__?\s*(?:__)?(?:volatile|goto|inline|\s)*\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
FENCE_CALL = re.compile(r"\bfence_(full|load|store)\s*\(\s*\)")
COMMENT = re.compile(r"/\*|\*/|//|^\s*\*")


def without_comments(text):
    """Comments and strings blanked, lines kept."""
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"", blank, text, flags=re.S)


def complain(found):
    if found:
        raise Failed("; ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else ""))


@check("source.no_isa_condition")
def no_isa_condition(_):
    """#if about an ISA only in arch/ and boot/."""
    files = [f for f in sources() if not f.startswith(("arch/", "boot/"))]
    complain([f"{f}:{n}" for f in files for n, line in lines_of(f) if CONDITION.match(line) and ISA_WORD.search(line)])
    return f"{len(files)} files"


@check("source.inline_asm")
def inline_asm(_):
    """Inline asm only in insn.h, one instruction each; barrier() of include/barrier.h is the exception."""
    bad = []
    for f in sources():
        if f.endswith(".S") or f == "include/barrier.h":
            continue
        with open(f, encoding="utf-8") as file:
            text = file.read()
        if re.fullmatch(r"arch/\w+/include/arch/insn\.h", f):
            # The text of an asm: strings up to the first colon.
            for m in ASM_TEXT.finditer(text):
                if r"\n" in m[1] or ";" in m[1]:
                    bad.append(f"{f}: more than one instruction: {m[1].strip()[:40]}")
            continue
        bad += [f"{f}:{n}" for n, line in enumerate(without_comments(text).splitlines(), 1) if ASM.search(line)]
    complain(bad)
    return "only insn.h has it"


@check("source.fence_comments")
def fence_comments(_):
    """Every fence of mm/ says what it orders: a comment on its line or the one before."""
    bad, count = [], 0
    for f in sources():
        if not f.startswith("mm/") or f.startswith("mm/oracle/"):
            continue
        with open(f, encoding="utf-8") as file:
            raw = file.read()
        code, raw = without_comments(raw).splitlines(), raw.splitlines()
        for n, line in enumerate(code):
            if FENCE_CALL.search(line):
                count += 1
                # The condition of a mutation may stand between the two.
                before = n - 2 if n > 1 and code[n - 1].strip().startswith("if (") else n - 1
                if not COMMENT.search(raw[n]) and not COMMENT.search(raw[before]):
                    bad.append(f"{f}:{n + 1}")
    complain(bad)
    return f"{count} fences"


@check("source.licence")
def licence(_):
    """An SPDX line in the first two lines of each file."""
    files = sources() + [f for f in glob.glob("tools/*") + glob.glob("tests/checks/*") + ["Makefile", ".ci/run"]
                         if os.path.isfile(f) and not f.endswith((".json", ".txt", ".pyc"))]
    complain([f for f in files if "SPDX-License-Identifier: GPL-2.0-only" not in "".join(
        line for _, line in zip(range(2), (text for _, text in lines_of(f))))])
    return f"{len(files)} files"


def headers_of(arch):
    dirs = ["include", "mm", "mm/tlb", "bench", "kernel", "tests"] + (["boot"] if arch != "host" else [])
    own = glob.glob(f"arch/{arch}/**/include/arch/*.h", recursive=True) + (glob.glob(f"boot/{arch}/*.h") if arch != "host" else [])
    return sorted(h for d in dirs for h in glob.glob(f"{d}/*.h")) + sorted(own)


def compile_alone(flags, header):
    argv = [*flags, "-fsyntax-only", "-Wno-unused-function", "-x", "c", "-include", header, "/dev/null"]
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    return None if run.returncode == 0 else f"{header}: {run.stderr.strip().splitlines()[0] if run.stderr else run.returncode}"


@check("source.headers", per="arch")
def headers(ctx):
    """Every header compiles alone, for both builds."""
    builds = ("safety", "timing") if ctx.arch == "host" else ("oracle", "timing")
    # A part of a contract is included by its generic half only.
    names = [h for h in headers_of(ctx.arch) if not contract_half(h)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(compile_alone, make(ctx, f"flags-{b}").split(), h) for b in builds for h in names]
    complain([j.result() for j in jobs if j.result()])
    return f"{len(names)} headers, {len(builds)} builds"


def contract_half(header):
    """arch/x/include/arch/cpu.h defines what include/cpu.h declares."""
    return header.startswith("arch/") and os.path.exists(os.path.join("include", os.path.basename(header)))
