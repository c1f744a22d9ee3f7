# SPDX-License-Identifier: GPL-2.0-only
"""A run on a board: what it boots, and what becomes of its serial line. An emulated PC stands in for one, with the medium's image and words."""
import json
import os
import pty
import subprocess
import sys
import tempfile
import threading
import tty

from common import Failed, Skipped, call_make, check

sys.path.insert(0, "tools")
import machine

BOARD = "pc"
FIGURES, VERDICTS = "bench=ipi-stages,ipi-pairs", "bench=munmap-thp sync=none,broadcast tlb=nmi walk=bare iterations=200"
# As a loader paints its menu and speaks first.
LOADER = b"SeaBIOS (version 1.16.2)\r\n\x1b[2J\x1b[1;1HGNU GRUB  version 2.06\r\n\x1b[2J"
IMAGES = {"figures": "timing", "verdicts": "oracle"}
MACHINE = ["-M", "microvm,pit=off,pic=off,rtc=off", "-cpu", "max", "-m", "512", "-smp", "4", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]


def demand(good, text):
    if not good:
        raise Failed(text)


def call(ctx, out, *variables):
    run = call_make(ctx, "board", f"BOARD={BOARD}", f"OUT={out}", f"ARGS={FIGURES}", f"VERDICTS={VERDICTS}", *variables)
    return run.returncode, run.stdout + run.stderr


def serial_of(ctx, media, part):
    """What an emulated machine says that is given one part's image and words."""
    with open(os.path.join(media, "made.json"), encoding="utf-8") as f:
        made = json.load(f)["images"][IMAGES[part]]
    with open(os.path.join(media, part, "skeet.iso"), "rb") as f:
        demand(made["cmdline"].encode() in f.read(), f"{part}: the medium does not start the image with {made['cmdline']!r}")
    argv = [machine.find_emulator(ctx.cache, "qemu-system-x86_64"), *MACHINE, "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio",
            "-icount", "shift=0,sleep=off", "-kernel", made["image"], "-append", made["cmdline"]]
    run = subprocess.run(argv, capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
    demand(b"@end status=0" in run.stdout, f"{part}: {(run.stdout + run.stderr)[-200:]!r}")
    return LOADER + run.stdout


def by_line(ctx, out, data):
    """The tool follows a serial device: a terminal's other end plays the board."""
    try:
        board, line = pty.openpty()
    except OSError as e:
        raise Skipped(f"no pseudo terminal, which stands for the serial device: {e}") from e
    # A line, not somebody's terminal: it holds back what nobody reads.
    tty.setraw(line)

    def speak():
        rest = data
        while rest:
            rest = rest[os.write(board, rest):]

    threading.Thread(target=speak, daemon=True).start()
    try:
        return call(ctx, out, f"SERIAL={os.ttyname(line)}", "TIMEOUT=20")
    finally:
        os.close(board)
        os.close(line)


def record_of(out):
    with open(os.path.join(out, "run.json"), encoding="utf-8") as f:
        return json.load(f)


def lines(out, name):
    with open(os.path.join(out, name), encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def cut_off(ctx, out, figures):
    """Of a log that ends early: what it holds, and what is missing."""
    log = os.path.join(out, "cut.log")
    with open(log, "wb") as f:
        f.write(figures[:int(len(figures) * 0.6)])
    status, said = call(ctx, out, f"LOG={log}")
    demand(status and "the verdicts have not run" in said and "no @end line" in said, f"a log that was cut off: status {status}: {said[-300:]}")
    demand(record_of(out)["missing"] and lines(out, "results.jsonl"), "a log that was cut off gave nothing")


@check("board.run", per="x86_64")
def board_run(ctx):
    """A medium for each part; a log that was cut off gives what it holds; the same folder goes on, from a file and from a line."""
    with tempfile.TemporaryDirectory() as out:
        status, said = call(ctx, out)
        demand(not status and "1. The figures" in said and "2. The verdicts" in said, f"no instructions: status {status}: {said[-300:]}")
        figures, verdicts = (serial_of(ctx, os.path.join(out, "media"), part) for part in ("figures", "verdicts"))
        cut_off(ctx, out, figures)
        log = os.path.join(out, "verdicts.log")
        with open(log, "wb") as f:
            f.write(verdicts)
        status, said = call(ctx, out, f"LOG={log}")
        demand(status and "the verdicts have not run" not in said, f"the verdicts: status {status}: {said[-300:]}")
        status, said = by_line(ctx, out, figures)
        demand(not status and "MISSING" not in said, f"the whole: status {status}: {said[-300:]}")
        record, results = record_of(out), lines(out, "results.jsonl")
        demand({r["accel"] for r in results} == {"board"} and len(results) == figures.count(b"@r "), f"{len(results)} results")
        demand(len(lines(out, "verdicts.jsonl")) == verdicts.count(b"@v ") > 0, "not every verdict is there")
        demand("GNU GRUB  version 2.06" in record["firmware"] and all(b["sha256"] for b in record["boots"]) and not record["missing"],
               f"run.json: {record}")
        checked = subprocess.run(["tools/results", "check", out], capture_output=True, text=True, check=False)
        demand(not checked.returncode, f"tools/results check: {checked.stdout[-300:]}")
        other = call_make(ctx, "board", "BOARD=power9", f"OUT={out}", f"LOG={log}")
        demand(other.returncode and "an image of x86_64 is in it" in other.stdout + other.stderr, f"another ISA's log: {other.stdout[-200:]}")
        nobody = call_make(ctx, "board", "BOARD=nobody")
        demand(nobody.returncode and "valid are power9" in nobody.stderr, f"BOARD=nobody: {nobody.stderr[-200:]}")
    return f"{len(results)} results, {record['firmware']}"
