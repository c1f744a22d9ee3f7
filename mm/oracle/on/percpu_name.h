/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SKEET_PERCPU_NAME_H
#define SKEET_PERCPU_NAME_H

#define PERCPU_WORD_NAME(word) LSET_ENTRY(struct percpu_word_name, words, word) = { #word, word }

#endif
