"""The folders of a FAT file system, entry by entry: Linux takes some for damaged that fsck.vfat does not."""

import struct

ENTRY = 32
SECTOR = 512
FOLDER, LONG_NAME = 0x10, 0x0F
DELETED = 0xE5
LAST = 0x0FFFFFF8


def folders(path):
    """The entries of each folder, those of the root first."""
    with open(path, "rb") as file:
        boot = file.read(SECTOR)
        sector, per_cluster, reserved, tables = struct.unpack_from("<HBHB", boot, 11)
        table_sectors, root = struct.unpack_from("<I4xI", boot, 36)
        content = (reserved + tables * table_sectors) * sector
        size = per_cluster * sector
        left = [root]
        for cluster in left:
            raw = b""
            while 2 <= cluster < LAST:
                file.seek(content + (cluster - 2) * size)
                raw += file.read(size)
                file.seek(reserved * sector + cluster * 4)
                cluster = int.from_bytes(file.read(4), "little") & 0x0FFFFFFF
            folder = [raw[at : at + ENTRY] for at in range(0, len(raw), ENTRY)]
            yield folder
            for entry in folder[: end(folder)]:
                if entry[0] not in (DELETED, ord(".")) and entry[11] != LONG_NAME and entry[11] & FOLDER:
                    high, low = struct.unpack_from("<20xH4xH", entry)
                    left.append(high << 16 | low)


def end(folder):
    """How many entries are in use, or were: the first that never was is the folder's end."""
    return next((number for number, entry in enumerate(folder) if entry[0] == 0), len(folder))


def behind_the_end(path):
    """Names that lie behind the end of their folder. The kernel writes no more into one that has any, and
    no check mends that."""
    return [
        entry[:11]
        for folder in folders(path)
        for entry in folder[end(folder) :]
        if entry[0] not in (0, DELETED)
    ]


def split_next_name(card, path):
    """Lays files on the first partition until the next name comes to lie in two sectors."""
    per_sector = SECTOR // ENTRY
    while end(next(folders(card.part(1, path)))) % per_sector != per_sector - 1:
        card.write(f"LAID{len(card.names())}", b"laid")
    path.unlink()
