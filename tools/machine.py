# SPDX-License-Identifier: GPL-2.0-only
"""How an image is started. What all ISAs share is here; a machine of one ISA is the class Machine in machines/<isa>.py."""
import importlib
import os
import platform
import shutil
import subprocess

ACCELS = {
    "icount": ("-icount", "shift={shift},sleep=off", "-seed", "1", "-rtc", "base=2020-01-01,clock=vm"),
    "tcg1": ("-accel", "tcg,thread=single"),
    "mttcg": ("-accel", "tcg,thread=multi"),
    "kvm": ("-accel", "kvm"),
}
PARALLEL = ("mttcg", "kvm")
# Words of a command line that measures no time.
UNTIMED = ("test=", "list")
HERE = os.path.dirname(os.path.realpath(__file__))


class Unusable(Exception):
    """This machine, accelerator or number of CPUs cannot be had here, and why."""


def output_of(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def host_cpus():
    return len(os.sched_getaffinity(0))


def one_of(variable, value, valid, without=""):
    if value not in valid:
        raise Unusable(f"{variable}={value}: valid are {', '.join(valid) or 'none'}{without}")


def find_emulator(cache, name):
    """Its path, the unpacked QEMU before the system's; None if there is neither."""
    unpacked = os.path.join(cache, "qemu10", name)
    return unpacked if os.access(unpacked, os.X_OK) else shutil.which(name)


def make_medium(asked, tool, *argv):
    """What starts the image when the emulator does not load it itself: the program tools/TOOL makes it. @asked: whose wish this is."""
    made = subprocess.run([os.path.join(HERE, tool), *argv], capture_output=True, text=True, check=False)
    if made.returncode:
        raise Unusable(f"{asked}: {made.stderr.strip() or f'tools/{tool} failed'}")


class Qemu:
    """A machine that QEMU emulates; the class Machine of an ISA says the rest."""

    images = {"oracle": "oracle/skeet.elf", "timing": "timing/skeet.elf"}
    emulator = ""       # name of the program
    native = ""         # what Linux calls a host of this ISA: only there KVM runs the image
    machines = ()       # MACHINE=, the default first; options of QEMU's may follow a comma
    most_cpus = {}      # of machines that have few
    vias = {}           # VIA=: what it is in words, for run.json; the arguments are made by loader()
    firmware_name = ""  # what runs before the image when QEMU loads it
    # Ways in which CPUs interrupt each other: {name: (MACHINE, words)}, with {cpus} for the number of CPUs.
    interrupts = {}
    shift = 0           # icount: an instruction takes 2^shift ns; such that the image's clock ticks at least once in one
    old = ""            # what an emulator older than 10 cannot do
    words = ()          # for the command line: what the image cannot find out about its emulator
    ending = None       # in a line that the emulator prints when an image leaves in order
    others = {}         # ACCEL=: the class of a machine that is not QEMU's

    def __init__(self, opt):
        self.opt = opt
        self.accel = opt.accel
        self.machine, comma, options = (opt.machine or self.machines[0]).partition(",")
        self.options = comma + options
        one_of("MACHINE", self.machine, self.machines)
        one_of("ACCEL", self.accel, (*ACCELS, *self.others))
        if opt.via:
            one_of("VIA", opt.via, self.vias, "; without VIA QEMU loads the image itself")
        if self.accel == "kvm":
            self.check_kvm()
        most = self.most_cpus.get(self.machine, opt.cpus or 8)
        self.cpus = opt.cpus or min(most, self.default_cpus())
        if self.cpus > most:
            raise Unusable(f"CPUS={self.cpus}: {self.machine} has {most}")
        self.qemu = self.find()
        major = self.major()
        self.note = f"QEMU {major}.x: {self.old}" if major and major < 10 else None
        self.check()

    def check_kvm(self):
        if platform.machine() != self.native:
            raise Unusable(f"ACCEL=kvm: this host is {platform.machine()}, and KVM runs only its own ISA")
        if not os.access("/dev/kvm", os.R_OK | os.W_OK):
            raise Unusable("ACCEL=kvm: /dev/kvm cannot be opened here")

    def default_cpus(self):
        """Where CPUs are threads of the host, more of them than it has CPUs wait for each other: a cell can take minutes."""
        return min(8, host_cpus()) if self.accel in PARALLEL else 8

    def check(self):
        """Raise Unusable for what this ISA's machines cannot do together."""

    def find(self):
        if os.environ.get("QEMU"):
            return os.environ["QEMU"]
        qemu = find_emulator(self.opt.cache, self.emulator)
        if not qemu:
            raise Unusable(f"{self.emulator} is not installed: make deps ARCH={self.opt.arch}")
        return qemu

    def version(self):
        text = output_of(self.qemu, "--version")
        return text.splitlines()[0] if text else "unknown"

    def major(self):
        words = self.version().split("version ")
        digits = words[1].split(".")[0] if len(words) > 1 else ""
        return int(digits) if digits.isdigit() else None

    def command(self, image, build, words):
        timed = build == "timing" and not any(w.startswith(UNTIMED) for w in words)
        if self.accel == "kvm" and timed and self.cpus > host_cpus():
            raise Unusable(f"{self.cpus} CPUs under KVM on {host_cpus()} CPUs would measure the host's scheduler")
        return [self.qemu, "-M", self.machine + self.options, *self.flags(), "-smp", str(self.harts()), "-nodefaults", "-no-reboot",
                "-display", "none", "-serial", "stdio", *(a.format(shift=self.shift) for a in ACCELS[self.accel]), *self.opt.qemuflags.split(),
                *self.loader(image, build, words)]

    def harts(self):
        """How many CPUs QEMU gives the machine: more than the image has where some cannot run it."""
        return self.cpus

    def flags(self):
        """CPU model, memory, a way out with an exit status."""
        raise NotImplementedError

    def loader(self, image, build, words):
        """Without VIA QEMU loads the image."""
        return ["-kernel", image, "-append", " ".join(words)]

    def make_medium(self, tool, *argv):
        make_medium(f"VIA={self.opt.via}", tool, *argv)

    @property
    def firmware(self):
        return self.vias[self.opt.via] if self.opt.via else self.firmware_name

    @staticmethod
    def status(returncode):
        """Images leave with 2 * status + 1: zero is what a reset or a power-off gives, never success."""
        return (returncode - 1) // 2 if returncode > 0 and returncode % 2 else None

    def end_matches(self, returncode, end, said):
        """Did it leave as an image does that has printed @end? @said: its standard error."""
        return self.status(returncode) == end

    def complaint(self, said):
        """What of the emulator's standard error somebody should know."""
        return "\n".join(line for line in said.splitlines() if not self.ending or self.ending not in line).strip()


class Host:
    """The programs of ARCH=host: the command line is their argument list, their exit status the verdict."""

    images = {"oracle": "safety/skeet", "timing": "timing/skeet"}
    accel = machine = "host"
    interrupts = {"signals": ("host", "")}
    note = firmware = None
    words = ()

    def __init__(self, opt):
        self.cpus = opt.cpus

    def command(self, image, build, words):
        # The safety build runs one thread at a time; real threads want a CPU each.
        if build == "timing":
            if self.cpus and self.cpus > host_cpus():
                raise Unusable(f"{self.cpus} threads on {host_cpus()} CPUs would measure the host's scheduler")
            cpus = self.cpus or min(8, host_cpus())
        else:
            cpus = self.cpus or 4
        return [image, f"cpus={cpus}", *words]

    def version(self):
        return "none (an ordinary process)"

    def end_matches(self, returncode, end, said):
        return returncode == end

    def complaint(self, said):
        return said.strip()


def arches():
    """The ISAs that have a machine."""
    return sorted(f.removesuffix(".py") for f in os.listdir(os.path.join(HERE, "machines")) if f.endswith(".py"))


def of(arch, accel=None):
    """The class of an ISA's machines."""
    one_of("ARCH", arch, (*arches(), "host"))
    if arch == "host":
        return Host
    machine = importlib.import_module(f"machines.{arch}").Machine
    return machine.others.get(accel, machine)


def to_be_named(arch):
    """The machines of an ISA that MACHINE= has to name; none of one that is unknown here."""
    return getattr(of(arch), "machines", ())[1:] if arch in arches() else ()


def choices(arch):
    """What MACHINE= and VIA= can be, for people."""
    m = of(arch)
    return f"  ARCH={arch:7} MACHINE={'|'.join(m.machines)} (default {m.machines[0]})  VIA={'|'.join(m.vias)}"
