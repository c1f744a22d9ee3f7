# SPDX-License-Identifier: GPL-2.0-only
"""The states in which a loader may leave an arm64 CPU."""
import os
import subprocess
import tempfile

from common import Failed, Run, check, make

IMAGE, TREE, LOADER = 0x43001000, 0x48000000, 0x50000000
# (what the loader does, machine): the image lies at a multiple of 4K that is none of 64K.
STATES = (
    ("MMU", "virt,gic-version=3"),
    ("MMU", "virt,gic-version=3,virtualization=on"),
    ("VHE", "virt,gic-version=3,virtualization=on"),
    ("NOTHING", "virt,gic-version=2,virtualization=on"),
)


def called(*argv):
    run = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    if run.returncode:
        raise Failed(f"{argv[0]}: {run.stderr.strip().splitlines()[-1:]}")


def start(ctx, qemu, state, machine, folder):
    """The serial output of the image, entered in @state."""
    loader, tree = os.path.join(folder, "loader.elf"), os.path.join(folder, "tree.dtb")
    called(make(ctx, "flags-timing").split()[0], "-nostdlib", "-static", "-Wl,--build-id=none", f"-Wl,-Ttext={LOADER:#x}",
           f"-D{state}", f"-DIMAGE={IMAGE:#x}", f"-DTREE={TREE:#x}", "-o", loader, "tests/checks/entry_arm64.S")
    common = ["-cpu", "max", "-smp", "4", "-m", "512", "-nodefaults", "-display", "none"]
    called(qemu, "-M", f"{machine},dumpdtb={tree}", *common)
    called("fdtput", "-t", "s", tree, "/chosen", "bootargs", "test=arch_smp,arch_ipi,arch_mmu")
    argv = [qemu, "-M", machine, *common, "-serial", "stdio", "-semihosting-config", "enable=on,target=native",
            "-accel", "tcg,thread=single", "-device", f"loader,file={loader},cpu-num=0",
            "-device", f"loader,file={ctx.build}/{ctx.arch}/timing/skeet.img,addr={IMAGE:#x},force-raw=on",
            "-device", f"loader,file={tree},addr={TREE:#x},force-raw=on"]
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60).stdout
    except subprocess.TimeoutExpired as e:
        raise Failed(f"{state}, {machine}: does not end, last: {(e.stdout or b'').decode().splitlines()[-1:]}") from None


@check("entry.states", per="arm64")
def states(ctx):
    """EL1, EL2, VHE, caches on or off: the tests pass on four CPUs."""
    qemu = Run(ctx, "list").record["boots"][0]["argv"][0]
    with tempfile.TemporaryDirectory() as folder:
        for state, machine in STATES:
            text = start(ctx, qemu, state, machine, folder)
            if "@end status=0" not in text or ", 4 CPUs," not in text or "FAIL" in text:
                raise Failed(f"{state}, {machine}: {text.strip().splitlines()[-1:] or 'nothing printed'}")
    return f"{len(STATES)} states"
