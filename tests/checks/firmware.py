# SPDX-License-Identifier: GPL-2.0-only
"""What the firmware of a riscv64 machine may lack or get wrong, played by one of a few lines."""
import os
import subprocess
import tempfile

from common import Failed, Run, check, make

BASE, IMAGE = 0x80000000, 0x80200000
HSM, IPI, RFENCE, NOTHING = 0x48534d, 0x735049, 0x52464e43, 0
LEAVE = ("-semihosting-config", "enable=on,target=native")
# (extension denied, words, QEMU's, what the error says): a machine with a tree leaves by the finisher. The last ones get past the
# extensions that every machine needs.
LACKING = (
    (HSM, "", (), "the SBI extension HSM"),
    (IPI, "", (), "the SBI extension IPI"),
    (RFENCE, "", (), "the SBI extension RFENCE"),
    (NOTHING, "nmi=sse", (), "the SBI extension SSE; valid is nmi=call"),
    (NOTHING, "ad=hw", (), "FWFT, PTE_AD_HW_UPDATING); valid is no word ad="),
    (NOTHING, "", ("-cpu", "max,sstc=off"), "nor the SBI extension TIME is here; valid is rfence-bound=0"),
)
# (a0, a1 or what QEMU gave, what is said): without a tree there is no finisher, and semihosting it is.
HANDED = (
    (0, 0, "error: no device tree in a1"),
    (0, BASE, "error: device tree: begins with "),
    (0, 0x1000000000, "bus error or memory that firmware protects: 0x1000000000"),
    (7, None, "error: device tree: /cpus: this is hart 7, and enabled with an MMU (mmu-type) are 0"),
)


def build(ctx, folder, lacks=NOTHING, hart=0, tree=None):
    path = os.path.join(folder, "firmware.elf")
    # -n: without it the headers would lie in front of memory.
    argv = [make(ctx, "flags-timing").split()[0], "-nostdlib", "-static", "-march=rv64imac_zicsr", "-mabi=lp64",
            f"-Wl,-n,--build-id=none,-Ttext={BASE:#x}", f"-DIMAGE={IMAGE:#x}", f"-DLACKS={lacks:#x}", f"-DHART={hart}",
            *([] if tree is None else [f"-DTREE={tree:#x}"]), "-o", path, "tests/checks/firmware_riscv64.S"]
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Failed(run.stderr.strip())
    return path


def refused(argv, said):
    """The image, started with @argv, says so and leaves with status 2, which the emulator makes 5."""
    try:
        run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20)
    except subprocess.TimeoutExpired as e:
        raise Failed(f"wanted {said!r}: does not end, last: {(e.stdout or b'').decode().splitlines()[-1:]}") from None
    lines = run.stdout.splitlines()
    if run.returncode != 5 or not any(said in t for t in lines) or lines[-1] != "@end status=2":
        raise Failed(f"wanted {said!r}: exit status {run.returncode}, {lines[-2:] or run.stderr or 'nothing printed'}")


def started(ctx):
    """(how QEMU is called for one CPU with this firmware and these words, to be called)"""
    argv = Run(ctx, "list", CPUS=1).good().record["boots"][0]["argv"]

    def call(firmware, words):
        new = {"-bios": firmware, "-append": f"accel=icount {words}"}
        return [new.get(before, word) for before, word in zip(["", *argv], argv)]
    return call


@check("entry.firmware", per="riscv64")
def firmware(ctx):
    """An SBI extension that is needed and missing is named."""
    call = started(ctx)
    with tempfile.TemporaryDirectory() as folder:
        for lacks, words, more, said in LACKING:
            refused([*call(build(ctx, folder, lacks), words), *more], said)
    return f"{len(LACKING)} that lack something"


@check("entry.hand_over", per="riscv64")
def hand_over(ctx):
    """A tree that is none, and a hart that is not in it."""
    call = started(ctx)
    with tempfile.TemporaryDirectory() as folder:
        for hart, tree, said in HANDED:
            refused([*call(build(ctx, folder, hart=hart, tree=tree), ""), *LEAVE], said)
    return f"{len(HANDED)} that are wrong"
