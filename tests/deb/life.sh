#!/bin/sh
# What the package goes through, inside the container. Stops at the first thing that is not as it should.
set -eu
export DEBIAN_FRONTEND=noninteractive
cd /deb
failed() {
  [ $? = 0 ] || { journalctl --no-pager -n 60 -u 'madang.*'; echo "FAILED: $now"; }
}
trap failed EXIT
step() {
  now=$1
  echo "-- $(cut -d ' ' -f 1 /proc/uptime) $now"
}
# soon COMMAND…: waits until it succeeds.
soon() {
  for _ in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "never: $*"
  return 1
}
not() {
  if "$@"; then
    echo "it is so: $*"
    return 1
  fi
}
show() { systemctl show --value -p "$1" madang.service; }
page() { curl -sf --max-time 20 --cacert ca.pem "https://localhost$1"; }
is() { [ "$1" = "$2" ] || { echo "it is $1 and not $2"; return 1; }; }

# ask EVENT JSON: as a client on long-polling, answered by the gateway; all that it says meanwhile.
ask() {
  poll="/socket.io/?EIO=4&transport=polling"
  sid=$(page "$poll" | sed 's/^0//' | jq -er .sid) || return 1
  post() { curl -sf --max-time 20 --cacert ca.pem -d "$1" "https://localhost$poll&sid=$sid" >/dev/null; }
  post '40{"name":"tester"}' && post "420[\"$1\",$2]" || return 1
  heard=
  for _ in 1 2 3 4 5; do
    heard=$heard$(page "$poll&sid=$sid") || return 1
    case $heard in *'430['*) echo "$heard" && return ;; esac
  done
  return 1
}
kept() { ask join '{"room":"live","since":0}' | grep -q 'before the upgrade'; }

# Somebody who comes anew again and again, and is never to be refused.
knock() {
  while [ ! -e enough ]; do
    page /version >/dev/null || echo "refused"
    echo "let in"
  done >knocks
}
begin_knocking() { rm -f enough; knock & knocker=$!; }
end_knocking() {
  touch enough
  wait "$knocker"
  not grep -q refused knocks
  echo "   $(grep -c 'let in' knocks) came meanwhile, and none was refused"
}

step "installed: it runs and has its ports"
dpkg -i old.deb
is "$(show ActiveState)" active
curl -sf --max-time 20 http://localhost/ca.pem >ca.pem
page / | grep -qi '<!doctype html>'
is "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' http://localhost/)" '308 https://localhost/'
systemctl is-enabled madang.service madang.socket
test -s /etc/avahi/services/madang.service
test -s /usr/share/doc/madang/copyright
test -s /usr/share/man/man1/madang.1.gz

step "it is nobody, may do nothing, and writes in its own folder only"
process=/proc/$(show MainPID)/status
grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' "$process"
[ "$(sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' "$process")" -ge 61184 ]
grep -q '^CapEff:[^1-9a-f]*$' "$process"
grep -q '^NoNewPrivs:.*1' "$process"
grep -q '^Seccomp:.*2' "$process"
is "$(stat -c %a /var/lib/private/madang)" 700
is "$(readlink -f /var/lib/madang)" /var/lib/private/madang
not grep -q madang /etc/passwd
systemd-analyze verify --man=no madang.service madang.socket
systemd-analyze security --no-pager --offline=true --threshold=12 \
  /usr/lib/systemd/system/madang.service >exposure
tail -n 1 exposure
is "$(show MemoryMax) $(show TasksMax) $(show LimitNOFILE)" '268435456 192 16384'
journalctl --no-pager -o cat -u madang.service >journal
not grep -E 'WARN|ERROR|ignoring' journal

step "it gives signs of life"
is "$(show WatchdogUSec)" 1min
first=$(show WatchdogTimestampMonotonic)
another_sign() { [ "$(show WatchdogTimestampMonotonic)" != "$first" ]; }
soon another_sign
show StatusText

step "somebody says something, and settings change under people"
ask message '{"room":"live","id":"0123456789abcdef","text":"before the upgrade"}' | grep -q seq
pid=$(show MainPID)
sed -i 's/^#title = .*/title = "harbour"/' /etc/madang/madang.toml
systemctl reload madang.service
renewed() { ask rooms '{}' | grep -q '"title":"harbour"'; }
soon renewed
is "$(show MainPID)" "$pid"

step "started anew three times, it refuses nobody"
begin_knocking
for _ in 1 2 3; do systemctl restart madang.service; done
end_knocking
kept

step "stopped, it comes back when somebody knocks"
systemctl stop madang.service
kept

step "killed, it comes back by itself"
pid=$(show MainPID)
kill -KILL "$pid"
is_another() { [ "$(show ActiveState)" = active ] && [ "$(show MainPID)" != "$pid" ]; }
soon is_another
kept

step "hung, it is ended and comes back by itself"
hurry=/run/systemd/system/madang.service.d/hurry.conf
mkdir -p "${hurry%/*}"
printf '[Service]\nWatchdogSec=3s\n' >"$hurry"
systemctl daemon-reload
systemctl restart madang.service
pid=$(show MainPID)
kill -STOP "$pid"
soon is_another
journalctl --no-pager -o cat -u madang.service | grep -q 'Watchdog timeout'
rm "$hurry"
systemctl daemon-reload
systemctl restart madang.service
kept

step "upgraded, it keeps what was said and what was set, and refuses nobody"
begin_knocking
dpkg -i new.deb
end_knocking
kept
renewed
not is "$(dpkg-query -W -f '${Version}' madang)" 0.0.1 >/dev/null

step "removed, it leaves the history and the settings"
dpkg -r madang
not systemctl is-active -q madang.service madang.socket
not curl -s --max-time 5 http://localhost/ >/dev/null
test -d /var/lib/private/madang
grep -q harbour /etc/madang/madang.toml

step "installed again, it knows everything"
dpkg -i new.deb
kept
renewed

step "purged, it leaves nothing"
dpkg -P madang
for rest in /var/lib/madang /var/lib/private/madang /etc/madang /etc/avahi/services/madang.service \
  /etc/systemd/system/sockets.target.wants/madang.socket /usr/bin/madang; do
  if [ -e "$rest" ] || [ -L "$rest" ]; then echo "$rest is left"; exit 1; fi
done
echo "a whole life"
