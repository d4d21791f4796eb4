"""python-socketio, the other official client: its async client over aiohttp, verifying the CA."""

import asyncio
import ssl
from contextlib import asynccontextmanager

import aiohttp
import pytest
import socketio

PATIENCE = 20
ROOM = "마당"
WAYS = {
    "by WebSocket only": ["websocket"],
    "by polling only": ["polling"],
    "upgrading": None,
}

ways = pytest.mark.parametrize("transports", WAYS.values(), ids=WAYS.keys())


class Person:
    """Comes in, asks and waits for the answer, remembers everything that arrives."""

    def __init__(self, client):
        self.client = client
        self.heard = []
        self.token = None
        self._news = asyncio.Condition()
        client.on("*", self._hear)

    async def _hear(self, event, *args):
        async with self._news:
            self.heard.append((event, *args))
            if event == "hello":
                self.token = args[0]["token"]
            self._news.notify_all()

    def all(self, event):
        return [args for name, *args in self.heard if name == event]

    async def hears(self, event, fits=lambda *_: True, times=1):
        """Waits until an event for which `fits` holds has arrived so many times; gives the last."""

        def found():
            return [args for args in self.all(event) if fits(*args)]

        async with self._news, asyncio.timeout(PATIENCE):
            await self._news.wait_for(lambda: len(found()) >= times)
        return found()[-1]

    async def ask(self, event, argument=None):
        return await self.client.call(event, argument, timeout=PATIENCE)

    async def gets(self, event, argument=None):
        answer = await self.ask(event, argument)
        assert answer["ok"] is True, (event, answer)
        return answer

    @property
    def hello(self):
        return self.all("hello")[-1][0]


@asynccontextmanager
async def arrive(gateway, name, transports):
    context = ssl.create_default_context(cafile=gateway.ca)
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = socketio.AsyncClient(
            http_session=session, reconnection_delay=0.2, reconnection_delay_max=1
        )
        person = Person(client)
        await client.connect(
            gateway.url,
            # Asked for at each connection: the same phone is the same person when it comes back.
            auth=lambda: {"name": name, **({"token": person.token} if person.token else {})},
            transports=transports,
            wait_timeout=PATIENCE,
        )
        await person.hears("hello")
        try:
            yield person
        finally:
            await client.disconnect()


@ways
def test_people_meet_talk_and_look_back(gateway, transports):
    async def scenario():
        async with (
            arrive(gateway, "Anna", transports) as anna,
            arrive(gateway, "철수", transports) as chulsoo,
        ):
            first = await anna.gets("join", {"room": ROOM})
            assert (first["count"], first["messages"], first["more"]) == (1, [], False)
            await chulsoo.gets("join", {"room": ROOM})
            (joined,) = await anna.hears("joined")
            assert joined["member"] == {"id": chulsoo.hello["id"], "name": "철수"}
            assert joined["count"] == 2

            text = "안녕하세요! 👩‍👩‍👧 <b>&"
            posted = await anna.gets("message", {"room": ROOM, "id": "a1", "text": text})
            (message,) = await chulsoo.hears("message")
            assert message == {
                "room": ROOM,
                "seq": posted["seq"],
                "id": "a1",
                "from": {"id": anna.hello["id"], "name": "Anna"},
                "text": text,
                "at": posted["at"],
            }
            again = await anna.gets("message", {"room": ROOM, "id": "a1", "text": "again"})
            assert again["seq"] == posted["seq"]
            history = await chulsoo.gets("history", {"room": ROOM, "limit": 10})
            assert history["messages"] == [message]

            await anna.gets("typing", {"room": ROOM, "on": True})
            await chulsoo.hears("typing", lambda change: change["on"])
            renamed = await chulsoo.gets("rename", {"name": "영희"})
            assert renamed["name"] == "영희"
            await anna.hears("renamed", lambda change: change["member"]["name"] == "영희")
            members = await anna.gets("members", {"room": ROOM})
            assert {member["name"] for member in members["members"]} == {"Anna", "영희"}
            rooms = (await anna.gets("rooms"))["rooms"]
            assert [(room["name"], room["count"]) for room in rooms] == [(ROOM, 2)]

            refused = await anna.ask("message", {"room": ROOM, "data": b"picture"})
            assert refused["error"]["code"] == "unsupported"
            await chulsoo.gets("leave", {"room": ROOM})
            (left,) = await anna.hears("left")
            assert left["count"] == 1

    asyncio.run(scenario())


@ways
def test_a_killed_gateway_comes_back_with_all_that_it_acknowledged(gateway, transports):
    async def scenario():
        async with (
            arrive(gateway, "Anna", transports) as anna,
            arrive(gateway, "철수", transports) as chulsoo,
        ):
            page = await chulsoo.gets("join", {"room": ROOM})
            acknowledged = []
            for number in range(10):
                draft = {"room": ROOM, "id": f"m{number}", "text": f"{number}번째"}
                posted = await anna.gets("message", draft)
                acknowledged.append((posted["id"], posted["seq"]))
            (last,) = await chulsoo.hears("message", lambda message: message["id"] == "m9")
            assert page["more"] is False
            log = chulsoo.hello["log"]

            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)
            await anna.hears("hello", times=2)
            await chulsoo.hears("hello", times=2)
            assert chulsoo.hello["log"] == log
            assert chulsoo.hello["id"] == chulsoo.all("hello")[0][0]["id"]

            await anna.gets("message", {"room": ROOM, "id": "m10", "text": "돌아왔어요"})
            cursor = {"room": ROOM, "since": last["seq"], "log": log}
            missed = await chulsoo.gets("join", cursor)
            assert [message["id"] for message in missed["messages"]] == ["m10"]
            assert (missed["gap"], missed["reset"]) == (False, False)
            history = await chulsoo.gets("history", {"room": ROOM, "limit": 50})
            stored = [(message["id"], message["seq"]) for message in history["messages"]]
            assert stored[:-1] == acknowledged

    asyncio.run(scenario())


def test_an_unknown_ca_is_refused(gateway):
    async def scenario():
        client = socketio.AsyncClient(reconnection=False)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(gateway.url, wait_timeout=PATIENCE)

    asyncio.run(scenario())
