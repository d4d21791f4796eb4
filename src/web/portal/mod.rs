//! The portal: how a phone that joins the board's own Wi-Fi finds the page, and keeps the Wi-Fi.
//!
//! The board's DNS sends every name here, so the probes by which a system looks for the Internet
//! arrive on the plain port. A phone that has not been here is led to the sheet, a static page; one
//! that has opened the page hears what it wants to hear, or it would leave the Wi-Fi for another.
//!
//! A phone has opened the page when a request of its came in over TLS, or when the button on the
//! sheet was pressed. The button is needed: as long as a phone shows the sheet, it does not use the
//! Wi-Fi for anything else, so its browser could not come here.

mod guests;
mod leases;
mod probes;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use self::guests::Guests;
use self::leases::Leases;
use super::guide::Reader;
use super::origin::{Host, Name};
use super::reply::{self, Reply};
use super::{Connection, Guide};
use crate::config;

/// Who has been here, and where the sheet is.
#[derive(Debug)]
pub struct Portal {
    guide: Arc<Guide>,
    /// The name of the page.
    name: Name,
    guests: Guests,
    leases: Leases,
    /// The port of the sheet, unless it is the usual one.
    plain: Option<u16>,
    /// The port of the page, unless it is the usual one.
    main: Option<u16>,
}

impl Portal {
    /// None unless it is switched on. `main` and `plain` are the ports of the page and of the sheet.
    pub fn new(
        settings: &config::Portal,
        board: Option<&Path>,
        guide: Arc<Guide>,
        (main, plain): (u16, u16),
    ) -> Option<Self> {
        settings.enabled.then(|| Self {
            guide,
            name: Name::Dns(settings.name.clone()),
            guests: Guests::default(),
            leases: Leases::of(board),
            plain: (plain != 80).then_some(plain),
            main: (main != 443).then_some(main),
        })
    }

    /// The name of the page in the board's DNS, for whoever can ask that: on a cable nobody can.
    pub(super) fn name_for(&self, address: IpAddr) -> Option<&Name> {
        self.lives_here(address).then_some(&self.name)
    }

    /// Whether the phone at this address has joined the board's own Wi-Fi. One with a fixed address
    /// cannot be told from a computer on the cable, and is not taken for a phone.
    fn lives_here(&self, address: IpAddr) -> bool {
        self.leases.holder(address).is_some()
    }

    /// The phone at this address has opened the page.
    pub fn welcome(&self, address: IpAddr) {
        let holder = self.leases.holder(address);
        self.guests.welcome(address, holder, Instant::now());
    }

    /// Whether the phone that now has this address has opened the page.
    fn knows(&self, address: IpAddr) -> bool {
        let holder = self.leases.holder(address);
        self.guests.know(address, holder.as_deref(), Instant::now())
    }

    /// Answers what was meant for somebody else: a probe, or a site that is not to be had here.
    pub(super) fn astray(&self, request: &Parts, host: &Host, connection: Connection) -> Reply {
        if !reply::reads(&request.method) {
            return reply::text(
                StatusCode::MISDIRECTED_REQUEST,
                "421: there is no Internet here, only this board",
            );
        }
        let wanted = probes::wanted(&host.name.to_string(), request.uri.path());
        match wanted {
            Some(wanted) if self.knows(connection.address) => wanted.reply(),
            // On the cable a router may have called us by a name of its own; ours is not known there.
            _ if self.lives_here(connection.address) => self.lead_by(&self.name),
            _ => self.lead_by(&Name::Address(connection.local)),
        }
    }

    /// Answers what is for us and is the portal's; none if it is not. Only whoever knows the page's
    /// name is led there.
    pub(super) fn answer(
        &self,
        request: &Parts,
        asked: Option<&Name>,
        address: IpAddr,
    ) -> Option<Reply> {
        let finds = || asked == Some(&self.name) || self.lives_here(address);
        match request.uri.path() {
            SHEET if request.method == Method::POST => {
                self.welcome(address);
                // A whole navigation: only after one does an iPhone look again.
                Some(lead(StatusCode::SEE_OTHER, SHEET))
            }
            SHEET if reply::reads(&request.method) => Some(self.sheet(request, asked, address)),
            "/" if reply::reads(&request.method) && finds() && !self.knows(address) => {
                Some(self.lead_by(&self.name))
            }
            _ => None,
        }
    }

    /// Leads to the sheet by this name of ours.
    fn lead_by(&self, name: &Name) -> Reply {
        let (name, port) = (name.clone(), self.plain);
        lead(
            StatusCode::FOUND,
            &format!("http://{}{SHEET}", Host { name, port }),
        )
    }

    /// The sheet names the page as its reader can find it: by the name of the Wi-Fi's DNS, or else by
    /// the one that was asked for.
    fn sheet(&self, request: &Parts, asked: Option<&Name>, address: IpAddr) -> Reply {
        let asked = asked.filter(|_| !self.lives_here(address));
        let (name, port) = (asked.unwrap_or(&self.name).clone(), self.main);
        let reader = Reader {
            headers: &request.headers,
            host: &name.to_string(),
            page: &format!("https://{}", Host { name, port }),
        };
        self.guide.sheet(&reader, self.knows(address))
    }
}

/// The path of the sheet.
const SHEET: &str = "/portal";

/// Leads elsewhere, not to be remembered.
fn lead(status: StatusCode, target: &str) -> Reply {
    let mut reply = reply::text(status, format!("{}: go to {target}", status.as_u16()));
    if let Ok(target) = HeaderValue::from_str(target) {
        reply.headers_mut().insert(header::LOCATION, target);
    }
    reply
}
