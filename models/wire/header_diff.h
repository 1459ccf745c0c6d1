// What changed between a frame as it came in and as it went out, field by field in Wireshark's
// names. Derived from the bytes alone, so a forwarding mode written tomorrow is shown for free.
#pragma once

#include <string>
#include <vector>

#include "wire/dissect.h"

namespace lvslab::wire {

struct Change {
  enum class Kind : std::uint8_t { kField, kPushed, kPopped } kind = Kind::kField;
  std::string field;  ///< "eth.src", "ip.ttl"; of a repeated layer with an index from outside:
                      ///< "ip[0].src"; push/pop: the layer
  std::string from;   ///< field text before (empty for a push)
  std::string to;     ///< field text after (empty for a pop)
  Layer layer;        ///< pushed or popped layer
};

/// Layers are matched from the innermost outwards: an extra outer layer is a push, a missing one a
/// pop. Indexes count in `after` when the layer is repeated there, otherwise in `before`. Fields
/// that repeat another one (ip.flags beside its bits, tcp.flags.* beside tcp.flags, seq_raw) are
/// not compared.
std::vector<Change> header_diff(const std::vector<Layer>& before, const std::vector<Layer>& after);

}  // namespace lvslab::wire
