"""Phones around a board in QEMU. Each is a simulated radio in a network namespace of the guest, which
joins the board's Wi-Fi as any phone does. What runs on the phone runs on this machine: a second network
card in the namespace, which has no way to the board but through the air, brings it there."""

import asyncio
import http.client
import json
import socket
import ssl
from contextlib import asynccontextmanager

import aiohttp
import socketio
from aiohttp.abc import AbstractResolver

from machine import free_port

PAGE = "madang.home.arpa"
PATIENCE = 300


class Phone:
    """The one with the radio `wlanNUMBER`."""

    def __init__(self, number):
        self.number, self.name, self.radio = number, f"phone{number}", f"wlan{number}"
        self.https, self.http = free_port(), free_port()
        self.address = None

    @property
    def card(self):
        """Its way to this machine, in QEMU's words."""
        forwards = ",".join(
            f"hostfwd=tcp:127.0.0.1:{port}-{self.wire}.15:{there}"
            for port, there in [(self.https, 443), (self.http, 80)]
        )
        return [
            *["-netdev", f"user,id={self.name},net={self.wire}.0/24,{forwards}"],
            *["-device", f"virtio-net-pci,netdev={self.name},mac={self.mac},romfile="],
        ]

    @property
    def wire(self):
        return f"10.77.{self.number}"

    @property
    def mac(self):
        return f"52:54:00:77:00:{self.number:02x}"

    def unpack(self, board, to="10.42.0.1"):
        """Puts radio and card into a namespace, where what comes from this machine goes into the air, to
        that address of the board's."""
        do(board, f"""
          modprobe -a nft_nat nft_masq
          ip netns add {self.name}
          iw phy "$(cat /sys/class/net/{self.radio}/phy80211/name)" set netns name {self.name}
          card=$(basename "$(dirname "$(grep -l '^{self.mac}' /sys/class/net/*/address)")")
          ip link set "$card" netns {self.name} name wire
          ip -n {self.name} link set lo up
          ip -n {self.name} link set wire up
          ip -n {self.name} address add {self.wire}.15/24 dev wire
          ip netns exec {self.name} sysctl -qw net.ipv4.ip_forward=1
          ip netns exec {self.name} nft -f - <<RULES
            table ip phone {{
              chain there {{ type nat hook prerouting priority dstnat; iifname wire dnat to {to}; }}
              chain back {{ type nat hook postrouting priority srcnat; oifname {self.radio} masquerade; }}
              chain air {{ type filter hook forward priority filter; policy drop;
                iifname wire oifname {self.radio} accept
                iifname {self.radio} oifname wire ct state established accept
              }}
            }}
RULES
        """)

    def switch_on(self, board, ssid, passphrase):
        """Starts looking for the Wi-Fi."""
        do(board, f"""
          cat > /run/{self.name}.conf <<CONF
ctrl_interface=/run/{self.name}
network={{
ssid="{ssid}"
psk="{passphrase}"
}}
CONF
          ip netns exec {self.name} wpa_supplicant -B -i {self.radio} -D nl80211 -c /run/{self.name}.conf \\
            -P /run/{self.name}.pid -f /run/{self.name}.log
        """)

    def switch_off(self, board):
        """Leaves the Wi-Fi, saying so."""
        do(board, f"wpa_cli -p /run/{self.name} -i {self.radio} terminate; rm -f /run/{self.name}.log")

    def open(self, board, ssid, passphrase=None):
        """Opens a Wi-Fi of its own instead, which calls out often."""
        key = f"wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase={passphrase}" if passphrase else ""
        do(board, f"""
          while [ -e /run/{self.name}.pid ]; do sleep 0.2; done
          cat > /run/{self.name}.hostapd <<CONF
interface={self.radio}
driver=nl80211
ssid={ssid}
utf8_ssid=1
hw_mode=g
channel=6
beacon_int=20
{key}
CONF
          ip netns exec {self.name} hostapd -B -P /run/{self.name}.pid -f /run/{self.name}.log /run/{self.name}.hostapd
        """)

    def close(self, board):
        """That Wi-Fi, without a word."""
        do(board, f"""
          kill -KILL $(cat /run/{self.name}.pid)
          rm /run/{self.name}.pid
          ip -n {self.name} link set {self.radio} down
        """)

    def lend(self, board, address):
        """Gives whoever joins its Wi-Fi that address."""
        do(board, f"""
          ip -n {self.name} address add {address.rsplit(".", 1)[0]}.1/24 dev {self.radio}
          ip netns exec {self.name} dnsmasq --conf-file=/dev/null --port=0 --interface={self.radio} --bind-interfaces \\
            --dhcp-range={address},{address} --dhcp-leasefile=/run/{self.name}.leases --pid-file=
        """)

    def log(self, board):
        """What its supplicant, or what opens its Wi-Fi, has to say."""
        return board.shell(f"cat /run/{self.name}.log")

    def status(self, board):
        """What it knows of the Wi-Fi: a dictionary."""
        said = board.shell(f"wpa_cli -p /run/{self.name} -i {self.radio} status")
        return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)

    def joined(self, board):
        """Its status once it is on the Wi-Fi, else None."""
        status = self.status(board)
        return status if status.get("wpa_state") == "COMPLETED" else None

    def lease(self, board):
        """Asks for an address; gives what it is told: a dictionary."""
        told = do(board, f"""
          cat > /tmp/lease <<'SCRIPT'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/24" dev "$interface"
ip route add default via "$router"
echo "address=$ip router=$router dns=$dns seconds=$lease portal=$opt114"
SCRIPT
          chmod +x /tmp/lease
          ip netns exec {self.name} busybox udhcpc -i {self.radio} -n -q -t 30 -T 2 -O 114 -s /tmp/lease
        """)
        lease = dict(word.split("=", 1) for word in told.split() if "=" in word)
        self.address = lease.get("address")
        return lease

    def fix(self, board, address):
        """Takes an address by itself instead."""
        self.address = address
        do(board, f"""
          ip -n {self.name} address flush dev {self.radio}
          ip -n {self.name} address add {address}/24 dev {self.radio}
          ip -n {self.name} route add default via 10.42.0.1
        """)

    def run(self, board, command):
        """What a command prints in the guest, on this phone."""
        return board.shell(f"ip netns exec {self.name} {command} 2>&1", limit=PATIENCE)

    def get(self, host, path, ca=None, method="GET"):
        """What the board answers to this phone: status, headers and body; over TLS if there is a CA."""
        if ca:
            link = Found(host, self.https, trust(ca))
        else:
            link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=PATIENCE)
        try:
            link.request(method, path, headers={"Host": host})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    def arrive(self, name, ca, host=PAGE, **options):
        """Comes in by a real Socket.IO client: to be used in an `async with`, which gives a Person."""
        return arrive(host, self.https, name, ca, **options)


