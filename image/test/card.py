"""A card: a copy of the image as a file, and what a computer with a card reader can do with it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

SECTOR = 512


class Card:
    """The file at `path`, made from `image` and grown to `size` bytes, as a bigger card would be."""

    def __init__(self, image, path, size=None):
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", image, path], check=True)
        if size:
            os.truncate(path, max(size, self.path.stat().st_size))

    def partitions(self):
        """The table: a list of (first byte, bytes, type)."""
        table = json.loads(run("sfdisk", "--json", self.path))["partitiontable"]
        return [(p["start"] * SECTOR, p["size"] * SECTOR, p["type"]) for p in table["partitions"]]

    def names(self, folder=""):
        """What lies on the first partition."""
        return names(self.firmware(), folder)

    def read(self, name):
        """A file of the first partition, or None."""
        return read(self.firmware(), name)

    def write(self, name, content):
        """Lays a file on the first partition, as an owner would: bytes, or the path of one."""
        if isinstance(content, bytes):
            subprocess.run(
                ["mcopy", "-o", "-i", self.firmware(), "-", f"::{name}"], check=True, input=content, env=MTOOLS
            )
        else:
            run("mcopy", "-o", "-i", self.firmware(), content, f"::{name}")

    def extract(self, name, folder):
        """Copies a file of the first partition to a folder of this machine."""
        target = Path(folder, name)
        run("mcopy", "-n", "-o", "-i", self.firmware(), f"::{name}", target)
        return target

    def part(self, number, path):
        """Copies the bytes of a partition to a file of their own, for e2fsck and debugfs."""
        start, size, _ = self.partitions()[number - 1]
        run("dd", f"if={self.path}", f"of={path}", "bs=1M", "conv=sparse", *[
            "iflag=skip_bytes,count_bytes", f"skip={start}", f"count={size}"
        ])
        return path

    def spoil(self, number, offset, length):
        """Overwrites bytes of a partition with noise."""
        with open(self.path, "r+b") as card:
            card.seek(self.partitions()[number - 1][0] + offset)
            card.write(os.urandom(length))

    def firmware(self):
        """The first partition in the words of mtools."""
        return f"{self.path}@@{self.partitions()[0][0]}"


def names(firmware, folder=""):
    """What lies on a first partition: a card's, or a copy of one."""
    return run("mdir", "-b", "-i", firmware, f"::{folder}").split()


def read(firmware, name):
    """A file of it, or None."""
    if not any(line.removeprefix("::/") == name for line in names(firmware)):
        return None
    return subprocess.run(["mtype", "-i", firmware, f"::{name}"], check=True, capture_output=True, env=MTOOLS).stdout


def run(*command):
    """What a command prints; it must succeed."""
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, env=MTOOLS).stdout


MTOOLS = {**os.environ, "MTOOLS_SKIP_CHECK": "1"}
for tool in ("sfdisk", "mcopy", "mke2fs"):
    assert shutil.which(tool), f"{tool} is missing: image/tools.sh"
