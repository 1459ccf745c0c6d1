// lc-active, the textbook's least connection: the server with the fewest active connections, the
// first of the list on a tie. The kernel's lc counts every connection once more, inactive ones
// included, so that there 256 closed connections weigh as much as an open one; here closed ones
// weigh nothing. UDP connections are never active, so for UDP the head of the list takes all.
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class LeastActive final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    Destination* best = nullptr;
    for (Destination* candidate : all) {
      if (!candidate->available()) continue;
      if (best == nullptr || candidate->active < best->active) best = candidate;
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_lc_active(const SchedulerSetup&) {
  return std::make_unique<LeastActive>();
}

}  // namespace lvslab::lvs
