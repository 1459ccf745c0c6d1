// A node: a box with ports. It is pulled: given a frame, or woken at a moment it asked for, inside
// a Turn in which it writes down what it wants done.
#pragma once

#include "base/turn.h"

namespace lvslab {

class Node {
 public:
  virtual ~Node() = default;

  /// A frame arrived at `port`. The node must pass it on, deliver or drop it within the turn, or
  /// keep it in a queue of its own.
  virtual void receive(Turn& turn, PortIndex port, Packet packet) = 0;
  /// now() >= next_wake(), or earlier than anything due: then nothing may happen.
  virtual void wake(Turn& turn) = 0;
  /// The cable at `port` came up or went down (carrier).
  virtual void carrier_changed(Turn& turn, PortIndex port, bool up) = 0;

  /// The interface at which frames of `port` are seen.
  virtual InterfaceIndex interface_at(PortIndex port) const { return port; }

  /// A hint and nothing more: a wake is near, and its memory may have left every cache since the
  /// last one. kPointees: the node's own object is at hand, fetch what it points to; kDeeper: what
  /// that points to. Must change nothing that can be seen.
  enum class Fetch : std::uint8_t { kPointees, kDeeper };
  virtual void fetch_ahead(Fetch what) const { (void)what; }

  /// When the node next wants a wake. May be early, never late. Read after every call.
  Instant next_wake() const { return next_wake_; }

 protected:
  void wake_at(Instant when) {
    if (when < next_wake_) next_wake_ = when;
  }
  Instant next_wake_ = Instant::never();
};

}  // namespace lvslab
