//! A room without a message leaves no trace: how its entry goes, and its floor stays.

use std::collections::BTreeSet;

use sled::Db;

use super::StoreError;
use super::boot::BOOT_KEY;
use super::room::Entry;
use super::times;
use super::write::{Touched, Writer};

impl Writer {
    /// Removes the entries of rooms that stayed empty since their floor was remembered.
    pub(super) fn forget(&mut self, db: &Db, touched: &mut Touched) -> Result<(), StoreError> {
        for number in std::mem::take(&mut self.forgettable) {
            let empty = match self.rooms.get(&number) {
                Some(room) => room.newest(db)?.is_none(),
                None => false,
            };
            if touched.rooms.contains(&number) || !empty {
                continue;
            }
            // Its dead keys must not outlive the entry.
            self.sweep(db)?;
            times::forget(db, number)?;
            db.remove(Entry::key(number))?;
            if let Some(room) = self.rooms.remove(&number) {
                self.names.remove(&room.info.name);
                touched.gone.push(room.info.name);
            }
        }
        Ok(())
    }

    /// Remembers the floors of empty rooms in the boot record, so that they can be forgotten.
    pub(super) fn remember_floors(
        &mut self,
        db: &Db,
        touched: &BTreeSet<u32>,
    ) -> Result<(), StoreError> {
        self.empty.extend(touched);
        for number in std::mem::take(&mut self.empty) {
            let Some(info) = self.rooms.get(&number).map(|room| &room.info) else {
                continue;
            };
            if info.messages == 0 {
                self.boot.forgotten = self.boot.forgotten.max(info.floor).max(info.last);
                self.forgettable.insert(number);
            }
        }
        if !self.forgettable.is_empty() {
            db.insert(BOOT_KEY, self.boot.encode())?;
        }
        Ok(())
    }
}
