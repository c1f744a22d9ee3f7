# SPDX-License-Identifier: GPL-2.0-only
"""Every way in, every way out: machines, numbers of CPUs, firmware; and what must never be taken for success."""
import os
import re
import shutil
import sys
import tempfile

from boots import good
from common import Failed, Run, Skipped, check

sys.path.insert(0, "tools")
import machine

TEST = "test=arch_smp"
# (MACHINE, CPUS)
DIRECT = (("microvm", 1), ("microvm", 8), ("q35", 1), ("q35", 8), ("pc", 1), ("pc", 8), ("microvm", 255))
X2APIC_CPUS = 288
ISO_PACKAGES = (("grub-common", shutil.which, "grub-mkrescue"), ("xorriso", shutil.which, "xorriso"),
                ("mtools", shutil.which, "mcopy"),
                ("grub-pc-bin", os.path.isdir, "/usr/lib/grub/i386-pc"),
                ("grub-efi-amd64-bin", os.path.isdir, "/usr/lib/grub/x86_64-efi"))
OVMF = machine.VIA["grub-efi"][1]
# The command line of a boot by PVH that says more than the kernel keeps, and bytes that are no words.
LONG = "seed=" + "1" * 5000
# (words, what the error line says): a line cut short or garbled by a loader must not run something else.
GARBLED = (("test=arch_smp.area tes", "test"), ("test=arch_sm", "arch_smp"), ("t", "test"), ("=", "test"),
           ("test=", "test"), ("\x01\x7f\xff=1", "test"), (LONG, ""))


def smp_boot(ctx, **variables):
    """arch_smp passes and the last line is @end status=0. Returns the CPUs that the kernel says it was given."""
    run = good(Run(ctx, "raw", ARGS=TEST, PLAN="timing", **variables))
    text = run.serial().decode("utf-8", "replace").splitlines()
    named = " ".join(f"{k}={v}" for k, v in variables.items())
    if not text or text[-1] != "@end status=0":
        raise Failed(f"{named}: the last line is {text[-1] if text else '(none)'}")
    if not any(t.startswith("PASS arch_smp.") for t in text):
        raise Failed(f"{named}: no test ran")
    if not any(f" {variables['CPUS']} CPUs," in t for t in text if t.startswith("skeet ")):
        raise Failed(f"{named}: {next((t for t in text if t.startswith('skeet ')), 'no banner')}")
    return run


@check("bootpaths.direct", per="arch", arches=("x86_64",))
def direct(ctx):
    """QEMU loads the image by its PVH note."""
    for board, cpus in DIRECT:
        smp_boot(ctx, MACHINE=board, CPUS=cpus)
    return ", ".join(f"{board} {cpus}" for board, cpus in DIRECT)


@check("bootpaths.x2apic", per="arch", arches=("x86_64",))
def x2apic(ctx):
    """More CPUs than an xAPIC can name: firmware hands over with x2APIC on."""
    emulator = smp_boot(ctx, CPUS=1).record["emulator"]
    major = int(emulator.split("version ")[1].split(".")[0])
    if major < 10:
        raise Skipped(f"QEMU {major}.x has no x2APIC without KVM, so no more than 255 CPUs")
    smp_boot(ctx, CPUS=X2APIC_CPUS)
    return f"{X2APIC_CPUS} CPUs"


def by_grub(ctx, via, lacks, **variables):
    if lacks:
        raise Skipped(f"packages not installed: {', '.join(lacks)}")
    run = smp_boot(ctx, VIA=via, MACHINE="q35", **variables)
    banner = next(t for t in run.serial().decode("utf-8", "replace").splitlines() if t.startswith("skeet "))
    if "multiboot2" not in banner:
        raise Failed(f"not by multiboot2: {banner}")
    return banner


def iso_lacks():
    return [package for package, has, what in ISO_PACKAGES if not has(what)]


@check("bootpaths.grub_bios", per="arch", arches=("x86_64",))
def grub_bios(ctx):
    """The ISO, started by BIOS."""
    return by_grub(ctx, "grub", iso_lacks(), CPUS=8)


@check("bootpaths.grub_uefi", per="arch", arches=("x86_64",))
def grub_uefi(ctx):
    """The same ISO, started by UEFI: in turn, not by icount, which takes minutes for OVMF's own waits."""
    return by_grub(ctx, "grub-efi", iso_lacks() + ([] if os.path.exists(OVMF) else ["ovmf"]), CPUS=2, ACCEL="tcg1")


@check("bootpaths.garbled", per="arch", arches=("x86_64",))
def garbled(ctx):
    """A command line cut short, of strange bytes, or too long: status 2, one line that says why, nothing run."""
    for words, named in GARBLED:
        run = Run(ctx, "raw", ARGS=words, PLAN="timing", CPUS=1)
        errors = [t for t in run.text.splitlines() if t.startswith("error:")]
        if run.status != 2 or not any(named in t for t in errors) or "PASS" in run.text or run.lines("results.jsonl"):
            raise Failed(f"ARGS={words[:20]!r}: status {run.status}, {errors or 'no error line'}")
    return f"{len(GARBLED)} lines"


def refused(ctx, what, **variables):
    """The runner must not be content, and must say why."""
    run = Run(ctx, "raw", ARGS=TEST, PLAN="timing", CPUS=1, **variables)
    if run.status == 0 or not re.search(r"FAILED: .+|error: .+", run.text):
        raise Failed(f"{what}: status {run.status}, and what it said: {run.text.strip()[-200:] or 'nothing'}")


@check("bootpaths.no_memory", per="arch", arches=("x86_64",))
def no_memory(ctx):
    """Memory that ends before the image, or in it, is a failure with a reason."""
    for megabytes in (16, 48):
        refused(ctx, f"{megabytes} MiB", QEMUFLAGS=f"-m {megabytes}", TIMEOUT=3)
    return "16 and 48 MiB"


# (what the emulator does, what it prints, its exit status); isa-debug-exit makes 1 of 0.
ENDINGS = (
    ("a triple fault", "skeet x86_64\\nPASS arch_smp.area: half of the story\\n", 0),
    ("a reset after the last line", "@end status=0\\n", 0),
    ("a panic that leaves as if all were well", "PANIC cpu 0: lost\\n@end status=0\\n", 1),
    ("no last line", "PASS arch_smp.area: fine\\n", 1),
    ("half of the last line", "@end status", 1),
    ("a failed test", "FAIL arch_smp.area: wrong\\n@end status=0\\n", 1),
    ("another status than it said", "@end status=0\\n", 3),
    ("a result cut short", "@r {\"v\":1,\\n@end status=0\\n", 1),
)
GOOD_ENDING = ("PASS arch_smp.area: fine\\n@end status=0\\n", 1)


def scripted(folder, said, status):
    """An emulator that says this and leaves with that."""
    path = os.path.join(folder, "emulator")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'QEMU emulator version 10.0.0' && exit\nprintf '{said}'\nexit {status}\n")
    os.chmod(path, 0o755)
    return path


@check("bootpaths.never_success", per="arch", arches=("x86_64",))
def never_success(ctx):
    """Endings that must not be taken for success, played by a script in QEMU's place; one that must."""
    with tempfile.TemporaryDirectory() as folder:
        good(Run(ctx, "raw", ARGS=TEST, PLAN="timing", CPUS=1, QEMU=scripted(folder, *GOOD_ENDING)))
        for what, said, status in ENDINGS:
            refused(ctx, what, QEMU=scripted(folder, said, status))
    refused(ctx, "an emulator that does not start", QEMUFLAGS="-no-such-option")
    return f"{len(ENDINGS) + 1} bad endings, one good"
