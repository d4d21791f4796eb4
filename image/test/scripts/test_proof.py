"""Boots with an update until it has come up once: how many it gets, and what happens then."""

import pytest

from kernels import ASIDE, FLASHED, KEPT, UPDATED, WORDS, kernels, lay, names, root, update
from script import BOARD, PULL

UNITS = BOARD / "usr/lib/systemd/system"


@pytest.fixture
def tried(root):
    """The initramfs's script after an update that has yet to come up."""
    root.config.write_text(names(UPDATED))
    root.count = root.folder / "parts/data/system/unproven"
    root.count.parent.mkdir(parents=True)
    root.count.write_text("0\n")
    root.start = lambda layer=True: root.boot(FLASHED, FLASHED, layer=layer)
    root.report = root.folder / "initramfs-report"
    root.aside = root.folder / "parts/aside"
    return root


def uses_the_layer(script):
    """Whether the last boot did."""
    mounts = script.folder / "mounts"
    used = str(script.folder / "parts/data/system/layer") in mounts.read_text()
    mounts.unlink()
    return used


def test_an_update_that_does_not_come_up_three_times_is_left_aside_and_it_is_told(tried):
    for boot in (1, 2, 3):
        assert tried.start() == 0
        assert uses_the_layer(tried) and tried.count.read_text() == f"{boot}\n"
        assert not tried.report.exists() and not tried.aside.exists()
    for _ in range(2):
        assert tried.start() == 0
        assert not uses_the_layer(tried) and tried.aside.exists()
        assert tried.report.read_text().startswith("update-unproven ")
        tried.report.unlink()
    assert tried.count.read_text() == "3\n"


def test_the_board_turns_to_the_flashed_kernel_then_and_tells_it_once(tried):
    tried.count.write_text("3\n")
    assert tried.boot(UPDATED, FLASHED, layer=True) == -9
    assert tried.config.read_text() == KEPT
    assert tried.start() == 0
    assert len(tried.report.read_text().splitlines()) == 1


def test_an_update_that_came_up_is_not_counted(tried):
    tried.count.unlink()
    for _ in range(4):
        assert tried.start() == 0
        assert uses_the_layer(tried) and not tried.count.exists()


def test_a_boot_is_counted_on_the_card_before_it_goes_on(tried):
    written = tried.folder / "written"
    tried.replace("sync", f"cp {tried.count} {written}")
    # The first that it does for the system.
    tried.replace("tr", PULL)
    assert tried.start() == -9
    assert written.read_text() == "1\n"


def test_the_count_keeps_its_place_on_a_full_card(tried):
    tried.count.write_text("0\nis not cut off")
    assert tried.start() == 0
    assert tried.count.read_text() == "1\nis not cut off"


@pytest.mark.parametrize("noise", ["", "\n", "none", "1 2\n", "-5\n", "\x00\x00"])
def test_a_count_that_cannot_be_read_begins_anew_and_keeps_no_board_from_starting(tried, noise):
    tried.count.write_text(noise)
    assert tried.start() == 0
    assert uses_the_layer(tried) and tried.count.read_text().startswith("1\n")
    assert (tried.folder / "target/data/system/machine-id").exists(), "it went on to the end"


@pytest.mark.parametrize("words", [ASIDE, WORDS.replace("\n", " madang.rw\n")])
def test_a_boot_that_an_owner_has_begun_otherwise_is_not_counted(tried, words):
    (tried.folder / "cmdline").write_text(words)
    for count in ("1\n", "3\n"):
        tried.count.write_text(count)
        assert tried.start() == 0
        assert tried.count.read_text() == count and not tried.report.exists()
    assert tried.aside.exists() == (words == ASIDE)


def test_a_boot_without_an_update_is_not_counted(tried):
    for count in ("1\n", "3\n"):
        tried.count.write_text(count)
        assert tried.start(layer=False) == 0
        assert tried.count.read_text() == count
    assert not tried.aside.exists() and not tried.report.exists()


