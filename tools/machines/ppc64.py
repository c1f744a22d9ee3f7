# SPDX-License-Identifier: GPL-2.0-only
"""
A partition of PAPR (pseries), whose hypervisor QEMU is, or a bare machine (powernv9, powernv10). The firmware of either may be left out:
then a few instructions stand for it.
"""
import os
import struct

from machine import Qemu, Unusable

# TCG has none of the mitigations that pseries promises by default, and would say so at each start.
CAPS = ",cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off"
# Where QEMU puts an image that is linked to a multiple of 256 MiB, and where a -bios is entered.
KERNEL = 0x400000
RESET = 0x100
# Where QEMU copies the file of an image for a bare machine, and where its CPUs start, all at once, with the device tree in r3.
BARE_FILE = 0x20000000
BARE_START = 0x10
# The image wants other CPUs at 0x60 with their numbers in r3, and nothing in r5.
HOLD = 0x60
# The bare machine is turned off by its BMC.
BMC = ["-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-bt,bmc=bmc0,irq=10"]


def bare_start(image):
    """The CPU whose PIR is 0 goes to the image's first byte."""
    at = BARE_FILE + loaded(image)[0]
    return b"".join(word.to_bytes(4, "big") for word in (
        0x7c9ffaa6,                  # mfspr r4, PIR
        0x3cc00000 | at >> 16,       # lis r6, at@h
        0x60c60000 | at & 0xffff,    # ori r6, r6, at@l
        0x38a00000,                  # li r5, 0
        0x2c040000,                  # cmpwi r4, 0
        0x4182000c,                  # beq 1f
        0x7c832378,                  # mr r3, r4
        0x38c60000 | HOLD,           # addi r6, r6, HOLD
        0x7cc903a6,                  # 1: mtctr r6
        0x4e800420,                  # bctr
    ))


def loaded(image):
    """(offset, bytes) in the file of what is loaded: of the segment that is the first there."""
    try:
        with open(image, "rb") as f:
            head = f.read(4096)
        order = "<" if head[5] == 1 else ">"
        at, size, number = (struct.unpack_from(order + form, head, where)[0] for form, where in (("Q", 32), ("H", 54), ("H", 56)))
        loads = [struct.unpack_from(order + "I4xQ16xQ", head, at + size * i) for i in range(number)]
        return min((offset, filled) for kind, offset, filled in loads if kind == 1)
    except (OSError, struct.error, IndexError, ValueError) as e:
        raise Unusable(f"{image}: {e}") from e


class Machine(Qemu):
    emulator = "qemu-system-ppc64"
    native = "ppc64le"
    shift = 1           # the time base has 512 MHz
    machines = ("pseries", "powernv9", "powernv10")
    most_cpus = {"pseries": 2048, "powernv9": 56, "powernv10": 56}  # what the image keeps; the cores of a chip
    vias = {"vof": "VOF", "slof": "SLOF", "opal": "OPAL (skiboot)"}
    interrupts = {"XICS": ("pseries", "ipi=xics"), "XIVE": ("pseries,ic-mode=xive", "ipi=xive"),
                  "msgsndp": ("pseries,smp.threads={cpus}", "ipi=msgsndp"), "msgsnd": ("powernv10", "ipi=doorbell")}
    firmware_name = "none, a few instructions"
    old = "no ACCEL=mttcg, no powernv; R and C bits are set by a plain store, no threads of a core"
    # What ibm,os-term makes of the image's last words.
    ending = "OS terminated: "
    # From here on on a bare machine: the state of the CPU that executed attn.
    checkstop = "Entering checkstop state: host executed attn"

    @property
    def bare(self):
        return self.machine != "pseries"

    def check(self):
        if self.note and self.accel == "mttcg":
            raise Unusable(f"ACCEL=mttcg: {self.note.split(':')[0]} completes a tlbie late there, so that a sound scheme could be found broken: "
                           "QEMU 10 or newer, or ACCEL=icount or tcg1")
        if self.opt.via and self.bare != (self.opt.via == "opal"):
            raise Unusable(f"VIA={self.opt.via}: {self.machine} has {'opal' if self.bare else 'vof, slof'}, or nothing without VIA")
        if self.bare:
            self.check_bare()
            return
        if self.accel != "kvm":
            self.options = CAPS + self.options
        if self.opt.via == "vof":
            self.options += ",x-vof=on"

    def check_bare(self):
        if self.accel == "kvm":
            raise Unusable(f"ACCEL=kvm: {self.machine} is a machine without a hypervisor, KVM runs pseries")
        major = self.major()
        if major and major < 10:
            raise Unusable(f"QEMU {major}.x: {self.machine} aborts under icount and cannot leave with a status (attn): 10 or newer, or pseries")

    def flags(self):
        if self.bare:
            return ["-m", "1g", "-action", "panic=exit-failure", *BMC]
        # Only a partition that panics leaves with a status.
        return ["-cpu", "host" if self.accel == "kvm" else "power10", "-m", "512", "-action", "panic=exit-failure"]

    def loader(self, image, build, words):
        bios = [] if self.opt.via else ["-bios", self.stub(image, build)]
        return [*bios, *super().loader(image, build, words)]

    def stub(self, image, build):
        """The file that stands for the firmware: on pseries an absolute branch to the image. QEMU has r3 point to the device tree."""
        path = f"{self.opt.build}/{self.opt.arch}/{build}/{self.machine}.bin"
        branch = bytes(RESET) + (18 << 26 | KERNEL | 2).to_bytes(4, "big")
        new = f"{path}.{os.getpid()}"
        try:
            with open(new, "wb") as f:
                f.write(bytes(BARE_START) + bare_start(image) if self.bare else branch)
            os.replace(new, path)
        except OSError as e:
            raise Unusable(f"{path}: {e.strerror}") from e
        return path

    def end_matches(self, returncode, end, said):
        """Power-off and reset give 0: only an image whose status is 0 calls ibm,os-term, or attn, which makes it 1."""
        return returncode == (0 if end else 1)

    def complaint(self, said):
        return super().complaint(said.partition(self.checkstop)[0])
