// wlc, weighted least connection: the least overhead for its weight. With everything idle the head
// of the list wins whatever the weights.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

std::unique_ptr<Scheduler> make_wlc(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByLoad<overhead>>>();
}

}  // namespace lvslab::lvs
