// nq, never queue: the first idle server in list order, not the heaviest; when none is idle, as
// sed.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

using ByDelay = ByLoad<active_and_one>;

struct NeverQueue {
  static bool takes(const Destination& d) { return d.available(); }
  static bool better(const Destination& a, const Destination& b) {
    if (a.active == 0 || b.active == 0) return a.active == 0 && b.active != 0;
    return ByDelay::better(a, b);
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_nq(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<NeverQueue>>();
}

}  // namespace lvslab::lvs
