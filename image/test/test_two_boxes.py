"""Two boxes of the same name on one cable."""

import ssl
import tempfile
from pathlib import Path

from card import Card
from machine import Machine
from test_first_boot import ssl_name

ASK = "busctl call org.freedesktop.Avahi / org.freedesktop.Avahi.Server"
NAME = f"{ASK} GetHostNameFqdn"
# Those that a certificate is made for.
OTHERS = {f"madang-{number}.local" for number in (2, 3, 4)}


def test_the_second_box_of_a_name_has_a_number_and_a_certificate_for_it(image, folder, figure):
    with tempfile.TemporaryDirectory(prefix="madang-") as cable:
        first, second = (
            Machine(Card(image, folder / f"{end}.img"), folder / end, extra=plugged_in(cable, end, other))
            for end, other in (("1", "2"), ("2", "1"))
        )
        with first, second:
            first.wait_serving()
            second.wait_serving()
            boards = {}

            def told_apart():
                boards.clear()
                boards.update((board.shell(NAME).split('"')[1], board) for board in (first, second))
                # On a slow machine the second one may try a number more than once.
                return "madang.local" in boards and OTHERS & set(boards)

            first.wait_for("one of them gives way", told_apart)
            figure(f"two boxes of one name are told apart {first.seconds():.0f} s after power")
            for name, board in boards.items():
                # The other one finds it under its name, and its certificate is good for that.
                asking = second if board is first else first
                found = asking.shell(f"{ASK} ResolveHostName iisiu -- -1 -1 {name} 0 0 || echo nobody")
                assert "nobody" not in found and name in found, found
                authority = board.get("/ca.pem", tls=False).decode()
                ssl_name(board, ssl.create_default_context(cadata=authority), name)


def plugged_in(cable, end, other):
    """QEMU's words for one end of an Ethernet cable."""
    ends = [Path(cable, end), Path(cable, other)]
    line = f"local.type=unix,local.path={ends[0]},remote.type=unix,remote.path={ends[1]}"
    return ["-netdev", f"dgram,id=cable,{line}", "-device", f"virtio-net-pci,netdev=cable,mac=52:54:00:00:00:0{end},romfile="]
