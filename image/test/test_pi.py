"""The image on the Pi that QEMU knows best."""

from chat import say
from pi import Pi3


def test_it_comes_up_on_a_raspberry_pi_3_with_its_own_device_tree(card, folder, figure):
    with Pi3(card, folder) as board:
        board.wait_serving(limit=1200)
        assert "error" not in say(board, "from a Pi")
        figure(f"power to first message, Raspberry Pi 3 emulated: {board.seconds():.1f} s")
