"""Where madang-update does not begin, because it would remove what the board is running with, and where it
ends, because chat goes first."""

import pytest

from kernels import WORDS, update
from script import BOARD


@pytest.fixture
def layered(update):
    """After an update, with packages for the next one on the card."""
    (update.folder / "system/layer").mkdir()
    (update.folder / "system/layer/first").touch()
    (update.folder / "boot/madang_9.deb").write_text("a package")
    return update


def test_a_system_that_is_changed_directly_is_not_updated(layered):
    work = layered.folder / "system/work"
    work.mkdir()
    (layered.folder / "cmdline").write_text(WORDS.replace("\n", " madang.rw\n"))
    status, said = layered.start("--card")
    assert status == 1 and "changed directly" in said
    assert work.exists(), "the overlay that runs has it"
    assert (layered.folder / "boot/madang_9.deb").exists(), "it has not failed"


def test_a_second_update_waits_for_the_start_of_the_first(layered):
    system, boot = layered.folder / "system", layered.folder / "boot"
    assert layered.start("--card", "--no-reboot") == (0, "")
    (boot / "madang_10.deb").write_text("a package")
    status, said = layered.start("--card")
    assert status == 1 and "start the board anew first" in said
    assert (system / "last/first").exists(), "the board runs with it"
    assert (boot / "madang_10.deb").exists(), "it has not failed"
    layered.start_anew()
    (layered.folder / "root/run/debs/madang_9.deb").unlink()
    layered.replace("mkdir", 'case "$*" in */debs) ;; *) real mkdir "$@" ;; esac')
    assert layered.start("--card") == (0, "")
    assert (boot / "madang_10.deb.installed").exists()


def test_an_update_that_is_cut_off_while_it_takes_its_place_is_not_begun_again_before_the_next_start(layered):
    system = layered.folder / "system"
    exchange = 'real mv "$3" "$3.x"; real mv "$4" "$3"; real mv "$3.x" "$4"'
    layered.replace("mv", f'case "$1" in --exchange) {exchange}; kill -9 $PPID ;; *) real mv "$@" ;; esac')
    assert layered.start("--card")[0] == -9
    assert "start the board anew first" in layered.start("--card")[1]
    assert (system / "next/first").exists(), "the board runs with it"


def test_the_unit_neither_begins_on_a_system_that_is_changed_directly_nor_takes_the_memory_of_the_chat():
    unit = (BOARD / "usr/lib/systemd/system/madang-update.service").read_text().splitlines()
    # Besides those with a bar, of which one has to hold.
    assert "ConditionKernelCommandLine=!madang.rw" in unit
    assert "OOMScoreAdjust=800" in unit
