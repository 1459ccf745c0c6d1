// Every match the packet filter knows. One line each, by name.
#include <algorithm>
#include <array>

#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

constexpr auto kMatches = std::to_array<MatchEntry>({
    {"comment", 0, make_comment_match},
    {"conntrack", 0, make_conntrack_match},
    {"icmp", 1, make_icmp_match},
    {"limit", 0, make_limit_match},
    {"mark", 0, make_mark_match},
    {"multiport", 0, make_multiport_match},
    {"state", 0, make_state_match},
    {"tcp", 6, make_tcp_match},
    {"udp", 17, make_udp_match},
});

// What iptables 1.8.9 ships besides.
constexpr auto kUnmodelled = std::to_array<std::string_view>(
    {"addrtype",  "bpf",      "cgroup",  "cluster",  "connbytes", "connlabel", "connlimit",
     "connmark",  "cpu",      "dccp",    "devgroup", "dscp",      "ecn",       "esp",
     "hashlimit", "helper",   "iprange", "ipvs",     "length",    "mac",       "nfacct",
     "osf",       "owner",    "physdev", "pkttype",  "policy",    "quota",     "realm",
     "recent",    "rpfilter", "sctp",    "set",      "socket",    "statistic", "string",
     "tcpmss",    "time",     "tos",     "ttl",      "u32",       "ah"});

}  // namespace

const MatchEntry* find_match(std::string_view name) {
  for (const MatchEntry& entry : kMatches) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool is_unmodelled_match(std::string_view name) {
  return std::find(kUnmodelled.begin(), kUnmodelled.end(), name) != kUnmodelled.end();
}

}  // namespace lvslab::net::netfilter
