// What two runs came to, compared: connections (status and server), expectations, and the MACs in
// hosts' neighbour tables at the end. Hosts and traffics are the same if they have the same name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/diff/turns.h"
#include "cli/session.h"

namespace lvslab::cli {

/// A finished run with what was kept of it.
struct DiffRun {
  Session* session = nullptr;
  const TurnLog* log = nullptr;
  std::vector<expect::Panel::Judged> judged;
};

struct OutcomeDifference {
  std::string what, a, b;
  std::uint64_t event_a = 0, event_b = 0;  ///< where each became so; 0: not known
};
std::vector<OutcomeDifference> compare_outcomes(const DiffRun& a, const DiffRun& b);

}  // namespace lvslab::cli
