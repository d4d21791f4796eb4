"""What the board does where its radio opens no Wi-Fi: its own script, with hostapd that ends or stays."""

import subprocess
import time

import pytest

from script import Script


@pytest.fixture
def wifi(folder):
    """The script; `told` is what the box is told."""
    places = {"/usr/sbin/hostapd": "hostapd", "/usr/bin/madang": "madang", "/proc/uptime": folder / "uptime"}
    script = Script("usr/lib/madang/open-wifi", folder, places)
    script.replace("madang", f'echo "$@" >> {folder}/told')
    (folder / "uptime").write_text("100.25 1.0\n")
    return script


def told(script):
    file = script.folder / "told"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize("status", [0, 1])
def test_a_wifi_that_ends_at_once_is_told_of(wifi, status):
    wifi.replace("hostapd", f"exit {status}")
    assert wifi.run("hostapd.conf") == (1, "")
    assert told(wifi) == "board wifi-ended 0\n"


def test_a_wifi_that_was_open_for_a_while_is_told_of_as_such(wifi):
    wifi.replace("hostapd", f'echo "$1"; echo 160.00 1.0 > {wifi.folder}/uptime')
    assert wifi.run("hostapd.conf") == (1, "hostapd.conf\n")
    assert told(wifi) == "board wifi-ended 60\n"


def test_whoever_ends_it_ends_hostapd_and_nothing_is_told(wifi):
    started, ended = wifi.folder / "started", wifi.folder / "ended"
    wifi.replace("hostapd", f"trap 'touch {ended}; exit 0' TERM; touch {started}; while :; do sleep 0.05; done")
    process = subprocess.Popen(["sh", wifi.path, "hostapd.conf"], env=wifi.environment())
    while not started.exists():
        time.sleep(0.01)
    process.terminate()
    assert process.wait(10) == 0
    assert ended.exists() and told(wifi) == ""
