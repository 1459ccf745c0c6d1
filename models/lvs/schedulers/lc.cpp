// lc, least connection: the least overhead, the first of the list on a tie; weights only as zero or
// not.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class LeastConnection final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    Destination* best = nullptr;
    for (Destination* candidate : all) {
      if (!candidate->available()) continue;
      if (best == nullptr || overhead(*candidate) < overhead(*best)) best = candidate;
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_lc(const SchedulerSetup&) {
  return std::make_unique<LeastConnection>();
}

}  // namespace lvslab::lvs
