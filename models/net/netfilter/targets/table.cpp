// Every target the packet filter knows. One line each, by name.
#include <algorithm>
#include <array>

#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {
namespace {

constexpr auto kTargets = std::to_array<TargetEntry>({
    {"CT", "CT", "raw", make_ct_target},
    {"LOG", "LOG", "", make_log_target},
    {"MARK", "MARK", "", make_mark_target},
    {"NOTRACK", "CT", "raw", make_notrack_target},
    {"REJECT", "REJECT", "filter", make_reject_target},
});

// What iptables 1.8.9 ships besides.
constexpr auto kUnmodelled = std::to_array<std::string_view>(
    {"AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP",   "CONNMARK", "CONNSECMARK", "DNAT",
     "DSCP",  "ECN",      "HMARK",    "IDLETIMER",   "LED",      "MASQUERADE",  "NETMAP",
     "NFLOG", "NFQUEUE",  "QUEUE",    "RATEEST",     "REDIRECT", "SECMARK",     "SET",
     "SNAT",  "SYNPROXY", "TCPMSS",   "TCPOPTSTRIP", "TEE",      "TOS",         "TPROXY",
     "TRACE", "TTL",      "ULOG"});

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
