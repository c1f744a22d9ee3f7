/* SPDX-License-Identifier: GPL-2.0-only */
/* A walk that is marked by an odd number (odd_begin(), odd_end()). fence_mark(m): the reader's own fence, unless m is left out, or none. */
inline begin(t)
{
	load(t, NUMBER); /* [odd.begin.load] */
	if
	:: (t & 1) && !without(NEST_END) ->
		t = 0; /* inside: the outer walk's business, */
		fence_mark(NO_NEST_FENCE) /* [odd.begin.nested-fence] whose number may still be in the buffer */
	:: else ->
		store(NUMBER, t | 1); /* [odd.begin.mark] */
		fence_mark(NO_BEGIN_FENCE); /* [odd.begin.fence] */
		t = (t | 1) + 1
	fi
}

inline end_walk(t)
{
	if
	:: t -> store_release_unless(NO_RELEASE, NUMBER, t) /* [odd.end.mark] */
	:: else
	fi;
	t = 0
}
