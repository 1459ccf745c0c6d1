// rr, round robin: the next available destination after the last one chosen, in list order (newest
// first), wrapping once. Weights matter as zero or not.
#include <algorithm>

#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class RoundRobin final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    const std::size_t start = last_ == nullptr ? 0 : place_ + 1;
    for (std::size_t place = start; place < start + all.size(); ++place) {
      Destination* candidate = all[place % all.size()];
      if (!candidate->available()) continue;
      last_ = candidate;
      place_ = place % all.size();
      return candidate;
    }
    return nullptr;
  }

  void on_added(const DestinationList&, const Destination&) override { ++place_; }

  // When the last choice is deleted its predecessor takes its part, so the next pick is the one
  // that followed it; before the first there is none: the walk starts at the head.
  void on_removed(const DestinationList& all, const Destination& removed) override {
    if (last_ == nullptr) return;
    if (last_ == &removed) {
      last_ = place_ == 0 ? nullptr : all[--place_];
      return;
    }
    const auto found = std::find(all.begin(), all.end(), last_);
    place_ = static_cast<std::size_t>(found - all.begin());
  }

 private:
  const Destination* last_ = nullptr;  ///< null: before the head
  std::size_t place_ = 0;              ///< of `last_` in the list
};

}  // namespace

std::unique_ptr<Scheduler> make_rr(const SchedulerSetup&) { return std::make_unique<RoundRobin>(); }

}  // namespace lvslab::lvs
