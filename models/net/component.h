// What sits on a host beside its own stack (sockets, apps, the administrator's shell) and has
// deadlines of its own. The host wakes a component when one is due.
#pragma once

#include "base/turn.h"

namespace lvslab::net {

class Component {
 public:
  virtual ~Component() = default;
  virtual void wake(Turn& turn) = 0;
  /// A hint: a wake is near; this object is at hand, fetch what it points to (Node::fetch_ahead).
  virtual void fetch_ahead() const {}
  Instant next_wake() const { return next_wake_; }

 protected:
  Instant next_wake_ = Instant::never();
};

}  // namespace lvslab::net
