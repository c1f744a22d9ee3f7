// SPDX-License-Identifier: GPL-2.0-only
/* The firmware's part of the protocol: harts that stop, start and sleep (HSM), and its own count of IPIs and RFENCEs (PMU). */
#include <console.h>
#include <ipi.h>
#include <smp.h>
#include <test.h>
#include <tlbi.h>

#include <arch/riscv.h>
#include <arch/sbi.h>

#define TURNS (1U << 20)

/* SBI v2.0, 9.3: states. */
enum { STARTED, STOPPED, START_PENDING, STOP_PENDING, SUSPENDED };
#define RETENTIVE 0

static void only_1(struct cpumask *to)
{
	cpumask_clear(to);
	cpumask_set(to, 1);
}

static bool reaches(u64 hart, u64 state)
{
	for (unsigned turns = TURNS; turns; turns--) {
		if (sbi_call(SBI_HSM, SBI_HSM_STATUS, hart, 0).value == state)
			return true;
		arch_relax();
	}
	return false;
}

/* The hart goes as if it had never been started; its struct cpu and its stack stay. */
static void stop(void *arg)
{
	(void)arg;
	arch_irq_off();
	cpu_area[1].online = 0;
	riscv_nmi_exit_cpu();
	/* Release: who joins sees the work done; nothing of it is left for afterwards. */
	__atomic_store_n(&cpu_area[1].done, cpu_area[1].done + 1, __ATOMIC_RELEASE);
	sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0);
	panic("the firmware did not stop this hart");
}

static void count(void *arg)
{
	__atomic_fetch_add((u64 *)arg, 1, __ATOMIC_RELAXED);
}

/* What is asked of a stopped hart is done for it: it has no entries left. Then it comes back, and works. */
TEST_CASE(arch_sbi, stop_and_start)
{
	u64 hart = cpu_area[1].hwid, ran = 0;
	s64 fence, ipi, again;
	bool stopped, online = false;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "one CPU");
		return;
	}
	smp_run(1, stop, NULL);
	smp_join(1, "a hart to stop");
	stopped = reaches(hart, STOPPED);
	fence = sbi_remote_sfence_vma(1, hart, 0, ~0ULL);
	ipi = sbi_send_ipi(1, hart);
	again = arch_cpu_start(1);
	for (unsigned turns = TURNS; turns && !online; turns--) {
		arch_relax();
		online = __atomic_load_n(&cpu_area[1].online, __ATOMIC_ACQUIRE);
	}
	T_EXPECT(r, stopped, "the hart did not stop");
	T_EXPECT(r, !again && online, "the hart did not come back");
	T_EXPECT(r, !fence && !ipi, "a stopped hart: RFENCE gives %lld, IPI %lld", (long long)fence, (long long)ipi);
	smp_run(1, count, &ran);
	smp_join(1, "work of a hart that came back");
	T_EXPECT(r, ran == 1, "it does not work");
	test_set(r, T_PASS, "stopped, asked in vain, started again");
}

/* As when an NMI comes in riscv_yield() in front of its WFI, which would then wait for an interrupt that may never come. */
TEST_CASE(arch_sbi, nmi_keeps_software_interrupt)
{
	void (*hook)(void) = nmi_hook;
	u64 flags, pending;

	if (!riscv_has_nmi) {
		test_set(r, T_SKIP, "%s", arch_nmi_lacks());
		return;
	}
	flags = arch_irq_save();
	nmi_hook = riscv_yield;
	insn_csrs(sip, IP_SSI);
	nmi_walk_self();
	pending = insn_csrr(sip) & IP_SSI;
	insn_csrc(sip, IP_SSI);
	nmi_hook = hook;
	arch_irq_restore(flags);
	T_EXPECT(r, pending, "the software interrupt that was pending is not any more");
	test_set(r, T_PASS, "a handler that gives way leaves it pending");
}

static volatile u64 slept;

static void sleep(void *arg)
{
	(void)arg;
	arch_irq_off();
	slept = (u64)sbi_call(SBI_HSM, SBI_HSM_SUSPEND, RETENTIVE, 0).error;
	arch_irq_on();
}

/* Retentive suspend ends with an interrupt, even one that sstatus.SIE holds back, as WFI does. */
TEST_CASE(arch_sbi, suspend)
{
	struct cpumask to;
	bool suspended;

	if (nr_cpus < 2) {
		test_set(r, T_SKIP, "one CPU");
		return;
	}
	only_1(&to);
	slept = 1;
	smp_run(1, sleep, NULL);
	suspended = reaches(cpu_area[1].hwid, SUSPENDED);
	arch_ipi_send(&to, IPI_CALL);
	smp_join(1, "a suspended hart to wake");
	T_EXPECT(r, suspended, "the hart was never seen suspended");
	T_EXPECT(r, slept == 0, "suspend gives error %lld", (long long)slept);
	test_set(r, T_PASS, "suspended, and woken by an IPI");
}

/* --- the firmware's counters (SBI v2.0, 11; event type 15) --- */

