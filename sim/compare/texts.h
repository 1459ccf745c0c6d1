// Figures of a comparison as people read them, on the terminal and on the page; and as the files
// have them, always in the same form.
#pragma once

#include <string>
#include <string_view>

#include "compare/statistics.h"

namespace lvslab::compare {

/// The unit that fits, for a time in seconds: "39.06 ms".
std::string time_text(double seconds);
std::string value_text(std::string_view metric, double value);
/// "0.9 %"
std::string percent_text(double share);
/// "39.06 ms ±0.35 ms (0.9 %)"
std::string estimate_text(std::string_view metric, const Estimate& estimate);
/// "<0.0001"
std::string chance_text(double p);

/// As compare.json and compare.csv have it.
std::string number_text(double value);
/// Nothing measured: "null".
std::string mean_number(const Estimate& estimate);
std::string half_width_number(const Estimate& estimate);

}  // namespace lvslab::compare
