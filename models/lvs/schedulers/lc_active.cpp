// lc-active, the textbook's least connection: the server with the fewest active connections, the
// first of the list on a tie. The kernel's lc counts every connection once more, inactive ones
// included, so that there 256 closed connections weigh as much as an open one; here closed ones
// weigh nothing. UDP connections are never active, so for UDP the head of the list takes all.
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

struct LeastActive {
  static bool takes(const Destination& d) { return d.available(); }
  static bool better(const Destination& a, const Destination& b) { return a.active < b.active; }
};

}  // namespace

std::unique_ptr<Scheduler> make_lc_active(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<LeastActive>>();
}

}  // namespace lvslab::lvs