enum { PMU_COUNTERS = 0, PMU_MATCH = 2, PMU_STOP = 4, PMU_FW_READ = 5 };
#define FW_EVENT(code) (0xf0000ULL | (code))
enum { IPI_SENT = 6, IPI_RECEIVED = 7, SFENCE_SENT = 10, SFENCE_RECEIVED = 11, ASID_SENT = 12, ASID_RECEIVED = 13 };
#define CLEAR_AND_START 6
#define ROUNDS 10

static const u8 events[] = { IPI_SENT, IPI_RECEIVED, SFENCE_SENT, SFENCE_RECEIVED, ASID_SENT, ASID_RECEIVED };
#define NR_EVENTS ARRAY_SIZE(events)

/* A hart's counters: each hart configures and reads its own. */
struct counters {
	s64 index[NR_EVENTS];
	u64 value[NR_EVENTS];
};
static struct counters mine, others;

static void counters_start(void *arg)
{
	struct counters *c = arg;
	u64 n = sbi_call(SBI_PMU, PMU_COUNTERS, 0, 0).value;

	for (unsigned i = 0; i < NR_EVENTS; i++) {
		struct sbi_ret got = insn_ecall(SBI_PMU, PMU_MATCH, 0, (1ULL << n) - 1, CLEAR_AND_START, FW_EVENT(events[i]), 0);

		c->index[i] = got.error ? got.error : (s64)got.value;
	}
}

static void counters_read(void *arg)
{
	struct counters *c = arg;

	for (unsigned i = 0; i < NR_EVENTS; i++)
		c->value[i] = c->index[i] < 0 ? 0 : sbi_call(SBI_PMU, PMU_FW_READ, (u64)c->index[i], 0).value;
}

static void counters_stop(void *arg)
{
	struct counters *c = arg;

	for (unsigned i = 0; i < NR_EVENTS; i++)
		if (c->index[i] >= 0)
			sbi_call(SBI_PMU, PMU_STOP, (u64)c->index[i], 1);
}

static void on_both(void (*fn)(void *arg))
{
	smp_run(1, fn, &others);
	smp_join(1, "the other hart's counters");
	fn(&mine);
}

static u64 of(const struct counters *c, u8 event)
{
	for (unsigned i = 0; i < NR_EVENTS; i++)
		if (events[i] == event)
			return c->value[i];
	return 0;
}

/*
 * ROUNDS of each kind to one hart, counted by us and by the firmware. To OpenSBI an RFENCE is an IPI besides, at both ends. Work is
 * handed over between the readings: its kicks are IPIs, too, and they go by the firmware only with ipi=sbi.
 */
static void compare(struct test_result *r, u64 fences, u64 ipis)
{
	const struct {
		const char *what;
		u64 ours, firmware;
	} pairs[] = {
		{ "RFENCE sent", fences, of(&mine, ASID_SENT) + of(&mine, SFENCE_SENT) },
		{ "RFENCE received", fences, of(&others, ASID_RECEIVED) + of(&others, SFENCE_RECEIVED) },
		{ "IPI sent", ipis + fences, of(&mine, IPI_SENT) },
		{ "IPI received", ipis + fences, of(&others, IPI_RECEIVED) },
	};

	T_EXPECT(r, fences == ROUNDS, "%lu RFENCEs were asked for in %u rounds", fences, ROUNDS);
	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++)
		T_EXPECT(r, pairs[i].ours == pairs[i].firmware, "%s: %lu by our count, %lu by the firmware's", pairs[i].what,
			 pairs[i].ours, pairs[i].firmware);
	test_set(r, T_PASS, "%lu RFENCEs and %lu IPIs of the firmware's, sent and received", fences, ipis);
}

/* The event that one of the two cannot count, as an index, or -1. */
static int uncounted(void)
{
	for (unsigned i = 0; i < NR_EVENTS; i++)
		if (mine.index[i] < 0 || others.index[i] < 0)
			return (int)i;
	return -1;
}

TEST_CASE(arch_sbi, counters)
{
	u64 ipis, fences = 0;
	struct cpumask to;
	int lacks;

	if (nr_cpus < 2 || !sbi_has(SBI_PMU)) {
		test_set(r, T_SKIP, nr_cpus < 2 ? "one CPU" : "the firmware lacks the SBI extension PMU");
		return;
	}
	only_1(&to);
	on_both(counters_start);
	lacks = uncounted();
	ipis = ipi_stats[IPI_CALL].target;
	for (unsigned i = 0; i < ROUNDS && lacks < 0; i++) {
		fences += riscv_rfence(&to, 0, PAGE_SIZE, 1);
		ipi_sync_cpus(&to, 1);
	}
	on_both(counters_read);
	ipis = ROUNDS + ipi_stats[IPI_CALL].target - ipis;
	on_both(counters_stop);
	if (lacks < 0)
		compare(r, fences, riscv_ipi == RISCV_IPI_SBI ? ipis : 0);
	else
		test_set(r, T_SKIP, "the firmware does not count event %u of type 15 (SBI error %lld)", events[lacks],
			 (long long)mine.index[lacks]);
}
