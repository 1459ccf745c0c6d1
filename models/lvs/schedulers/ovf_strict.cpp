// ovf-strict, weighted overflow with the weight as the capacity: the highest weight among servers
// with active < weight, the first of the list on a tie. A server takes `weight` active connections
// before the next one is used; the kernel's ovf tests active <= weight and lets one more in.
#include "lvs/load.h"
#include "lvs/ranking.h"

namespace lvslab::lvs {

namespace {

bool below_weight(const Destination& d) {
  return std::int64_t{d.active} < std::int64_t{d.options.weight};
}

}  // namespace

std::unique_ptr<Scheduler> make_ovf_strict(const SchedulerSetup&) {
  return std::make_unique<RankingScheduler<ByWeight<below_weight>>>();
}

}  // namespace lvslab::lvs
