// SPDX-License-Identifier: GPL-2.0-only
/* A process invalidates nothing. */
#include <inval.h>

const struct inval_op arch_inval_ops[] = { { 0 } };
const struct inval_barrier arch_inval_barriers[] = { { 0 } };
