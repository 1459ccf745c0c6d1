// Distributions as scenario files write them: a plain value, or a law's name and its figures
// ("uniform 1ms 9ms", "exponential 5ms", "pareto 1.5 1ms 1s", "lognormal 5ms 2.0",
// "hyperexponential 0.8 2ms 20ms", "erlang 4 10ms", "empirical FILE").
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/distribution.h"
#include "base/result.h"

namespace lvslab::scenario {

/// Reads a data file, named relative to the scenario file at hand; the error says what is wrong
/// with it.
using DataReader = std::function<Result<std::string>(const std::string& name)>;

/// Values are durations.
Result<app::Distribution> parse_time_law(std::string_view text, const DataReader& data);
/// Values are sizes in bytes.
Result<app::Distribution> parse_size_law(std::string_view text, const DataReader& data);

/// "1.5": plain decimal digits, in whole millionths; at most `most`.
Result<std::uint64_t> parse_millionths(std::string_view text, std::uint64_t most);

}  // namespace lvslab::scenario
