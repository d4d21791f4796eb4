//! `madang board` as the box's units run it: the real binary, on a tree of its own.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod air;
mod authority;
mod bad_input;
mod entry_code;
mod files;
mod host_name;
mod house;
mod identity;
mod join;
mod package;
mod refusal;
mod report;
mod screen;
