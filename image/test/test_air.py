"""Three phones on the board's own Wi-Fi: from the passphrase to a chat, through simulated air."""

import asyncio
import hashlib
import json
import re
import socket
import ssl
import threading
import time
from contextlib import AsyncExitStack, contextmanager

import pytest

from machine import Machine
from phone import PAGE, Phone, arrive, radio

SETTINGS = """wifi-name = 마당 Air
wifi-passphrase = three warm stones
country = KR
channel = 11
rooms = Square
"""
SHEET = f"http://{PAGE}/portal"
NOTICES = "cat /run/madang-board/notices.json"
# By name: another client of hostapd's may be taken for a radio otherwise.
STATUS = "hostapd_cli -i wlan0 -s /run/hostapd -p /run/hostapd status"
# What three systems ask to find out whether they are online, and the answer that satisfies them.
PROBES = {
    "iOS": ("captive.apple.com", "/hotspot-detect.html", 200, b"<TITLE>Success</TITLE>"),
    "Android": ("connectivitycheck.gstatic.com", "/generate_204", 204, b""),
    "Windows": ("www.msftconnecttest.com", "/connecttest.txt", 200, b"Microsoft Connect Test"),
}


@pytest.fixture
def phones():
    """One for each system."""
    return [Phone(number) for number in range(1, len(PROBES) + 1)]


@pytest.fixture
def board(card, folder, phones):
    """A board with a radio, and phones that are still switched off."""
    card.write("madang.txt", SETTINGS.encode())
    with Machine(card, folder, extra=[word for phone in phones for word in phone.card]) as board:
        board.wait_serving(limit=1800)
        # Late, as a radio on a USB stick would be; it takes minutes in the emulator.
        board.shell(f"modprobe mac80211_hwsim radios={1 + len(phones)} > /dev/null 2>&1 &")
        wait(board, "its Wi-Fi is open", lambda: "state=ENABLED" in board.shell(STATUS))
        for phone in phones:
            phone.unpack(board)
        yield board


def test_three_phones_join_pass_the_portal_and_chat_through_the_air(board, phones, figure):
    figure(f"power to an open Wi-Fi: {board.seconds():.1f} s")
    assert radio(board)["phones"] == 0
    nobody_joins_with_a_wrong_passphrase(board, phones[0])
    join(board, phones, figure)
    names_lead_to_the_board(board, phones[0])
    authority = pass_the_portal(board, phones, figure)
    the_report_tells_the_same(board, authority)
    asyncio.run(chat(board, phones, authority, figure))
    nothing_is_forwarded(board, phones)
    a_fixed_address_does_as_well(board, phones[2])
    another_wifi_of_its_name_is_told(board, phones[0])
    what_the_radio_refuses_is_told_and_done_without(board)


def wait(board, what, told):
    """As long as a simulated radio takes on a machine that emulates it."""
    return board.wait_for(what, told, limit=3600)


def nobody_joins_with_a_wrong_passphrase(board, phone):
    phone.switch_on(board, "마당 Air", "three cold stones")
    wait(board, "it is turned away", lambda: "reason=WRONG_KEY" in phone.log(board))
    assert radio(board)["phones"] == 0
    phone.switch_off(board)


def join(board, phones, figure):
    """WPA2 and a lease, and the board counts them."""
    for phone in phones:
        begin = time.monotonic()
        phone.switch_on(board, "마당 Air", "three warm stones")
        status = wait(board, f"{phone.name} is on the Wi-Fi", lambda: phone.joined(board))
        assert (status["key_mgmt"], status["pairwise_cipher"]) == ("WPA2-PSK", "CCMP")
        lease = phone.lease(board)
        assert (lease["router"], lease["dns"], lease["seconds"]) == ("10.42.0.1", "10.42.0.1", "7200")
        assert lease["portal"] == "", "option 114 would want a certificate that every phone trusts"
        assert re.fullmatch(r"10\.42\.0\.\d+", phone.address)
        figure(f"{phone.name}: WPA2 and {phone.address} in {time.monotonic() - begin:.1f} s")
    assert len({phone.address for phone in phones}) == len(phones)
    wait(board, "three phones are counted", lambda: radio(board)["phones"] == 3)
    assert json.loads(board.shell("cat /run/madang-board/radio.json"))["phones"] == 3


