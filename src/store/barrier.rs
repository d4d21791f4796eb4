//! The barrier that makes sled's flush survive a power cut. Not called by us: the linker puts it
//! in the place of libc's function of the same name, for the whole process.
//!
//! On Linux sled 0.34 ends a flush with `sync_file_range`, which neither empties the cache of the
//! card nor commits the growth of the file: in simulated power cuts two of three lost messages
//! that had been acknowledged. With `fdatasync` in its place none did; calling `fdatasync` once
//! more after sled's flush is not enough, because the order of the writes inside a flush is lost.
//! `tests/syscalls.rs` counts the system calls of a real process, because a refactoring or a
//! linker could lose this silently.

use libc::{c_int, c_uint, off64_t};

/// Takes the place of libc's `sync_file_range`: whatever the range, the whole file is made durable.
#[expect(
    unsafe_code,
    reason = "defines the C symbol that sled calls, and calls fdatasync, which takes any number \
              and answers EBADF to one that is no open file"
)]
#[unsafe(no_mangle)]
pub(super) extern "C" fn sync_file_range(
    file: c_int,
    _offset: off64_t,
    _count: off64_t,
    _flags: c_uint,
) -> c_int {
    // SAFETY: fdatasync touches no memory of this process.
    unsafe { libc::fdatasync(file) }
}

/// Keeps the symbol in the program: a library's object that nobody refers to is left out by the
/// linker, and sled would quietly get libc's function.
pub(super) fn hold() {
    std::hint::black_box(
        sync_file_range as extern "C" fn(c_int, off64_t, off64_t, c_uint) -> c_int,
    );
}
