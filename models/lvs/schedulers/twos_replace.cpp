// twos-replace, two choices with replacement: two servers are drawn independently, each with the
// chance weight / sum, and the one with less overhead for its weight is taken (the first drawn on a
// tie). The same server may be drawn twice. Both numbers lie in 0 ... sum-1, so a server answers to
// exactly `weight` values; the kernel's twos draws from one value more, which falls to the first
// server of the list.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

class TwoChoicesWithReplacement final : public TreeScheduler<WeightSums> {
 public:
  explicit TwoChoicesWithReplacement(Random random) : random_(random) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    const std::uint64_t sum = tree_.total(all);
    if (sum == 0) return nullptr;
    Destination* one = tree_.drawn(all, random_.below(sum));
    Destination* two = tree_.drawn(all, random_.below(sum));
    return more_loaded(*one, overhead(*one), *two, overhead(*two)) ? two : one;
  }

 private:
  Random random_;
};

}  // namespace

std::unique_ptr<Scheduler> make_twos_replace(const SchedulerSetup& setup) {
  return std::make_unique<TwoChoicesWithReplacement>(setup.random);
}

}  // namespace lvslab::lvs
