"""Updates: from packages that an owner lays on the card with any computer, and over the network."""

import hashlib
import re
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from card import run
from chat import history, say
from machine import Machine

ROOT = Path(__file__).parents[2]
OWNER = "cat /data/board/passphrase /var/lib/madang/tls/ca.pem"
VERSIONS = "dpkg-query -W -f '${Package} ${Version} ${Status}\\n' 'madang*'"
VERSION = re.compile(r"^madang\S* (\S+) install ok installed$", re.M)


@pytest.fixture
def newer(folder):
    """All that is ours as its next release will be: the gateway's package and the board's."""
    board = run(ROOT / "image/board.sh").strip()
    version = board.split("_")[1]
    gateway = f"dist/madang_{version}_arm64.deb"
    return [renumbered(ROOT / package, folder) for package in (gateway, board)]


def renumbered(package, folder):
    """The same package with a higher version."""
    name, _, architecture = package.stem.split("_")
    tree = folder / name
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    told = re.sub(r"^Version: .*", "Version: 99.0.0", control.read_text(), flags=re.M)
    # One asks for the other, of the same version.
    control.write_text(re.sub(r"\bmadang \(= [^)]*\)", "madang (= 99.0.0)", told))
    built = folder / f"{name}_99.0.0_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "--build", tree, built)
    return built


@contextmanager
def repository(packages, folder):
    """What apt asks instead of Debian, at a port of this machine."""
    folder.mkdir()
    for package in packages:
        shutil.copy(package, folder)
    index = run("dpkg-scanpackages", "--multiversion", folder).replace(f"Filename: {folder}/", "Filename: ./")
    (folder / "Packages").write_text(index)
    digest = hashlib.sha256(index.encode()).hexdigest()
    # Of a day that no board's clock is before.
    (folder / "Release").write_text(
        f"Date: Sat, 01 Jan 2022 00:00:00 UTC\nSHA256:\n {digest} {len(index.encode())} Packages\n"
    )
    attend = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), attend) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of who asks."""

    def log_message(self, *_):
        pass


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
        assert board.settled() == ""


@pytest.mark.parametrize("kind", ["is none", "is alone"])
def test_a_package_that_cannot_be_installed_changes_nothing_and_is_told(card, folder, newer, kind):
    """Each of the two asks for the other: rather than to be without it, the board stays as it is."""
    (gateway, _) = newer
    name = gateway.name
    card.write(name, b"not a package" if kind == "is none" else gateway)
    with Machine(card, folder / "update") as board:
        board.wait_serving()
        board.wait_for(
            "the update has failed",
            lambda: board.shell("systemctl is-failed madang-update.service") == "failed",
        )
        assert "error" not in say(board, "still here")
        assert board.shell("ls /data/system/layer 2>/dev/null") == ""
        assert set(VERSION.findall(board.shell(VERSIONS))) != {"99.0.0"}
    assert card.read(f"{name}.failed") is not None
    told = card.read("madang-update.txt").decode()
    assert name in told if kind == "is none" else "remove" in told, told


def test_an_update_over_the_network_is_installed_and_an_owner_can_go_back_from_it(card, folder, newer, figure):
    with repository(newer, folder / "repository") as port, Machine(card, folder / "update") as board:
        board.wait_serving()
        say(board, "before the update")
        owner, flashed = board.shell(OWNER), board.shell(VERSIONS)
        sources = board.shell("find /etc/apt/sources.list* -type f")
        assert sources == "/etc/apt/sources.list", "nothing else is asked"
        # As an update would have left it: the next one is made on a copy of this layer. A failure is to be
        # read on the card; the board goes down in any case.
        board.shell(f"""
          mkdir -p /data/system/layer/etc/apt
          echo 'deb [trusted=yes] http://10.0.2.2:{port}/ ./' > /data/system/layer/etc/apt/sources.list
          systemd-run --quiet sh -c 'madang-update > /run/madang-update.log 2>&1 || systemctl poweroff'
        """)
        board.wait_off(limit=3600)
        figure(f"power to the reboot after an update over the network: {board.seconds():.0f} s")
    failed = card.read("madang-update.txt")
    assert failed is None, failed.decode()

    with Machine(card, folder / "after") as board:
        board.wait_serving()
        assert VERSION.findall(board.shell(VERSIONS)) == ["99.0.0"] * len(newer)
        assert history(board) == ["before the update"]
        say(board, "after the update")
        assert board.shell(OWNER) == owner
        assert board.settled() == ""

    # What an owner does whom the update does not serve.
    card.write("config.txt", card.read("config.flashed"))
    card.write("cmdline.txt", card.read("cmdline.txt").rstrip() + b" madang.flashed\n")
    with Machine(card, folder / "flashed") as board:
        board.wait_serving()
        assert board.shell(VERSIONS) == flashed
        assert history(board) == ["before the update", "after the update"]
        assert board.shell(OWNER) == owner
        assert board.settled() == ""
        assert board.shell("cat /run/madang-board/initramfs-report 2>/dev/null") == "", "it was the owner's wish"
