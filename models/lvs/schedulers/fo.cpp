// fo, weighted failover: the highest weight, the first of the list on a tie.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class Failover final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    return highest_weight(all, [](const Destination&) { return true; });
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_fo(const SchedulerSetup&) { return std::make_unique<Failover>(); }

}  // namespace lvslab::lvs
