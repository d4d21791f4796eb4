"""What a phone on the box's network meets: names, doors that are open, and doors that are not."""

import socket
import struct
import time

TYPES = {"A": 1, "AAAA": 28, "HTTPS": 65}


def ask(kind, name, server="10.42.0.1"):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", TYPES[kind], 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        udp.connect((server, 53))
        udp.send(query)
        answer = udp.recv(512)
    count = struct.unpack(">H", answer[6:8])[0]
    address = socket.inet_ntoa(answer[-4:]) if kind == "A" and count else "-"
    return f"{kind} {name} @{server} code={answer[3] & 15} answers={count} {address}"


def door(host, port):
    try:
        socket.create_connection((host, port), 10).close()
        return f"door {host}:{port} open"
    except ConnectionRefusedError:
        return f"door {host}:{port} refused"
    except OSError as error:
        return f"door {host}:{port} {error}"


def get(address, host, path):
    with socket.create_connection((address, 80), 10) as web:
        web.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: web.recv(4096), b""))
    return f"get {host}{path} at {address} {answer.split()[1].decode()} success={b'Success' in answer}"


def main():
    while "open" not in door("10.42.0.1", 443):
        time.sleep(0.2)
    for name in ["captive.apple.com", "madang.home.arpa", "madang"]:
        print(ask("A", name))
    print(ask("AAAA", "captive.apple.com"))
    print(ask("HTTPS", "captive.apple.com"))
    print(ask("A", "dns.msftncsi.com"))
    print(ask("A", "use-application-dns.net"))
    print(ask("A", "mask.icloud.com"))
    print(ask("A", "example.org", "8.8.8.8"))
    print(get("10.42.0.1", "captive.apple.com", "/hotspot-detect.html"))
    print(get("17.253.1.2", "captive.apple.com", "/hotspot-detect.html"))
    for host, port in [("10.42.0.1", 80), ("10.42.0.1", 22), ("10.42.0.1", 8443), ("1.2.3.4", 443)]:
        print(door(host, port))


main()
