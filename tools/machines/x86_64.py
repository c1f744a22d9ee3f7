# SPDX-License-Identifier: GPL-2.0-only
"""PCs, and a microvm that has no legacy devices."""
import os

from bochs import Bochs
from machine import Qemu, Unusable

OVMF = "/usr/share/ovmf/OVMF.fd"


class Machine(Qemu):
    emulator = "qemu-system-x86_64"
    native = "x86_64"
    machines = ("microvm", "q35", "pc")
    vias = {"grub": "SeaBIOS, GRUB", "grub-efi": "OVMF, GRUB"}
    firmware_name = "SeaBIOS"
    interrupts = {"xAPIC": ("microvm", "ipi=xapic"), "x2APIC": ("microvm", "ipi=x2apic")}
    old = "no x2APIC, no more than 255 CPUs"
    others = {"bochs": Bochs}

    def check(self):
        if self.opt.via and self.machine == "microvm":
            raise Unusable(f"VIA={self.opt.via}: microvm has no CD drive; valid are MACHINE=q35 and MACHINE=pc")
        if self.accel == "kvm" and os.path.exists("/sys/module/kvm_pvm"):
            self.note = "the KVM of this host (kvm_pvm) interprets kernel mode: times are the interpreter's, all verdicts take an hour"
        elif self.note and self.cpus > 255:
            raise Unusable(f"CPUS={self.cpus}: {self.note}")
        # A PIT tick cuts some CPU's turn, 18 times a second and for nothing.
        if self.machine == "microvm" and self.accel == "icount":
            self.options = ",pit=off,pic=off,rtc=off" + self.options

    def flags(self):
        # Not every KVM lets a guest be given this register, and the image has no use for it.
        cpu = "max,arch-capabilities=off" if self.accel == "kvm" else "max"
        return ["-cpu", cpu, "-m", "512", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]

    def loader(self, image, build, words):
        if not self.opt.via:
            return super().loader(image, build, words)
        cd = f"{self.opt.build}/x86_64/{self.opt.via}-{build}.iso"
        self.make_medium("iso", self.opt.build, cd, build, " ".join(words))
        return [*(("-bios", OVMF) if self.opt.via == "grub-efi" else ("-boot", "d")), "-cdrom", cd]
