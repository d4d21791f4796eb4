"""A board whose kernel is not that of its system: the last turn of an update with a new kernel was lost."""

from chat import history, say
from machine import Machine


def test_it_turns_to_the_kernel_of_its_update_and_starts_anew(card, folder):
    with Machine(card, folder / "before") as board:
        board.wait_serving()
        say(board, "before")
        # The layer has no modules for the kernel that runs, and the other one's config.txt lies there.
        board.shell("""
          mkdir -p /data/system/layer/usr/lib/modules
          mknod "/data/system/layer/usr/lib/modules/$(uname -r)" c 0 0
          cd /boot/firmware
          mount --options-mode ignore -o remount,rw .
          { cat config.txt; echo '# of the update'; } > config.updated
          sync
        """)
    flashed, updated = card.read("config.txt"), card.read("config.updated")
    assert updated.endswith(b"# of the update\n")
    with Machine(card, folder / "turns") as board:
        board.wait_off()
    assert card.read("config.txt") == updated
    # The owner's way back from it.
    card.write("config.txt", flashed)
    card.write("cmdline.txt", card.read("cmdline.txt").rstrip() + b" madang.flashed\n")
    with Machine(card, folder / "flashed") as board:
        board.wait_serving()
        assert history(board) == ["before"]
