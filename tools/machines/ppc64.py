# SPDX-License-Identifier: GPL-2.0-only
"""A partition of PAPR (pseries): QEMU is the hypervisor, its firmware may be left out."""
import os

from machine import Qemu, Unusable

# TCG has none of the mitigations that pseries promises by default, and would say so at each start.
CAPS = ",cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off"
# Where QEMU puts an image that is linked to a multiple of 256 MiB, and where a -bios is entered.
KERNEL = 0x400000
RESET = 0x100


class Machine(Qemu):
    emulator = "qemu-system-ppc64"
    native = "ppc64le"
    shift = 1           # the time base has 512 MHz
    machines = ("pseries",)
    vias = {"vof": "VOF", "slof": "SLOF"}
    firmware_name = "none, one branch"
    old = "tlbie completes late under ACCEL=mttcg, R and C bits are set by a plain store, no threads of a core"
    # What ibm,os-term makes of the image's last words.
    ending = "OS terminated: "

    def check(self):
        if self.accel != "kvm":
            self.options = CAPS + self.options
        if self.opt.via == "vof":
            self.options += ",x-vof=on"

    def flags(self):
        # Only a partition that panics leaves with a status.
        return ["-cpu", "host" if self.accel == "kvm" else "power10", "-m", "512", "-action", "panic=exit-failure"]

    def loader(self, image, build, words):
        bios = [] if self.opt.via else ["-bios", self.branch()]
        return [*bios, *super().loader(image, build, words)]

    def branch(self):
        """The file that stands for the firmware: an absolute branch to the image. QEMU has r3 point to the device tree."""
        path = f"{self.opt.build}/{self.opt.arch}/branch.bin"
        new = f"{path}.{os.getpid()}"
        try:
            with open(new, "wb") as f:
                f.write(bytes(RESET) + (18 << 26 | KERNEL | 2).to_bytes(4, "big"))
            os.replace(new, path)
        except OSError as e:
            raise Unusable(f"{path}: {e.strerror}") from e
        return path

    def end_matches(self, returncode, end):
        """Power-off and reset give 0: only an image whose status is 0 calls ibm,os-term, which makes it 1."""
        return returncode == (0 if end else 1)
