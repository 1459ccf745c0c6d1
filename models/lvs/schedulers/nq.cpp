// nq, never queue: the first idle server in list order, not the heaviest; when none is idle, as
// sed.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class NeverQueue final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    for (Destination* candidate : all) {
      if (candidate->available() && candidate->active == 0) return candidate;
    }
    return least_loaded(all, [](const Destination& d) { return std::int64_t{d.active} + 1; });
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_nq(const SchedulerSetup&) { return std::make_unique<NeverQueue>(); }

}  // namespace lvslab::lvs
