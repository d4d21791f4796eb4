"""What the initramfs does about a card that a pulled plug damaged: its data partition is repaired or set
aside, and the first partition's files are put back. The script itself, with real tools, on a file."""

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

# As the kernel, which looks at the root folder as well.
MOUNT = f"""set -- "$5"
{OFFSET}
real dumpe2fs -h "$part" > /dev/null && real debugfs -R "stat <2>" "$part" | grep -q "Type: directory"
"""

# In place of mounting the first partition its files are copied, and back if they may be written.
FIRST = """export MTOOLS_SKIP_CHECK=1
cd {folder} && first={image}@@1048576
"""
COPY = f"""echo "$4" >> {{folder}}/options
{FIRST}
case $4 in *ro*) ;; *) touch written ;; esac
mcopy -i "$first" "::*" mnt
"""
BACK = f"""{FIRST}
[ ! -e written ] || {{{{ mdel -i "$first" "::*"; mcopy -i "$first" mnt/* ::; }}}}
rm -f written mnt/*
"""
CHECK = f"""{FIRST}
dd if={{image}} of=first bs=512 skip=2048 count=8192 && real fsck.vfat "$1" first
dd if=first of={{image}} bs=512 seek=2048 conv=notrunc
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
        {
            "/scripts/madang-card": folder / "madang-card",
            "/run/initramfs": folder,
            "/proc/filesystems": folder / "filesystems",
            "/mnt": folder / "mnt",
        },
    )
    (folder / "filesystems").write_text("nodev\ttmpfs\n\text4\n")
    for absent in ("partx", "udevadm", "fsck.vfat", "umount", "sync", "sleep"):
        script.replace(absent, "")
    script.replace("e2fsck", OFFSET + 'real e2fsck "$1" "$part"')
    script.replace("mount", MOUNT)
    return script, card


@pytest.fixture
def started(box):
    """Likewise, with both file systems and nothing wrong."""
    script, card = box
    make_file_system(card)
    blank = script.folder / "first"
    with open(blank, "wb") as file:
        file.truncate(card.partitions()[0][1])
    subprocess.run(["mkfs.vfat", blank], check=True, capture_output=True)
    with open(card.path, "r+b") as file:
        file.seek(card.partitions()[0][0])
        file.write(blank.read_bytes())
    names = {"folder": script.folder, "image": card.path}
    script.replace("mount", f"[ $2 = vfat ] || {{\n{MOUNT}exit\n}}\n{COPY.format(**names)}")
    script.replace("umount", BACK.format(**names))
    script.replace("fsck.vfat", CHECK.format(**names))
    card.write("config.flashed", b"as flashed")
    # Before what they replace: it is the later name that the check empties.
    for name in ("config.txt", "cmdline.txt"):
        card.write(f"{name}.new", b"new, and longer")
        card.write(name, b"old")
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


def make_file_system(card, *options):
    """On the data partition, with nothing wrong."""
    options = ("-E", f"offset={START},nodiscard", *options)
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", *options, card.path, f"{SIZE >> 10}k"], check=True)


def first(card, what):
    """Where the first group has that, in the words of dumpe2fs: the byte in the data partition."""
    told = subprocess.run(["dumpe2fs", f"{card.path}?offset={START}"], check=True, capture_output=True, text=True)
    block = re.search(r"^Block size: *(\d+)", told.stdout, re.M)
    return int(re.search(rf"{what} at (\d+)", told.stdout)[1]) * int(block[1])


INODE = 256


def pull_rename(card, name):
    """As a plug pulled in between leaves it: the new content has both names."""
    entries = f"{name.split('.')[0].upper():8}TXT", f"{name[:6].upper()}~1NEW"
    with open(card.path, "r+b") as file:
        old, new = (file.seek(0) or file.read(START).index(entry.encode()) for entry in entries)
        # The first cluster, and the size.
        for at, length in ((20, 2), (26, 6)):
            file.seek(new + at)
            part = file.read(length)
            file.seek(old + at)
            file.write(part)
    assert card.read(name) == b"new, and longer"


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
    card.spoil(3, first(card, "Block bitmap"), 4096)
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


def test_a_partition_that_only_a_forced_check_finds_damaged_is_repaired(box):
    script, card = box
    kept = script.folder / "kept"
    kept.mkdir()
    (kept / "letter").write_text("dear village")
    make_file_system(card, "-d", kept)
    card.spoil(3, first(card, "Inode table") + INODE, INODE)
    assert script.run()[0] == 0
    assert (len(card.partitions()), reported(script)) == (3, ["data-repaired"])
    assert sound(card)
    lost = ["debugfs", "-R", "cat /lost+found/#12", f"{card.path}?offset={START}"]
    assert subprocess.run(lost, capture_output=True, text=True).stdout == "dear village"


def test_a_mount_that_fails_for_once_costs_nothing(box):
    script, card = box
    make_file_system(card)
    tried, checks = script.folder / "tried", script.folder / "checks"
    script.replace("mount", f"[ $2 = vfat -o -e {tried} ] || {{ touch {tried}; exit 32; }}\n{MOUNT}")
    script.replace("e2fsck", f'echo "$1" >> {checks}')
    before = content(card)
    assert script.run()[0] == 0
    assert tried.exists() and checks.read_text() == "-p\n"
    assert (content(card), len(card.partitions()), reported(script)) == (before, 3, [])


def test_a_kernel_without_the_file_system_has_nothing_set_aside(box):
    script, card = box
    (script.folder / "filesystems").write_text("nodev\ttmpfs\n\tvfat\n")
    before = content(card)
    assert script.run()[0] == 0
    assert (content(card), len(card.partitions())) == (before, 3)


@pytest.mark.parametrize("name", ["config.txt", "cmdline.txt"])
def test_a_file_that_the_check_empties_after_a_pull_at_its_rename_is_put_back(started, name):
    script, card = started
    pull_rename(card, name)
    assert script.run()[0] == 0
    assert "Truncating second" in (script.folder / "madang-firmware.log").read_text()
    assert card.read(name) == b"new, and longer"
    assert f"::/{name}.new" not in card.names()
    (other,) = {"config.txt", "cmdline.txt"} - {name}
    assert card.read(other) == b"old"


@pytest.mark.parametrize("kept", ["config.updated", "config.flashed"])
def test_an_empty_config_comes_from_the_newest_that_is_kept(started, kept):
    script, card = started
    card.write("config.txt", b"")
    card.write("config.txt.new", b"")
    card.write(kept, b"kept")
    assert script.run()[0] == 0
    assert card.read("config.txt") == b"kept"


def test_a_pull_while_a_config_is_put_back_leaves_no_half_of_it(started):
    script, card = started
    card.write("config.txt", b"")
    card.write("config.txt.new", b"")
    script.replace("cp", f'head -c 3 "$1" > "$2"; umount; {PULL}')
    assert script.run()[0] == -9
    (script.commands / "cp").unlink()
    assert script.run()[0] == 0
    assert card.read("config.txt") == b"as flashed"


def test_a_boot_with_nothing_wrong_only_looks_at_the_first_partition(started):
    script, card = started
    place = card.partitions()[0][:2]
    before = content(card, *place)
    assert script.run()[0] == 0
    assert set((script.folder / "options").read_text().split()) == {"ro"}
    assert content(card, *place) == before
