// SPDX-License-Identifier: GPL-2.0-only
/*
 * The series that this testbed was built to judge. A scheme's file says where the scheme is sound; this table says which schemes,
 * workloads and mutations make up the answer to one patch series, and in which role.
 */
#include <string.h>

#include <cmdline.h>
#include <console.h>

#include "series.h"

static const struct series all_series[] = {
	{
		.name = "kumar",
		.doc = "seed 000, \"Avoid IPI while updating page table entries\": no sync at all, walkers that tolerate what they loaded",
		.baseline = "cpumask",
		.posted = "none",
		.bench = "munmap-thp,munmap-guest,munmap-guest-early,munmap-guest-batch,thp-split,huge-fault,split-page,retype,dontneed,exit-mm,"
			 "collapse,walk-cost,ipi-round",
		.walk = "bare,gup,slot",
		.mutations = "gup.,slot.,cpumask.,thp-split.,split-page.,dontneed.,exit-mm.,collapse.",
	},
	{
		.name = "bras",
		.doc = "seed 001, tracking lockless walks by a counter: of the mm (v1 to v5), of each CPU (v6)",
		.baseline = "cpumask",
		.posted = "mm-count,percpu-count",
		.bench = "munmap-thp,munmap-guest,munmap-guest-batch,slot-store,two-mm,mm-switch,retype,walk-cost,ipi-round",
		.walk = "bare,gup,bare+nmi,slot,slot-real,exempt",
		.mutations = "mm-count.,percpu-count.,cpumask.,slot.,exempt.",
	},
	{
		.name = "yang",
		.doc = "seed 004, targeted IPIs to the CPUs that walk this mm; \"the flush already sent the IPIs\"",
		.baseline = "broadcast",
		.posted = "active-mm-v4,flush-flag,flush-implied",
		.repaired = "active-mm,flush-drained,sticky",
		.bench = "munmap-thp,slot-store,two-mm,mm-switch,collapse-free,table-free-ipi,unshare,walk-cost,ipi-round",
		.walk = "bare,gup,bare+nmi",
		.tlb = ",pv", /* whose flush leaves CPUs out: what "the flush has sent" is worth there */
		.mutations = "active-mm.,depth-first.,flush-,sticky.,broadcast.,table-free.,table-free-,unshare.,collapse-free.,kvm.,nmi.claims-to-drain,"
			     "fw.claims-to-drain",
	},
};

static void series_print(void)
{
	kprintf("all");
	for (unsigned i = 0; i < ARRAY_SIZE(all_series); i++)
		kprintf(" %s", all_series[i].name);
}

static bool series_valid(const char *value, size_t len)
{
	for (unsigned i = 0; i < ARRAY_SIZE(all_series); i++)
		if (cmd_word_is(all_series[i].name, value, len))
			return true;
	return cmd_word_is("all", value, len);
}
CMD_KEY(series) = { "series", "judge a patch series: its schemes, each in its role, where it matters, and its mutations", series_print,
		    series_valid, false };

static bool asked(const char *name)
{
	char v[16];

	for (unsigned i = 0; cmdline_value("series", i, v, sizeof(v)); i++)
		if (!strcmp(v, "all") || !strcmp(v, name))
			return true;
	return false;
}

const struct series *series_asked(unsigned i)
{
	for (unsigned k = 0; k < ARRAY_SIZE(all_series); k++)
		if (asked(all_series[k].name) && !i--)
			return &all_series[k];
	return NULL;
}

/* The names of @list one after another: sets @name and its length and moves @list on; false at the end. */
static bool next_name(const char **list, const char **name, size_t *len)
{
	if (!*list || !**list)
		return false;
	*name = *list;
	*len = strcspn(*list, ",");
	*list += *len + ((*list)[*len] == ',');
	return true;
}

static bool listed(const char *list, const char *what)
{
	const char *name;
	size_t len;

	while (next_name(&list, &name, &len))
		if (cmd_word_is(what, name, len))
			return true;
	return false;
}

const char *series_default(const struct series *s, const char *key, char *buf, size_t size)
{
	if (!strcmp(key, "bench"))
		return s->bench;
	if (!strcmp(key, "walk"))
		return s->walk;
	if (!strcmp(key, "tlb"))
		return s->tlb;
	if (strcmp(key, "sync"))
		return NULL;
	ksnprintf(buf, size, "%s%s%s%s%s", s->baseline, s->posted ? "," : "", s->posted ? s->posted : "", s->repaired ? "," : "",
		  s->repaired ? s->repaired : "");
	return buf;
}

const char *series_variant(const struct series *s, const char *sync)
{
	if (!s)
		return NULL;
	if (listed(s->baseline, sync))
		return "baseline";
	if (listed(s->posted, sync))
		return "posted";
	return listed(s->repaired, sync) ? "repaired" : NULL;
}

bool series_has_mutation(const struct series *s, const char *mutation)
{
	const char *list = s->mutations, *name;
	size_t len;

	while (next_name(&list, &name, &len))
		if (!strncmp(mutation, name, len) && (name[len - 1] == '.' || name[len - 1] == '-' || !mutation[len]))
			return true;
	return false;
}
