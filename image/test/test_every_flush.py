"""A plug pulled at any moment: what is on the card after each flush of the first boot, and after each
write to the first partition, which most cards keep in that order. Other tests start the box again at some
of these moments; here all are looked at, as the next boot would find them."""

import subprocess

from card import Card, read
from fat import SECTOR, behind_the_end, split_next_name
from recorded import Recorded

FIRST, FLASHED, DATA = range(3)

REPORT = "madang-report.txt"

# What an owner may have changed, and the firmware reads.
LAID = ("madang.txt", "config.txt", "cmdline.txt")

# What is made once and told to people and phones.
MADE_ONCE = (
    "/system/machine-id",
    "/board/passphrase",
    "/private/madang/tls/ca.pem",
    "/private/madang/tls/ca.key",
    "/private/madang/admin-token",
)


def test_no_moment_of_a_first_boot_is_one_that_the_next_cannot_make_up_for(image, folder, figure):
    card = Card(image, folder / "card.img", size=2 << 30)
    split_next_name(card, folder / "names.img")
    replayed = Card(card.path, folder / "replayed.img")
    laid = {name: card.read(name) for name in LAID}
    with Recorded(card, folder) as board:
        board.wait_serving()
        assert board.settled() == ""
        report = f"cat /boot/firmware/{REPORT}"
        board.wait_for("the report is whole", lambda: "SHA-256" in board.shell(report))
        last = board.shell(report)
        board.shell("sync")

    states, made, told = 0, {}, None
    for state, written, flushed in each_state(replayed, board, folder):
        states += 1
        if DATA in written and flushed:
            now = made_once(state.part(1 + DATA, folder / "data.img"))
            assert made.items() <= now.items(), "what was made stays as it is"
            made = now
        if FIRST in written:
            first = state.part(1 + FIRST, folder / "first.img")
            assert behind_the_end(first) == []
            # As the next boot does it.
            assert subprocess.run(["fsck.vfat", "-a", first], stdout=subprocess.DEVNULL).returncode in (0, 1)
            assert {name: read(first, name) for name in LAID} == laid
            # Two names of one file, as a rename may leave them, become an empty one: it is written again.
            if told := read(first, REPORT):
                assert told.startswith(b"madang ") and told.endswith(b"\r\n"), "it is whole"
                assert made["/board/passphrase"].strip() in told, "kept before it is told"
    figure(f"{states} states of the card during the first boot, none of them beyond the next one")
    assert sorted(made) == sorted(MADE_ONCE)
    assert told.decode().replace("\r", "").strip() == last


def test_half_a_name_is_found(image, folder):
    """The control: of what the report's name changes on the card, one sector alone is enough to close its
    folder to the next writer."""
    card = Card(image, folder / "card.img")
    split_next_name(card, folder / "names.img")
    before = card.part(1 + FIRST, folder / "before.img").read_bytes()
    card.write(REPORT, b"told")
    path = card.part(1 + FIRST, folder / "after.img")
    after = path.read_bytes()
    changed = [at for at in range(0, len(after), SECTOR) if before[at : at + SECTOR] != after[at : at + SECTOR]]
    assert behind_the_end(path) == []

    def without(at):
        """What is found when this sector was not written."""
        path.write_bytes(after[:at] + before[at : at + SECTOR] + after[at + SECTOR :])
        return behind_the_end(path)

    assert [len(found) for at in changed if (found := without(at))] == [2], "one sector, half of the name"


def each_state(replayed, board, folder):
    """The card after each flush and each write to the first partition, which partitions were written to
    since the flush before, and whether this is one."""
    places = replayed.partitions()
    start, size, _ = places[FLASHED]
    # It is as flashed whatever happens, and large.
    subprocess.run(["fallocate", "--punch-hole", "-o", str(start), "-l", str(size), replayed.path], check=True)
    written = set()
    with open(replayed.path, "r+b", buffering=0) as file:
        for place, content, flushed in board.written():
            now = None
            if content is not None:
                file.seek(place)
                file.write(content)
                now = next((number for number, (start, size, _) in enumerate(places) if place < start + size), DATA)
                assert now != FLASHED, "the flashed root is never written to"
                written.add(now)
            if now == FIRST or flushed and written:
                yield Card(replayed.path, folder / "state.img"), written, flushed
            if flushed:
                written = set()


def made_once(data):
    """Those of the files that are there, after the check that each boot begins with."""
    assert subprocess.run(["e2fsck", "-p", data], stdout=subprocess.DEVNULL).returncode < 4
    shown = {name: subprocess.run(["debugfs", "-R", f"cat {name}", data], capture_output=True) for name in MADE_ONCE}
    return {name: done.stdout for name, done in shown.items() if done.stdout}
