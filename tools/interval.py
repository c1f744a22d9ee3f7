# SPDX-License-Identifier: GPL-2.0-only
"""
How sure a ratio of two results is. Each side is a list: the results of one cell, one for each boot that measured it.

Where clocks have noise and the samples are there (hist=on), the interval is a bootstrap's: boots are drawn with replacement, then the
samples of each that was drawn, and of the ratios of the means the middle 95 % are kept. No sample is left out. One boot says nothing about
what differs from boot to boot. Under icount nothing is drawn: the interval is the range over the parts, of which each saw other seeds.
"""
import importlib

RESAMPLES = 2000
SEED = 1
METHOD = f"95 % intervals: percentiles of {RESAMPLES} ratios of means, of boots and samples drawn with replacement; seed {SEED}"


class Missing(Exception):
    """A library that only some questions want."""


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError as e:
        raise Missing(f"{name} is missing: it is Debian's package python3-{name}") from e


def mean_of(boots):
    return sum(r["mean"] * r["n"] for r in boots) / sum(r["n"] for r in boots)


# {(side, each result's identity): (the results, which keeps them, and their means)}: who compares many with each other asks for one often.
RESAMPLED = {}


def resampled(boots, side):
    """RESAMPLES means of @boots; the two sides of a ratio draw independently of each other."""
    key = side, *map(id, boots)
    if key in RESAMPLED:
        return RESAMPLED[key][1]
    numpy = library("numpy")
    rng = numpy.random.default_rng((SEED, side))

    def draw(r, times):
        """Sums of as many samples as @r has, @times times; some at once, for each takes a number for each value."""
        values, counts = numpy.array(r["hist"]).T
        most = max(1, 1000000 // len(values))
        sums = [rng.multinomial(r["n"], counts / r["n"], size=min(most, times - at)) @ values for at in range(0, times, most)]
        return numpy.concatenate(sums) if sums else 0

    total = numpy.zeros((2, RESAMPLES))
    for _ in boots:
        drawn = rng.integers(len(boots), size=RESAMPLES)
        for i, r in enumerate(boots):
            here = drawn == i
            total[0, here] += draw(r, int(here.sum()))
            total[1, here] += r["n"]
    RESAMPLED[key] = boots, total[0] / total[1]
    return RESAMPLED[key][1]


def bootstrap(a, b):
    """(lowest, highest) ratio of B's mean to A's."""
    low, high = library("numpy").percentile(resampled(b, 1) / resampled(a, 0), (2.5, 97.5))
    return float(low), float(high)


def range_of_parts(a, b):
    """The same seeds on both sides: part by part. Else the most and the least that any two parts may be apart."""
    mine, other = ([p for r in sorted(boots, key=lambda r: r["seed"]) for p in r["parts"]] for boots in (a, b))
    if not mine or not other or not all(mine):
        return None
    if sorted(r["seed"] for r in a) == sorted(r["seed"] for r in b) and len(mine) == len(other):
        ratios = [y / x for x, y in zip(mine, other)]
        return min(ratios), max(ratios)
    return min(other) / max(mine), max(other) / min(mine)


def of(a, b):
    """(lowest, highest, what they are) of B's mean over A's, which is not 0."""
    if all(r["accel"] != "icount" and "hist" in r for r in a + b):
        return *bootstrap(a, b), "95 %, bootstrap"
    found = range_of_parts(a, b)
    return (*found, "range of the parts") if found else (None, None, "no spread known")
