"""The plug is pulled during an update, at each of its turns."""

from chat import history, say
from deb import package
from plug import Plugged

# When to pull: a wait that ends there, run by the box itself, so that the moment is not missed.
TURNS = {
    "packages are being installed": "[ -e /data/system/next/usr ]",
    "the new system is in its place": "[ -e /data/system/layer ]",
    # Or all of it has been written, on a fast machine.
    "the first partition is being written": "ls /boot/firmware/*.new || [ -e /boot/firmware/*.installed ]",
}

DONE = "[ -e /boot/firmware/*.installed ] && [ ! -e /data/system/layer/boot/firmware/config.txt ]"

GREETING = "cat /usr/share/madang-greeting"

# The first partition is set up anew, as a new kernel's package does it, and has more to take.
POSTINST = """\
DEB_MAINT_PARAMS=configure /etc/kernel/postinst.d/z50-raspi-firmware
head -c 40M /dev/urandom > /boot/firmware/greeting
"""


def test_an_update_that_was_cut_short_is_made_again_and_nothing_is_lost(card, folder, figure):
    card.write("madang-greeting_1.0_all.deb", package(folder, "madang-greeting", POSTINST))
    said = []
    for number, (turn, reached) in enumerate(TURNS.items()):
        with Plugged(card, folder / f"cut{number}") as board:
            board.wait_serving()
            assert history(board) == said
            said.append(f"before: {turn}")
            assert "error" not in say(board, said[-1])
            board.shell(f"until {reached}; do sleep 0.1; done > /dev/null 2>&1", limit=1800)
            board.pull_plug()
            figure(f"pulled when {turn}, {board.seconds():.0f} s after power")
    with Plugged(card, folder / "after") as board:
        board.wait_serving()
        assert history(board) == said
        # As a whole, if it had not been marked as done; a reboot comes after it then.
        wait_done(board)
    with Plugged(card, folder / "later") as board:
        board.wait_serving()
        assert history(board) == said
        # The pull may have come before the last of it was on the card: then that is made up for.
        wait_done(board)
        assert board.shell(GREETING) == "welcome"
        assert board.shell("stat -c %s /boot/firmware/greeting") == str(40 << 20)
        assert board.shell("ls -l /boot/firmware/*.new /data/system/next 2>/dev/null") == ""
        assert board.settled() == ""
        assert board.shell("systemctl is-active madang-update.service") == "inactive", "it is not made twice"


def wait_done(board):
    """Until the update and what it writes to the first partition are through; it must not have failed."""
    failed = "systemctl --quiet is-failed madang-update.service"
    board.shell(f"until {DONE} || {failed}; do sleep 1; done > /dev/null 2>&1", limit=1800)
    assert board.shell(f"{failed} && cat /run/madang-update.log") == ""

