// twos-distinct, two different choices: one server is drawn by weight, the second by weight from
// the others, and the one with less overhead for its weight is taken (the first drawn on a tie).
// Both numbers are below the sum they are drawn from, so nobody is favoured for standing first.
// With two servers this is the least loaded of both; with one it is that one.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

class TwoDistinctChoices final : public TreeScheduler<WeightSums> {
 public:
  explicit TwoDistinctChoices(Random random) : random_(random) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    const std::uint64_t sum = tree_.total(all);
    if (sum == 0) return nullptr;
    Destination* one = tree_.drawn(all, random_.below(sum));
    const std::uint64_t rest = sum - static_cast<std::uint64_t>(one->options.weight);
    if (rest == 0) return one;
    Destination* two = tree_.drawn(all, random_.below(rest), one);
    return more_loaded(*one, overhead(*one), *two, overhead(*two)) ? two : one;
  }

 private:
  Random random_;
};

}  // namespace

std::unique_ptr<Scheduler> make_twos_distinct(const SchedulerSetup& setup) {
  return std::make_unique<TwoDistinctChoices>(setup.random);
}

}  // namespace lvslab::lvs
