// ovf, weighted overflow: the highest weight among servers with active <= weight, so each takes
// weight+1 active connections before the next one is used.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

bool up_to_weight(const Destination& d) {
  return std::int64_t{d.active} <= std::int64_t{d.options.weight};
}

}  // namespace

std::unique_ptr<Scheduler> make_ovf(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByWeight<up_to_weight>>>();
}

}  // namespace lvslab::lvs
