#include "lvs/service.h"

#include "lvs/scheduler.h"

namespace lvslab::lvs {

Service::Service() = default;
Service::~Service() = default;

void Destination::configure(const DestinationOptions& wanted, bool adding) {
  const bool thresholds_changed = wanted.upper_threshold != options.upper_threshold ||
                                  wanted.lower_threshold != options.lower_threshold;
  options = wanted;
  if (adding || wanted.weight != 0) last_weight = wanted.weight;
  if (thresholds_changed) judge_overload(Change::kEdited);
}

// Without a lower threshold the server is taken back below three quarters of the upper one.
std::uint32_t Destination::low_mark() const {
  if (options.lower_threshold != 0) return options.lower_threshold;
  return options.upper_threshold - options.upper_threshold / 4;
}

// Judged only when the count passes a mark or the thresholds are edited; between the marks the flag
// stays as it is.
void Destination::judge_overload(Change change) {
  const std::uint32_t upper = options.upper_threshold;
  if (upper == 0) {
    overloaded = false;
    return;
  }
  const std::uint32_t set_from = change == Change::kMore ? low_mark() : upper;
  const std::uint32_t keep_from = change == Change::kFewer ? upper : low_mark();
  if (total >= set_from) {
    overloaded = true;
  } else if (total < keep_from) {
    overloaded = false;
  }
}

void Destination::count_bound(bool is_template) {
  ++references;
  if (is_template) {
    ++persistent;
    return;
  }
  ++total;
  if (total == options.upper_threshold) judge_overload(Change::kMore);
}

void Destination::count_released(bool is_template, bool was_inactive) {
  if (references > 0) --references;
  if (is_template) {
    if (persistent > 0) --persistent;
    return;
  }
  const bool at_mark = total == low_mark();
  if (!was_inactive && active > 0) --active;
  if (total > 0) --total;
  if (at_mark) judge_overload(Change::kFewer);
}

}  // namespace lvslab::lvs
