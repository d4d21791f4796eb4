"""One message by a real Socket.IO client, to a board in the emulator."""

import asyncio
import uuid

import aiohttp
import socketio

from machine import UNCHECKED


def say(machine, text, room="live"):
    """Posts a text and gives what the acknowledgement says, which comes when it is on the card."""
    return asyncio.run(with_client(machine, lambda client: post(client, room, text)))


def history(machine, room="live"):
    """The texts of a room."""
    return asyncio.run(with_client(machine, lambda client: texts(client, room)))


async def post(client, room, text):
    await client.call("join", {"room": room, "since": 0}, timeout=60)
    return await client.call("message", {"room": room, "id": str(uuid.uuid4()), "text": text}, timeout=60)


async def texts(client, room):
    joined = await client.call("join", {"room": room, "since": 0}, timeout=60)
    return [message["text"] for message in joined["messages"]]


async def with_client(machine, act):
    connector = aiohttp.TCPConnector(ssl=UNCHECKED)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = socketio.AsyncClient(reconnection=False, http_session=session, ssl_verify=False)
        await client.connect(
            f"https://127.0.0.1:{machine.https}", auth={"name": "tester"}, transports=["websocket"], wait_timeout=60
        )
        try:
            return await act(client)
        finally:
            await client.disconnect()
