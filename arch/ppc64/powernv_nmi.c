// SPDX-License-Identifier: GPL-2.0-only
/*
 * One CPU of a bare machine resets another: by a register of the target's core (direct controls), which OPAL writes for us where it
 * is there. Without it the register is reached over the chip's XSCOM bus, of POWER10 alone: QEMU has none for the cores of POWER9.
 * OPAL stops the target first, so a CPU cannot reset itself by it.
 */
#include <console.h>
#include <cpu.h>
#include <percpu.h>
#include <pte.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

/* PIR of POWER10: chip, core, thread. */
#define PIR_CHIP(pir) ((pir) >> 8)
#define PIR_CORE(pir) ((pir) >> 2 & 0x3f)
#define PIR_THREAD(pir) ((pir)&3)
/* A core is one of four of a chiplet, which a bit selects. */
#define CORE_DIRECT_CONTROLS(core) ((0x20ULL + ((core) >> 2)) << 24 | 2 << 16 | 0x8000 >> ((core) & 3) | 0x449)
#define DIRECT_SRESET(thread) (1ULL << (63 - 4 - 8 * (thread)))

static const char *xscom_lacks(void)
{
	for (unsigned i = 0; i < ppc64_cpus.nr_threads; i++) {
		u32 chip = PIR_CHIP(ppc64_cpus.thread[i].server);

		if (chip >= PPC64_CHIPS || !ppc64_chips.xscom[chip])
			return "nobody here resets one CPU for another: no XSCOM bus with the cores of a POWER10 (MACHINE=powernv10 has one; pseries needs none)";
	}
	return NULL;
}

const char *powernv_nmi_lacks(void)
{
	if (!ppc64_opal.entry)
		return xscom_lacks();
	if (!ppc64_opal_call(OPAL_CHECK_TOKEN, OPAL_SIGNAL_SYSTEM_RESET, 0, 0))
		return "this firmware resets no CPU for another (OPAL_SIGNAL_SYSTEM_RESET)";
	return NULL;
}

static __timed void xscom_store(u64 pa, u64 v)
{
	u64 msr = ppc64_real_mode();

	insn_stdcix(pa, be64(v));
	ppc64_mapped_mode(msr);
}

__timed void powernv_nmi_send(unsigned cpu)
{
	u32 pir = cpu_area[cpu].hwid;
	s64 error;

	if (!ppc64_opal.entry) {
		xscom_store(ppc64_chips.xscom[PIR_CHIP(pir)] | CORE_DIRECT_CONTROLS(PIR_CORE(pir)) << 3, DIRECT_SRESET(PIR_THREAD(pir)));
		return;
	}
	error = ppc64_opal_call(OPAL_SIGNAL_SYSTEM_RESET, pir, 0, 0);
	if (unlikely(error))
		panic("OPAL_SIGNAL_SYSTEM_RESET of CPU %u: error %lld", cpu, (long long)error);
}
