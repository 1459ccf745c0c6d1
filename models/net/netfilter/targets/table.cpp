// Every target the packet filter knows. One line each, by name.
#include <algorithm>
#include <array>

#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {
namespace {

constexpr auto kTargets = std::to_array<TargetEntry>({
    {"CT", "CT", "raw", make_ct_target},
    {"DNAT", "DNAT", "nat", make_dnat_target},
    {"LOG", "LOG", "", make_log_target},
    {"MARK", "MARK", "", make_mark_target},
    {"MASQUERADE", "MASQUERADE", "nat", make_masquerade_target},
    {"NOTRACK", "NOTRACK", "raw", make_notrack_target},
    {"REDIRECT", "REDIRECT", "nat", make_redirect_target},
    {"REJECT", "REJECT", "filter", make_reject_target},
    {"SNAT", "SNAT", "nat", make_snat_target},
    {"TCPMSS", "TCPMSS", "", make_tcpmss_target},
});

// What iptables 1.8.9 ships besides.
constexpr auto kUnmodelled = std::to_array<std::string_view>(
    {"AUDIT", "CHECKSUM", "CLASSIFY",  "CLUSTERIP", "CONNMARK", "CONNSECMARK", "DSCP",
     "ECN",   "HMARK",    "IDLETIMER", "LED",       "NETMAP",   "NFLOG",       "NFQUEUE",
     "QUEUE", "RATEEST",  "SECMARK",   "SET",       "SYNPROXY", "TCPOPTSTRIP", "TEE",
     "TOS",   "TPROXY",   "TRACE",     "TTL",       "ULOG"});

}  // namespace

const TargetEntry* find_target(std::string_view name) {
  for (const TargetEntry& entry : kTargets) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool is_unmodelled_target(std::string_view name) {
  return std::find(kUnmodelled.begin(), kUnmodelled.end(), name) != kUnmodelled.end();
}

}  // namespace lvslab::net::netfilter
