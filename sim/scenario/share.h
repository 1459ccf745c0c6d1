// How often an outcome of a declared race may occur among the orders tried: "any" (at least once),
// "> 20%", "50%", "30% .. 70%" of them, or a number of them, "3", ">= 2".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "scenario/units.h"

namespace lvslab::scenario {

/// Percentages count in billionths, so that no rounding decides a verdict.
struct Share {
  bool percent = false;
  std::optional<Bound> bound, upper;  ///< neither: any
  bool holds(std::uint64_t count, std::uint64_t total) const;
};
Result<Share> parse_share(std::string_view text);

}  // namespace lvslab::scenario
