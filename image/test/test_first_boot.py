"""What becomes of madang.txt on the first boot: one that is right, one full of mistakes, and none."""

import re
import socket
import ssl
import subprocess
from dataclasses import dataclass

import pytest

from card import Card
from conftest import BUILT
from machine import Machine
from visit import Refused, greeting

RIGHT = """\
title = 잔치 마당 🎈
code = open sesame
rooms = Square, Kitchen, 마당
wifi-name = 마당 🦊
wifi-passphrase = three warm stones
country = KR
channel = 13
time-zone = Asia/Seoul
ssh-key = {key}
"""

MISTAKES = """\
title = Market
country = Korea
wifi-passphrase = short
wifi-nmae = Hall
channel = 13
time-zone = Asia/Soul
only some words
ssh-key = {key}
"""

ELSEWHERE = "country = US\nchannel = 13\nssh-key = {key}\n"


@dataclass
class Box:
    """What was seen of a box, from outside and on its card."""

    hello: dict
    report: str
    hostapd: str
    zone: str
    login: str
    authority: str
    secrets: dict

    def warned(self):
        return "\n".join(notice["text"] for notice in self.hello.get("notices", []))


class Bench:
    """Boots cards and looks at what they have become."""

    def __init__(self, image, folder, figure):
        self.image, self.folder, self.figure = image, folder, figure
        for name in ("owner", "stranger"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name)
        self.key = (folder / "owner.pub").read_text().strip()

    def card(self, name):
        return Card(self.image, self.folder / f"{name}.img", size=2 << 30)

    def boot(self, card, name, code=None):
        with Machine(card, self.folder / name) as board:
            self.figure(f"{name}: serves after {board.wait_serving():.0f} s")
            report = "cat /boot/firmware/madang-report.txt"
            board.wait_for("the report is whole", lambda: "SHA-256" in board.shell(report))
            if code:
                with pytest.raises(Refused, match="unauthorized"):
                    greeting(board)
            seen = {
                "hello": greeting(board, code),
                "hostapd": board.shell("cat /run/madang-board/hostapd.conf"),
                "zone": board.shell("date +%Z"),
                "login": self.login(board, "owner") + self.login(board, "stranger"),
                "authority": board.get("/ca.pem", tls=False).decode(),
            }
            # It is whom it says: the certificate is checked, for the name in a network.
            context = ssl.create_default_context(cadata=seen["authority"])
            ssl_name(board, context, "madang.local")
            secrets = {
                "machine id": board.shell("cat /etc/machine-id"),
                "passphrase": board.shell("cat /data/board/passphrase"),
                "host key": board.shell("cat /data/board/ssh/ssh_host_ed25519_key.pub 2>/dev/null"),
                "authority": seen["authority"],
            }
        report = card.read("madang-report.txt").decode()
        return Box(report=report, secrets=secrets, **seen)

    def login(self, board, key):
        """What a login as root by that key gives: the name of the box, or nothing."""
        options = ["-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"]
        command = ["ssh", "-F", "none", *options, "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=60"]
        port = ["-p", str(board.ssh), "-i", self.folder / key, "root@127.0.0.1", "hostname"]
        return subprocess.run([*command, *port], capture_output=True, text=True, timeout=180).stdout


@pytest.fixture(scope="module")
def bench(image, figure, tmp_path_factory):
    folder = BUILT / "test" / "first-boot"
    run("rm", "-rf", folder)
    folder.mkdir(parents=True)
    yield Bench(image, folder, figure)
    for card in folder.glob("*.img"):
        card.unlink()


@pytest.fixture(scope="module")
def right(bench):
    card = bench.card("right")
    card.write("madang.txt", RIGHT.format(key=bench.key).encode())
    return bench.boot(card, "right", code="open sesame")


