# SPDX-License-Identifier: GPL-2.0-only
"""What the checks know about each ISA."""
import re
from dataclasses import dataclass, field


# Who invalidates on other CPUs: the hardware by itself; each kernel, interrupted; the firmware, which interrupts unseen.
HARDWARE, KERNEL, FIRMWARE = "hardware", "kernel", "firmware"


@dataclass
class Trace:
    """How QEMU's log shows interrupts."""
    events: dict        # {QEMU's major version: (trace event, a line of it that is one message sent)}
    irq: re.Pattern     # a line of -d int: an interrupt taken
    nmi: re.Pattern     # one that closed interrupts do not stop; None where it looks like any other
    invalidate: re.Pattern  # a line of -d in_asm: an instruction that invalidates
    # (variables of the run, words): other ways in which CPUs interrupt each other
    ways: tuple = ()


@dataclass
class Isa:
    # {TLB method: who does it on other CPUs}, the default one first: it drains nobody. For the laws and for both images alike.
    methods: dict
    # (MACHINE, CPUS) that QEMU starts by itself
    direct: tuple
    # {QEMU's major version: most CPUs of the default machine}
    most_cpus: dict
    # {VIA: (variables of the run, ARGS, what the banner says)}
    vias: dict
    # MiB of memory that end before the image, or in it
    too_small: tuple
    # an indirect call or jump as objdump shows it
    indirect: re.Pattern
    trace: Trace
    # a floating-point register as objdump shows it, where the compiler cannot be told to leave them alone
    floating: re.Pattern | None = None
    # what that many CPUs run
    most_words: str = "test=arch_smp"
    # (PLAN, variables of the run): numbers of CPUs at which every test passes, besides the default one
    counts: tuple = ()
    # (CPUS, words): sets of CPUs that take the firmware more than one call
    wide: tuple = ()
    # MACHINEs on which any CPU may be the first to come out of the firmware, or CPU 0 is never the one: times to boot each
    lottery: dict = field(default_factory=dict)

    @property
    def default_method(self):
        return next(iter(self.methods))


# What is told about sets of harts.
RISCV64_MASKS = "arch_smp,arch_ipi,arch_tlb,arch_sfence,arch_sbi,mm_tlb"

