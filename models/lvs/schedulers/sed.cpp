// sed, shortest expected delay: the least (active + 1) for its weight; inactive connections do not
// count.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

std::unique_ptr<Scheduler> make_sed(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByLoad<active_and_one>>>();
}

}  // namespace lvslab::lvs
