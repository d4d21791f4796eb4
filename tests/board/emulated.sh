#!/bin/sh
# Runs the gateway for ARM as a program of this machine, for MADANG_BIN: qemu emulates the processor
# and hands its system calls to the kernel here.
exec qemu-aarch64-static "$(dirname "$0")/../../target/aarch64-unknown-linux-gnu/release/madang" "$@"
