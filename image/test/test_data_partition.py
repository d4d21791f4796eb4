"""The data partition when the card or the plug have been hard on it."""

from chat import history, say
from machine import Machine
from visit import notices

REPORT = "cat /run/madang-board/initramfs-report 2>/dev/null"


def test_a_partition_beyond_repair_is_set_aside_and_chat_goes_on(card, folder):
    with Machine(card, folder / "before") as board:
        board.wait_serving()
        say(board, "before the damage")
    size = card.partitions()[2][1]
    # Superblocks, their copies and the tables of every group.
    for group in range(0, size, 128 << 20):
        card.spoil(3, group, min(16 << 20, size - group))
    with Machine(card, folder / "after") as board:
        board.wait_serving()
        assert board.shell(REPORT).startswith("data-set-aside ")
        assert "set aside as partition 4" in notices(board)
        assert "error" not in say(board, "after the damage")
    first, second = card.partitions()[2], card.partitions()[3]
    assert second[2] == "da" and second[1] >= size // 2 - (1 << 20), "the damaged one is kept as partition 4"
    assert first[0] == second[0] + second[1], "the new one comes behind it"
    with Machine(card, folder / "later") as board:
        board.wait_serving()
        assert history(board) == ["after the damage"]
        assert board.shell(REPORT) == "", "it is told once"


def test_a_small_damage_is_repaired_and_nothing_is_lost(card, folder):
    with Machine(card, folder / "before") as board:
        board.wait_serving()
        say(board, "before the damage")
    # The primary superblock alone: its copies are intact.
    card.spoil(3, 1024, 1024)
    with Machine(card, folder / "after") as board:
        board.wait_serving()
        assert board.shell(REPORT).startswith("data-repaired ")
        assert history(board) == ["before the damage"]


def test_a_card_without_a_data_partition_chats_in_memory_and_says_so(card, folder):
    start, size, _ = card.partitions()[2]
    with open(card.path, "r+b") as file:
        file.truncate(start)
    with Machine(card, folder) as board:
        board.wait_serving()
        assert board.shell(REPORT).startswith("data-in-memory ")
        assert "everything is lost when the power goes" in notices(board)
        assert "error" not in say(board, "while the power lasts")
