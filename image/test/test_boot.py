"""From power to chat: a fresh card without any setting, and the same card again."""

import os

from card import Card
from chat import history, say
from machine import Machine


def test_a_fresh_card_comes_up_and_keeps_what_was_said(card, folder, figure):
    with Machine(card, folder / "first") as board:
        board.wait_serving()
        assert "error" not in say(board, "first light")
        figure(f"power to first message, first boot: {board.seconds():.1f} s")
        identity = board.shell("cat /etc/machine-id")
        assert board.shell("findmnt -no FSTYPE /") == "overlay"
        assert "ro," in board.shell("grep /run/madang-root/flashed /proc/mounts")
        assert int(board.shell("df --output=size -B1M /data | tail -n 1")) > 2000, "grown to the card's end"
        assert board.shell("findmnt -no SOURCE /var/lib/private").startswith("/dev/vda3")
        assert board.shell("cat /run/madang-board/initramfs-report 2>/dev/null") == ""
        assert board.settled() == ""
    with Machine(card, folder / "again") as board:
        board.wait_serving()
        assert "error" not in say(board, "again")
        figure(f"power to first message, later boots: {board.seconds():.1f} s")
        assert history(board) == ["first light", "again"], "the plug was pulled, nothing is lost"
        assert board.shell("cat /etc/machine-id") == identity


def test_nobody_can_log_in(card, folder):
    with Machine(card, folder) as board:
        board.wait_serving()
        assert board.shell("getent shadow root").startswith("root:*:")
        assert board.shell("systemctl list-units --plain --no-legend '*getty@*'  'ssh*'") == ""
        ports = board.shell("ss -Htln | awk '{print $4}' | grep -v -e '127\\.0\\.0' -e '\\[::1\\]'")
        assert ":22" not in ports
        assert board.shell("ls /etc/ssh/ssh_host_* 2>/dev/null") == ""


def test_booting_takes_little_longer_than_bare_debian(card, image, folder, figure):
    """The same kernel, packages and emulator, ours to the first message, theirs to the login.
    Each is booted three times, in turns, and the best of them counts: the machine that emulates has other
    things to do as well."""
    bare = Card(os.environ["MADANG_BARE"], folder / "bare.img")
    ours, theirs = [], []
    with Machine(card, folder / "warm") as board:
        board.wait_serving()
    for turn in range(3):
        with Machine(bare, folder / f"bare{turn}", append="root=LABEL=madang-root quiet") as board:
            board.wait_console("login:")
            theirs.append(board.seconds())
        with Machine(card, folder / f"ours{turn}") as board:
            board.wait_serving()
            say(board, "here")
            ours.append(board.seconds())
    ratio = min(ours) / min(theirs)
    figure(
        f"power to first message {min(ours):.1f} s, bare Debian to its login {min(theirs):.1f} s: "
        f"{ratio:.2f} times"
    )
    assert ratio <= 1.25
