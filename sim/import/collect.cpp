#include "import/import.h"

namespace lvslab::importer {

// Each line stands alone: a program that is missing or fails leaves no file and the next one runs.
std::string collect_script() {
  return R"(#!/bin/sh
# Collects what `lvslab import` reads, on one live host: run it as root on each, with the same folder
# name, and copy the folders into one. It changes nothing on the host. Look through the files before
# you pass them on: they have addresses, rules and what listens where.
#
#   sh collect.sh FOLDER     writes FOLDER/HOSTNAME/
out=${1:?usage: sh collect.sh FOLDER}/$(hostname 2>/dev/null || uname -n)
mkdir -p "$out" || exit 1
take() {  # take FILE COMMAND ...
  file=$1
  shift
  command -v "$1" >/dev/null 2>&1 || { echo "collect: no $1: $file is left out" >&2; return 0; }
  "$@" >"$out/$file" 2>/dev/null && return 0
  echo "collect: $* failed: $file is left out" >&2
  rm -f "$out/$file"
}
rm -f "$out"/*.json "$out"/*.txt "$out/keepalived.conf"  # of an earlier time
# Without -4: it would leave out interfaces that have no address but carry VLANs.
take addr.json ip -j -d addr
take route.json ip -4 -j route show table all
take rule.json ip -4 -j rule
take neigh.json ip -4 -j neigh
take sysctl.all sysctl -a
[ -f "$out/sysctl.all" ] && grep '^net\.ipv4\.' "$out/sysctl.all" >"$out/sysctl.txt"
rm -f "$out/sysctl.all"
take modules.txt lsmod
take listen.txt ss -ltnuH
# These load kernel modules when they are not loaded yet: only asked where they are.
if [ -e /proc/net/ip_vs ]; then
  take ipvsadm.txt ipvsadm-save -n
  take ipvsadm-timeout.txt ipvsadm -L --timeout
fi
[ -s /proc/net/ip_tables_names ] && take iptables.txt iptables-save
[ -s /proc/net/arp_tables_names ] && take arptables.txt arptables-save
# nftables keeps no such list: its own program says what it has.
if [ ! -s "$out/iptables.txt" ] && command -v iptables-nft-save >/dev/null 2>&1; then
  take iptables.txt iptables-nft-save
fi
if [ ! -s "$out/arptables.txt" ] && command -v arptables-nft-save >/dev/null 2>&1; then
  take arptables.txt arptables-nft-save
fi
[ -r /etc/keepalived/keepalived.conf ] &&
  sed 's/\(auth_pass[[:space:]]*\)[^[:space:]}]*/\1removed/' /etc/keepalived/keepalived.conf >"$out/keepalived.conf"
echo "collect: wrote $out" >&2
exit 0
)";
}

}  // namespace lvslab::importer
