# SPDX-License-Identifier: GPL-2.0-only
"""
ACCEL=bochs: a PC that Bochs interprets, started from a CD by GRUB.

Debian's Bochs is the one with the debugger, and its "continue" runs the CPUs in lock step: each of them executes five instructions, or
fewer before it halts, then the clock goes on by as many as the busiest of them has executed. So a tick is an instruction of the longest
path, where icount counts all CPUs' instructions one behind the other.
"""
import shutil

from machine import Qemu, Unusable, make_medium, output_of

# What Bochs' own BIOS can start; from there on it says that it cannot, or dies.
MOST_CPUS = 15
# Ticks in a second of its devices, the least that it takes: the BIOS and the serial line then wait for few instructions.
IPS = 1000000
BIOS, VGA_BIOS = "/usr/share/bochs/BIOS-bochs-latest", "/usr/share/vgabios/vgabios.bin"
# Instructions that a CPU executes before the next one: what the debugger of 2.7 takes whatever is asked for.
QUANTUM = 5
# With PCID, INVPCID and 1G pages, and without a CPUID leaf that names another clock than IPS.
MODEL = "corei7_haswell_4770"
# Its debugger reads a command from the standard input; when it comes back from it, it finds the end of the file and leaves.
START = 'exec "$0" "$@" 3>&1 >&2 <<END\ncontinue\nEND'
# How Bochs leaves when the image asks for it (boot/board/pc.c); always with status 1.
ORDERLY = "Shutdown port: shutdown requested"


class Bochs:
    images = Qemu.images
    accel = machine = "bochs"
    firmware = "Bochs BIOS, GRUB"
    note = None
    words = ()

    def __init__(self, opt):
        self.opt = opt
        for variable in ("machine", "via", "qemuflags"):
            if getattr(opt, variable):
                raise Unusable(f"{variable.upper()}={getattr(opt, variable)}: valid are none; ACCEL=bochs is one PC, which GRUB starts from a CD")
        self.cpus = opt.cpus or 8
        if self.cpus > MOST_CPUS:
            raise Unusable(f"CPUS={self.cpus}: bochs has {MOST_CPUS}")
        if not shutil.which("bochs"):
            raise Unusable("bochs is not installed: make deps ACCEL=bochs")

    def command(self, image, build, words):
        """What Bochs itself says goes to the standard error: its standard output is the serial line's."""
        cd = f"{self.opt.build}/x86_64/bochs-{build}.iso"
        make_medium("ACCEL=bochs", "iso", self.opt.build, cd, build, " ".join(words))
        return ["sh", "-c", START, "bochs", "-q", "-f", "/dev/null",
                f"cpu: model={MODEL}, count={self.cpus}, quantum={QUANTUM}, ips={IPS}, reset_on_triple_fault=0", "memory: guest=512, host=512",
                f"romimage: file={BIOS}, options=fastboot", f"vgaromimage: file={VGA_BIOS}", "clock: sync=none, time0=946684800",
                f"ata0-master: type=cdrom, path={cd}, status=inserted", "boot: cdrom", "com1: enabled=1, mode=file, dev=/dev/fd/3",
                "display_library: term", "log: /dev/null", "panic: action=fatal"]

    def version(self):
        lines = (output_of("bochs", "--help") or "").splitlines()
        return next((line.strip() for line in lines if "Emulator" in line), "unknown")

    def end_matches(self, returncode, end, said):
        return ORDERLY in said

    def complaint(self, said):
        """Of all that it says the reason why it left."""
        _, _, reason = said.partition("Bochs is exiting with the following message:\n")
        reason = reason.splitlines()[0] if reason else ""
        return "" if ORDERLY in reason else reason
