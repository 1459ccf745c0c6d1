// twos, power of two choices: two servers are drawn by weight and the less loaded one is taken.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class TwoChoices final : public Scheduler {
 public:
  explicit TwoChoices(Random random) : random_(random) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    std::int64_t sum = 0;
    for (const Destination* d : all) {
      if (d->available()) sum += d->options.weight;
    }
    if (sum == 0) return nullptr;
    // Both numbers lie in 0 ... sum inclusive, so the first server answers to one value more.
    const auto values = static_cast<std::uint64_t>(sum) + 1;
    const auto first = static_cast<std::int64_t>(random_.below(values));
    const auto second = static_cast<std::int64_t>(random_.below(values));
    Destination* one = at_weight(all, first);
    Destination* two = at_weight(all, second);
    return more_loaded(*one, overhead(*one), *two, overhead(*two)) ? two : one;
  }

 private:
  static Destination* at_weight(const DestinationList& all, std::int64_t number) {
    for (Destination* d : all) {
      if (!d->available()) continue;
      number -= d->options.weight;
      if (number <= 0) return d;
    }
    return nullptr;
  }

  Random random_;
};

}  // namespace

std::unique_ptr<Scheduler> make_twos(const SchedulerSetup& setup) {
  return std::make_unique<TwoChoices>(setup.random);
}

}  // namespace lvslab::lvs
