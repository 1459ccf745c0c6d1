// What may listen at a host beside its own stack: ping, arping, duplicate address detection,
// tcpdump.
#pragma once

#include "base/turn.h"
#include "wire/arp.h"
#include "wire/datagram.h"

namespace lvslab::net {

/// Hears every ICMP message delivered locally (ping) or every ARP frame on an interface (arping,
/// duplicate detection), besides the host itself; and every frame of the tapped interfaces
/// (tcpdump).
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_icmp(Turn& turn, const wire::Datagram& datagram, InterfaceIndex device) {
    (void)turn, (void)datagram, (void)device;
  }
  virtual void on_arp(Turn& turn, const wire::Arp& arp, bool unicast, InterfaceIndex device) {
    (void)turn, (void)arp, (void)unicast, (void)device;
  }
  /// As it stands on the wire, before the host looks at it (in) or when it leaves it (out); an IP
  /// datagram without a link header at tunnels. Frames of lo are shown coming in only.
  virtual void on_frame(Turn& turn, const Packet& frame, InterfaceIndex device,
                        Direction direction) {
    (void)turn, (void)frame, (void)device, (void)direction;
  }
};

}  // namespace lvslab::net
