"""A plug pulled at any moment of a first boot and of an update: what is on the card after each flush, and
after each write to the first partition, which most cards keep in that order. Other tests start the box again
at some of these moments; here all are looked at, as the next boot would find them."""

import hashlib
import re
import subprocess

from card import Card, read
from deb import package
from fat import SECTOR, behind_the_end, split_next_name
from recorded import DATA, FIRST, Recorded

REPORT = "madang-report.txt"

# What is made once and told to people and phones.
MADE_ONCE = (
    "/system/machine-id",
    "/board/passphrase",
    "/private/madang/tls/ca.pem",
    "/private/madang/tls/ca.key",
    "/private/madang/admin-token",
)

# Whence the next boot takes config.txt, if the check of the file system has emptied it.
CONFIGS = ("config.txt", "config.txt.new", "config.updated", "config.flashed")

# The first partition is set up anew, as a new kernel's package does it, and with a new kernel's name.
POSTINST = """\
DEB_MAINT_PARAMS=configure /etc/kernel/postinst.d/z50-raspi-firmware
cd /boot/firmware
mv vmlinuz-* vmlinuz-99
mv initrd.img-* initrd.img-99
sed -i 's/^kernel=.*/kernel=vmlinuz-99/; s/^initramfs [^ ]*/initramfs initrd.img-99/' config.txt
"""


def test_no_moment_is_one_that_the_next_boot_cannot_make_up_for(card, folder, figure):
    card.write("madang-greeting_1.0_all.deb", package(folder, "madang-greeting", POSTINST))
    split_next_name(card, folder / "names.img")
    replayed = Card(card.path, folder / "replayed.img")
    settings, cmdline = card.read("madang.txt"), card.read("cmdline.txt")
    _, whole = started(card.firmware())
    with Recorded(card, folder) as board:
        board.wait_serving()
        board.wait_off()

    states, made, layer, kernels, told = 0, {}, None, [], None
    for written, flushed in board.replay(replayed):
        states += 1
        if DATA in written and flushed:
            now, layer = on_data(replayed.part(1 + DATA, folder / "data.img"))
            assert made.items() <= now.items(), "what was made stays as it is"
            assert layer in (None, b"welcome\n"), "an update is all there, or not at all"
            made = now
        if FIRST in written:
            first = replayed.part(1 + FIRST, folder / "first.img")
            kernel, content = started(first)
            assert content == whole
            if kernel not in kernels:
                kernels.append(kernel)
            assert behind_the_end(first) == []
            # As the next boot does it.
            assert subprocess.run(["fsck.vfat", "-a", first], stdout=subprocess.DEVNULL).returncode in (0, 1)
            assert started(first, CONFIGS) == (kernel, whole)
            assert read(first, "madang.txt") == settings
            assert read(first, "cmdline.txt") == cmdline
            # Two names of one file, as a rename may leave them, become an empty one: it is written again.
            if told := read(first, REPORT):
                assert told.startswith(b"madang ") and told.endswith(b"\r\n"), "it is whole"
                assert made["/board/passphrase"].strip() in told, "kept before it is told"
    figure(f"{states} states of the card in a first boot and an update, none beyond the next boot")
    assert sorted(made) == sorted(MADE_ONCE)
    assert b"SHA-256" in told
    assert layer is not None
    assert len(kernels) == 2 and kernels[1] == "vmlinuz-99"


def test_half_a_name_is_found(image, folder):
    """The control: of what the report's name changes on the card, one sector alone is enough to close its
    folder to the next writer."""
    card = Card(image, folder / "card.img")
    split_next_name(card, folder / "names.img")
    before = card.part(1 + FIRST, folder / "before.img").read_bytes()
    card.write(REPORT, b"told")
    path = card.part(1 + FIRST, folder / "after.img")
    after = path.read_bytes()
    changed = [at for at in range(0, len(after), SECTOR) if before[at : at + SECTOR] != after[at : at + SECTOR]]
    assert behind_the_end(path) == []

    def without(at):
        """What is found when this sector was not written."""
        path.write_bytes(after[:at] + before[at : at + SECTOR] + after[at + SECTOR :])
        return behind_the_end(path)

    assert [len(found) for at in changed if (found := without(at))] == [2], "one sector, half of the name"


def started(first, configs=CONFIGS[:1]):
    """What the firmware starts: the kernel's name, and the digests of it and of its initramfs."""
    config = next(text for name in configs if (text := read(first, name))).decode()
    names = [re.search(rf"^{word}(\S+)", config, re.M)[1] for word in ("kernel=", "initramfs ")]
    return names[0], [hashlib.sha256(read(first, name)).hexdigest() for name in names]


def on_data(data):
    """What of MADE_ONCE is there, after the check that each boot begins with; and the word of the update, if
    its layer is in its place."""
    assert subprocess.run(["e2fsck", "-p", data], stdout=subprocess.DEVNULL).returncode < 4

    def look(request):
        return subprocess.run(["debugfs", "-R", request, data], capture_output=True).stdout

    made = {name: content for name in MADE_ONCE if (content := look(f"cat {name}"))}
    layer = look("cat /system/layer/usr/share/madang-greeting") if b"/layer/" in look("ls -p /system") else None
    return made, layer
