//! The people present: who is here, under which name, with which allowance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::config::Limits;

use super::LINGER;
use super::name::PersonName;
use super::person::PersonId;
use super::rate::Allowance;

/// The people present. Nothing of them lasts.
#[derive(Debug)]
pub struct People {
    limits: Limits,
    registry: Mutex<Registry>,
}

#[derive(Debug, Default)]
struct Registry {
    persons: HashMap<PersonId, Present>,
    /// Who bears a name, by what two names that look alike have in common.
    names: HashMap<String, PersonId>,
}

#[derive(Debug)]
struct Present {
    name: PersonName,
    visits: usize,
    away_since: Option<Instant>,
    allowance: Arc<Allowance>,
}

impl People {
    /// Nobody is here yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            registry: Mutex::default(),
        }
    }

    /// A person comes in by one more session, under the name wished for, or the one it has.
    pub fn enter(&self, id: PersonId, wish: Option<PersonName>) -> (PersonName, Arc<Allowance>) {
        let mut registry = self.registry();
        // Whoever comes and goes as ever new persons does not fill the memory.
        if registry.persons.len() >= 2 * self.limits.sessions {
            registry.keep(|present| present.away_since.is_none());
        }
        let known = registry
            .persons
            .get(&id)
            .map(|present| present.name.clone());
        let wish = wish.or(known).unwrap_or_else(PersonName::anonymous);
        let name = registry.claim(id, wish, self.limits.name_chars);
        let present = registry.persons.entry(id).or_insert_with(|| Present {
            name: name.clone(),
            visits: 0,
            away_since: None,
            allowance: Arc::new(Allowance::new(&self.limits)),
        });
        present.name = name.clone();
        present.visits += 1;
        present.away_since = None;
        (name, Arc::clone(&present.allowance))
    }

    /// A person wishes for another name; what it gets may carry a number.
    pub fn rename(&self, id: PersonId, wish: PersonName) -> PersonName {
        let mut registry = self.registry();
        let name = registry.claim(id, wish, self.limits.name_chars);
        if let Some(present) = registry.persons.get_mut(&id) {
            present.name = name.clone();
        }
        name
    }

    /// The name a person bears now.
    pub fn name(&self, id: PersonId) -> Option<PersonName> {
        self.registry()
            .persons
            .get(&id)
            .map(|present| present.name.clone())
    }

    /// One session of a person has ended. Its name stays its own until it has been away for long.
    pub fn leave(&self, id: PersonId) {
        if let Some(present) = self.registry().persons.get_mut(&id) {
            present.visits = present.visits.saturating_sub(1);
            if present.visits == 0 {
                present.away_since = Some(Instant::now());
            }
        }
    }

    /// Forgets those who have been away for long.
    pub fn sweep(&self, now: Instant) {
        self.registry()
            .keep(|present| present.away_since.is_none_or(|since| now - since < LINGER));
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    fn keep(&mut self, wanted: impl Fn(&Present) -> bool) {
        let Self { persons, names } = self;
        persons.retain(|_, present| wanted(present));
        names.retain(|_, id| persons.contains_key(id));
    }

    /// Gives a person the name wished for, or the first free one with a number behind it.
    fn claim(&mut self, id: PersonId, wish: PersonName, max_chars: usize) -> PersonName {
        if let Some(present) = self.persons.get(&id) {
            let old = present.name.folded();
            if self.names.get(&old) == Some(&id) {
                self.names.remove(&old);
            }
        }
        if wish.is_anonymous() {
            return wish;
        }
        let mut name = wish.clone();
        let mut number = 2;
        loop {
            match self.names.get(&name.folded()) {
                Some(&holder) if holder != id => {
                    name = wish.numbered(number, max_chars);
                    number = next_number(number);
                }
                _ => break,
            }
        }
        self.names.insert(name.folded(), id);
        name
    }
}

/// Counts up, then guesses: a hall full of the same name must not cost a walk through it.
fn next_number(number: usize) -> usize {
    if number < COUNTED_NAMES {
        return number + 1;
    }
    let random = getrandom::u32().expect("the operating system gives random numbers");
    COUNTED_NAMES + random as usize % GUESSED_NAMES
}

const COUNTED_NAMES: usize = 100;
const GUESSED_NAMES: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::person::Token;

    fn person() -> PersonId {
        Token::random().person()
    }

    fn named(raw: &str) -> PersonName {
        PersonName::parse(raw, 32).unwrap()
    }

    #[test]
    fn a_name_that_looks_like_a_present_one_gets_a_number() {
        let people = People::new(&Limits::default());
        let (one, two, three) = (person(), person(), person());
        assert_eq!(people.enter(one, Some(named("Paul"))).0.as_str(), "Paul");
        assert_eq!(people.enter(two, Some(named("PАUL"))).0.as_str(), "PАUL 2");
        assert_eq!(
            people.enter(three, Some(named("paul"))).0.as_str(),
            "paul 3"
        );
        assert_eq!(people.rename(two, named("Bo")).as_str(), "Bo");
        assert_eq!(
            people.rename(three, named("Paul 2")).as_str(),
            "Paul 2",
            "free again"
        );
    }

    #[test]
    fn everybody_may_be_anonymous() {
        let people = People::new(&Limits::default());
        assert!(people.enter(person(), None).0.is_anonymous());
        assert!(people.enter(person(), Some(named("Anon"))).0.is_anonymous());
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_stays_reserved_while_its_bearer_may_come_back() {
        let people = People::new(&Limits::default());
        let (one, two) = (person(), person());
        people.enter(one, Some(named("영희")));
        people.leave(one);
        people.sweep(Instant::now());
        assert_eq!(people.enter(two, Some(named("영희"))).0.as_str(), "영희 2");
        assert_eq!(
            people.enter(one, None).0.as_str(),
            "영희",
            "the same person, the same name"
        );
        people.leave(one);
        tokio::time::advance(LINGER).await;
        people.sweep(Instant::now());
        assert_eq!(people.rename(two, named("영희")).as_str(), "영희");
    }

    #[test]
    fn persons_who_are_away_are_no_more_than_twice_the_sessions() {
        let people = People::new(&Limits {
            sessions: 10,
            ..Limits::default()
        });
        let here = person();
        people.enter(here, Some(named("here")));
        for n in 0..1_000 {
            let passing = person();
            people.enter(passing, Some(named(&n.to_string())));
            people.leave(passing);
            assert!(people.registry().persons.len() <= 20);
            assert!(people.registry().names.len() <= 20);
        }
        assert_eq!(people.name(here).unwrap().as_str(), "here");
    }

    #[test]
    fn a_second_tab_keeps_the_name_until_the_last_one_closes() {
        let people = People::new(&Limits::default());
        let one = person();
        people.enter(one, Some(named("a")));
        people.enter(one, None);
        people.leave(one);
        people.sweep(Instant::now() + LINGER);
        assert_eq!(people.name(one).unwrap().as_str(), "a");
    }
}
