"""Small packages for the board, of the test's own."""

import subprocess

CONTROL = """\
Package: {name}
Version: 1.0
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: a word of welcome
"""


def package(folder, name, postinst):
    """A package with the file /usr/share/NAME, which says "welcome"; `postinst` is what it does besides when it
    is installed. Gives its path."""
    tree = folder / name
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/share").mkdir(parents=True)
    (tree / f"usr/share/{name}").write_text("welcome\n")
    (tree / "DEBIAN/control").write_text(CONTROL.format(name=name))
    (tree / "DEBIAN/postinst").write_text(f"#!/bin/sh\nset -e\n{postinst}\n")
    (tree / "DEBIAN/postinst").chmod(0o755)
    built = folder / f"{name}_1.0_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, built], check=True, stdout=subprocess.DEVNULL)
    return built
