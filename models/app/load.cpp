#include "app/load.h"

#include <algorithm>

namespace lvslab::app {

Duration LoadPlan::hold(const ConnectionPlan& plan, const Tag& tag) const {
  if (plan.hold.is_fixed()) return Duration::picoseconds(plan.hold.sample(Random()));
  const Tag whole{tag.traffic, tag.connection, 0};
  return Duration::picoseconds(plan.hold.sample(chance(whole, "hold")));
}

Duration LoadPlan::think(const ConnectionPlan& plan, const Tag& tag) const {
  if (plan.think.is_fixed()) return Duration::picoseconds(plan.think.sample(Random()));
  return Duration::picoseconds(plan.think.sample(chance(tag, "think")));
}

std::uint64_t LoadPlan::request_zeros(const ConnectionPlan& plan, const Tag& tag) const {
  const TrafficPlan* t = traffic(tag.traffic);
  if (t != nullptr && t->arrivals == Arrivals::kTrace) {
    const std::uint64_t bytes = t->trace[tag.connection - 1].request_bytes;
    if (bytes != TraceArrival::kAsShape) return bytes;
  }
  if (plan.request_size.is_fixed()) return plan.request.zeros;
  const std::int64_t drawn = plan.request_size.sample(chance(tag, "request"));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(drawn, 1));
}

}  // namespace lvslab::app
