// random: every new connection draws a server, each with the chance weight / (sum of the weights of
// the available servers). One number r is drawn in 0 ... sum-1 and the servers take them in the
// order of the list, each as many of the values as its weight. Nothing is remembered and nobody's
// load is looked at, so after n connections a share p has a spread of sqrt(n p (1-p)): the
// yardstick that round robin and the least-connection family must beat.
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

class RandomChoice final : public TreeScheduler<WeightSums> {
 public:
  explicit RandomChoice(Random random) : random_(random) {}

  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    const std::uint64_t sum = tree_.total(all);
    return sum == 0 ? nullptr : tree_.drawn(all, random_.below(sum));
  }

 private:
  Random random_;
};

}  // namespace

std::unique_ptr<Scheduler> make_random(const SchedulerSetup& setup) {
  return std::make_unique<RandomChoice>(setup.random);
}

}  // namespace lvslab::lvs
