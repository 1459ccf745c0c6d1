// One run of a scenario, measured: the warm-up is left out (as given, or where MSER-5 puts it) and
// what comes after is folded into figures as the run goes. Memory does not follow the run's length:
// where the warm-up ends is decided on the first kLooked requests at the latest.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "base/time.h"
#include "compare/figures.h"
#include "metrics/collector.h"
#include "scenario/lab.h"

namespace lvslab::compare {

inline constexpr std::size_t kLooked = 1u << 20;

struct RunHow {
  std::uint32_t replication = 0;
  std::optional<Duration> warm_up;  ///< nothing: as `cuts` say
  std::vector<Duration> cuts;       ///< by traffic, since ready; what is missing: by MSER-5
  bool series = false;              ///< load over time too
  const std::atomic<bool>* interrupted = nullptr;
  /// Hears of every connection with its requests, in order of intended start; times since the
  /// start of the run.
  std::function<void(const scenario::Lab&, const metrics::ConnectionRow&,
                     const std::vector<const metrics::RequestRow*>&)>
      each;
  std::function<void(const scenario::Lab&, const metrics::Collector&)> end;
};

/// Nothing: `errors` has what is wrong, or the run was interrupted (no error then).
std::optional<RunFigures> run_once(const scenario::Scenario& scenario, const RunHow& how,
                                   std::vector<scenario::Message>& errors);

}  // namespace lvslab::compare
