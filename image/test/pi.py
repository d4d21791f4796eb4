"""A Raspberry Pi 3 in QEMU, with the device tree that is on the card: another way of the same machine.
It has the Pi's own SD controller, serial line and interrupts; its Wi-Fi and firmware it has not."""

import os
import subprocess
from pathlib import Path

from machine import Machine


class Pi3(Machine):
    """The card's file must be a power of two in size: QEMU's SD controller asks for it."""

    console = "ttyS1,115200"
    memory = 1024

    def __init__(self, card, folder, **options):
        # QEMU's watchdog of this board fires when the guest's clock is slow.
        super().__init__(card, folder, append="module_blacklist=bcm2835_wdt", **options)
        finder = Path(__file__).with_name("qemu.sh")
        self.program = subprocess.run([finder], check=True, capture_output=True, text=True).stdout.strip()
        tree = card.extract("bcm2837-rpi-3-b.dtb", self.folder)
        self.hardware = ["-M", "raspi3b", "-dtb", tree]
        assert os.stat(card.path).st_size.bit_count() == 1

    def devices(self):
        """The first serial line is the Bluetooth chip's; the second is the console."""
        return [
            *["-drive", f"if=sd,format=raw,cache=unsafe,file={self.card.path}"],
            *["-usb", "-device", "usb-net,netdev=net"],
            *["-serial", "null", "-chardev", f"file,id=console,path={self.log}", "-serial", "chardev:console"],
        ]
