"""An update from a package that an owner lays on the card with any computer."""

import subprocess
from pathlib import Path

import pytest

from chat import history, say
from machine import Machine

VERSION = "dpkg-query -W -f '${Version}' madang-board"


@pytest.fixture
def newer(folder):
    """madang-board as its next release will be."""
    built = subprocess.run(
        [Path(__file__).parents[1] / "board.sh"], check=True, capture_output=True, text=True
    ).stdout.strip()
    tree = folder / "package"
    subprocess.run(["dpkg-deb", "--raw-extract", Path(__file__).parents[2] / built, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(
        "".join(
            "Version: 99.0.0\n" if line.startswith("Version:") else line
            for line in control.read_text().splitlines(keepends=True)
        )
    )
    package = folder / "madang-board_99.0.0_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, package], check=True)
    return package


def test_a_package_on_the_card_is_installed_and_chats_stay(card, folder, newer, figure):
    with Machine(card, folder / "before") as board:
        board.wait_serving()
        say(board, "before the update")
    card.write(newer.name, newer)
    with Machine(card, folder / "update") as board:
        board.wait_serving()
        say(board, "while it is being made")
        board.wait_off(limit=3600)
        figure(f"power to the reboot after an update: {board.seconds():.0f} s")
    assert card.read(f"{newer.name}.installed") is not None, "it is not installed twice"
    with Machine(card, folder / "after") as board:
        board.wait_serving()
        assert board.shell(VERSION) == "99.0.0"
        assert history(board) == ["before the update", "while it is being made"]


def test_a_package_that_cannot_be_installed_changes_nothing_and_is_told(card, folder):
    card.write("madang-board_99.0.0_all.deb", b"not a package")
    with Machine(card, folder / "update") as board:
        board.wait_serving()
        board.wait_for(
            "the update has failed",
            lambda: board.shell("systemctl is-failed madang-update.service") == "failed",
        )
        assert "error" not in say(board, "still here")
        assert board.shell("ls /data/system/layer 2>/dev/null") == ""
    assert card.read("madang-board_99.0.0_all.deb.failed") is not None
    assert b"madang-board_99.0.0_all.deb" in card.read("madang-update.txt")
