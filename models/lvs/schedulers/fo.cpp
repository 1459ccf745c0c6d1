// fo, weighted failover: the highest weight, the first of the list on a tie.
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class Failover final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    Destination* best = nullptr;
    for (Destination* candidate : all) {
      if (!candidate->available()) continue;
      if (best == nullptr || candidate->options.weight > best->options.weight) best = candidate;
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_fo(const SchedulerSetup&) { return std::make_unique<Failover>(); }

}  // namespace lvslab::lvs
