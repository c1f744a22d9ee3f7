# SPDX-License-Identifier: GPL-2.0-only
"""How an image is started: QEMU's command line for each accelerator, or the host program."""
import os
import shutil
import subprocess

ACCELS = {
    "icount": ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2020-01-01,clock=vm"],
    "tcg1": ["-accel", "tcg,thread=single"],
    "mttcg": ["-accel", "tcg,thread=multi"],
    "kvm": ["-accel", "kvm"],
}
# What starts the image when QEMU does not: a CD, by BIOS or by UEFI.
VIA = {
    "grub": ["-boot", "d"],
    "grub-efi": ["-bios", "/usr/share/ovmf/OVMF.fd"],
}
HERE = os.path.dirname(os.path.realpath(__file__))


class Unusable(Exception):
    """This machine, accelerator or number of CPUs cannot be had here, and why."""


def output_of(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


class Host:
    """The programs of ARCH=host: the command line is their argument list, their exit status the verdict."""

    images = {"oracle": "safety/skeet", "timing": "timing/skeet"}
    accel = "host"

    def __init__(self, opt):
        self.have = len(os.sched_getaffinity(0))
        self.cpus = opt.cpus
        self.note = None
        self.firmware = None

    def quiet(self):
        """Under icount a microvm goes without its old timers: a PIT tick cuts some CPU's turn 18 times a second for nothing."""
        cut = self.machine == "microvm" and self.accel == "icount"
        return self.machine + (",pit=off,pic=off,rtc=off" if cut else "")

    def command(self, image, build, words):
        # The safety build runs one thread at a time; real threads want a CPU each.
        if build == "timing":
            if self.cpus and self.cpus > self.have:
                raise Unusable(f"{self.cpus} threads on {self.have} CPUs would measure the host's scheduler")
            cpus = self.cpus or min(8, self.have)
        else:
            cpus = self.cpus or 4
        return [image, f"cpus={cpus}", *words]

    def version(self):
        return "none (an ordinary process)"

    def status(self, returncode):
        return returncode if returncode >= 0 else None

    def end_matches(self, returncode, end):
        return returncode == end


class Qemu:
    images = {"oracle": "oracle/skeet.elf", "timing": "timing/skeet.elf"}

    def __init__(self, opt):
        self.opt = opt
        self.accel = opt.accel
        self.cpus = opt.cpus or 8
        self.name = os.environ.get("QEMU_NAME") or f"qemu-system-{opt.arch}"
        self.qemu = self.find()
        self.machine = opt.machine or "microvm"
        valid = os.environ.get("QEMU_MACHINES", "").split()
        if valid and self.machine not in valid:
            raise Unusable(f"MACHINE={self.machine}: valid are {' '.join(valid)}")
        if self.accel not in ACCELS:
            raise Unusable(f"ACCEL={self.accel}: valid are {' '.join(ACCELS)}")
        if self.accel == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
            raise Unusable("ACCEL=kvm: /dev/kvm cannot be opened here")
        if opt.via and opt.via not in VIA:
            raise Unusable(f"VIA={opt.via}: valid are {' '.join(VIA)}; without VIA QEMU loads the image itself")
        if opt.via and self.machine == "microvm":
            raise Unusable(f"VIA={opt.via}: microvm has no CD drive; valid are MACHINE=q35 and MACHINE=pc")
        major = self.major()
        self.note = None
        if major and major < 10:
            self.note = f"QEMU {major}.x: no x2APIC, no more than 255 CPUs"
            if self.cpus > 255:
                raise Unusable(f"CPUS={self.cpus}: {self.note}")

    def find(self):
        if os.environ.get("QEMU"):
            return os.environ["QEMU"]
        unpacked = os.path.join(self.opt.cache, "qemu10", self.name)
        qemu = unpacked if os.access(unpacked, os.X_OK) else shutil.which(self.name)
        if not qemu:
            raise Unusable(f"{self.name} is not installed: make deps")
        return qemu

    def version(self):
        text = output_of(self.qemu, "--version")
        return text.splitlines()[0] if text else "unknown"

    def major(self):
        words = self.version().split("version ")
        digits = words[1].split(".")[0] if len(words) > 1 else ""
        return int(digits) if digits.isdigit() else None

    def quiet(self):
        """Under icount a microvm goes without its old timers: a PIT tick cuts some CPU's turn 18 times a second for nothing."""
        cut = self.machine == "microvm" and self.accel == "icount"
        return self.machine + (",pit=off,pic=off,rtc=off" if cut else "")

    def command(self, image, build, words):
        return [self.qemu, "-M", self.quiet(), *os.environ.get("QEMU_ARCH_FLAGS", "").split(), "-smp", str(self.cpus),
                "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", *ACCELS[self.accel],
                *self.opt.qemuflags.split(), *self.loader(image, build, words)]

    def loader(self, image, build, words):
        if not self.opt.via:
            return ["-kernel", image, "-append", " ".join(words)]
        cd = os.path.join(self.opt.build, f"{self.opt.via}-{build}.iso")
        made = subprocess.run([os.path.join(HERE, "iso"), self.opt.build, cd, build, " ".join(words)], capture_output=True,
                              text=True, check=False)
        if made.returncode:
            raise Unusable(f"VIA={self.opt.via}: {made.stderr.strip() or 'no image'} ('make iso' installs what it needs)")
        return [*VIA[self.opt.via], "-cdrom", cd]

    @property
    def firmware(self):
        return "OVMF, GRUB" if self.opt.via == "grub-efi" else "SeaBIOS, GRUB" if self.opt.via else "SeaBIOS"

    def status(self, returncode):
        """isa-debug-exit: 2 * status + 1. Zero is a reset, so a triple fault, never success."""
        return (returncode - 1) // 2 if returncode > 0 and returncode % 2 else None

    def end_matches(self, returncode, end):
        return self.status(returncode) == end


def make(opt):
    return Host(opt) if opt.arch == "host" else Qemu(opt)
