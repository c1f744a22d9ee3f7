# SPDX-License-Identifier: GPL-2.0-only
"""The words that only one port has: every test passes whatever is chosen, and what a machine lacks is an error that says so."""
from dataclasses import dataclass

from common import Failed, Run, check

ROLLOVER = ("arch_mmu.asid_rollover",)
# Of 3 bits, 0 is nobody's: 7 IDs are enough for no more than 6 harts.
IMSIC = {"MACHINE": "virt,aia=aplic-imsic", "CPUS": 6}


XIVE = "pseries,ic-mode=xive"
# CPUs are threads of one core.
THREADS = "pseries,smp.threads=8"
HASH = ("arch_hash.full_group", "arch_hash.fill_against_flush", "arch_hash.collapse_serialises")
IPIS = ("arch_ipi.counts", "arch_ipi.nmi_reaches_closed")


def cpu(model, **variables):
    return {"QEMUFLAGS": f"-cpu {model}", **variables}


# Suites that a choice can break: not the oracle's own, nor the schedules, which boot.tests runs.
SUITES = "arch_inval,arch_ipi,arch_mmu,arch_pte,arch_smp,arch_tlb,mm_gather,mm_lazy,mm_pt,mm_rcu,mm_tlb,oracle_mapped,oracle_repoint,oracle_shadow"


@dataclass
class Choices:
    # suites that only this port has
    suites: str
    # (variables of the run, words, tests that pass there and are not skipped)
    good: tuple
    # (variables of the run, words of which the machine lacks one, what the error names)
    lacking: tuple


