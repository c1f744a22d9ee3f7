/* SPDX-License-Identifier: GPL-2.0-only */
/* The bench runner: what bench= on the command line names. */
#ifndef SKEET_BENCH_H
#define SKEET_BENCH_H

/* Run it. Returns 0, 1 if a verdict was contradicted, 2 if the combination of words makes no sense (it has said why). */
int bench_run(void);

#endif
