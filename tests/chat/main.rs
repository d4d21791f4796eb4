//! The chat's promises, kept by the chat itself: no wire, but the real store on a real disk.

#[path = "../common/tree.rs"]
mod tree;
mod village;

mod acknowledged;
mod bounds;
mod cursor;
mod degrades;
mod locked;
mod once;
mod order;
mod presence;
