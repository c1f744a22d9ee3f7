/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c asks of the engine: safety/fibre.c or timing/thread.c. */
#ifndef SKEET_HOST_H
#define SKEET_HOST_H

/* This thread becomes CPU 0. */
void engine_init(void);
/* CPUs if the command line does not say; and the most there can be, with the reason in @why. */
unsigned engine_default_cpus(void);
unsigned engine_max_cpus(const char **why);

#endif
