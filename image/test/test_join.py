"""A box that opens no Wi-Fi of its own: it joins the one that madang.txt names, through simulated air."""

import asyncio
import re
import ssl

import pytest

from machine import Machine
from phone import Phone

SETTINGS = "join-wifi-name = 항구 ⚓\njoin-wifi-passphrase = three \"wet\" ropes\nrooms = Square\n"
ADDRESS = "10.78.1.50"
# Both ends of the socket where both see them: the unit has a /tmp of its own.
STATUS = "wpa_cli -s /run/wpa_supplicant -p /run/wpa_supplicant -i wlan0 status"


@pytest.fixture
def phone():
    """Whose Wi-Fi it is."""
    return Phone(1)


@pytest.fixture
def board(card, folder, phone):
    """A board that looks for that Wi-Fi, and the phone, which has not opened it."""
    card.write("madang.txt", SETTINGS.encode())
    with Machine(card, folder, extra=phone.card) as board:
        board.wait_serving()
        board.shell("modprobe mac80211_hwsim radios=2 > /dev/null 2>&1 &")
        wait(board, "it looks around", lambda: "wpa_state=" in board.shell(STATUS))
        phone.unpack(board, to=ADDRESS)
        yield board


def test_it_joins_the_wifi_of_others_and_is_found_there(board, phone, figure):
    assert joined(board) is None, "there is none yet"
    phone.open(board, "항구 ⚓", 'three "wet" ropes')
    phone.lend(board, ADDRESS)
    wait(board, "it has joined", lambda: joined(board))
    assert joined(board)["key_mgmt"] == "WPA2-PSK"
    wait(board, "it has an address", lambda: ADDRESS in board.shell("ip -4 -o address show dev wlan0"))
    figure(f"power to the Wi-Fi of others: {board.seconds():.0f} s")
    assert "off" in board.shell("iw dev wlan0 get power_save"), "a radio that sleeps lets people wait"
    assert board.shell("systemctl is-active madang-hostapd madang-dnsmasq") == "inactive\ninactive"

    # By its address there, which its certificate knows, and with a real client.
    authority = wait(board, "it knows its address", lambda: told(phone, "/ca.crt"))
    page = wait(board, "its certificate has the address", lambda: told(phone, "/", authority))
    assert b"<html" in page
    asyncio.run(talk(phone, authority, "before"))

    # Whatever becomes of that Wi-Fi, it comes back.
    phone.close(board)
    wait(board, "it has lost it", lambda: joined(board) is None)
    phone.open(board, "항구 ⚓", 'three "wet" ropes')
    wait(board, "it is back", lambda: joined(board))
    asyncio.run(talk(phone, authority, "after"))


def wait(board, what, told):
    """As long as a simulated radio takes on a machine that emulates it."""
    return board.wait_for(what, told, limit=3600)


def joined(board):
    """What its supplicant says of the Wi-Fi it is in, or None."""
    status = dict(re.findall(r"^(\w+)=(.*)$", board.shell(STATUS), re.M))
    return status if status.get("wpa_state") == "COMPLETED" else None


def told(phone, path, authority=None):
    """What is there, over TLS if there is an authority to check it by; None if it is not for this address."""
    try:
        status, _, body = phone.get(ADDRESS, path, ca=authority)
    except ssl.SSLError:
        return None
    return body if status == 200 else None


async def talk(phone, authority, name):
    """One message, heard by another one."""
    async with phone.arrive(name, authority, host="madang.local") as speaker:
        async with phone.arrive("listener", authority, host="madang.local") as listener:
            await listener.gets("join", {"room": "Square"})
            await speaker.gets("message", {"room": "Square", "id": "m1", "text": "from the harbour"})
            await listener.hears((name, "from the harbour"))
