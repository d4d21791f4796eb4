//! The JSON objects of the native vocabulary, the same on every door that speaks it.

mod answer;
mod request;

pub use answer::{
    DaysBody, ErrorBody, Failure, Hello, JoinedBody, MembersBody, NameBody, Nothing, PageBody,
    PersonBody, PostedBody, Rooms, Success,
};
pub use request::{Auth, Days, History, Join, Leave, Members, Post, Rename, Typing};
