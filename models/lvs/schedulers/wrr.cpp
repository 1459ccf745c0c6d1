// wrr, weighted round robin: sweeps of the list at a falling current weight; a sweep takes every
// server whose weight reaches it. Any change of the list restarts the sweep at the head but carries
// the current weight over, so the first sweep of a service built server by server runs at a low
// one.
#include <algorithm>
#include <numeric>

#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class WeightedRoundRobin final : public Scheduler {
 public:
  explicit WeightedRoundRobin(const DestinationList& all) {
    recompute(all);
    current_ = most_;
  }

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    if (most_ == 0) return nullptr;
    const std::size_t start = next_;  // 0: nothing was chosen in this sweep yet
    bool restarted = false;
    bool last_pass = false;
    while (true) {
      // On the last pass the search ends behind the place where it began.
      const bool bounded = last_pass && restarted && start != 0;
      for (; next_ < all.size(); ++next_) {
        Destination* candidate = all[next_];
        if (!candidate->overloaded && candidate->options.weight >= current_) {
          ++next_;
          return candidate;
        }
        if (bounded && next_ + 1 == start) {
          ++next_;
          return nullptr;
        }
      }
      next_ = 0;
      current_ -= step_;
      if (current_ <= 0) {
        current_ = most_;
        if (last_pass || start == 0) return nullptr;
        restarted = true;
      }
      last_pass = current_ <= step_;
    }
  }

  void on_added(const DestinationList& all, const Destination&) override { changed(all); }
  void on_edited(const DestinationList& all, const Destination&) override { changed(all); }
  void on_removed(const DestinationList& all, const Destination&) override { changed(all); }

 private:
  void recompute(const DestinationList& all) {
    std::int32_t divisor = 0;
    std::int32_t largest = 0;
    for (const Destination* d : all) {
      divisor = std::gcd(divisor, d->options.weight);
      largest = std::max(largest, d->options.weight);
    }
    step_ = divisor == 0 ? 1 : divisor;
    most_ = largest - (step_ - 1);
  }

  void changed(const DestinationList& all) {
    next_ = 0;
    recompute(all);
    if (current_ > most_ || current_ == 0) {
      current_ = most_;
    } else if (step_ > 1) {
      current_ = current_ / step_ * step_ + 1;
    }
  }

  std::size_t next_ = 0;  ///< place after the last choice
  std::int32_t current_ = 0;
  std::int32_t most_ = 0;  ///< where a sweep starts: the largest weight, less step - 1
  std::int32_t step_ = 1;  ///< greatest common divisor of the weights
};

}  // namespace

std::unique_ptr<Scheduler> make_wrr(const SchedulerSetup& setup) {
  return std::make_unique<WeightedRoundRobin>(setup.all);
}

}  // namespace lvslab::lvs
