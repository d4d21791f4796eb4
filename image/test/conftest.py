"""What every test of the image starts from: the image itself, and a folder that is kept, with the
consoles in it, until the next run."""

import re
import shutil
from pathlib import Path

import pytest

from card import Card

BUILT = Path(__file__).parents[2] / "target/image"


@pytest.fixture(scope="session")
def image():
    """The uncompressed image."""
    path = BUILT / "madang.img"
    assert path.exists(), "make image first"
    return path


@pytest.fixture
def folder(request):
    """Where a test's cards and consoles lie."""
    path = BUILT / "test" / re.sub(r"\W+", "-", request.node.name)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    yield path
    for card in path.glob("*.img"):
        card.unlink()


@pytest.fixture
def card(image, folder):
    """A fresh card of 4 GB."""
    return Card(image, folder / "card.img", size=4 << 30)


@pytest.fixture(scope="session")
def figure(request):
    """Prints a figure where it is seen in the output, whatever the test does."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(text):
        with capture.global_and_fixture_disabled():
            print(f"\n  {text}")

    return say
