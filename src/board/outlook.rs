//! The box as a whole at one moment: what it will do, and what is wrong with it.

use super::authority::SET_ASIDE;
use super::country::Regulations;
use super::identity::Identity;
use super::key::World;
use super::place::Place;
use super::plan::{HOST_NAME, Network, Plan};
use super::problem::{Problem, Wrong};
use super::radio::Radio;
use super::refusal;
use super::text;
use super::wishes::Wishes;
use crate::tls::ca;
use crate::tls::public::Public;

/// What setup, report and screen go by.
pub struct Outlook {
    /// What the box will do.
    pub plan: Plan,
    /// Who it is.
    pub identity: Identity,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The gateway's CA, once it has made one.
    pub authority: Option<Public>,
}

impl Outlook {
    /// Looks at everything. Writes nothing but an identity where there is none.
    pub fn of(place: &Place) -> Self {
        let mut problems = Vec::new();
        let world = World {
            regulations: Regulations::open(&place.at("/lib/firmware/regulatory.db")),
            zones: place.at("/usr/share/zoneinfo"),
        };
        let (identity, failed) =
            Identity::open_or_make(&place.data(), &place.run(), &place.at("/etc/machine-id"));
        problems.extend(failed.map(|kind| Wrong::Data(kind).everywhere()));
        let early = std::fs::read_to_string(place.run().join(EARLY)).unwrap_or_default();
        problems.extend(early.lines().filter_map(early_problem));
        if place.run().join(SET_ASIDE).exists() {
            problems.push(Wrong::Authority.everywhere());
        }
        let lines = text::read(&place.boot().join("madang.txt"), &mut problems);
        let mut wishes = Wishes::of(&lines, &world, &mut problems);
        let certificate = std::fs::read(place.gateway().join(ca::CERTIFICATE));
        let authority = certificate.ok().and_then(|pem| Public::read(&pem).ok());
        keep_host_name(&mut wishes, authority.as_ref(), &mut problems);
        let radio = Radio::of(&place.at("/proc/device-tree/model"));
        let mut plan = Plan::of(wishes, &identity, radio, &world.regulations, &mut problems);
        let refusals = refusal::count(place);
        if refusals >= refusal::ENOUGH {
            let in_vain = refusals >= 2 * refusal::ENOUGH;
            let told = plan.yield_to_radio(&identity);
            problems.extend(told.map(|told| {
                if in_vain {
                    Wrong::NoWifi.everywhere()
                } else {
                    told
                }
            }));
        }
        if let Network::Own(own) = &plan.network
            && place.run().join(SAME_NAME).exists()
        {
            problems.push(Wrong::SameName(own.name.clone()).everywhere());
        }
        Self {
            plan,
            identity,
            problems,
            authority,
        }
    }

    /// The entry code, if the box made it: the owner has to be told. An owner's own is a secret.
    pub fn made_code(&self) -> Option<&str> {
        let code = self.plan.code.as_deref();
        code.filter(|code| *code == self.identity.code)
    }
}

/// The box goes on under the name that its CA was made for: of another one phones that trust the box would
/// be warned.
fn keep_host_name(wishes: &mut Wishes, authority: Option<&Public>, problems: &mut Vec<Problem>) {
    let Some(authority) = authority else {
        return;
    };
    let asked = wishes.host_name.as_deref().unwrap_or(HOST_NAME);
    let hosts = authority.names().iter();
    // The second and third boxes of the name have longer ones.
    let made_for = hosts
        .filter_map(|name| name.strip_suffix(".local"))
        .min_by_key(|host| host.len());
    let Some(kept) = made_for.filter(|_| !authority.permits(&format!("{asked}.local"))) else {
        return;
    };
    if let Some(line) = wishes.line("host-name") {
        problems.push(Wrong::HostName(asked.to_owned(), kept.to_owned()).at(line));
    }
    wishes.host_name = Some(kept.to_owned());
}

/// What the initramfs tells: a word for what happened, and what it means.
fn early_problem(line: &str) -> Option<Problem> {
    let wrong = match line.split(' ').next()? {
        "first-partition-lost" => Wrong::FirstPartitionLost,
        "data-repaired" => Wrong::DataRepaired,
        "data-damaged" => Wrong::DataDamaged,
        "data-set-aside" => Wrong::DataSetAside,
        "data-lost" => Wrong::DataLost,
        "data-in-memory" => Wrong::DataInMemory,
        "card-small" => Wrong::CardSmall,
        "update-unusable" => Wrong::UpdateUnusable,
        "update-unproven" => Wrong::UpdateUnproven,
        _ => return None,
    };
    Some(wrong.everywhere())
}

/// Where it tells, in the folder of what is written at each boot.
const EARLY: &str = "initramfs-report";

/// The mark of another Wi-Fi with our name, in the folder of what is written at each boot.
pub(super) const SAME_NAME: &str = "same-name";
