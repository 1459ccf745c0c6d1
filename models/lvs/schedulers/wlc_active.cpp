// wlc-active, the textbook's weighted least connection: the least active / weight, compared
// crosswise without a division, the first of the list on a tie. Without the kernel's term for
// inactive connections a server that has just closed its last connection is as good as an idle one.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class WeightedLeastActive final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    return least_loaded(all, [](const Destination& d) { return std::int64_t{d.active}; });
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_wlc_active(const SchedulerSetup&) {
  return std::make_unique<WeightedLeastActive>();
}

}  // namespace lvslab::lvs
