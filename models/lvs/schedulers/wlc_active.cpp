// wlc-active, the textbook's weighted least connection: the least active / weight, compared
// crosswise without a division, the first of the list on a tie. Without the kernel's term for
// inactive connections a server that has just closed its last connection is as good as an idle one.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

std::int64_t active(const Destination& d) { return d.active; }

}  // namespace

std::unique_ptr<Scheduler> make_wlc_active(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByLoad<active>>>();
}

}  // namespace lvslab::lvs
