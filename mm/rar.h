/* SPDX-License-Identifier: GPL-2.0-only */
/* Remote actions by mailbox (mm/tlb/rar.c): what the processor of a CPU that is asked does, in the kernel's place. */
#ifndef SKEET_RAR_H
#define SKEET_RAR_H

/* nmi_mail_hook: carry out what this CPU's mailbox asks for. NMI. */
void rar_serve(void);

#endif