def names_lead_to_the_board(board, phone):
    for name in [PAGE, "captive.apple.com", "no-such-name.example"]:
        told = phone.run(board, f"busybox nslookup -type=a {name} 10.42.0.1")
        assert re.findall(r"^Address: (\S+)$", told, re.M) == ["10.42.0.1"], told
        told = phone.run(board, f"busybox nslookup -type=aaaa {name} 10.42.0.1")
        # There is such a name, and it has none: a phone asks no further.
        assert "answer" in told and "NXDOMAIN" not in told, told
        assert not re.search(r"^Address: ", told, re.M), told


def pass_the_portal(board, phones, figure):
    """Each phone by itself: the portal first; once it has opened the page, what its system expects. Gives
    the authority that the phones have been handed."""
    authorities = set()
    for phone, (system, (host, path, status, body)) in zip(phones, PROBES.items(), strict=True):
        before, headers, _ = phone.get(host, path)
        assert (before, headers["location"]) == (302, SHEET), system
        shown, headers, sheet = phone.get(PAGE, "/portal")
        assert shown == 200 and f"https://{PAGE}".encode() in sheet
        assert phone.get(host, path)[0] == 302, f"{system} has only looked at the sheet"

        handed, headers, authority = phone.get(PAGE, "/ca.crt")
        assert (handed, headers["content-type"]) == (200, "application/x-x509-ca-cert")
        opened, _, page = phone.get(PAGE, "/", ca=authority)
        assert opened == 200 and b"<html" in page
        after, _, answer = phone.get(host, path)
        assert after == status and body in answer, system
        authorities.add(authority)
        figure(f"{system}: {before} to the portal, {after} once the page is open")
    (authority,) = authorities
    # Nobody in the air can be taken for the board: the check of the phones is a real one.
    with pytest.raises(ssl.SSLCertVerificationError):
        phones[0].get("elsewhere.example", "/", ca=authority)
    return authority


def the_report_tells_the_same(board, authority):
    """What the owner reads on the card is what the phones have met."""
    report = board.shell("cat /boot/firmware/madang-report.txt")
    assert "마당 Air" in report and "three warm stones" in report
    digest = hashlib.sha256(authority).hexdigest()
    assert digest in re.sub(r"[^0-9a-f]", "", report.lower()), "the fingerprint to compare with"


async def chat(board, phones, authority, figure):
    """Everybody hears everybody, and the laptop on the cable is one of them."""
    before = carried(board)
    names = list(PROBES)
    ways = [["polling"], ["websocket"], None]
    async with AsyncExitStack() as room:
        people = [
            await room.enter_async_context(phone.arrive(name, authority, transports=way))
            for phone, name, way in zip(phones, names, ways, strict=True)
        ]
        people.append(await room.enter_async_context(arrive("madang.local", board.https, "cable", authority)))
        names.append("cable")
        for person in people:
            await person.gets("join", {"room": "Square"})
        figure(f"power to three phones and a laptop in one room: {board.seconds():.1f} s")
        begin = time.monotonic()
        said = [(name, f"{name}: 안녕 {turn}") for turn in range(5) for name in names]
        for number, (_, text) in enumerate(said):
            speaker = people[number % len(people)]
            await speaker.gets("message", {"room": "Square", "id": f"m{number}", "text": text})
        for person, name in zip(people, names, strict=True):
            await person.hears(*(message for message in said if message[0] != name))
        figure(f"{len(said)} messages to {len(people)} people: {time.monotonic() - begin:.1f} s")
    grown = [after - before for before, after in zip(before, carried(board), strict=True)]
    assert len(grown) == 3 and min(grown) > 4_000, "it went through the air"
    figure("through the air for each phone: " + ", ".join(f"{bytes / 1000:.0f} kB" for bytes in grown))


