# SPDX-License-Identifier: GPL-2.0-only
"""The machines of BOARD=: what runs the images there, and what somebody has to do at one. Recipes and what is untested: docs/porting.md."""
import os
import shutil
import subprocess
from dataclasses import dataclass

HERE = os.path.dirname(os.path.realpath(__file__))
PI_CONFIG = "arm_64bit=1\nenable_uart=1\ndtoverlay=disable-bt\n"
# The firmware copies the words of cmdline.txt as they are, up to the first line's end.
PI_TEXT = """Copy the files of {media} to the first (FAT) partition of a card that boots the board; its firmware (start4.elf,
fixup4.dat), its tree (bcm2711-rpi-4-b.dtb) and overlays/ stay as they are.
Serial line: GPIO 14 and 15 (pins 8 and 10, ground 6), 3.3 V, 115200 8n1.
Then turn the board on. It does not turn itself off: when this says that the part has ended, take the power away."""
PC_TEXT = """Write {media}/skeet.iso to a stick (dd of=/dev/sdX) or let the BMC mount it as a CD, and start the PC from it, by BIOS or UEFI.
Serial line: COM1, 115200 8n1 (a BMC's serial over LAN will do). The PC does not turn itself off."""
POWER_TEXT = """Have {media}/skeet.elf on a stick or fetch it from petitboot's shell, and type there:
    kexec -l skeet.elf --append="{words}" && kexec -e
Serial line: the BMC's console (obmc-console-client on the BMC, or ipmitool ... sol activate), 115200. The board turns itself off."""


class NoMedium(Exception):
    """What starts the image could not be made, and why."""


@dataclass
class Board:
    arch: str
    image: str    # of each build
    named: tuple  # what the image calls the machine; empty: by its firmware's own name
    cpu: str      # None: it differs, and is told by CPU=
    text: str     # what somebody does there
    medium: object


def file_medium(name, more=None):
    """A folder with the image as @name, and with the files of @more(words)."""
    def make(_, image, words, folder):
        shutil.copyfile(image, os.path.join(folder, name))
        for file, text in (more(words) if more else {}).items():
            with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
                f.write(text)
    return make


def iso_medium(build_folder, image, words, folder):
    build = os.path.basename(os.path.dirname(image))
    made = subprocess.run([os.path.join(HERE, "iso"), build_folder, os.path.join(folder, "skeet.iso"), build, words],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        raise NoMedium(made.stderr.strip() or "tools/iso failed")


BOARDS = {
    "power9": Board("ppc64", "skeet.elf", ("opal",), "POWER9", POWER_TEXT, file_medium("skeet.elf")),
    "raspi4b": Board("arm64", "skeet.img", ("raspi4b",), "Cortex-A72 (BCM2711)", PI_TEXT,
                     file_medium("kernel8.img", lambda words: {"config.txt": PI_CONFIG, "cmdline.txt": words + "\n"})),
    "pc": Board("x86_64", "skeet.elf", (), None, PC_TEXT, iso_medium),
}


def kind_of(arch, named):
    """The name of BOARD= for a machine that the image calls @named; None if it is none of them."""
    return next((kind for kind, b in BOARDS.items() if b.arch == arch and (not b.named or named in b.named)), None)
