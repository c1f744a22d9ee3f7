// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <bootinfo.h>
#include <cmdline.h>
#include <console.h>
#include <cpu.h>
#include <smp.h>

#include "report.h"

typedef unsigned long long ull;

static const char *const hist_names[] = { "off", "on" };
CMD_CHOICE(hist, hist_names, true, "result lines carry every sample: values, and how often each came (off)");

static void print_milli(const char *key, u64 milli)
{
	kprintf(",\"%s\":%llu.%03llu", key, (ull)(milli / 1000), (ull)(milli % 1000));
}

static void print_parts(const struct stats *st)
{
	kprintf(",\"parts\":[");
	for (unsigned i = 0; i < st->parts; i++)
		kprintf("%s%llu.%03llu", i ? "," : "", (ull)(st->part_milli[i] / 1000), (ull)(st->part_milli[i] % 1000));
	kprintf("]");
}

/* Every value and how often it came. */
static void print_hist(const struct stats *st)
{
	u64 from = 0;

	kprintf(",\"hist\":[");
	for (u64 i = 1; i <= st->n; i++) {
		u64 milli = (u64)st->v[from] * 1000 / st->by;

		if (i < st->n && st->v[i] == st->v[from])
			continue;
		kprintf("%s[%llu.%03llu,%llu]", from ? "," : "", (ull)(milli / 1000), (ull)(milli % 1000), (ull)(i - from));
		from = i;
	}
	kprintf("]");
}

static void print_u64(const char *key, u64 v)
{
	kprintf(",\"%s\":%llu", key, (ull)v);
}

static void print_str(const char *key, const char *v)
{
	kprintf(",\"%s\":\"%s\"", key, v);
}

static void print_str_or_null(const char *key, const char *v)
{
	if (v)
		print_str(key, v);
	else
		kprintf(",\"%s\":null", key);
}

static void print_pairs(const struct stats_pairs *pairs)
{
	u64 diff = (u64)(pairs->diff < 0 ? -pairs->diff : pairs->diff);

	print_u64("pairs", pairs->n);
	print_milli("base", pairs->base);
	kprintf(",\"diff\":%s%llu.%03llu", pairs->diff < 0 ? "-" : "", (ull)(diff / 1000), (ull)(diff % 1000));
	print_milli("diff_sd", pairs->sd);
}

static void print_events(const struct cell *c)
{
	kprintf(",\"events\":[");
	for (unsigned i = 0; i < c->nr_events; i++) {
		const struct event *e = &c->events[i];

		kprintf("%s[%u,\"%s\",%llu", i ? "," : "", e->cpu, e->name, (ull)e->at);
		if (e->peer)
			kprintf(",%u", e->peer);
		kprintf("]");
	}
	kprintf("]");
}

/* Where a scheme runs. */
static void print_place(const struct plan *p, const struct cell *c)
{
	print_str("build", oracle_build ? "oracle" : "timing");
	print_str("tlb", c->tlb ? c->tlb->name : "-");
	print_str("walk", walk_names[c->walk]);
	print_u64("ncpu", nr_cpus);
	print_u64("loaded", c->wl->alone ? 1 : c->wl->invalidates ? p->loaded : 0);
	print_u64("walkers", c->walkers);
	print_u64("dwell", p->dwell);
	if (c->targets)
		print_u64("targets", c->targets);
	if (c->initiators)
		print_u64("initiators", c->initiators);
	if (c->pair) {
		print_u64("from", c->from);
		print_u64("to", c->to);
	}
	if (c->clock_error)
		print_u64("clock_error", c->clock_error);
	if (c->threads)
		print_u64("threads", c->threads);
	if (c->pages)
		print_u64("pages", c->pages);
	if (c->range)
		print_str("range", c->range);
}

static void print_machine(const struct plan *p)
{
	print_str("arch", ARCH_NAME);
	print_str("board", boot_info->board);
	print_str("accel", p->accel);
}

static enum tlb_reach reach_of(const struct cell *c)
{
	return c->tlb ? tlb_method_here(c->tlb)->reach : TLB_REACH_NONE;
}

/* What bounds the firmware's part of a time. The sync has a window of its own, without it. */
static u64 bound_of(const struct cell *c, const char *metric)
{
	return c->tlb && strcmp(metric, "sync") ? tlb_method_bound(c->tlb) : 0;
}

