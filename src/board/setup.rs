//! Makes the plan true, once a boot and before the network. Whatever fails is said and passed over:
//! half a box is better than none.

use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use super::outlook::{Outlook, SAME_NAME};
use super::place::Place;
use super::plan::{Network, Plan};
use super::{authority, files, login, neighbours, notice, refusal, report};
use crate::folder::{Access, Folder};

/// Writes everything. What could not be done is returned, a sentence each.
pub fn run(place: &Place) -> Vec<String> {
    let mut failures = Vec::new();
    let mut attempt = |what: &str, done: io::Result<()>| {
        if let Err(error) = done {
            failures.push(format!("{what}: {error}"));
        }
    };
    // Before anything is told, for this is to be told as well; and the gateway waits for us.
    attempt("the authority", authority::look_after(place));
    let outlook = Outlook::of(place);
    match open_to_all(&place.run()) {
        Ok(folder) => run_files(&folder, &outlook, &mut attempt),
        Err(error) => attempt("the folder of this boot", Err(error)),
    }
    attempt(
        "the network of the radio",
        network_file(place, &outlook.plan),
    );
    attempt("the host name", name_host(place, &outlook.plan));
    attempt("the time zone", set_zone(place, &outlook.plan.time_zone));
    if !outlook.plan.ssh_keys.is_empty() {
        attempt("the keys of SSH", login::host_keys(&place.data()));
    }
    attempt("the report", report::write(place, &outlook));
    failures
}

/// Takes up what `iw dev wlan0 scan` has seen, before our own Wi-Fi is opened: as a mark, which a later
/// look finds, and as a notice.
pub fn heard(place: &Place, scan: &str) -> io::Result<()> {
    let outlook = Outlook::of(place);
    let Network::Own(own) = &outlook.plan.network else {
        return Ok(());
    };
    if !neighbours::have(scan, &own.name) {
        return Ok(());
    }
    let folder = Folder::open(&place.run()).map_err(io::Error::other)?;
    folder.write(SAME_NAME, b"", Access::Everybody)?;
    write_notices(&folder, &Outlook::of(place))
}

/// Takes up that the Wi-Fi has ended by itself, so many seconds after it was to be opened. Where that is
/// again and again at once it is to be opened with what every radio can have.
pub fn wifi_ended(place: &Place, seconds: u32) -> io::Result<()> {
    if !refusal::ended(place, seconds)? {
        return Ok(());
    }
    let outlook = Outlook::of(place);
    let folder = Folder::open(&place.run()).map_err(io::Error::other)?;
    for file in files::of(&outlook.plan) {
        if let (files::HOSTAPD, Some(content)) = (file.name, file.content) {
            folder.write(file.name, content.as_bytes(), file.access)?;
        }
    }
    write_notices(&folder, &outlook)
}

/// Takes up how many phones the radio has.
pub fn phones(place: &Place, phones: u32) -> io::Result<()> {
    let folder = Folder::open(&place.run()).map_err(io::Error::other)?;
    let radio = folder.read(RADIO)?.unwrap_or_default();
    let mut radio: serde_json::Value =
        serde_json::from_slice(&radio).unwrap_or_else(|_| serde_json::json!({}));
    radio["phones"] = phones.into();
    folder.write(RADIO, radio.to_string().as_bytes(), Access::Everybody)
}

/// The files for the other programs. One that fails is no reason to go without the others: without
/// the firewall's, say.
fn run_files(folder: &Folder, outlook: &Outlook, attempt: &mut impl FnMut(&str, io::Result<()>)) {
    for file in files::of(&outlook.plan) {
        let done = match file.content {
            Some(content) => folder.write(file.name, content.as_bytes(), file.access),
            None => folder.remove(file.name),
        };
        attempt(file.name, done);
    }
    attempt(NOTICES, write_notices(folder, outlook));
    // dnsmasq, which has given up its privileges by the first phone, keeps the leases in it.
    let leases = folder.join("leases");
    let new = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o644)
        .open(leases);
    attempt("leases", new.map(drop));
}

fn write_notices(folder: &Folder, outlook: &Outlook) -> io::Result<()> {
    let notices = notice::file(&outlook.problems);
    folder.write(NOTICES, notices.as_bytes(), Access::Everybody)
}

fn network_file(place: &Place, plan: &Plan) -> io::Result<()> {
    let folder = open_to_all(&place.at("/run/systemd/network"))?;
    let content = files::network::wifi(plan);
    folder.write(
        "10-madang-wifi.network",
        content.as_bytes(),
        Access::Everybody,
    )
}

/// The name in `/etc` is for those who ask later, the kernel's for those who run.
fn name_host(place: &Place, plan: &Plan) -> io::Result<()> {
    fs::write(place.at("/etc/hostname"), format!("{}\n", plan.host_name))?;
    if place.is_this_machine() {
        rustix::system::sethostname(plan.host_name.as_bytes())?;
    }
    Ok(())
}

fn set_zone(place: &Place, zone: &str) -> io::Result<()> {
    let (link, aside) = (place.at("/etc/localtime"), place.at("/etc/localtime.new"));
    let _ = fs::remove_file(&aside);
    symlink(format!("/usr/share/zoneinfo/{zone}"), &aside)?;
    fs::rename(aside, link)
}

/// A folder that everybody may look into, whatever the umask is.
fn open_to_all(path: &Path) -> io::Result<Folder> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))?;
    Folder::open(path).map_err(io::Error::other)
}

const NOTICES: &str = "notices.json";

pub(super) const RADIO: &str = "radio.json";