def do(board, script):
    """What a script prints in the guest; every command of it must succeed."""
    file = f"cat > /run/script <<'THE END'\n{script}\nTHE END"
    run = "sh -e /run/script 2> /run/wrong || (cat /run/wrong; echo FAILED)"
    said = board.shell(f"{file}\n{run}", limit=PATIENCE)
    assert not said.endswith("FAILED"), said
    return said


class Found(http.client.HTTPSConnection):
    """A connection to a name, which is found at a port of this machine."""

    def __init__(self, name, port, context):
        super().__init__(name, 443, timeout=PATIENCE, context=context)
        self.place = ("127.0.0.1", port)

    def connect(self):
        link = socket.create_connection(self.place, self.timeout)
        self.sock = self._context.wrap_socket(link, server_hostname=self.host)


class Resolver(AbstractResolver):
    """The same for aiohttp."""

    def __init__(self, port):
        self.port = port

    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = {"hostname": host, "host": "127.0.0.1", "port": self.port}
        return [found | {"family": socket.AF_INET, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    async def close(self):
        pass


class Person:
    """Whoever holds the phone; remembers the messages that have arrived."""

    def __init__(self, client):
        self.client, self.heard, self.news = client, [], asyncio.Condition()
        client.on("message", self.hear)

    async def hear(self, message):
        async with self.news:
            self.heard.append((message["from"]["name"], message["text"]))
            self.news.notify_all()

    async def hears(self, *said):
        """Waits until all of that has arrived."""
        async with self.news, asyncio.timeout(PATIENCE):
            await self.news.wait_for(lambda: set(said) <= set(self.heard))

    async def gets(self, event, argument):
        answer = await self.client.call(event, argument, timeout=PATIENCE)
        assert answer["ok"] is True, (event, answer)
        return answer


@asynccontextmanager
async def arrive(host, port, name, ca, transports=None):
    connector = aiohttp.TCPConnector(ssl=trust(ca), resolver=Resolver(port))
    async with aiohttp.ClientSession(connector=connector) as session:
        client = socketio.AsyncClient(reconnection=False, http_session=session)
        person = Person(client)
        await client.connect(
            f"https://{host}", auth={"name": name}, transports=transports, wait_timeout=PATIENCE
        )
        try:
            yield person
        finally:
            await client.disconnect()


def trust(ca):
    """Nobody but this authority, given as DER."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca)
    return context


def radio(board):
    """What the board says of its radio on its health page."""
    return json.loads(board.get("/healthz"))["radio"]
