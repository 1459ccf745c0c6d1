// What the readers of a traffic's parts share. `arrivals` is read in decode_arrivals.cpp, the rest
// in decode_traffic.cpp.
#pragma once

#include "scenario/decoder.h"

namespace lvslab::scenario {

/// A traffic being read.
struct TrafficReading {
  const Fields& fields;
  app::TrafficPlan& plan;
  std::uint64_t count = 1;  ///< `connections` as a number
  bool listed = false;      ///< `connections` as a list
};

void decode_arrivals(Context& context, const TrafficReading& reading, const Node& node);
/// Connections are numbered in order of intended start; clients take turns, and source ports count
/// up.
void finish_listed(Context& context, const TrafficReading& reading);

}  // namespace lvslab::scenario
