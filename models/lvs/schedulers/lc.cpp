// lc, least connection: the least overhead, the first of the list on a tie; weights only as zero or
// not.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

struct LeastConnection {
  static bool takes(const Destination& d) { return d.available(); }
  static bool better(const Destination& a, const Destination& b) {
    return overhead(a) < overhead(b);
  }
};

}  // namespace

std::unique_ptr<Scheduler> make_lc(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<LeastConnection>>();
}

}  // namespace lvslab::lvs