@pytest.fixture(scope="module")
def mistaken(bench):
    """The first boot with mistakes, as an editor of Windows saves them, and the second elsewhere."""
    card = bench.card("mistaken")
    card.write("madang.txt", b"\xef\xbb\xbf" + MISTAKES.format(key=bench.key).replace("\n", "\r\n").encode())
    first = bench.boot(card, "mistaken")
    card.write("madang.txt", ELSEWHERE.format(key=bench.key).encode())
    return first, bench.boot(card, "mistaken-again")


@pytest.fixture(scope="module")
def silent(bench):
    card = bench.card("silent")
    run("mdel", "-i", card.firmware(), "::madang.txt")
    return bench.boot(card, "silent")


def test_what_madang_txt_says_is_so(right):
    assert right.hello["title"] == "잔치 마당 🎈"
    assert {"Square", "Kitchen", "마당"} <= set(right.hello["rooms"])
    assert right.warned() == ""
    assert "Nothing is wrong." in right.report
    assert {"Wi-Fi: 마당 🦊", "Channel / 채널: 13 (KR)"} <= set(right.report.splitlines())
    assert "three warm stones" in right.report and "open sesame" not in right.report
    for line in ("wpa_passphrase=three warm stones", "channel=13", "country_code=KR"):
        assert line in right.hostapd.splitlines()
    assert right.zone == "KST"


def test_the_owner_of_the_key_logs_in_and_nobody_else(right, silent):
    assert right.login == "madang\n", "the owner, and not the stranger"
    assert silent.login == "", "without a key nobody"
    assert silent.secrets["host key"] == ""


def test_mistakes_are_told_on_the_page_and_on_the_card_and_the_box_comes_up(mistaken):
    first, _ = mistaken
    assert first.hello["title"] == "Market", "what is right counts, byte order mark or not"
    for line, sentence in {
        2: '"Korea" is not a country',
        3: "fewer than 8 characters",
        4: 'did you mean "wifi-name"',
        5: "channel 13",
        6: "Asia/Seoul",
        7: 'not "key = value"',
    }.items():
        for told in (first.warned(), first.report):
            assert re.search(rf"line {line}: .*{re.escape(sentence)}", told), (line, told)
    assert "short" not in re.findall(r"passphrase.*", first.warned())[0].split(), "a secret is not repeated"
    assert f"wpa_passphrase={first.secrets['passphrase']}" in first.hostapd
    assert first.secrets["passphrase"] in first.report
    assert "country_code" not in first.hostapd and first.zone == "UTC"
    assert first.login == "madang\n"


def test_a_channel_that_the_country_lacks_is_replaced_and_told(mistaken):
    _, second = mistaken
    assert re.search(r"line 2: channel 13 .*US.*channel 11 is used", second.warned()), second.warned()
    assert {"channel=11", "country_code=US"} <= set(second.hostapd.splitlines())


def test_the_second_boot_finds_the_identity_of_the_first(mistaken):
    first, second = mistaken
    assert second.secrets == first.secrets
    assert first.secrets["passphrase"] in second.report


def test_without_a_madang_txt_the_box_has_a_name_and_a_passphrase_of_its_own(silent):
    assert silent.hello["title"] == "madang"
    assert silent.warned() == ""
    assert f"Wi-Fi: madang-{silent.secrets['machine id'][:4]}" in silent.report
    assert silent.secrets["passphrase"] in silent.report


def test_no_two_boxes_share_a_secret(right, mistaken, silent):
    for name in ("machine id", "passphrase", "host key", "authority"):
        found = [box.secrets[name] for box in (right, mistaken[0], silent) if box.secrets[name]]
        assert len(set(found)) == len(found) >= 2, name


def ssl_name(board, context, name):
    """Shakes hands as somebody who trusts the authority and asks for that name."""
    with socket.create_connection(("127.0.0.1", board.https), timeout=60) as link:
        context.wrap_socket(link, server_hostname=name).close()


def run(*command):
    subprocess.run([str(word) for word in command], check=True)
