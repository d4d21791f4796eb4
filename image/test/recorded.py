"""A board whose card keeps a record of all that was written to it, and when it was flushed."""

import struct
import subprocess

from machine import Machine

# The log of QEMU's `blklogwrites`, which is that of Linux' dm-log-writes: in blocks of this size a
# superblock, then one for each entry, with what it wrote behind it.
BLOCK = 512
MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4

# The card's partitions, from 0.
FIRST, FLASHED, DATA = range(3)


class Recorded(Machine):
    """The same machine; `replay()` does again what its card has seen."""

    def devices(self):
        """The card lies behind the driver that keeps the record."""
        self.record = self.folder / "writes.log"
        self.record.touch()
        words = super().devices()
        words[0:2] = "-blockdev", ",".join([
            *["driver=blklogwrites,node-name=card,log-sector-size=512", f"log.driver=file,log.filename={self.record}"],
            *[f"file.driver=file,file.filename={self.card.path}", "file.cache.no-flush=on,log.cache.no-flush=on"],
        ])
        return words

    def replay(self, card):
        """Writes the same to `card`, which is as the recorded one was. It stops after each flush, and after
        each write to the first partition, and says which partitions were written to since the flush before,
        and whether this is one. The flashed root is left out of it, as nothing may write there."""
        places = card.partitions()
        start, size, _ = places[FLASHED]
        # It is large.
        subprocess.run(["fallocate", "--punch-hole", "-o", str(start), "-l", str(size), card.path], check=True)
        written = set()
        with open(card.path, "r+b", buffering=0) as file:
            for place, content, flushed in self.entries():
                now = None
                if content:
                    file.seek(place)
                    file.write(content)
                    # The third grows.
                    now = next((number for number, (start, size, _) in enumerate(places) if place < start + size), DATA)
                    assert now != FLASHED, "the flashed root is never written to"
                    written.add(now)
                if now == FIRST or flushed and written:
                    yield written, flushed
                if flushed:
                    written = set()

    def entries(self):
        """All of the record in its order: the first byte on the card, what was written there (none: thrown
        away, or a flush alone), and whether all so far was on the card then."""
        with open(self.record, "rb") as record:
            magic, _, _, block = struct.unpack("<QQQI", record.read(BLOCK)[:28])
            assert (magic, block) == (MAGIC, BLOCK)
            while len(head := record.read(BLOCK)) == BLOCK:
                sector, sectors, flags, _ = struct.unpack("<QQQQ", head[:32])
                content = b"" if flags & DISCARD else record.read(sectors * BLOCK)
                if not flags & DISCARD and len(content) < sectors * BLOCK:
                    return  # the plug was pulled
                yield sector * BLOCK, content, bool(flags & (FLUSH | FUA))
