"""The board's shell scripts on this machine: a copy with its folders elsewhere, and with some commands
replaced by others. Nothing is mounted, and no emulator runs."""

import os
import subprocess
from pathlib import Path

BOARD = Path(__file__).parents[2] / "board"


# In place of a command: the plug is pulled.
PULL = "kill -9 0"


class Script:
    """A copy of `path` in `folder`, in which the names of `places` are replaced."""

    def __init__(self, path, folder, places):
        self.folder = folder
        self.commands = folder / "commands"
        self.commands.mkdir()
        text = (BOARD / path).read_text()
        for name, place in places.items():
            assert name in text, f"{path} has no {name}"
            text = text.replace(name, str(place))
        self.path = folder / "script"
        self.path.write_text(text)

    def replace(self, command, body):
        """What `command` does from now on, as a shell script; `real` in front is the true one."""
        file = self.commands / command
        file.write_text(f'#!/bin/sh\nreal() {{ PATH=${{PATH#*:}} "$@"; }}\n{body}\n')
        file.chmod(0o755)

    def run(self, *arguments, **environment):
        """Runs it: its exit status, negative after a pulled plug, and all that it wrote."""
        done = subprocess.run(
            ["sh", self.path, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            start_new_session=True,
            env={**self.environment(), **environment},
        )
        return done.returncode, done.stdout

    def environment(self):
        """In which the replaced commands come first."""
        return {**os.environ, "PATH": f"{self.commands}:{os.environ['PATH']}:/usr/sbin:/sbin"}
