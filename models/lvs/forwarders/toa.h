// What a FULLNAT director does to TCP segments besides addresses and ports. A real server sees
// connections of many clients from one local address, so each gets an initial sequence number of
// the director's (and no timestamps); the client's own address and port travel in a TCP option
// (TOA, kind 254) in front of all others, in the SYN and in every segment that acknowledges no more
// than the server's SYN. Source: the behaviour of alibaba/LVS.
#pragma once

#include "lvs/local_pool.h"
#include "wire/datagram.h"

namespace lvslab::lvs {

inline constexpr std::uint32_t kToaLength = 8;

/// A client's segment, with a whole TCP header: numbers as the real server knows them, timestamps
/// of a SYN made NOPs, TOA inserted where it belongs and fits (the header's 60 bytes, `mtu`; 0: no
/// limit). The checksum is mended: a wrong one stays wrong. True: TOA was inserted.
bool shift_request(wire::Datagram& datagram, LocalEnd& end, const wire::Endpoint& client,
                   std::uint32_t mtu);

/// A real server's segment: acknowledgement and SACK blocks as the client knows them; the MSS of a
/// SYN leaves room for TOA.
void shift_reply(wire::Datagram& datagram, LocalEnd& end);

}  // namespace lvslab::lvs