ISAS = {
    "x86_64": Isa(
        methods={"nmi": KERNEL, "ipi": KERNEL},
        direct=(("microvm", 1), ("microvm", 8), ("microvm", 255), ("q35", 1), ("q35", 8), ("pc", 1), ("pc", 8)),
        most_cpus={7: 255, 10: 288},
        vias={
            "grub": ({"MACHINE": "q35", "CPUS": 8, "PLAN": "oracle"}, "test=all", "via multiboot2"),
            # By turns: under icount OVMF's own waits take minutes.
            "grub-efi": ({"MACHINE": "q35", "CPUS": 2, "PLAN": "timing", "ACCEL": "tcg1"}, "test=arch_smp", "via multiboot2"),
        },
        too_small=(16, 48),
        indirect=re.compile(r"\b(call|jmp)q?\s+\*"),
        trace=Trace(
            # The low half of the ICR: the register's number in 10.x, its offset in 7.x.
            events={7: ("apic_mem_writel", re.compile(r"apic_mem_writel 0x300 = 0x")),
                    10: ("apic_register_write", re.compile(r"apic_register_write register 0x30 = 0x"))},
            irq=re.compile(r"Servicing hardware INT=0x"),
            nmi=re.compile(r"^\s*\d+: v=02 "),
            invalidate=re.compile(r"\binvlpg\b"))),
    "arm64": Isa(
        methods={"hw": HARDWARE, "ipi": KERNEL},
        direct=(("virt", 1), ("virt", 64), ("virt,gic-version=2", 8), ("virt,virtualization=on", 8), ("raspi3b", 4), ("raspi4b", 4)),
        most_cpus={7: 123, 10: 512},
        vias={
            "u-boot": ({"CPUS": 4, "PLAN": "timing", "ACCEL": "tcg1"}, "test=arch_smp", "via image"),
        },
        too_small=(2, 3),
        indirect=re.compile(r"\b(blr|br)\s+x\d+"),
        trace=Trace(
            # A write of ICC_SGI1R_EL1, whatever its targets.
            events={7: ("gicv3_icc_generate_sgi", re.compile(r"gicv3_icc_generate_sgi "))},
            irq=re.compile(r"Taking exception 5 \[IRQ\]"),
            nmi=None,
            invalidate=re.compile(r"\btlbi\b"))),
    "riscv64": Isa(
        methods={"fw": FIRMWARE, "ipi": KERNEL},
        direct=(("virt", 1), ("virt", 64), ("virt,aia=aplic-imsic", 8), ("virt,aclint=off", 8), ("sifive_u", 1), ("sifive_u", 4),
                ("spike", 8)),
        most_cpus={7: 128},
        vias={
            "fw-jump": ({"CPUS": 4, "PLAN": "timing"}, "test=arch_smp", "via sbi"),
            "u-boot": ({"CPUS": 4, "PLAN": "timing"}, "test=arch_smp", "via sbi"),
        },
        # The image begins at 2 MiB, above OpenSBI.
        too_small=(4, 8),
        indirect=re.compile(r"\b(jalr|jr)\s+[ast]\d+\b"),
        trace=Trace(
            # Every store to a device has this event: 2f0xxxx is the SSWI of virt, 28xxxxxx the interrupt files of S-mode. A call
            # of the firmware, of -d int, is a message too.
            events={7: ("memory_region_ops_write",
                        re.compile(r"memory_region_ops_write .* addr 0x(2f0[0-9a-f]{4}|28[0-9a-f]{6}) |async:0, cause:0*9,"))},
            irq=re.compile(r"async:1, cause:0*[19],"),
            nmi=None,
            invalidate=re.compile(r"\bs(fence|inval)\.vma\b"),
            ways=(({}, "ipi=sbi"), ({"MACHINE": "virt,aia=aplic-imsic"}, "ipi=imsic"))),
        most_words=f"test={RISCV64_MASKS} ipi=sbi asid=8",
        wide=tuple((cpus, f"test={RISCV64_MASKS} ipi={ipi} asid=8") for cpus, ipi in ((96, "sbi"), (96, "sswi"), (128, "sswi"))),
        lottery={"virt": 4, "sifive_u": 1},
        # Not an address that reads like one: those are followed by a symbol.
        floating=re.compile(r"\bf[ast]\d+\b(?! <)")),
    "ppc64": Isa(
        methods={"hw": HARDWARE, "ipi": KERNEL},
        direct=(("pseries", 1), ("pseries", 64), ("powernv9", 4), ("powernv10", 4)),
        most_cpus={7: 128},
        vias={
            "vof": ({"CPUS": 4, "PLAN": "timing"}, "test=arch_smp", "via vof"),
            "slof": ({"CPUS": 4, "PLAN": "timing"}, "test=arch_smp", "via slof"),
            "opal": ({"MACHINE": "powernv10", "CPUS": 4, "PLAN": "timing"}, "test=arch_smp", "via opal"),
        },
        counts=(("oracle", {"CPUS": 2}), ("timing", {"CPUS": 3}), ("timing", {"CPUS": 32}), ("timing", {"CPUS": 128}),
                ("timing", {"CPUS": 16, "MACHINE": "powernv9"}), ("timing", {"CPUS": 16, "MACHINE": "powernv10"})),
        # QEMU gives a partition multiples of 256 MiB.
        too_small=(64, 128),
        indirect=re.compile(r"\bb\w*ctrl?\b|\bb\w*lrl\b"),
        trace=Trace(
            # The hypervisor's own events miss what finds one pending: -d int shows every call. H_IPI, H_SIGNAL_SYS_RESET.
            events={7: ("xics_icp_check_ipi", re.compile(r"hypercall r3=0{13}(06c .* r5=0{15}4 |380 )"))},
            irq=re.compile(r"=> EXTERNAL \("),
            nmi=re.compile(r".*=> RESET \("),
            # By their encoding: primary opcode 31, extended 306 (tlbie) and 274 (tlbiel). QEMU's disassembler knows neither.
            invalidate=re.compile(r": +7[c-f][0-9a-f]{3}[2a][26]4 "))),
}
ISAS["ppc64be"] = ISAS["ppc64"]
