"""The plug is pulled, and what was not flushed is gone: while the box starts for the first time, and
while people talk."""

import pytest

from card import Card
from chat import say
from fat import split_next_name
from plug import Plugged
from visit import history, talk_until_pulled

# Its own words on the console tell how far the box has come.
CHATTY = "loglevel=7 systemd.show_status=yes"


def said(pattern):
    """The moment at which the console has said something."""
    return lambda board: board.wait_console(pattern)


MOMENTS = {
    "kernel": said(r"Run /init as init process"),
    "grown": said(r"EXT4-fs \(vda3\): mounted"),
    "resized": said(r"EXT4-fs \(vda3\): resiz"),
    "setup": said(r"Starting .*madang-setup"),
    # The report has content there, and half of its name: the card is made so below.
    "report": Plugged.wait_names,
    "authority": said(r"Starting .*madang\.service"),
}

ROOM = "마당"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_first_boot_that_was_cut_short_is_made_up_for(card, folder, figure, moment):
    split_next_name(card, folder / "names.img")
    with Plugged(card, folder / "cut", append=CHATTY) as board:
        MOMENTS[moment](board)
        board.pull_plug()
        figure(f"pulled at {moment}, {board.seconds():.1f} s after power")
    with Plugged(card, folder / "after") as board:
        figure(f"the boot after it serves after {board.wait_serving():.0f} s")
        assert "error" not in say(board, "here at last")
        assert int(board.shell("df --output=size -B1M /data | tail -n 1")) > 2000, "grown to the card's end"
        early = board.shell("cat /run/madang-board/initramfs-report 2>/dev/null")
        assert early == "", "a pulled plug is no damage"
        assert board.settled() == ""
        identity = board.shell("cat /etc/machine-id /data/board/passphrase")
        assert [len(word) for word in identity.split()] == [32, 19]
        authority = board.get("/ca.pem", tls=False)
        report = "cat /boot/firmware/madang-report.txt"
        board.wait_for("the report is whole", lambda: "SHA-256" in board.shell(report))
        assert identity.split()[1] in board.shell(report)
        assert b"BEGIN CERTIFICATE" in authority


def test_nothing_acknowledged_is_lost_while_people_talk(image, folder, figure):
    card = Card(image, folder / "card.img", size=2 << 30)
    acknowledged = {}
    for boot, messages in enumerate((60, 25)):
        with Plugged(card, folder / f"talk{boot}") as board:
            board.wait_serving()
            assert lost(acknowledged, board) == []
            acknowledged |= talk_until_pulled(board, ROOM, people=3, messages=messages)
    with Plugged(card, folder / "at-last") as board:
        board.wait_serving()
        gone = lost(acknowledged, board)
        figure(f"2 pulls during chat: {len(acknowledged)} messages acknowledged, {len(gone)} lost")
        assert gone == []


def lost(acknowledged, board):
    """What was acknowledged and is not there under its number."""
    kept = history(board, ROOM)
    return [word for word, seq in acknowledged.items() if kept.get(word) != seq]
