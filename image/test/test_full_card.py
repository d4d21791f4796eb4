"""A card that is too small, full to its last block, and at last damaged."""

import asyncio
import json

from card import Card
from chat import history, say
from machine import Machine
from visit import greeting, notices, visit

# More long messages than there can be room for in what the store has open.
MOST = 500

FILL = "cat /dev/zero >> /data/filler 2>/dev/null; sync; df --output=avail -B1 /data | tail -n 1"


def test_a_small_card_fills_up_and_the_box_goes_on(image, folder, figure):
    """The card ends where the image does: 64 MB for all that lasts."""
    card = Card(image, folder / "card.img")
    with Machine(card, folder / "small") as board:
        board.wait_serving()
        assert "card is too small" in notices(board)
        assert "error" not in say(board, "while there is room")
        passphrase = board.shell("cat /data/board/passphrase")
        assert int(board.shell(FILL)) < 1 << 20

    with Machine(card, folder / "full") as board:
        board.wait_serving()
        # The store had set room aside to open with on such a day; that goes as well.
        board.shell(FILL)
        stored = talk_until_refused(board)
        figure(f"a full card: {stored} more long messages were stored, the next was shown and refused")
        assert greeting(board)["storing"] is False
        assert json.loads(board.get("/healthz"))["status"] == "degraded"
        assert board.shell("cat /data/board/passphrase") == passphrase, "it is still the same box"
        board.shell("rm /data/filler")
        board.wait_for("it stores again", lambda: greeting(board)["storing"])
        assert "error" not in say(board, "room again")

    # Everything that a file system could be found by.
    start, size, _ = card.partitions()[2]
    card.spoil(3, 0, size)
    with Machine(card, folder / "damaged") as board:
        board.wait_serving()
        assert "no room to set them aside" in notices(board)
        assert history(board) == []
        assert "error" not in say(board, "a new beginning")
        report = "cat /boot/firmware/madang-report.txt"
        assert "no room to set them aside" in board.shell(report)
        assert board.shell("cat /data/board/passphrase") != passphrase
    assert len(card.partitions()) == 3


def talk_until_refused(board):
    """Posts long texts before the eyes of another one, who has to see each, until the card takes no
    more; gives how many it took."""

    async def act(writer, hello):
        text = "x" * hello["limits"]["text_chars"]

        async def watch(reader, _):
            seen = asyncio.Queue()
            reader.on("message", lambda message: seen.put_nowait(message["id"]))
            await reader.call("join", {"room": "full"}, timeout=60)
            for number in range(MOST):
                answer = {"error": {"code": "rate", "retry_after_ms": 0}}
                while answer.get("error", {}).get("code") == "rate":
                    await asyncio.sleep(answer["error"]["retry_after_ms"] / 1000)
                    word = {"room": "full", "id": f"{number}", "text": text}
                    answer = await writer.call("message", word, timeout=60)
                assert answer["ok"] or answer["error"]["code"] == "not_stored", answer
                assert await asyncio.wait_for(seen.get(), 60) == f"{number}"
                if not answer["ok"]:
                    return number
            raise AssertionError("the card is not full")

        return await visit(board, watch)

    return asyncio.run(visit(board, act))
