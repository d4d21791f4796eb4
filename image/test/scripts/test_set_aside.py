"""The table of a card whose data partition is beyond repair, when the plug is pulled while it is
changed: the initramfs's own script, with real tools, on a file."""

import hashlib
import os
import re
import subprocess

import pytest

from card import Card
from script import PULL, Script

MB = 1 << 20
START = 10 * MB
SIZE = 520 * MB
HALF = SIZE // 2
TABLE = f"""\
label: dos
start=2048, size=8192, type=c
start=10240, size=8192, type=83
start={START // 512}, size={SIZE // 512}, type=83
"""

# Where the initramfs finds partitions in /sys, the file's table says the same.
CARD = """\
card=/dev/..{image}
disk={folder}/disk
report() {{ echo "$*" >> {folder}/report; }}
part() {{ sfdisk --dump "$card" | sed -n "s|^\\($card$1\\) :.*|\\1|p" | sed 's|^/dev/||'; }}
number() {{ sfdisk --dump "$card" | sed -n "s|^$card$1 :.*$2= *\\([0-9]*\\).*|\\1|p"; }}
start() {{ number "$1" start; }}
size() {{ number "$1" size; }}
"""

# The last argument, a partition, as e2fsprogs name it in a file.
OFFSET = """\
for device; do :; done
number=${device##*img} card=${device%"$number"}
start=$(real sfdisk --dump "$card" | sed -n "s|^$card$number :.*start= *\\([0-9]*\\).*|\\1|p")
part="$card?offset=$((start * 512))"
"""

# A moment: the command that it is, and what that does then.
PULLS = {
    "before the new file system": ("mke2fs", PULL),
    "after the new file system": ("mke2fs", f'real mke2fs "$@"; {PULL}'),
    "before the table": ("sfdisk", f'case "$*" in *--no-reread*) {PULL} ;; esac; real sfdisk "$@"'),
    "after the table": ("sfdisk", f'real sfdisk "$@"; case "$*" in *--no-reread*) {PULL} ;; esac'),
}


@pytest.fixture
def box(folder):
    """The script, and a card that has noise where a file system was."""
    blank = folder / "blank.img"
    with open(blank, "wb") as file:
        file.truncate(START + SIZE + MB)
        for place in range(START, START + SIZE, 50 * MB):
            file.seek(place)
            file.write(os.urandom(MB))
    subprocess.run(["sfdisk", "--quiet", blank], input=TABLE, text=True, check=True)
    card = Card(blank, folder / "card.img")
    (folder / "disk").mkdir()
    (folder / "disk/size").write_text(str(card.path.stat().st_size // 512))
    (folder / "disk/ro").write_text("0\n")
    (folder / "madang-card").write_text(CARD.format(image=card.path, folder=folder))
    script = Script(
        "usr/share/initramfs-tools/scripts/local-premount/madang-data",
        folder,
        {"/scripts/madang-card": folder / "madang-card", "/run/initramfs": folder, "/mnt": folder / "mnt"},
    )
    for absent in ("partx", "udevadm", "fsck.vfat", "umount", "sync"):
        script.replace(absent, "")
    script.replace("e2fsck", OFFSET + 'real e2fsck "$1" "$part"')
    script.replace("mount", f'set -- "$5"\n{OFFSET}real dumpe2fs -h "$part" > /dev/null')
    return script, card


def reported(script):
    """The words of the report, and none twice."""
    report = script.folder / "report"
    return [line.split()[0] for line in report.read_text().splitlines()] if report.exists() else []


def content(card, start=START, size=SIZE):
    """What is on the card there."""
    with open(card.path, "rb") as file:
        file.seek(start)
        return hashlib.file_digest(Part(file, size), "sha256").hexdigest()


class Part:
    """The next `left` bytes of a file."""

    def __init__(self, file, left):
        self.file, self.left = file, left

    def readinto(self, buffer):
        got = self.file.readinto(memoryview(buffer)[: self.left])
        self.left -= got
        return got

    def readable(self):
        return True


def make_file_system(card):
    """On the data partition, with nothing wrong."""
    offset = f"offset={START},nodiscard"
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-E", offset, card.path, f"{SIZE >> 10}k"], check=True)


def first_bitmap(card):
    """Where the blocks of the first group are counted: the byte in the data partition."""
    told = subprocess.run(["dumpe2fs", f"{card.path}?offset={START}"], check=True, capture_output=True, text=True)
    block = re.search(r"^Block size: *(\d+)", told.stdout, re.M)
    bitmap = re.search(r"Block bitmap at (\d+)", told.stdout)
    return int(bitmap[1]) * int(block[1])


def sound(card):
    """Whether the data partition has a file system that nothing is wrong with."""
    offset = card.partitions()[2][0]
    return subprocess.run(["e2fsck", "-f", "-n", f"{card.path}?offset={offset}"], capture_output=True).returncode == 0


@pytest.mark.parametrize("moment", PULLS)
def test_a_pulled_plug_does_not_cost_what_is_set_aside(box, moment):
    script, card = box
    kept = content(card, size=HALF)
    command, body = PULLS[moment]
    script.replace(command, body)
    assert script.run()[0] == -9
    (script.commands / command).unlink()
    assert script.run()[0] == 0
    assert card.partitions()[2:] == [(START + HALF, SIZE - HALF, "83"), (START, HALF, "da")]
    assert content(card, size=HALF) == kept
    assert sound(card)


def test_a_table_that_cannot_be_written_leaves_the_partition_as_it_is(box):
    script, card = box
    before, kept = card.partitions(), content(card, size=HALF)
    script.replace("sfdisk", 'case "$*" in *--no-reread*) exit 1 ;; esac; real sfdisk "$@"')
    assert script.run()[0] == 0
    assert (card.partitions(), content(card, size=HALF), reported(script)) == (before, kept, [])


def test_a_locked_card_is_left_as_it_is(box):
    script, card = box
    before = content(card)
    (script.folder / "disk/ro").write_text("1\n")
    assert script.run()[0] == 0
    assert (content(card), len(card.partitions()), reported(script)) == (before, 3, [])


def test_a_repair_that_is_given_up_is_gone_on_with_whatever_is_called_clean(box):
    script, card = box
    make_file_system(card)
    card.spoil(3, first_bitmap(card), 4096)
    assert not sound(card), "though its superblock calls it clean"
    begun = script.folder / "begun"
    give_up = f'case "$1" in *y) ;; *) exit 4 ;; esac; [ -e {begun} ] || {{ touch {begun}; exit 12; }}'
    script.replace("e2fsck", f'{OFFSET}{give_up}\nreal e2fsck "$1" "$part"')
    assert script.run()[0] == 0
    assert begun.exists() and reported(script) == ["data-repaired"]
    assert sound(card)


@pytest.mark.parametrize("status", [8, 137])
def test_what_can_be_mounted_is_used_whatever_e2fsck_says(box, status):
    script, card = box
    make_file_system(card)
    before = content(card)
    script.replace("e2fsck", f"exit {status}")
    assert script.run()[0] == 0
    assert (content(card), len(card.partitions()), reported(script)) == (before, 3, ["data-damaged"])
