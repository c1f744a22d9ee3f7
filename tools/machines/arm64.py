# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's own board virt, and Raspberry Pis."""
import os
import re

from machine import Qemu, Unusable

U_BOOT = os.environ.get("U_BOOT") or "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
# An older one never comes out of the start of an ELF.
BOOTELF_SINCE = 2025


def u_boot_year():
    """Its version begins with the year."""
    with open(U_BOOT, "rb") as f:
        m = re.search(rb"U-Boot (20\d\d)\.", f.read())
    return int(m[1]) if m else 0


class Machine(Qemu):
    emulator = "qemu-system-aarch64"
    native = "aarch64"
    machines = ("virt", "raspi3b", "raspi4b")
    most_cpus = {"raspi3b": 4, "raspi4b": 4}
    vias = {"u-boot": "U-Boot, booti", "u-boot-elf": "U-Boot, bootelf"}
    firmware_name = "none"
    interrupts = {"GICv2": ("virt,gic-version=2", ""), "GICv3": ("virt,gic-version=3", ""), "mailboxes": ("raspi3b", "")}
    old = "no FEAT_NMI, and the clock ticks once in 16 instructions"

    def check(self):
        if self.machine == "virt" and "gic-version" not in self.options:
            self.options += ",gic-version=3"
        if not self.opt.via:
            return
        if self.machine != "virt":
            raise Unusable(f"VIA={self.opt.via}: only MACHINE=virt has a disk and firmware for it")
        if not os.path.exists(U_BOOT):
            raise Unusable(f"VIA={self.opt.via}: {U_BOOT} is missing (package u-boot-qemu)")
        if self.opt.via == "u-boot-elf" and u_boot_year() < BOOTELF_SINCE:
            raise Unusable(f"VIA=u-boot-elf: bootelf of U-Boot {u_boot_year()} hangs; {BOOTELF_SINCE} or newer is needed")

    def flags(self):
        board = ["-cpu", "host" if self.accel == "kvm" else "max", "-m", "512"] if self.machine == "virt" else []
        return [*board, "-semihosting-config", "enable=on,target=native"]

    def loader(self, image, build, words):
        flat = image.removesuffix(".elf") + ".img"
        if self.machine != "virt":
            # QEMU starts an ELF there on all CPUs at once, and has no device tree for it.
            return ["-kernel", flat, "-dtb", f"{self.opt.build}/arm64/{self.machine}.dtb", "-append", " ".join(words)]
        if not self.opt.via:
            return super().loader(image, build, words)
        elf = self.opt.via == "u-boot-elf"
        medium = f"{self.opt.build}/arm64/{self.opt.via}-{build}"
        self.make_medium("u-boot-media", "qemu_arm64", U_BOOT, f"{medium}.disk", f"{medium}.flash", image if elf else flat,
                         "bootelf" if elf else "booti", " ".join(words))
        return ["-bios", U_BOOT, "-drive", f"if=pflash,unit=1,format=raw,readonly=on,file={medium}.flash",
                "-drive", f"if=none,id=disk,format=raw,readonly=on,file={medium}.disk", "-device", "virtio-blk-device,drive=disk"]
