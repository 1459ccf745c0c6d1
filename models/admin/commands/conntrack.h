// One entry of connection tracking as /proc/net/nf_conntrack and the conntrack command show it:
// protocol, seconds left, TCP state, the tuple of the first packet, and that of its replies.
#pragma once

#include <string>

#include "base/time.h"
#include "net/netfilter/conntrack.h"

namespace lvslab::admin {

/// Up to and including the mark. `extended`: the network protocol stands first.
std::string conntrack_line(const net::netfilter::ConntrackEntry& entry, Instant now, bool extended);

}  // namespace lvslab::admin