void report_result(const struct plan *p, const struct cell *c, const char *metric, const struct stats *st, u64 gross_milli, u64 ovh,
		   const struct totals *t)
{
	kprintf("@r {\"v\":1");
	print_str("m", metric);
	if (p->series)
		print_str("series", p->series->name);
	print_str("wl", c->wl->name);
	print_str("sync", c->sync->name);
	print_place(p, c);
	print_machine(p);
	print_u64("seed", p->seed);
	print_u64("n", t->n);
	print_str("unit", p->account ? "insn" : "tick");
	/* icount with shift=0: one instruction is one nanosecond of virtual time. */
	print_u64("hz", p->account ? 1000000000 : arch_cycles_hz());
	print_u64("ovh", ovh);
	if (bound_of(c, metric))
		print_u64("bound", bound_of(c, metric));
	print_u64("min", st->min);
	print_u64("p50", st->p50);
	print_u64("p90", st->p90);
	print_u64("p99", st->p99);
	print_u64("p999", st->p999);
	print_u64("max", st->max);
	print_milli("mean", st->mean_milli);
	print_milli("sd", st->sd_milli);
	print_parts(st);
	if (st->n && cmdline_choice("hist", hist_names, ARRAY_SIZE(hist_names), 0))
		print_hist(st);
	if (c->nr_events)
		print_events(c);
	print_milli("gross", gross_milli);
	if (t->insns)
		print_milli("insns", t->insns);
	if (t->pairs.n)
		print_pairs(&t->pairs);
	print_u64("ipi_tlb", t->ipi_tlb);
	print_u64("ipi_sync", t->ipi_sync);
	print_u64("rounds", t->rounds);
	if (c->sync->calls)
		print_u64("calls", 1);
	print_u64("ipi_msg", t->ipi_msg);
	print_u64("ipi_recv", t->ipi_recv);
	/* A sync and a flush address each CPU once, so distinct CPUs a sample are the targets. What firmware interrupts is not seen. */
	print_u64("disturbed", t->ipi_sync);
	print_u64("disturbed_tlb", reach_of(c) != TLB_REACH_FW ? t->ipi_tlb : 0);
	print_u64("tlbi", t->tlbi);
	print_u64("inside", t->inside);
	print_u64("inside_any", t->inside_any);
	print_u64("armed", t->armed);
	print_u64("walks", t->walks);
	if (t->bystander) {
		print_u64("bystander", t->bystander);
		print_u64("by_recv", t->by.recv);
		print_u64("by_sync", t->by.sync);
		print_u64("by_tlb", t->by.tlb);
	}
	if (c->wl->switches) {
		print_u64("had_loaded", t->loaded);
		print_u64("left_lazy", t->lazy);
		print_u64("caught_up", t->caught);
	}
	print_u64("cut", t->cut);
	print_u64("odd", t->odd);
	print_u64("witness", t->witness);
	if (oracle_build)
		print_u64("bad", t->bad);
	else
		kprintf(",\"bad\":null");
	kprintf("}\n");
}

void report_samples(const struct plan *p, const struct cell *c, const char *metric, u32 *v, u64 ovh, const struct totals *t)
{
	struct stats st;

	stats_of(v, t->n, &st);
	report_result(p, c, metric, &st, st.mean_milli, ovh, t);
}

bool caught_by(const char *catcher, const struct oracle_violation *v)
{
	size_t len;

	for (; v && *catcher; catcher += catcher[len] ? len + 1 : len) {
		len = strcspn(catcher, " ");
		if (len == strlen(v->hole) && !memcmp(catcher, v->hole, len))
			return true;
	}
	return false;
}

/* "other": a violation, but none of those that were declared. */
static const char *found(const char *catcher, const struct oracle_violation *v)
{
	if (!v)
		return "sound";
	return !catcher || caught_by(catcher, v) ? "broken" : "other";
}

/* What is judged: in which series, a scheme in which role, or with which step left out. */
static void print_judged(const struct plan *p, const struct cell *c, const char *mutation)
{
	print_str_or_null("series", p->series ? p->series->name : NULL);
	print_str("scheme", c->sync->name);
	if (mutation)
		kprintf(",\"variant\":\"mutation:%s\"", mutation);
	else
		print_str_or_null("variant", series_variant(p->series, c->sync->name));
	/* The first key of an object takes no comma. */
	kprintf(",\"cell\":{\"wl\":\"%s\"", c->wl->name);
	print_place(p, c);
	kprintf("}");
}

void report_verdict(const struct plan *p, const struct cell *c, const struct judgement *j)
{
	const struct oracle_violation *v = j->v;
	const char *got = found(j->catcher, v);

	kprintf("@v {\"v\":1");
	print_judged(p, c, j->mutation);
	print_machine(p);
	print_str_or_null("mutation", j->mutation);
	print_str("expect", j->catcher ? "broken" : "sound");
	print_str_or_null("catcher", j->catcher);
	print_str("got", got);
	print_str_or_null("by", got[0] == 'b' ? v->hole : NULL);
	print_str_or_null("missing", j->catcher && got[0] == 'b' ? j->missing : NULL);
	print_u64("seed", j->seed);
	print_u64("iterations", v ? v->iteration : j->iterations);
	if (j->bound)
		print_u64("bound", j->bound);
	print_u64("schedules", j->schedules);
	print_str_or_null("hole", v ? v->hole : NULL);
	if (v) {
		kprintf(",\"text\":\"%s: %s, iteration %llu, seed %llu: %s\"}\n", got[0] == 'b' ? got : "not a declared hole",
			v->hole, (ull)v->iteration, (ull)j->seed, v->text);
		oracle_print_events();
	} else {
		kprintf(",\"text\":\"no violation in %llu iterations of %u schedules (declared %s)\"}\n", (ull)j->iterations,
			j->schedules, j->catcher ? "broken" : "sound");
	}
}

int report_litmus(const struct plan *p, const struct litmus_result *l)
{
	u64 shown = 0;

	kprintf("@l {\"v\":1");
	print_str("litmus", l->litmus);
	print_str("variant", l->variant);
	print_str("build", oracle_build ? "oracle" : "timing");
	print_str("arch", ARCH_NAME);
	print_str("board", boot_info->board);
	print_str("accel", p->accel);
	print_u64("ncpu", nr_cpus);
	print_u64("seed", p->seed);
	print_u64("n", l->n);
	kprintf(",\"outcomes\":{");
	for (unsigned i = 0; l->outcomes[i]; i++) {
		kprintf("%s\"%s\":%llu", i ? "," : "", l->outcomes[i], (ull)l->counts[i]);
		shown = l->counts[i];
		if (!l->outcomes[i + 1])
			kprintf("},\"forbidden\":\"%s\"", l->outcomes[i]);
	}
	print_str("kept", l->kept);
	kprintf(",\"shown\":%llu,\"allowed\":%s,\"must\":%s}\n", (ull)shown, l->allowed ? "true" : "false",
		l->must ? "true" : "false");
	return shown ? !l->allowed : l->must;
}
