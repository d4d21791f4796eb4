//! Coming in: a person begins a visit.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use crate::chat::frame::{Outlet, Vocabulary};
use crate::chat::name::PersonName;
use crate::chat::person::{PersonId, Token};
use crate::chat::refusal::Refusal;
use crate::chat::room::SeatKey;
use crate::chat::{Chat, Ear};
use crate::network::Network;

use super::Visit;

impl Chat {
    /// A person comes in: whoever has a token is who it was, the others get a new one. The name is
    /// normalised, and numbered where somebody present has it.
    pub fn enter(
        self: &Arc<Self>,
        token: Option<&str>,
        name: Option<&str>,
        network: Network,
        vocabulary: &'static Vocabulary,
        outlet: Arc<dyn Outlet>,
    ) -> Result<Visit, Refusal> {
        let name = name
            .map(|raw| PersonName::parse(raw, self.config().limits.name_chars))
            .transpose()?;
        self.addresses.entry(network)?;
        let token = token.and_then(Token::parse).unwrap_or_else(Token::random);
        let person = token.person();
        let key = self.last_key.fetch_add(1, Ordering::Relaxed) + 1;
        let known = self.people.name(person);
        let (name, allowance) = self.people.enter(person, name);
        // Told to many, so it counts as a message; whoever is too fast is told of when it joins.
        if known.is_some_and(|known| known != name)
            && self.addresses.message(&allowance, network).is_ok()
        {
            self.renamed(person, &name, key);
        }
        self.visits().insert(
            key,
            Ear {
                vocabulary,
                outlet: Arc::clone(&outlet),
            },
        );
        let chat = Arc::clone(self);
        Ok(Visit {
            chat,
            key,
            token,
            person,
            network,
            allowance,
            outlet,
            rooms: Mutex::default(),
        })
    }

    /// Tells every room in which a person is present, by whatever session, the person's name.
    pub(super) fn renamed(&self, person: PersonId, name: &PersonName, own: SeatKey) {
        let rooms: Vec<_> = self.rooms().values().cloned().collect();
        for room in rooms {
            room.rename(person, name, own);
        }
    }
}

impl Visit {
    /// The phone's clock shows this time, milliseconds since 1970.
    pub fn hear_time(&self, ms: u64) {
        let clock = &self.chat.shared.clock;
        clock.hear(self.network, self.person.as_bytes(), ms);
    }
}
