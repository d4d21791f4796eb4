"""A card that is too small, full to its last block, and at last damaged."""

import asyncio
import json

from card import Card
from chat import history, say
from machine import Machine
from visit import greeting, notices, visit

FILL = "cat /dev/zero > /data/filler 2>/dev/null; sync; df --output=avail -B1 /data | tail -n 1"


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
        # A little room was set aside for this day; whatever it is good for, the card ends soon.
        number, answer = 0, {"ok": True}
        while answer["ok"] and number < 2000:
            number, answer = number + 1, relayed(board, f"{number} " + "full " * 1500)
        assert answer["error"]["code"] == "not_stored", answer
        figure(f"a full card: {number - 1} messages stored, the next shown to those present and refused")
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


def relayed(board, text):
    """Posts a text before the eyes of another one, who has to see it; gives the answer."""

    async def act(writer, _):
        async def watch(reader, _):
            seen = asyncio.get_running_loop().create_future()
            reader.on("message", lambda message: message["text"] == text and not seen.done() and seen.set_result(message))
            await reader.call("join", {"room": "full"}, timeout=60)
            answer = await writer.call("message", {"room": "full", "id": text[:8], "text": text}, timeout=60)
            await asyncio.wait_for(seen, 60)
            return answer

        return await visit(board, watch)

    return asyncio.run(visit(board, act))
