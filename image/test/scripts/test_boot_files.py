"""Which kernel a board starts with after an update, and after it has lost that update: the board's own
scripts, on folders."""

import pytest

from kernels import ASIDE, FLASHED, KEPT, NEXT, UPDATED, WORDS, kernels, lay, names, root, update
from script import PULL


def test_the_flashed_kernel_stays_through_all_updates(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    for kernel in (UPDATED, NEXT):
        lay(new, kernel)
        assert update.start("--card") == (0, "")
        assert kernels(boot) == {FLASHED, kernel}
        assert (boot / "config.txt").read_text() == names(kernel)
        assert (boot / "config.updated").read_text() == names(kernel)
        assert (boot / "config.flashed").read_text() == KEPT
        assert list(new.iterdir()) == []
        update.start_anew()


def test_the_flashed_initramfs_survives_an_update_that_brings_another_of_its_name(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, FLASHED)
    (new / f"initrd.img-{FLASHED}").write_text("another initramfs")
    assert update.start("--card") == (0, "")
    assert (boot / f"initrd.img-{FLASHED}").read_text() == "another initramfs"
    assert (boot / "config.txt").read_text() == names(FLASHED)
    assert (boot / "initrd.flashed").read_text() == f"initramfs {FLASHED}"
    assert (boot / "config.flashed").read_text() == KEPT


def test_a_pull_before_the_flashed_config_is_kept_costs_neither_initramfs(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, FLASHED)
    (new / f"initrd.img-{FLASHED}").write_text("another initramfs")
    update.replace("mv", f'case "$2" in */config.flashed) {PULL} ;; esac; real mv "$@"')
    assert update.start("--card")[0] == -9
    assert (boot / f"initrd.img-{FLASHED}").read_text() == f"initramfs {FLASHED}"
    (update.commands / "mv").unlink()
    update.start_anew()
    assert update.start("--card") == (0, "")
    assert (boot / "initrd.flashed").read_text() == f"initramfs {FLASHED}"
    assert (boot / "config.flashed").read_text() == KEPT


def test_a_flashed_config_that_a_pull_left_empty_is_kept_once_more(update):
    boot = update.folder / "boot"
    lay(update.folder / "system/layer/boot/firmware", UPDATED)
    (boot / "config.flashed").touch()
    assert update.start("--card") == (0, "")
    assert (boot / "config.flashed").read_text() == KEPT


def test_an_update_is_made_with_the_initramfs_of_its_own_kernel(update):
    lay(update.folder / "boot", FLASHED, UPDATED)
    (update.folder / "boot/initrd.flashed").write_text(f"initramfs {FLASHED}, flashed")
    (update.folder / "root/boot" / f"vmlinuz-{FLASHED}").write_text("the flashed root's")
    (update.folder / "boot/madang_9.deb").write_text("a package")
    assert update.start("--card") == (0, "")
    (initramfs,) = (update.folder / "root/boot").glob("initrd*")
    assert (initramfs.name, initramfs.read_text()) == (f"initrd.img-{FLASHED}", f"initramfs {FLASHED}, flashed")


def test_a_pull_while_the_copied_files_are_removed_costs_no_kernel(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, UPDATED)
    half = f'real rm "$1"/vmlinuz-* "$1"/initrd*; {PULL}'
    update.replace("find", f'case "$*" in *-delete) {half} ;; esac; real find "$@"')
    assert update.start("--card")[0] == -9
    (update.commands / "find").unlink()
    update.start_anew()
    assert update.start("--card") == (0, "")
    assert kernels(boot) == {FLASHED, UPDATED}
    assert (boot / "config.txt").read_text() == names(UPDATED)


def test_a_pull_at_a_rename_leaves_nothing_behind_and_takes_nothing_of_the_owners(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, UPDATED)
    for tree in (new / "board.dtb", boot / "board.dtb", boot / "board.dtb.new"):
        tree.write_text("a board")
    for flashed in ("config.flashed", "config.flashed.new"):
        (boot / flashed).write_text(KEPT)
    (boot / "letter.new").write_text("dear village")
    assert update.start("--card") == (0, "")
    assert [file.name for file in boot.glob("*.new")] == ["letter.new"]


def test_a_replaced_file_keeps_its_room_until_the_card_knows_the_new_one(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, UPDATED)
    (boot / "board.dtb").write_text("a board")
    (new / "board.dtb").write_text("a newer board")
    # What lost its name, but is still open while all is written to the card.
    held = update.folder / "held"
    update.replace("sync", f"readlink /proc/$$/fd/* | grep deleted >> {held} || :")
    assert update.start("--card") == (0, "")
    names = {line.split("/boot/")[1].split()[0] for line in held.read_text().splitlines()}
    assert {"board.dtb", "config.txt"} <= names


def test_a_config_without_its_kernel_is_not_taken(update):
    boot, new = update.folder / "boot", update.folder / "system/layer/boot/firmware"
    lay(new, config=UPDATED)
    assert update.start("--card")[0] == 0
    assert kernels(boot) == {FLASHED}
    assert (boot / "config.txt").read_text() == names(FLASHED)


def test_an_update_that_takes_the_board_down_is_given_up(update):
    boot = update.folder / "boot"
    (boot / "madang_9.deb").write_text("a package")
    # What was in memory is gone.
    update.replace("chroot", f"rm -r {update.folder}/root/run/debs; {PULL}")
    for _ in range(3):
        assert update.start("--card")[0] == -9
    status, said = update.start("--card")
    assert status == 1 and "cut short three times" in said
    assert (boot / "madang_9.deb.failed").exists() and not (update.folder / "system/tries").exists()


def test_without_the_internet_packages_on_the_card_are_not_called_failed(update):
    (update.folder / "boot/madang_9.deb").write_text("a package")
    update.replace("chroot", "exit 100")
    assert update.start()[0] == 100
    assert (update.folder / "boot/madang_9.deb").exists()


@pytest.fixture
def aside(update):
    """After an update whose layer the owner has left aside, with a kernel of its own yet to be written."""
    lay(update.folder / "system/layer/boot/firmware", UPDATED)
    (update.folder / "cmdline").write_text(ASIDE)
    (update.folder / "boot/cmdline.txt").write_text(ASIDE)
    return update


def test_a_layer_left_aside_gets_nothing_onto_the_first_partition(aside):
    boot = aside.folder / "boot"
    assert aside.start("--card") == (0, "")
    assert kernels(boot) == {FLASHED}
    assert (boot / "config.txt").read_text() == names(FLASHED)
    assert (boot / "cmdline.txt").read_text() == ASIDE, "there was no update"


def test_an_update_takes_the_place_of_a_layer_left_aside(aside):
    boot, system = aside.folder / "boot", aside.folder / "system"
    (system / "layer/broken").touch()
    (boot / "madang_9.deb").write_text("a package")
    assert aside.start("--card") == (0, "")
    assert (boot / "cmdline.txt").read_text() == WORDS
    assert (boot / "madang_9.deb.installed").exists()
    assert not (system / "layer/broken").exists(), "it begins with what was flashed"
    assert kernels(boot) == {FLASHED}


def test_an_update_that_fails_leaves_the_layer_aside(aside):
    boot = aside.folder / "boot"
    (boot / "madang_9.deb").write_text("a package")
    aside.replace("chroot", "exit 100")
    assert aside.start("--card")[0] == 100
    assert (boot / "cmdline.txt").read_text() == ASIDE
    assert (aside.folder / "system/layer/boot/firmware/config.txt").exists()


def test_a_command_line_that_cannot_be_read_is_not_emptied(aside):
    boot = aside.folder / "boot"
    (boot / "madang_9.deb").write_text("a package")
    aside.replace("sed", "exit 4")
    assert aside.start("--card")[0] != 0
    assert (boot / "cmdline.txt").read_text() == ASIDE


def test_an_update_on_an_update_keeps_what_the_last_one_brought(update):
    (update.folder / "system/layer").mkdir()
    (update.folder / "system/layer/brought").touch()
    (update.folder / "boot/madang_9.deb").write_text("a package")
    assert update.start("--card") == (0, "")
    assert (update.folder / "system/layer/brought").exists()


def test_a_board_that_lost_its_update_turns_to_the_flashed_kernel(root):
    report = root.folder / "initramfs-report"
    report.write_text("data-set-aside …\n")
    assert root.boot(UPDATED, FLASHED, layer=False) == -9
    assert root.config.read_text() == KEPT
    report.unlink()
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert report.read_text() == "data-set-aside …\n"
    report.unlink()
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert not report.exists(), "it is told once"


def test_a_pull_at_the_turn_leaves_the_content_beside_the_name(root):
    root.replace("mv", PULL)
    assert root.boot(UPDATED, FLASHED, layer=False) == -9
    assert root.config.with_name("config.txt.new").read_text() == KEPT


def test_a_board_that_finds_its_update_again_turns_to_its_kernel(root):
    root.config.write_text(names(FLASHED))
    assert root.boot(FLASHED, UPDATED, layer=True) == -9
    assert root.config.read_text() == names(UPDATED)


def test_a_kernel_that_came_from_elsewhere_is_not_rebooted_for_ever(root):
    root.config.write_text(KEPT)
    assert root.boot(NEXT, FLASHED, layer=False) == 0


def test_a_layer_that_the_owner_leaves_aside_is_not_mounted_and_nothing_is_said(root):
    layer, mounts = root.folder / "parts/data/system/layer", root.folder / "mounts"
    root.config.write_text(KEPT)
    assert root.boot(FLASHED, FLASHED, layer=True) == 0
    assert f"lowerdir={layer}:" in mounts.read_text(), "without the word it is"
    mounts.unlink()
    (root.folder / "cmdline").write_text(ASIDE)
    assert root.boot(FLASHED, FLASHED, layer=True) == 0
    assert str(layer) not in mounts.read_text()
    assert f"lowerdir={root.folder}/parts/flashed," in mounts.read_text()
    assert not (root.folder / "initramfs-report").exists()


def test_a_board_that_leaves_its_update_aside_turns_to_the_flashed_kernel(root):
    (root.folder / "cmdline").write_text(ASIDE)
    assert root.boot(UPDATED, FLASHED, layer=True) == -9
    assert root.config.read_text() == KEPT


def test_a_first_partition_that_cannot_be_mounted_is_told(root):
    root.config.write_text(KEPT)
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert not (root.folder / "initramfs-report").exists()
    root.replace("mount", 'case "$*" in *vfat*) exit 32 ;; esac')
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert (root.folder / "initramfs-report").read_text() == "first-partition-lost\n"