CHOICES = {
    "x86_64": Choices(
        suites="",
        good=(({"PLAN": "timing"}, "ipi=x2apic", IPIS),),
        lacking=((cpu("max,x2apic=off"), "ipi=x2apic", "valid is ipi=xapic"),)),
    "arm64": Choices(
        suites="",
        good=(
            ({}, "granule=16k", ()),
            ({"QEMUFLAGS": "-m 8G", "PLAN": "timing"}, "granule=64k", ()),
            ({}, "asid=8 nmi=pmr", ROLLOVER),
            ({}, "reach=os dsb=osh", ()),
            ({}, "range=on repeat=on ttl=off dsb=sy", ()),
            (cpu("cortex-a53"), "nmi=pmr", ()),
            (cpu("neoverse-n1", PLAN="timing"), "granule=16k", ()),
        ),
        lacking=(
            (cpu("cortex-a57"), "granule=16k", "granule"),
            (cpu("cortex-a57"), "range=on", "range"),
            (cpu("cortex-a57"), "reach=os", "reach"),
            (cpu("cortex-a57"), "ttl=on", "ttl"),
            (cpu("cortex-a57"), "nmi=feat", "nmi"),
            ({}, "trim=3", "trim="),
        )),
    # With ASIDs of 16 bits arch_mmu takes most of the time of the oracle image: boot.tests has them there.
    "riscv64": Choices(
        suites=",arch_riscv,arch_sbi,arch_sfence",
        good=(
            ({}, "mmu=sv39 ipi=sbi inval=svinval asid=8 relax=wfi", ROLLOVER),
            ({}, "mmu=sv48 ipi=sswi nmi=sse inval=full svvptc=off ad=sw asid=8", ROLLOVER),
            (IMSIC, "mmu=sv57 ipi=imsic nmi=call asid=3", ROLLOVER),
            ({"PLAN": "timing", "CPUS": 2}, "inval=sfence svvptc=on ad=hw asid=16", ()),
            ({"PLAN": "timing", "CPUS": 2}, "rfence=off asid=0", ()),
            # Where CPUs run by turns nothing but wfi gives the turn away.
            ({"PLAN": "timing", "CPUS": 4, "ACCEL": "mttcg"}, "relax=pause asid=8", ROLLOVER),
            # A and D by software; Sv39 alone; no timer of S-mode's own; nothing but the base.
            (cpu("rva22s64", CPUS=4), "asid=8", ROLLOVER),
            (cpu("rva23s64", CPUS=4), "asid=8", ROLLOVER),
            (cpu("sifive-u54", CPUS=4), "asid=8", ROLLOVER),
            (cpu("thead-c906", CPUS=4), "asid=8", ROLLOVER),
            (cpu("rv64", CPUS=4), "asid=8", ROLLOVER),
            (cpu("tt-ascalon", CPUS=4), "asid=8", ROLLOVER),
        ),
        lacking=(
            (cpu("sifive-u54"), "mmu=sv48", "valid: mmu=sv39"),
            (cpu("sifive-u54"), "inval=svinval", "valid are inval=sfence inval=full"),
            (cpu("sifive-u54"), "ad=sw", "valid is no word ad="),
            (cpu("rva22s64"), "svvptc=on", "valid is svvptc=off"),
            ({}, "asid=17", "0 to 16"),
            ({"CPUS": 7}, "asid=3", "0, 4 to 16"),
            ({}, "ipi=imsic", "valid: ipi=sbi ipi=sswi"),
            ({"MACHINE": "virt,aclint=off"}, "ipi=sswi", "valid: ipi=sbi"),
            ({}, "rfence=off tlb=fw", "rfence=off"),
        )),
    "ppc64": Choices(
        suites=",arch_hash,arch_ppc64,arch_tlbie",
        good=(
            ({}, "base=4k asid=8 quirks=on", ROLLOVER),
            ({}, "base=64k asid=8 quirks=off", ROLLOVER),
            (cpu("power9"), "asid=8", ROLLOVER),
            (cpu("power9", PLAN="timing"), "base=64k quirks=off", ()),
            (cpu("power10", PLAN="timing"), "base=64k quirks=on asid=12", ("arch_smp.decrementer",)),
            ({"MACHINE": "pseries,cap-large-decr=off", "PLAN": "timing"}, "", ()),
            ({"MACHINE": THREADS, "CPUS": 8}, "ipi=msgsndp asid=8", ROLLOVER),
            ({"MACHINE": THREADS, "CPUS": 8, "PLAN": "timing"}, "ipi=msgsndp", IPIS),
            ({"PLAN": "timing", "CPUS": 4}, "ipi=xics", IPIS),
            ({"MACHINE": XIVE}, "ipi=xive asid=8", ROLLOVER),
            ({"MACHINE": XIVE, "PLAN": "timing"}, "base=64k", IPIS),
            ({"CPUS": 4}, "mmu=hash asid=8", ROLLOVER + HASH),
            ({"PLAN": "timing", "CPUS": 2}, "mmu=hash base=64k", HASH[:1]),
            ({"MACHINE": "powernv9", "CPUS": 4}, "mmu=hash", HASH),
            ({"MACHINE": "powernv10", "CPUS": 2}, "mmu=hash base=64k", HASH),
            (cpu("power8", CPUS=2), "mmu=hash", HASH),
            ({"MACHINE": "powernv9", "PLAN": "timing", "CPUS": 4}, "ipi=doorbell", IPIS[:1]),
            ({"MACHINE": "powernv10", "PLAN": "timing", "CPUS": 4}, "ipi=doorbell", IPIS),
        ),
        lacking=(
            (cpu("power8"), "", "POWER9 or later"),
            ({"MACHINE": "pseries,max-cpu-compat=power8"}, "", "offers no radix translation"),
            ({}, "asid=13", "1 to 12"),
            ({"CPUS": 8}, "asid=3", "4 to 12"),
            ({}, "base=16k", "4k 64k"),
            ({}, "ipi=doorbell", "valid: ipi=xics"),
            ({}, "ipi=msgsndp", "threads of one core"),
            ({}, "ipi=xive", "MACHINE=pseries,ic-mode=xive"),
            ({"MACHINE": XIVE}, "ipi=xics", "valid: ipi=xive"),
            ({"MACHINE": THREADS, "CPUS": 8}, "ipi=doorbell", "valid: ipi=xics ipi=msgsndp"),
            ({"MACHINE": "powernv10"}, "ipi=xics", "valid: ipi=doorbell"),
            ({"MACHINE": XIVE}, "mmu=hash", "valid: ipi=xive with mmu=radix"),
            ({}, "mmu=hash tlb=ipi", "tlb=fw in a partition"),
            ({"MACHINE": "powernv10"}, "mmu=hash tlb=fw", "no hypervisor below"),
        )),
}


def choices(ctx):
    """What is good passes; what is lacking is status 2 with nothing run."""
    table = CHOICES[ctx.arch]
    suites = SUITES + table.suites
    for variables, words, passing in table.good:
        run = Run(ctx, "raw", ARGS=f"test={suites} {words}", **{"PLAN": "oracle", **variables})
        if run.status:
            raise Failed(f"{words} {variables}: status {run.status}: {run.said('FAIL ') or run.text.strip().splitlines()[-3:]}")
        for test in passing:
            if not run.said(f"PASS {test}:"):
                raise Failed(f"{words} {variables}: {test} did not pass: {run.said('SKIP ' + test)}")
    for variables, words, named in table.lacking:
        run = Run(ctx, "raw", ARGS=f"n=50 {words}", **{"PLAN": "timing", "CPUS": 2, "TIMEOUT": 60, **variables})
        if run.status != 2 or not any(named in t for t in run.said("error: ")):
            raise Failed(f"{words} {variables}: status {run.status}: {run.said('error: ')}; wanted 2 and {named!r}")
    return f"{len(table.good)} choices, {len(table.lacking)} that a machine has not"


for isa in CHOICES:
    check("entry.choices", per=isa)(choices)
