"""Somebody who comes in by a real Socket.IO client: what the box says to a newcomer, and long talk."""

import asyncio
import uuid

import aiohttp
import socketio

from machine import UNCHECKED


class Refused(Exception):
    """The box did not let somebody in; its word is why."""


def greeting(machine, code=None):
    """The `hello` of the box, with the names of its `rooms` in it."""

    async def look(client, hello):
        return {**hello, "rooms": [room["name"] for room in (await client.call("rooms"))["rooms"]]}

    return asyncio.run(visit(machine, look, code))


def notices(machine):
    """What the page warns of, one text."""
    return "\n".join(notice["text"] for notice in greeting(machine).get("notices", []))


def history(machine, room):
    """All that a room remembers: the number of each message by its id."""

    async def read(client, _):
        numbers, before = {}, {}
        while True:
            page = await client.call("history", {"room": room, **before}, timeout=60)
            numbers |= {message["id"]: message["seq"] for message in page["messages"]}
            if not page["more"]:
                return numbers
            before = {"before": page["messages"][0]["seq"]}

    return asyncio.run(visit(machine, read))


def talk_until_pulled(machine, room, people, messages):
    """All talk at once, each waiting for one acknowledgement after the other; after so many the plug is
    pulled, with a message of each on its way. Gives what was acknowledged: the number by the id."""
    acknowledged = {}

    async def talk(client, _):
        gone = asyncio.get_running_loop().create_future()
        client.on("disconnect", lambda *_: gone.done() or gone.set_result(None))
        while not gone.done():
            word = {"room": room, "id": str(uuid.uuid4()), "text": f"{len(acknowledged)} 🎈"}
            call = asyncio.ensure_future(client.call("message", word, timeout=300))
            await asyncio.wait({call, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                call.cancel()
                return
            answer = call.result()
            if answer["ok"]:
                acknowledged[word["id"]] = answer["seq"]
            else:
                assert answer["error"]["code"] == "rate", answer
                await asyncio.sleep(answer["error"]["retry_after_ms"] / 1000)
            if len(acknowledged) >= messages:
                machine.pull_plug()

    async def all_talk():
        await asyncio.gather(*(visit(machine, talk) for _ in range(people)))

    asyncio.run(all_talk())
    assert len(acknowledged) >= messages, f"it stopped by itself after {len(acknowledged)} messages"
    return acknowledged


async def visit(machine, act, code=None):
    """Comes in, waits for `hello`, and does what `act(client, hello)` does."""
    connector = aiohttp.TCPConnector(ssl=UNCHECKED)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = socketio.AsyncClient(reconnection=False, http_session=session, ssl_verify=False)
        said = asyncio.get_running_loop().create_future()
        client.on("hello", said.set_result)
        def refused(why):
            if isinstance(why, dict) and not said.done():
                said.set_exception(Refused(why["data"]["code"]))

        client.on("connect_error", refused)
        auth = {"name": "guest", **({"code": code} if code else {})}
        url = f"https://127.0.0.1:{machine.https}"
        try:
            await client.connect(url, auth=auth, transports=["websocket"], wait_timeout=60)
        except socketio.exceptions.ConnectionError:
            # A refusal has said why, anything else has not.
            if not said.done():
                raise
        try:
            return await act(client, await asyncio.wait_for(said, 60))
        finally:
            await client.disconnect()
