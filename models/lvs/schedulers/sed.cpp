// sed, shortest expected delay: the least (active + 1) for its weight; inactive connections do not
// count.
#include "lvs/load.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

class ShortestExpectedDelay final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    return least_loaded(all, [](const Destination& d) { return std::int64_t{d.active} + 1; });
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_sed(const SchedulerSetup&) {
  return std::make_unique<ShortestExpectedDelay>();
}

}  // namespace lvslab::lvs