def test_an_update_that_cannot_be_mounted_is_not_proven_by_the_flashed_system(tried):
    tried.replace("mount", 'case "$*" in *lowerdir=*layer:*) exit 32 ;; esac')
    assert tried.start() == 0
    assert tried.report.read_text().startswith("update-unusable ")
    assert tried.aside.exists() and tried.count.read_text() == "0\n"


@pytest.fixture
def given_up(update):
    """madang-update where the initramfs has left a layer aside, with a kernel of its own yet to be written."""
    update.system, update.boot = update.folder / "system", update.folder / "boot"
    lay(update.system / "layer/boot/firmware", UPDATED)
    (update.system / "layer/broken").touch()
    update.count = update.system / "unproven"
    update.count.write_text("3\n")
    (update.folder / "left-aside").touch()
    return update


def test_a_layer_that_did_not_come_up_gets_nothing_onto_the_first_partition(given_up):
    assert given_up.start("--card") == (0, "")
    assert kernels(given_up.boot) == {FLASHED} and given_up.count.read_text() == "3\n"


def test_the_next_update_begins_with_what_was_flashed_and_is_counted_anew(given_up):
    (given_up.boot / "madang_9.deb").write_text("a package")
    words = (given_up.boot / "cmdline.txt").stat().st_ino
    assert given_up.start("--card") == (0, "")
    assert (given_up.system / "layer").exists() and not (given_up.system / "layer/broken").exists()
    assert given_up.count.read_text() == "0\n"
    assert (given_up.boot / "cmdline.txt").stat().st_ino == words, "no word of the owner's is in it"


def test_an_update_that_fails_does_not_bring_back_what_was_given_up(given_up):
    (given_up.boot / "madang_9.deb").write_text("a package")
    given_up.replace("chroot", "exit 100")
    assert given_up.start("--card")[0] == 100
    assert given_up.count.read_text() == "3\n"


def test_an_update_is_on_trial_before_it_takes_its_place(update):
    (update.folder / "system/layer").mkdir()
    (update.folder / "boot/madang_9.deb").write_text("a package")
    count, written = update.folder / "system/unproven", update.folder / "written"
    update.replace("sync", f"[ ! -e {count} ] || cp {count} {written}")
    update.replace("mv", f'case "$1" in --exchange) {PULL} ;; *) real mv "$@" ;; esac')
    assert update.start("--card")[0] == -9
    assert written.read_text() == "0\n"


def test_a_pull_never_leaves_what_was_given_up_with_a_new_count(given_up):
    (given_up.boot / "madang_9.deb").write_text("a package")
    counts = given_up.folder / "counts"
    # What is on the card as long as that layer is.
    given_up.replace("sync", f"[ ! -e {given_up.system}/layer/broken ] || cat {given_up.count} >> {counts}")
    assert given_up.start("--card") == (0, "")
    assert set(counts.read_text().split()) == {"3"}


def test_a_kernel_that_came_late_is_on_trial_as_well(update):
    count, written = update.folder / "system/unproven", update.folder / "written"
    lay(update.folder / "system/layer/boot/firmware", UPDATED)
    update.replace("sync", f"real cp {count} {written}")
    update.replace("cp", PULL)
    assert update.start("--card")[0] == -9
    assert written.read_text() == "0\n"
    assert (update.folder / "switched").exists(), "the old kernel proves nothing"
    (update.commands / "cp").unlink()
    update.start_anew()
    count.write_text("2\n")
    assert update.start("--card") == (0, "")
    assert count.read_text() == "2\n", "it has been begun"


def test_only_the_layer_that_runs_is_proven():
    unit = (UNITS / "madang-proven.service").read_text().splitlines()
    for line in (
        "Requires=madang.service",
        "After=madang.service",
        "ConditionPathExists=/data/system/unproven",
        "ConditionPathExists=!/run/madang-root/aside",
        "ConditionPathExists=!/run/madang-update/switched",
        "ExecStart=/usr/bin/rm /data/system/unproven",
    ):
        assert line in unit
    wanted = UNITS / "madang.service.wants/madang-proven.service"
    assert wanted.resolve() == UNITS / "madang-proven.service"
