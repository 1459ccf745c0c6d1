// fo, weighted failover: the highest weight, the first of the list on a tie.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

bool always(const Destination&) { return true; }

}  // namespace

std::unique_ptr<Scheduler> make_fo(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByWeight<always>>>();
}

}  // namespace lvslab::lvs
