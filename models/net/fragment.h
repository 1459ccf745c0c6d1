// Fragmentation and reassembly (RFC 791, 815; Linux's limits): a datagram in pieces is put together
// by (source, destination, id, protocol); 30 s after the first piece it is given up; an exact
// duplicate is dropped, an overlap ends the whole datagram; at most 4 MiB wait.
#pragma once

#include <optional>
#include <vector>

#include "base/turn.h"
#include "net/sysctl.h"
#include "wire/datagram.h"

namespace lvslab::net {

/// Cuts `datagram` into fragments that fit `mtu` (payload rounded down to a multiple of 8), in
/// order. Each is a packet of its own whose parent is the datagram's id. The original ends here.
/// Empty: mtu too small for progress.
std::vector<Packet> fragment(Turn& turn, wire::Datagram&& datagram, std::uint32_t mtu);

class Fragments {
 public:
  /// Takes a fragment. The whole datagram when this was the last missing piece; nothing when it
  /// waits or was dropped.
  std::optional<wire::Datagram> add(Turn& turn, wire::Datagram&& piece, InterfaceIndex device,
                                    const GlobalConf& conf);
  /// Gives up what is overdue; the first fragments of those (for ICMP 11/1) are handed to
  /// `expired`, the rest dropped.
  struct Expired {
    wire::Datagram first;
    InterfaceIndex device;
  };
  std::vector<Expired> expire(Turn& turn);
  Instant next_wake() const;
  /// A datagram that came in pieces goes on in pieces no larger: the least of `mtu` and its largest
  /// piece. Known of the datagram completed last, by its packet's id.
  std::uint32_t mtu_for(std::uint64_t packet, std::uint32_t mtu) const {
    return packet == last_whole_ && last_largest_ < mtu ? last_largest_ : mtu;
  }
  /// Power off: all pieces end.
  void clear(Turn& turn);

 private:
  struct Piece {
    std::uint32_t begin, end;
    Packet packet;  ///< with its IP header
  };
  struct Assembly {
    wire::Ipv4 source, destination;
    std::uint16_t id;
    std::uint8_t protocol;
    InterfaceIndex device;
    Instant deadline;
    std::uint32_t total = 0;    ///< payload length once the last piece is known
    std::vector<Piece> pieces;  ///< by begin
  };
  static constexpr std::size_t kMostPieces = 8192;
  void drop_all(Turn& turn, Assembly& assembly, DropReason reason);
  std::optional<wire::Datagram> assemble(Turn& turn, Assembly& assembly);
  std::vector<Assembly> waiting_;
  std::uint64_t memory_ = 0;
  std::uint64_t last_whole_ = 0;  ///< packet id
  std::uint32_t last_largest_ = 0;
};

}  // namespace lvslab::net
