//! The JSON objects of the native vocabulary, the same on every door that speaks it.

mod answer;
mod request;

pub use answer::{
    ErrorBody, Failure, Hello, JoinedBody, MembersBody, NameBody, Nothing, PageBody, PersonBody,
    PostedBody, Rooms, Success,
};
pub use request::{Auth, History, Join, Leave, Members, Post, Rename, Typing};
