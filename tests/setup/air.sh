#!/bin/sh
# The box and a phone in network namespaces of their own, a cable in place of the air between them: the
# real nftables, dnsmasq and gateway go by the files that setup has written into ROOT. Prints what the
# phone meets. Runs as the first process of a PID namespace, whose end ends all.
# tests/setup/air.sh ROOT MADANG
set -eu
root=$1
madang=$2
phone=$(dirname "$0")/phone.py

mount -t tmpfs tmpfs /run
mkdir /run/netns
cp -r "$root/run/madang-board" /run/
ip netns add phone
ip link set lo up
ip link add wlan0 type veth peer name wlan1
ip link set wlan1 netns phone
ip address add 10.42.0.1/24 dev wlan0
ip link set wlan0 up
for link in lo wlan1; do
  ip -n phone link set "$link" up
done

nft --file /run/madang-board/nftables.conf
# With no more than its unit leaves it.
setpriv --no-new-privs \
  --bounding-set=-all,+chown,+net_admin,+net_bind_service,+net_raw,+setgid,+setuid \
  dnsmasq --keep-in-foreground --conf-file=/run/madang-board/dnsmasq.conf --pid-file= --log-facility=- 2> /dev/null &
set -a
# shellcheck source=/dev/null
. /run/madang-board/gateway.env
MADANG_DATA=/run/data "$madang" --listen 0.0.0.0:443 --listen-plain 0.0.0.0:80 serve > /dev/null 2>&1 &
set +a

# shellcheck disable=SC2154 # udhcpc sets them
cat > /run/lease << 'SCRIPT'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/24" dev "$interface"
ip route add default via "$router"
echo "lease router=$router dns=$dns option114=${opt114-none}"
SCRIPT
chmod +x /run/lease
# It calls itself by the name of the page.
ip netns exec phone busybox udhcpc -i wlan1 -n -q -t 30 -T 1 -O 114 -x hostname:madang -s /run/lease 2> /dev/null
echo "leases $(cut -d ' ' -f 3 /run/madang-board/leases)"
ip netns exec phone python3 "$phone"

echo fixed
ip -n phone address flush dev wlan1
ip -n phone address add 10.42.0.7/24 dev wlan1
ip -n phone route add default via 10.42.0.1
ip netns exec phone python3 "$phone"
