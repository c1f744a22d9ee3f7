# SPDX-License-Identifier: GPL-2.0-only
"""How kexec, which is how petitboot starts anything, enters an image of ppc64 on a bare machine, played by a few lines of assembler."""
import os
import subprocess
import sys
import tempfile

from common import Failed, Run, check, make

sys.path.insert(0, "tools")
from machines.ppc64 import BARE_FILE, loaded

# A multiple of 64K and of nothing larger.
TO = 0x12350000
INITRD = 0x28000000
CPUS = 4
# Behind OPAL the others spin in the firmware, a whole turn each time that this one gives way: a minute on a slow machine.
SLOW_S = 300
# (what it is, MACHINE, defines): where the other CPUs are.
WAYS = (
    ("at 0x60 of a copy at address 0, no OPAL", "powernv9", {"HOLD": 0x60}),
    ("at 0x60 of the image, no OPAL", "powernv10", {"HOLD": TO + 0x60}),
    ("returned to OPAL", "powernv9", {"HOLD": 0x60, "OPAL": 1}),
    ("taken from OPAL, at 0x60 of a copy at address 0", "powernv9", {"HOLD": 0x60, "OPAL": 1, "RELEASE": CPUS}),
)


def build(ctx, folder, image, defines):
    elf, flat = os.path.join(folder, "kexec.elf"), os.path.join(folder, "kexec.bin")
    offset, size = loaded(image)
    values = {"FROM": (INITRD if "OPAL" in defines else BARE_FILE) + offset, "SIZE": size + 7 & ~7, "TO": TO, "OTHERS": CPUS - 1, **defines}
    run = subprocess.run([make(ctx, "flags-timing").split()[0], "-mbig-endian", "-mabi=elfv2", "-nostdlib", "-static",
                          "-Wl,-EB,--build-id=none,-Ttext=0", *(f"-D{k}={v:#x}" for k, v in values.items()), "-o", elf,
                          "tests/checks/kexec_ppc64.S"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Failed(run.stderr.strip())
    ctx.tool("objcopy", "-O", "binary", "-j", ".text", elf, flat)
    return flat


def entered(ctx, machine, image, defines):
    """The image's output, entered so; how QEMU is called but for what it loads is the runner's business."""
    argv = Run(ctx, "list", CPUS=CPUS, MACHINE=machine).good().record["boots"][0]["argv"]
    cut = argv.index("-bios")
    with tempfile.TemporaryDirectory() as folder:
        stub = build(ctx, folder, image, defines)
        load = ["-kernel", stub, "-initrd", image] if "OPAL" in defines else ["-bios", stub, "-kernel", image]
        try:
            run = subprocess.run([*argv[:cut], *load, "-append", "accel=icount test=arch_smp,arch_ipi,arch_tlb"], stdin=subprocess.DEVNULL,
                                 capture_output=True, text=True, check=False, timeout=SLOW_S, errors="replace")
        except subprocess.TimeoutExpired as e:
            raise Failed(f"does not end, last: {(e.stdout or b'').decode('utf-8', 'replace').splitlines()[-2:]}") from None
    return run.stdout


@check("entry.kexec", per="ppc64")
def kexec(ctx):
    """Four CPUs come up, interrupt each other and invalidate, wherever kexec has left them."""
    image = f"{ctx.build}/{ctx.arch}/timing/skeet.elf"
    for what, machine, defines in WAYS:
        try:
            text = entered(ctx, machine, image, defines)
        except Failed as e:
            raise Failed(f"{machine}, CPUs {what}: {e}") from None
        if "\n@end status=0" not in text or f" {CPUS} CPUs," not in text or "\nFAIL" in text:
            raise Failed(f"{machine}, CPUs {what}: {text.strip().splitlines()[-2:] or 'nothing printed'}")
    return f"{len(WAYS)} ways"
