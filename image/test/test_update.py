"""An update from a package that an owner lays on the card with any computer."""

import re
from pathlib import Path

import pytest

from card import run
from chat import history, say
from machine import Machine

ROOT = Path(__file__).parents[2]
OWNER = "cat /data/board/passphrase /var/lib/madang/tls/ca.pem"
VERSIONS = "dpkg-query -W -f '${Package} ${Version} ${Status}\\n' 'madang*'"


@pytest.fixture
def newer(folder):
    """All that is ours as its next release will be: the gateway's package and the board's."""
    board = run(ROOT / "image/board.sh").strip()
    (gateway,) = ROOT.glob("dist/madang_*_arm64.deb")
    return [renumbered(package, folder) for package in (gateway, ROOT / board)]


def renumbered(package, folder):
    """The same package with a higher version."""
    name, _, architecture = package.stem.split("_")
    tree = folder / name
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", "Version: 99.0.0", control.read_text(), flags=re.M))
    built = folder / f"{name}_99.0.0_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "--build", tree, built)
    return built


def test_packages_on_the_card_are_installed_and_chats_stay(card, folder, newer, figure):
    with Machine(card, folder / "before") as board:
        board.wait_serving()
        say(board, "before the update")
        owner = board.shell(OWNER)
    for package in newer:
        card.write(package.name, package)
    with Machine(card, folder / "update") as board:
        board.wait_serving()
        say(board, "while it is being made")
        board.wait_off(limit=1800)
        figure(f"power to the reboot after an update: {board.seconds():.0f} s")
    for package in newer:
        assert card.read(f"{package.name}.installed") is not None, "it is not installed twice"
    with Machine(card, folder / "after") as board:
        board.wait_serving()
        installed = {f"{package.stem.split('_')[0]} 99.0.0 install ok installed" for package in newer}
        assert set(board.shell(VERSIONS).splitlines()) == installed
        assert history(board) == ["before the update", "while it is being made"]
        assert board.shell(OWNER) == owner, "the same passphrase and the same authority"
        assert board.shell("systemctl --failed --plain --no-legend") == ""


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
