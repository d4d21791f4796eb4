"""A board whose card keeps a record of all that was written to it, and when it was flushed."""

import struct

from machine import Machine

# The log of QEMU's `blklogwrites`, which is that of Linux' dm-log-writes: in blocks of this size a
# superblock, then one for each entry, with what it wrote behind it.
BLOCK = 512
MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4


class Recorded(Machine):
    """The same machine; `written()` says what came to its card."""

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

    def written(self):
        """All entries in their order: the first byte on the card, what was written there (`None`: thrown
        away, or nothing), and whether all so far was on the card then."""
        with open(self.record, "rb") as record:
            magic, _, _, block = struct.unpack("<QQQI", record.read(BLOCK)[:28])
            assert (magic, block) == (MAGIC, BLOCK)
            while len(head := record.read(BLOCK)) == BLOCK:
                sector, sectors, flags, _ = struct.unpack("<QQQQ", head[:32])
                content = None if flags & DISCARD or not sectors else record.read(sectors * BLOCK)
                if content is not None and len(content) < sectors * BLOCK:
                    return  # the plug was pulled
                yield sector * BLOCK, content, bool(flags & (FLUSH | FUA))
