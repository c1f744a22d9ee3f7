# SPDX-License-Identifier: GPL-2.0-only
"""The machines of ppc64: an image chooses its byte order itself."""
from machines import ppc64


class Machine(ppc64.Machine):
    native = "ppc64"
