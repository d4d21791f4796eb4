"""An update that installs and then does not come up."""

from chat import history, say
from deb import package
from machine import Machine
from visit import notices

STARTS = 3
LEFT = "cat /data/system/unproven 2>/dev/null"


def test_an_update_that_does_not_serve_is_left_aside_and_another_one_is_taken(card, folder, figure):
    card.write("madang-broken_1.0_all.deb", package(folder, "madang-broken", "rm /usr/bin/madang"))
    with Machine(card, folder / "update") as board:
        board.wait_serving()
        say(board, "before the update")
        board.wait_off()
    for start in range(STARTS):
        with Machine(card, folder / f"start{start}") as board:
            board.wait_address()
            assert board.shell("ls /usr/bin/madang 2>/dev/null") == ""
            assert board.shell(LEFT) == f"{start + 1}"
    with Machine(card, folder / "aside") as board:
        board.wait_serving()
        figure(f"an update that did not come up {STARTS} times is left aside: serves after {board.seconds():.0f} s")
        assert history(board) == ["before the update"]
        assert "did not come up" in notices(board)
        assert board.settled() == ""
    card.write("madang-greeting_1.0_all.deb", package(folder, "madang-greeting", ":"))
    with Machine(card, folder / "again") as board:
        board.wait_off()
    with Machine(card, folder / "proven") as board:
        board.wait_serving()
        assert board.settled() == ""
        assert board.shell("cat /usr/share/madang-greeting") == "welcome"
        assert board.shell(f"{LEFT}; ls /usr/share/madang-broken 2>/dev/null") == ""
        assert notices(board) == ""
