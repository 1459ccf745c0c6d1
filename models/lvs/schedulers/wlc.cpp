// wlc, weighted least connection: the least overhead for its weight. With everything idle the head
// of the list wins whatever the weights.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class WeightedLeastConnection final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    return least_loaded(all, overhead);
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_wlc(const SchedulerSetup&) {
  return std::make_unique<WeightedLeastConnection>();
}

}  // namespace lvslab::lvs
