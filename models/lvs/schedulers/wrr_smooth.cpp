// wrr-smooth, smooth weighted round robin: every server has a credit. A pick adds to each available
// server's credit its weight, takes the largest credit (the first of the list on a tie) and takes
// the sum of the weights added from the winner. So the credits sum to 0 after every pick, and of
// `sum` picks from rest each server gets exactly `weight`, spread as evenly as may be: weights
// 5 1 1 give a a b a c a a, where the kernel's wrr gives a a a a a b c. A server that is not
// available neither earns nor loses. Any change of the list or of a weight starts all from 0.
//
// The list is walked: every pick changes every server's credit, each by its own weight, so which of
// two is ahead changes without anything happening to either, and a tree over them would not hold
// from one pick to the next.
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class SmoothRoundRobin final : public Scheduler {
 public:
  explicit SmoothRoundRobin(const DestinationList& all) { rest(all); }

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    std::int64_t sum = 0;
    std::size_t best = all.size();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i]->available()) continue;
      sum += all[i]->options.weight;
      credits_[i] += all[i]->options.weight;
      if (best == all.size() || credits_[i] > credits_[best]) best = i;
    }
    if (best == all.size()) return nullptr;
    credits_[best] -= sum;
    return all[best];
  }

  void on_added(const DestinationList& all, const Destination&) override { rest(all); }
  void on_edited(const DestinationList& all, const Destination&) override { rest(all); }
  void on_removed(const DestinationList& all, const Destination&) override { rest(all); }

 private:
  void rest(const DestinationList& all) { credits_.assign(all.size(), 0); }

  std::vector<std::int64_t> credits_;  ///< by place in the list
};

}  // namespace

std::unique_ptr<Scheduler> make_wrr_smooth(const SchedulerSetup& setup) {
  return std::make_unique<SmoothRoundRobin>(setup.all);
}

}  // namespace lvslab::lvs
