# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's own board virt, SiFive's HiFive Unleashed, and the board of the simulator Spike: in S-mode under OpenSBI."""
import os

from machine import Qemu, Unusable

# (OpenSBI, most CPUs that it starts): later ones keep more of each CPU. tools/deps fetches them.
OPENSBI = (("1.6", 96), ("1.1", 128))
# What any version carries: 1.5.1 stops here.
SURE = 35
SYSTEM = "usr/lib/riscv64-linux-gnu/opensbi/generic"
U_BOOT = os.environ.get("U_BOOT") or "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"


class Machine(Qemu):
    emulator = "qemu-system-riscv64"
    native = "riscv64"
    machines = ("virt", "sifive_u", "spike")
    most_cpus = {"virt": OPENSBI[-1][1], "sifive_u": 4, "spike": 8}
    vias = {"fw-jump": "fw_jump", "u-boot": "fw_dynamic, U-Boot, booti"}
    # SBI beside SSWI: they raise one interrupt.
    interrupts = {"SSWI": ("virt,aclint=on", "ipi=sswi"), "IMSIC": ("virt,aia=aplic-imsic", "ipi=imsic"), "SBI, CLINT": ("virt,aclint=off", "ipi=sbi")}
    old = "no deadline cuts a firmware's wait short under icount: tlb=fw and tlb=nmi are refused there"

    def check(self):
        # A CPU writes another one's interrupt without the firmware.
        if self.machine == "virt" and "aia=" not in self.options and "aclint=" not in self.options:
            self.options += ",aclint=on"
        if self.note and self.accel == "icount":
            self.words = ("rfence=off", "nmi=call")
        if self.accel == "kvm":
            if self.opt.via:
                raise Unusable(f"VIA={self.opt.via}: under KVM the host is the firmware")
            return
        self.opensbi, self.bios = self.find_opensbi("fw_jump.bin" if self.opt.via == "fw-jump" else "fw_dynamic.bin")
        if self.opt.via == "u-boot":
            if self.machine != "virt":
                raise Unusable("VIA=u-boot: only MACHINE=virt has a disk for it")
            if not os.path.exists(U_BOOT):
                raise Unusable(f"VIA=u-boot: {U_BOOT} is missing (package u-boot-qemu)")

    def find_opensbi(self, name):
        """(version, path) of the firmware that carries this many CPUs; the emulator's own if it could not be fetched."""
        version = next(v for v, most in OPENSBI if self.cpus <= most)
        path = os.path.join(self.opt.cache, "opensbi", version, name)
        if os.path.exists(path):
            return version, path
        tops = (os.path.join(self.opt.cache, "qemu10"), "/")
        found = [p for p in (os.path.join(top, SYSTEM, name) for top in tops) if os.path.exists(p)]
        if not found:
            raise Unusable(f"no OpenSBI {version} in {os.path.dirname(path)}, and no package opensbi: make deps ARCH=riscv64")
        if self.cpus > SURE:
            raise Unusable(f"CPUS={self.cpus}: OpenSBI {version} is not in {os.path.dirname(path)} (make deps ARCH=riscv64), and "
                           f"{SURE} is the most that {found[0]} is sure to carry")
        return "of this system", found[0]

    @property
    def firmware(self):
        if self.accel == "kvm":
            return "KVM"
        return f"OpenSBI {self.opensbi}, {self.vias.get(self.opt.via, 'fw_dynamic')}"

    def harts(self):
        # Hart 0 of a HiFive Unleashed has no MMU: it is none of our CPUs.
        return self.cpus + 1 if self.machine == "sifive_u" else self.cpus

    def flags(self):
        if self.accel == "kvm":
            cpu = ["-cpu", "host"]
        elif self.machine == "sifive_u":
            cpu = []
        else:
            # QEMU 7 has no "max", and the list of its extensions is too long for U-Boot's banner: it stops there.
            plain = self.opt.via == "u-boot" or (self.major() or 10) < 10
            cpu = ["-cpu", "rv64,svinval=on,svnapot=on,svpbmt=on" if plain else "max"]
            # Spike has no time CSR: Sstc, which both claim, works neither for the firmware nor for the kernel.
            if self.machine == "spike":
                cpu[1] += ",sstc=off"
        # virt has a device to leave by; on the others semihosting carries the exit status.
        leave = [] if self.machine == "virt" else ["-semihosting-config", "enable=on,target=native"]
        return [*cpu, "-m", "512", *leave]

    def loader(self, image, build, words):
        if self.accel == "kvm":
            return super().loader(image, build, words)
        flat = image.removesuffix(".elf") + ".img"
        bios = ["-bios", self.bios]
        if self.opt.via != "u-boot":
            # fw_jump knows no entry: it jumps to the address where QEMU puts the flat image.
            return [*bios, "-kernel", flat if self.opt.via == "fw-jump" else image, "-append", " ".join(words)]
        medium = f"{self.opt.build}/riscv64/u-boot-{build}"
        self.make_medium("u-boot-media", "qemu-riscv64_smode", U_BOOT, f"{medium}.disk", f"{medium}.bin", flat, "booti",
                         " ".join(words))
        return [*bios, "-kernel", f"{medium}.bin",
                "-drive", f"if=none,id=disk,format=raw,readonly=on,file={medium}.disk", "-device", "virtio-blk-device,drive=disk"]
