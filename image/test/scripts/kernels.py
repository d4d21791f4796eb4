"""The kernels of a card, the files that name them, and the board's own scripts that see to them, on
folders."""

import pytest

from script import PULL, Script

# As Debian begins it.
WORDS = " console=tty0 root=LABEL=madang-root rw rootwait ro quiet\n"
ASIDE = WORDS.replace("\n", " madang.flashed\n")
FLASHED, UPDATED, NEXT = "7.3.4-arm64", "7.4.1-arm64", "7.5.2-arm64"


def lay(folder, *kernels, config=None):
    """The first partition's files of these kernels, and a config.txt that names the last."""
    folder.mkdir(parents=True, exist_ok=True)
    for kernel in kernels:
        (folder / f"vmlinuz-{kernel}").write_text(f"kernel {kernel}")
        (folder / f"initrd.img-{kernel}").write_text(f"initramfs {kernel}")
    (folder / "config.txt").write_text(names(config or kernels[-1]))


def names(kernel, initramfs=None):
    """As Debian writes it, which remarks on the word."""
    return (
        f"arm_64bit=1\nkernel=vmlinuz-{kernel}\n# For details on the initramfs directive, see elsewhere\n"
        f"initramfs {initramfs or f'initrd.img-{kernel}'}\n"
    )


# What a board runs with that turns to what was flashed.
KEPT = names(FLASHED, "initrd.flashed")


def kernels(folder):
    """Those of which both files are there; the flashed one's initramfs may be the kept one."""
    found = {file.name.removeprefix("vmlinuz-") for file in folder.glob("vmlinuz-*")}
    others = {file.name.removeprefix("initrd.img-") for file in folder.glob("initrd.img-*")}
    if (folder / "initrd.flashed").exists():
        assert (folder / "initrd.flashed").read_text() == f"initramfs {FLASHED}"
        others.add(FLASHED)
    assert found == others
    return found


@pytest.fixture
def update(folder):
    """madang-update on a board as it was flashed."""
    (folder / "flashed").mkdir()
    (folder / "system").mkdir()
    lay(folder / "boot", FLASHED)
    for place in ("boot", "etc", "var", "usr/sbin", "run"):
        (folder / "root" / place).mkdir(parents=True)
    script = Script(
        "usr/sbin/madang-update",
        folder,
        {
            "/data/system": folder / "system",
            "/run/madang-update/root": folder / "root",
            "=/boot/firmware": f"={folder}/boot",
            "$system/layer$boot": "$system/layer/boot/firmware",
            "$system/next$boot": "$system/next/boot/firmware",
            "/run/madang-update/switched": folder / "switched",
            "/run/madang-root/aside": folder / "left-aside",
            "/run/madang-root/flashed": folder / "flashed",
            "/run/madang-update.log": folder / "log",
            "=avail /data": f"=avail {folder}",
            "/proc/cmdline": folder / "cmdline",
        },
    )
    (folder / "cmdline").write_text(WORDS)
    (folder / "boot/cmdline.txt").write_text(WORDS)
    for absent in ("mount", "umount", "chroot", "sync", "systemctl"):
        script.replace(absent, "")
    # Older than the board's here.
    exchange = 'real mv "$3" "$3.x"; real mv "$4" "$3"; real mv "$3.x" "$4"'
    script.replace("mv", f'case "$1" in --exchange) {exchange} ;; *) real mv "$@" ;; esac')
    script.start = lambda *arguments: script.run(*arguments, MADANG_UPDATE_ALONE="yes")
    # Of all that is in /run.
    script.start_anew = lambda: (folder / "switched").unlink(missing_ok=True)
    return script


@pytest.fixture
def root(folder):
    """The initramfs's script that puts the root together, after an update of the kernel."""
    first = folder / "first"
    lay(first, FLASHED, UPDATED)
    (first / "config.flashed").write_text(KEPT)
    (first / "config.updated").write_text(names(UPDATED))
    (folder / "madang-card").write_text(f'part() {{ echo x; }}\nreport() {{ echo "$1" >> {folder}/initramfs-report; }}\n')
    (folder / "cmdline").write_text(WORDS)
    for place in ("target/etc", "target/data/system"):
        (folder / place).mkdir(parents=True)
    script = Script(
        "usr/share/initramfs-tools/scripts/local-bottom/madang-root",
        folder,
        {
            "/scripts/madang-card": folder / "madang-card",
            "/run/madang-root": folder / "parts",
            "/run/madang-board": folder,
            "/run/initramfs": folder,
            "/proc/cmdline": folder / "cmdline",
            "/mnt": first,
        },
    )
    for absent in ("umount", "sync"):
        script.replace(absent, "")
    script.replace("mount", f'echo "$*" >> {folder}/mounts')
    script.replace("reboot", f"echo again; {PULL}")

    def boot(kernel, modules, layer):
        script.replace("uname", f"echo {kernel}")
        (folder / "target/usr/lib/modules" / modules).mkdir(parents=True, exist_ok=True)
        if layer:
            (folder / "parts/data/system/layer").mkdir(parents=True, exist_ok=True)
        return script.run(rootmnt=str(folder / "target"))[0]

    script.boot = boot
    script.config = first / "config.txt"
    return script
