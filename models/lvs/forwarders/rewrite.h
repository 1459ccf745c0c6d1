// Changing the addresses and ports of a packet, and of the packet that an ICMP error quotes.
#pragma once

#include "wire/datagram.h"

namespace lvslab::lvs {

/// Both mend the TCP or UDP checksum incrementally (a wrong one stays wrong); a UDP checksum of 0
/// is computed in full. False when the transport header is cut short: nothing was changed.
bool rewrite_source(wire::Datagram& datagram, const wire::Endpoint& to);
bool rewrite_destination(wire::Datagram& datagram, const wire::Endpoint& to);

/// The packet quoted in an ICMP error; its transport checksum stays as it is, the message's
/// checksum is computed anew. The quoted header and 8 bytes behind it must be there.
void rewrite_quoted_source(wire::Datagram& error, const wire::Endpoint& to);
void rewrite_quoted_destination(wire::Datagram& error, const wire::Endpoint& to);
bool icmp_error_checksum_ok(const wire::Datagram& error);

}  // namespace lvslab::lvs
