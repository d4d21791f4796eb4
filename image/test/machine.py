"""A board in QEMU. It starts what the card's own config.txt and cmdline.txt name, as the firmware of a
Pi does, writes its console to a file, and is reached through ports of this machine."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

# Under emulation all takes several times as long, and systemd's limits are made for real boards.
PATIENCE = "systemd.default_timeout_start_sec=900 systemd.default_device_timeout_sec=900"

# Seconds: a boot takes one minute on two cores that have nothing else to do, and many on busy ones.
LIMIT = 1800


class Machine:
    """Use it in a `with`: at its end the plug is pulled."""

    # console: what carries the kernel's messages; hardware: QEMU's words for the board; memory: MB, those
    # of a Zero 2 W but for what its graphics keep
    program = "qemu-system-aarch64"
    console = "ttyAMA0"
    hardware = ["-M", "virt", "-cpu", "cortex-a53", "-smp", "2"]
    memory = 448

    def __init__(self, card, folder, append="", disk=None, extra=()):
        self.card, self.append, self.extra = card, append, list(extra)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.disk = disk or f"file:{card.path}"
        self.log, self.sent = self.folder / "console.log", self.folder / "sent.pcap"
        self.https, self.http, self.ssh = free_port(), free_port(), free_port()
        self.process = self.scratch = None

    def __enter__(self):
        # What is not kept; the name of a socket has to be shorter than the names of tests are.
        self.scratch = Path(tempfile.mkdtemp(prefix="madang-"))
        config = self.card.read("config.txt").decode()
        kernel = self.card.extract(re.search(r"^kernel=(\S+)", config, re.M)[1], self.scratch)
        initramfs = self.card.extract(re.search(r"^initramfs (\S+)", config, re.M)[1], self.scratch)
        words = self.card.read("cmdline.txt").decode().split()
        # The last console is /dev/console; the shell of `shell()` asks for none of them.
        words += [f"console={self.console}", PATIENCE, "systemd.debug_shell systemd.default_debug_tty=hvc0", self.append]
        ports = {self.https: 443, self.http: 80, self.ssh: 22}
        forwards = ",".join(f"hostfwd=tcp:127.0.0.1:{here}-:{there}" for here, there in ports.items())
        command = [
            *[self.program, *self.hardware, "-m", str(self.memory), "-nographic", "-nodefaults"],
            *["-no-reboot", "-kernel", kernel, "-initrd", initramfs, "-append", " ".join(words)],
            *["-netdev", f"user,id=net,{forwards}", *self.devices(), *self.extra],
            *["-object", f"filter-dump,id=sent,netdev=net,queue=rx,file={self.sent}"],
        ]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            stdout=open(self.folder / "qemu.log", "wb"),
        )
        return self

    def __exit__(self, *_):
        self.pull_plug()

    def devices(self):
        """The card, the network, the console and the inspection shell."""
        self.door = self.scratch / "shell"
        return [
            *["-drive", f"if=none,id=card,format=raw,cache=unsafe,file={self.disk.removeprefix('file:')}"],
            *["-device", "virtio-blk-pci,drive=card", "-device", "virtio-net-pci,netdev=net,romfile="],
            *["-chardev", f"file,id=console,path={self.log}", "-serial", "chardev:console"],
            *["-device", "virtio-serial-pci", "-chardev", f"socket,id=door,path={self.door},server=on,wait=off"],
            *["-device", "virtconsole,chardev=door"],
        ]

    def seconds(self):
        """Since power came."""
        return time.monotonic() - self.started

    def pull_plug(self):
        """At once, with no word to the guest."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def wait_for(self, what, told, limit=LIMIT, pause=0.2):
        """Waits until `told()` is true; says how the console ended when it never is."""
        while not (answer := told()):
            if self.process.poll() is not None and not (answer := told()):
                raise AssertionError(f"the machine stopped before {what}:\n{self.tail()}")
            if self.seconds() > limit:
                raise AssertionError(f"not within {limit} s: {what}:\n{self.tail()}")
            time.sleep(pause)
        return answer

    def wait_serving(self, limit=LIMIT):
        """Seconds from power until /healthz answers over TLS."""
        # Who knocks before there is a network waits long after there is one.
        self.wait_address(limit)
        # The busier this machine, the longer a handshake takes.
        self.wait_for("it serves", lambda: self.get("/healthz", 5 + self.seconds() / 20), limit)
        return self.seconds()

    def wait_address(self, limit=LIMIT):
        """Until it asks for the address that it was offered."""
        self.wait_for("it has an address", lambda: self.sent.exists() and ADDRESS in self.sent.read_bytes(), limit)

    def wait_console(self, pattern, limit=LIMIT):
        """Until the console has said something; gives the match."""
        return self.wait_for(
            f"the console says {pattern}", lambda: re.search(pattern, self.said()), limit
        )

    def wait_off(self, limit=LIMIT):
        """Until the guest has switched itself off or begun to reboot."""
        self.wait_for("it went down", lambda: self.process.poll() is not None or None, limit)

    def get(self, path, timeout=30, tls=True):
        """The body of a page of the gateway, or None as long as there is no answer of 200."""
        try:
            if tls:
                link = http.client.HTTPSConnection("127.0.0.1", self.https, timeout=timeout, context=UNCHECKED)
            else:
                link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=timeout)
            link.request("GET", path)
            answer = link.getresponse()
            return answer.read() if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()

    def shell(self, script, limit=120):
        """What a script prints that runs as root inside, on a console of its own."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.door))
            door.settimeout(limit)
            # A shell without a prompt or a line editor; the marks are in two pieces, so that an echo of
            # the command is not taken for its answer.
            door.sendall(f"PS1= SYSTEMD_COLORS=0 exec sh\nstty -echo; PS1=; PS2=; echo BE''GIN\n{script}\necho E''ND\n".encode())
            said = b""
            while not said.rstrip().endswith(b"END"):
                more = door.recv(65536)
                assert more, f"the machine stopped while it ran {script}"
                said += more
        text = said.decode(errors="replace").replace("\r", "")
        return text.split("BEGIN\n", 1)[1].rsplit("END", 1)[0].strip()

    def settled(self):
        """Waits until all has come up; says what has failed, or had to be started again, and with what
        last words: the card is gone when the test has ended."""
        return self.shell("""
          systemctl is-system-running --wait > /dev/null
          { systemctl --failed --plain --no-legend | cut -d ' ' -f 1
            systemctl show --property=Id,NRestarts 'madang*.service' | awk -v RS= '/NRestarts=[^0]/' | sed -n 's/^Id=//p'
          } | while read -r unit; do
            echo "$unit:"
            journalctl --boot --no-pager --output=cat --unit="$unit" | tail -n 20
          done
        """, limit=LIMIT)

    def said(self):
        """All that the console has said."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self):
        """The end of it, and what QEMU said."""
        return self.said()[-3000:] + (self.folder / "qemu.log").read_text(errors="replace")


def free_port():
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# What a board asks QEMU for once it has been offered it.
ADDRESS = socket.inet_aton("10.0.2.15")

# Each board makes its own authority; whether it is the right one is the business of other tests.
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname = False
UNCHECKED.verify_mode = ssl.CERT_NONE
