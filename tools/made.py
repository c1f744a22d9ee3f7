# SPDX-License-Identifier: GPL-2.0-only
"""What the images were made of: for run.json."""
import hashlib
import os

from machine import output_of


def tree():
    return output_of("git", "describe", "--always", "--dirty", "--abbrev=12")


def digest(image):
    with open(image, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def first_line(*argv):
    text = output_of(*argv)
    return text.splitlines()[0] if text else None


def newlib(cache, arch):
    try:
        with open(os.path.join(cache, f"newlib-{arch}", "done"), encoding="utf-8") as f:
            return f.read().strip()
    except OSError:
        return None


def toolchain(cross, cache, arch):
    return {"gcc": first_line(cross + "gcc", "--version"), "binutils": first_line(cross + "ld", "--version"), "newlib": newlib(cache, arch)}
