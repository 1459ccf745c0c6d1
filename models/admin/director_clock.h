// The director as a component of its host: the host wakes it when a connection expires. A packet
// may move its next wake, so its hooks are called through thin ones that look afterwards. Internal
// to Machine.
#pragma once

#include <memory>
#include <vector>

#include "admin/machine.h"

namespace lvslab::admin {

class Machine::DirectorClock final : public net::Component {
 public:
  explicit DirectorClock(net::Host& host) : host_(host) {}

  void attach(lvs::Director& director) {
    director_ = &director;
    for (const lvs::Director::Registration& registration : director.registrations()) {
      Watched* hook = nullptr;
      for (const auto& known : hooks_) {
        if (known->inner == registration.object) hook = known.get();
      }
      if (hook == nullptr) {
        hooks_.push_back(std::make_unique<Watched>(*this, registration.object));
        hook = hooks_.back().get();
      }
      host_.add_hook(registration.where, registration.priority, hook);
    }
    refresh();
  }

  void detach() {
    for (const auto& hook : hooks_) host_.remove_hook(hook.get());
    hooks_.clear();
    director_ = nullptr;
    next_wake_ = Instant::never();
  }

  void wake(Turn& turn) override {
    if (director_ == nullptr) return;
    director_->wake(turn);
    refresh();
  }

  /// After anything that may have moved the director's next wake.
  void refresh() {
    if (director_ == nullptr) return;
    const Instant next = director_->next_wake();
    if (next == next_wake_) return;
    next_wake_ = next;
    host_.component_changed(*this);
  }

 private:
  struct Watched final : hook::PacketHook {
    Watched(DirectorClock& c, hook::PacketHook* i) : clock(c), inner(i) {}
    hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                          const hook::RouteLookup& routes) override {
      const hook::Verdict verdict = inner->inspect(turn, datagram, info, routes);
      clock.refresh();
      return verdict;
    }
    DirectorClock& clock;
    hook::PacketHook* inner;
  };

  net::Host& host_;
  lvs::Director* director_ = nullptr;
  std::vector<std::unique_ptr<Watched>> hooks_;
};

}  // namespace lvslab::admin
