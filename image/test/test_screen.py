"""What somebody sees who plugs a screen into the box: a picture of it, and the QR codes read as a phone's
camera reads them."""

import asyncio
import tempfile
from pathlib import Path

import zxingcpp
from PIL import Image
from qemu.qmp import QMPClient

from machine import Machine
from phone import PAGE


def test_the_screen_shows_codes_that_lead_to_the_wifi_and_to_the_page(card, folder, figure):
    """Of a box that nothing was set for: its own name, and the passphrase that it has made."""
    with tempfile.TemporaryDirectory(prefix="madang-") as place:
        monitor, picture = Path(place, "monitor"), folder / "screen.png"
        screen = ["-device", "virtio-gpu-pci", "-qmp", f"unix:{monitor},server=on,wait=off"]
        with Machine(card, folder, extra=screen) as board:
            board.wait_serving()

            def codes():
                asyncio.run(photograph(monitor, picture))
                with Image.open(picture) as shown:
                    return {code.text for code in zxingcpp.read_barcodes(shown)}

            seen = board.wait_for("both codes are on the screen", lambda: len(found := codes()) == 2 and found)
            figure(f"power to both codes on the screen: {board.seconds():.0f} s")
            name = f"madang-{board.shell('cat /etc/machine-id')[:4]}"
            passphrase = board.shell("cat /data/board/passphrase")
    assert seen == {f"WIFI:T:WPA;S:{name};P:{passphrase};;", f"https://{PAGE}/"}


async def photograph(monitor, picture):
    """What is on the screen, by QEMU's own monitor."""
    client = QMPClient()
    await client.connect(str(monitor))
    try:
        await client.execute("screendump", {"filename": str(picture), "format": "png"})
    finally:
        await client.disconnect()
