// One scenario file as a test: run under the natural order of simultaneous events, under others if
// it declares a race or the caller asks for them, and compared with its golden ladder if it has
// one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "report/cases.h"

namespace lvslab::cli {

/// Orders that a declared race is looked at under, at least; and the most that can be asked for.
inline constexpr std::uint64_t kRaceOrders = 16, kMostOrders = 10'000;

struct CaseOptions {
  std::uint64_t orders = 1;
  enum class Golden : std::uint8_t { kCompare, kUpdate, kCreate } golden = Golden::kCompare;
  /// Asked once the title is known; false: the case is left out.
  std::function<bool(const std::string& title)> wanted;
};

/// `on_order` is told of each tie seed before it is run. Mistakes in the file go to stderr.
report::CaseResult run_case(const std::string& path, const CaseOptions& options,
                            const std::function<void(std::uint64_t)>& on_order);

/// "lvslab explain lab.yaml --tie-seed 3"
std::string command_line(const char* verb, const std::string& path, std::uint64_t tie_seed,
                         const std::string& connection = {});

}  // namespace lvslab::cli
