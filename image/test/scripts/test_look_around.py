"""What the board does to hear of another Wi-Fi of its name: its own script, with radios that are told."""

import pytest

from script import Script

# What is asked for, and what a radio without 5 GHz answers to any of it: nothing.
HEARD = """\
case " $* " in
  *" 5180 "*) {five} ;;
esac
echo "SSID: one of $(echo "$*" | wc -w)"
"""


@pytest.fixture
def look(folder):
    """The script; what it hears goes to the output."""
    script = Script("usr/lib/madang/look-around", folder, {"/usr/bin/madang": "madang"})
    script.replace("ip", "")
    script.replace("madang", "cat")
    return script


def test_a_radio_without_5_ghz_hears_what_is_at_2_4(look):
    look.replace("iw", HEARD.format(five="exit 234"))
    assert look.run("wlan0") == (0, "SSID: one of 17\n")


def test_a_radio_with_5_ghz_hears_both(look):
    look.replace("iw", HEARD.format(five=":"))
    assert look.run("wlan0") == (0, "SSID: one of 17\nSSID: one of 8\n")


def test_a_radio_that_cannot_look_keeps_nobody_waiting(look):
    look.replace("iw", "exec sleep 60")
    look.replace("timeout", 'shift; exec /usr/bin/timeout 0.1 "$@"')
    assert look.run("wlan0") == (0, "")
