"""A data partition that is mounted but cannot be used: the initramfs's script that puts the root together,
on folders. Not one message is to be taken into memory without a word."""

import pytest

from kernels import FLASHED, KEPT, root

# A command that fails on a damaged partition, and for which folder.
DAMAGES = {"a folder that cannot be made": ("mkdir", "private"), "nor written in": ("touch", "private/.probe")}


@pytest.fixture(params=DAMAGES)
def damaged(request, root):
    """The script on such a partition, until the file `mended` is there."""
    command, name = DAMAGES[request.param]
    root.config.write_text(KEPT)
    root.mended = root.folder / "mended"
    fail = f'case "$*" in */data/{name}) [ -e {root.mended} ] || exit 1 ;; esac'
    root.replace(command, f'{fail}; real {command} "$@"')
    # In memory there is no damage.
    in_memory = f'case "$*" in *tmpfs*madang-data*) touch {root.mended} ;; esac'
    root.replace("mount", f'echo "$*" >> {root.folder}/mounts; {in_memory}')
    root.replace("e2fsck", "exit 8")
    return root


def mounts(script, words):
    """How often something was mounted so."""
    return sum(words in line for line in (script.folder / "mounts").read_text().splitlines())


def report(script):
    file = script.folder / "initramfs-report"
    return file.read_text() if file.exists() else ""


def test_folders_that_cannot_be_used_are_repaired(damaged):
    damaged.replace("e2fsck", f"touch {damaged.mended}")
    assert damaged.boot(FLASHED, FLASHED, layer=False) == 0
    assert report(damaged) == "data-repaired\n"
    assert (mounts(damaged, "-t ext4"), mounts(damaged, "madang-data")) == (2, 0)


def test_folders_that_cannot_be_repaired_are_in_memory_and_it_is_told(damaged):
    assert damaged.boot(FLASHED, FLASHED, layer=False) == 0
    assert report(damaged) == "data-in-memory\n"
    assert mounts(damaged, "-t tmpfs -o size=25%,mode=755,nosuid,nodev madang-data") == 1
    assert (damaged.folder / "parts/data/private").stat().st_mode & 0o777 == 0o700


def test_a_sound_partition_is_neither_checked_nor_told_about(root):
    root.config.write_text(KEPT)
    root.replace("e2fsck", f"touch {root.folder}/checked")
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert not (root.folder / "checked").exists() and report(root) == ""
    assert list((root.folder / "parts/data/private").iterdir()) == []


def test_a_partition_that_does_not_come_to_its_place_is_told(root):
    root.config.write_text(KEPT)
    root.replace("mount", 'case "$*" in *bind*private*) exit 32 ;; esac')
    assert root.boot(FLASHED, FLASHED, layer=False) == 0
    assert report(root) == "data-in-memory\n"
