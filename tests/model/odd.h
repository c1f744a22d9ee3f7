/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that are odd inside (mm/sync/seq.h, sync_wait_odd() of mm/sync.c): seq and asym mark a walk by one, rcu a CPU that may walk.
 *
 * A model defines NUMBER and what of this it may leave out, and includes this file behind tracked.h.
 */
#ifndef NO_WAIT
#define NO_WAIT none_
#endif
#ifndef UNTIL_EVEN
#define UNTIL_EVEN none_
#endif

/* What the writer waits for, if it waits, is what was going on when it looked. */
inline wait_odd()
{
	load(x, NUMBER); /* [odd.sync.scan] */
	if
	:: x & 1 -> load(x, NUMBER) /* [odd.sync.seen] */
	:: else
	fi;
	if
	:: (x & 1) && !without(NO_WAIT) ->
		do
		:: load(r, NUMBER); /* [odd.sync.wait] */
			hole(without(UNTIL_EVEN) && r != x && (r & 1), WAITED);
			if
			:: (without(UNTIL_EVEN) -> !(r & 1) : r != x) -> break
			:: else
			fi
		od
	:: else
	fi;
	skip;
	fence_load_unless(NO_ACQUIRE) /* [odd.sync.acquire] */
}
