"""The first partition when an update comes onto it: full, failing, or with what earlier ones left."""

import os
import shutil

import pytest

from kernels import FLASHED, KEPT, NEXT, UPDATED, kernels, lay, names, update
from script import PULL


@pytest.fixture
def arriving(update):
    """Packages on the card that bring a kernel, as it is in `made`."""
    update.boot, update.made = update.folder / "boot", update.folder / "made"
    update.text = update.boot / "madang-update.txt"
    (update.boot / "madang_9.deb").write_text("a package")
    lay(update.made, UPDATED)
    place = update.folder / "system/next/boot/firmware"
    update.replace("chroot", f"rm -rf {update.folder}/root/run/debs; mkdir -p {place}; real cp {update.made}/* {place}")
    return update


def stretch(file, megabytes):
    os.truncate(file, megabytes << 20)


def leave(script, kilobytes):
    """So much room on the first partition, and no more."""
    script.replace("df", f'case "$*" in */boot) echo Avail; echo {kilobytes} ;; *) real df "$@" ;; esac')


def refuse(script, name):
    """As a full partition does, in the midst of that file."""
    script.replace("cp", f'case "$2" in */{name}.new) echo half > "$2"; echo "cp: no space" >&2; exit 1 ;; esac; real cp "$@"')


def test_an_update_that_the_first_partition_has_no_room_for_changes_nothing_and_says_how_much(arriving):
    stretch(arriving.made / f"vmlinuz-{UPDATED}", 20)
    stretch(arriving.made / f"initrd.img-{UPDATED}", 30)
    stretch(arriving.boot / f"initrd.img-{FLASHED}", 40)
    before = {file: file.read_bytes() for file in arriving.boot.iterdir() if file.suffix != ".deb"}
    leave(arriving, 60 << 10)
    status, said = arriving.start("--card")
    # The flashed initramfs is kept beside, and 1 MB more is for what is small.
    assert status == 1 and ": 32 MB are missing" in said
    assert not (arriving.folder / "system/layer").exists()
    assert (arriving.boot / "madang_9.deb.failed").exists()
    assert {file: file.read_bytes() for file in before} == before


def test_the_room_for_what_is_there_already_is_not_asked_for(arriving):
    stretch(arriving.boot / f"initrd.img-{FLASHED}", 40)
    (arriving.boot / "config.flashed").write_text(KEPT)
    kernel = arriving.made / f"vmlinuz-{UPDATED}"
    stretch(kernel, 20)
    shutil.copy(kernel, arriving.boot)
    leave(arriving, 2 << 10)
    assert arriving.start("--card") == (0, "")
    assert (arriving.boot / "config.txt").read_text() == names(UPDATED)


def test_files_that_the_first_partition_does_not_take_are_told_on_it_and_tried_again(arriving):
    refuse(arriving, f"initrd.img-{UPDATED}")
    arriving.replace("systemctl", f"touch {arriving.folder}/rebooted")
    arriving.text.write_text("of an update before")
    status, said = arriving.start("--card")
    assert status == 1 and "no space" in said
    assert (arriving.boot / "madang_9.deb.installed").exists() and (arriving.folder / "rebooted").exists()
    assert "is installed" in arriving.text.read_text() and "no space" in arriving.text.read_text()
    assert list(arriving.boot.glob("*.new")) == [], "it takes room"
    assert (arriving.boot / "config.txt").read_text() == names(FLASHED)
    (arriving.commands / "cp").unlink()
    arriving.start_anew()
    assert arriving.start("--card") == (0, "")
    assert kernels(arriving.boot) == {FLASHED, UPDATED} and not arriving.text.exists()


def test_an_update_comes_after_one_that_the_first_partition_did_not_take(arriving):
    lay(arriving.folder / "system/layer/boot/firmware", NEXT)
    refuse(arriving, f"initrd.img-{NEXT}")
    status, said = arriving.start("--card")
    assert status == 0 and "no space" in said, "the next one has another kernel"
    assert (arriving.boot / "madang_9.deb.installed").exists()
    assert kernels(arriving.boot) == {FLASHED, UPDATED}
    assert (arriving.boot / "config.txt").read_text() == names(UPDATED)


def test_what_pulled_plugs_left_and_what_no_config_names_makes_room_before_anything_is_written(update):
    boot = update.folder / "boot"
    lay(update.folder / "system/layer/boot/firmware", UPDATED)
    lay(boot, "orphan", "aside", "running", config=FLASHED)
    (boot / "config.updated").write_text(names("aside"))
    left = ["vmlinuz-orphan.new", "initrd.img-orphan.new", "initrd.flashed.new", "config.updated.new", "cmdline.txt.new"]
    for name in [*left, "letter.new"]:
        (boot / name).touch()
    update.replace("uname", "echo running")
    update.replace("cp", PULL)
    assert update.start("--card")[0] == -9
    assert kernels(boot) == {FLASHED, "aside", "running"}
    assert [file.name for file in boot.glob("*.new")] == ["letter.new"]


def test_a_config_that_cannot_be_read_costs_no_kernel(update):
    boot = update.folder / "boot"
    lay(update.folder / "system/layer/boot/firmware", UPDATED)
    update.replace("grep", 'case "$*" in *config.txt*) exit 2 ;; esac; real grep "$@"')
    update.replace("cp", PULL)
    assert update.start("--card")[0] == -9
    assert kernels(boot) == {FLASHED}


def test_the_packages_of_the_update_before_go_once_the_next_is_installed(update):
    boot = update.folder / "boot"
    for name in ("madang_8.deb.installed", "madang_7.deb.failed", "madang_9.deb"):
        (boot / name).write_text("a package")
    # What was in memory is gone.
    forget = f"rm -rf {update.folder}/root/run/debs"
    update.replace("chroot", f"{forget}; exit 100")
    assert update.start("--card")[0] == 100
    assert (boot / "madang_8.deb.installed").exists()
    (boot / "madang_9.deb.failed").rename(boot / "madang_9.deb")
    update.replace("chroot", forget)
    assert update.start("--card") == (0, "")
    assert {file.name for file in boot.glob("*.deb*")} == {"madang_7.deb.failed", "madang_9.deb.installed"}
