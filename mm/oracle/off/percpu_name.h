/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_PERCPU_NAME_H
#define SKEET_PERCPU_NAME_H

#define PERCPU_WORD_NAME(word) _Static_assert(1, #word)

#endif
