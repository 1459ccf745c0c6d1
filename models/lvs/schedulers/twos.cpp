// twos, power of two choices: two servers are drawn by weight and the less loaded one is taken.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

class TwoChoices final : public TreeScheduler<WeightSums> {
 public:
  explicit TwoChoices(Random random) : random_(random) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    const std::uint64_t sum = tree_.total(all);
    if (sum == 0) return nullptr;
    // Both numbers lie in 0 ... sum inclusive, so the first server answers to one value more.
    const std::uint64_t first = random_.below(sum + 1);
    const std::uint64_t second = random_.below(sum + 1);
    Destination* one = at_weight(all, first);
    Destination* two = at_weight(all, second);
    return more_loaded(*one, overhead(*one), *two, overhead(*two)) ? two : one;
  }

 private:
  Destination* at_weight(const DestinationList& all, std::uint64_t number) {
    return tree_.drawn(all, number == 0 ? 0 : number - 1);
  }

  Random random_;
};

}  // namespace

std::unique_ptr<Scheduler> make_twos(const SchedulerSetup& setup) {
  return std::make_unique<TwoChoices>(setup.random);
}

}  // namespace lvslab::lvs
