"""The real gateway for the tests in Python: started and killed by gateway.mjs, as in the others."""

import json
import subprocess
from pathlib import Path

import pytest


class Gateway:
    """A gateway on free ports with a data folder and a local CA of its own."""

    def __init__(self):
        program = Path(__file__).with_name("gateway.mjs")
        self._process = subprocess.Popen(
            ["node", str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline()
        assert line, "the gateway did not start"
        told = json.loads(line)
        self.url, self.ca = told["url"], told["ca"]

    def kill(self):
        self._tell("kill")

    def start(self):
        self._tell("start")

    def stop(self):
        self._process.communicate("stop\n", timeout=30)

    def _tell(self, word):
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.stop()
