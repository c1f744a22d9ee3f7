// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's console and RTAS (PAPR). All structures are big-endian. */
#include <pte.h>

#include <arch/insn.h>
#include <arch/ppc64.h>

#include "boot.h"

#define RTAS_ARGS_MAX 6
#define H_BUSY 1

/* Characters stand left-justified in two registers. The terminal 0 is the first of the partition. */
void papr_putc(char c)
{
	while (ppc64_hcall(H_PUT_TERM_CHAR, 0, 1, (u64)(u8)c << 56, 0, NULL) == H_BUSY)
		;
}

s64 ppc64_rtas(u32 token, unsigned nargs, const u32 *args)
{
	static u32 block[3 + RTAS_ARGS_MAX + 1] __attribute__((__aligned__(64)));

	block[0] = be32(token);
	block[1] = be32(nargs);
	block[2] = be32(1);
	for (unsigned i = 0; i < nargs; i++)
		block[3 + i] = be32(args[i]);
	block[3 + nargs] = ~0U;
	insn_sync();
	ppc64_hcall(KVMPPC_H_RTAS, arch_virt_to_phys(block), 0, 0, 0, NULL);
	return (int32_t)be32(*(volatile u32 *)&block[3 + nargs]);
}

/*
 * A power-off carries no status, and QEMU takes it for success. What the operating system says when it ends for good (ibm,os-term) is
 * all else that there is: so a good end is said so, and a bad one is an ordinary power-off, which the runner never takes for success.
 */
void papr_poweroff(unsigned status)
{
	static const char good[] __attribute__((__aligned__(64))) = "good";
	const u32 text = (u32)arch_virt_to_phys(good), never[2] = { 0, 0 };

	if (!status)
		ppc64_rtas(ppc64_papr.os_term, 1, &text);
	ppc64_rtas(ppc64_papr.power_off, 2, never);
}
