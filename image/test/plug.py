"""A board whose card forgets, as real ones do, what was not flushed when the plug was pulled.

nbdkit keeps what is written in its memory until it is asked to flush, and is killed together with the
machine. Killing QEMU alone would prove nothing: the pages would live on in this machine's memory."""

import subprocess
import tempfile
import time
from pathlib import Path

from machine import Machine


class Plugged(Machine):
    """The same machine, its card behind such a cache."""

    def __enter__(self):
        # A socket's name must be short.
        self.backing = tempfile.TemporaryDirectory(prefix="madang-")
        socket = Path(self.backing.name, "nbd")
        self.cache = subprocess.Popen(
            ["nbdkit", "--foreground", "--unix", socket, "--filter=cache", "file", self.card.path, "cache=writeback"]
        )
        while not socket.exists():
            assert self.cache.poll() is None, "nbdkit ended"
            time.sleep(0.05)
        self.disk = f"nbd:unix:{socket}"
        return super().__enter__()

    def devices(self):
        """QEMU hands each flush on."""
        return [word.replace("cache=unsafe", "cache=writeback") for word in super().devices()]

    def wait_names(self):
        """Until the first flush that changed the tables or the names of the first partition is on the card."""
        start, _, _ = self.card.partitions()[0]

        def tables():
            with open(self.card.path, "rb") as card:
                card.seek(start)
                return card.read(1 << 20)

        before = tables()
        self.wait_for("a name is written", lambda: tables() != before, pause=0.001)

    def pull_plug(self):
        self.cache.kill()
        super().pull_plug()
        self.cache.wait()
        self.backing.cleanup()