def carried(board):
    """Bytes that the board has had from and sent to each phone, by its radio."""
    stations = board.shell("iw dev wlan0 station dump").split("Station ")[1:]
    return [sum(map(int, re.findall(r"[rt]x bytes:\s*(\d+)", station))) for station in sorted(stations)]


def nothing_is_forwarded(board, phones):
    """Neither to the cable nor from phone to phone; the board itself reaches both."""
    with doorman() as (port, visitors):
        knock = f"busybox timeout 20 busybox nc -w 10 10.0.2.2 {port} < /dev/null"
        assert "come in" in board.shell(knock)
        met = len(visitors)
        for phone in phones:
            assert "come in" not in phone.run(board, f"sh -c '{knock}'")
        assert len(visitors) == met == 1
    other = phones[1].address
    ping = "busybox ping -c 2 -W 5"
    assert " 0% packet loss" in phones[0].run(board, f"{ping} 10.42.0.1")
    assert " 0% packet loss" in board.shell(f"{ping} {other}")
    assert "100% packet loss" in phones[0].run(board, f"{ping} {other}")


@contextmanager
def doorman():
    """Somebody on the cable: a port of this machine, and who has come to it."""
    visitors = []

    def attend(door):
        while True:
            try:
                visitor, place = door.accept()
            except OSError:
                return
            visitors.append(place)
            visitor.sendall(b"come in\n")
            visitor.close()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=attend, args=[door], daemon=True).start()
        yield door.getsockname()[1], visitors
        door.shutdown(socket.SHUT_RDWR)


def a_fixed_address_does_as_well(board, phone):
    """It comes back with an address of its own making, and is led to the page like everybody."""
    phone.switch_off(board)
    wait(board, "its leaving is counted", lambda: radio(board)["phones"] == 2)
    phone.switch_on(board, "마당 Air", "three warm stones")
    wait(board, "it is back", lambda: phone.joined(board))
    phone.fix(board, "10.42.0.7")
    host, path, status, body = PROBES["Windows"]
    answer, headers, _ = phone.get(host, path)
    # By this address nobody has opened the page yet; without a lease it may have another DNS than ours.
    assert (answer, headers["location"]) == (302, "http://10.42.0.1/portal")
    assert phone.get(PAGE, "/portal", method="POST")[0] == 303, "the button of the sheet"
    answer, _, text = phone.get(host, path)
    assert answer == status and body in text
    told = phone.run(board, f"busybox nslookup -type=a {PAGE} 8.8.8.8")
    assert "10.42.0.1" in told, "whatever server it was told of"


def another_wifi_of_its_name_is_told(board, phone):
    """Somebody has given the same name to theirs: the board hears of it before it opens its own."""
    told = 'Another Wi-Fi here is called "마당 Air"'
    assert told not in said(board.shell(NOTICES)), "it was alone"
    phone.switch_off(board)
    phone.open(board, "마당 Air")
    wait(board, "theirs is open", lambda: "AP-ENABLED" in phone.log(board))

    # A scan may miss a Wi-Fi, in the emulator more than in the air.
    def heard():
        board.shell("systemctl restart madang-hostapd.service", limit=600)
        return told in said(board.shell(NOTICES))

    wait(board, "it is heard", heard)
    wait(board, "ours is open all the same", lambda: "state=ENABLED" in board.shell(STATUS))


def what_the_radio_refuses_is_told_and_done_without(board):
    """As if its firmware knew less than the kernel's database: no radio opens a Wi-Fi there."""
    board.shell("""
      sed -i 's/^channel=.*/channel=14/' /run/madang-board/hostapd.conf
      systemctl restart madang-hostapd.service
    """, limit=600)
    wait(board, "it gives way", lambda: "did not open the Wi-Fi" in said(board.shell(NOTICES)))
    told = said(board.shell(NOTICES))
    assert re.search(r"on channel 11 \(KR\): channel (1|6|11) is used", told), told
    wait(board, "a Wi-Fi is open all the same", lambda: "state=ENABLED" in board.shell(STATUS))


def said(notices):
    """The English of what the page shows."""
    return " ".join(notice["text"] for notice in json.loads(notices))
