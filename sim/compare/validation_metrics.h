// What a validation case can ask of one run, by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compare/run_once.h"

namespace lvslab::compare {

/// Every connection of a run, for figures that single rows decide.
class CaseObserver {
 public:
  /// Takes the rows of a run that is made with this.
  void watch(RunHow& how);
  /// By name; NaN when there is no such metric.
  double value(const RunFigures& run, std::string_view metric) const;

 private:
  struct Row {
    std::uint32_t traffic;
    NodeIndex server;
    bool completed, failed;
    double intended, established, first_byte, closed;  ///< seconds since ready; -1: never
    double last_byte, latency;                         ///< of the last request
  };
  double present_at(double time) const;
  double share(std::string_view server, bool of_offered) const;
  double busy_periods() const;
  double lc_rush(bool length) const;
  double drain(bool last) const;
  double tail(double least) const;
  double mean_of_each(double place, double period) const;
  double of_loads(std::string_view metric) const;
  std::vector<double> loads(double servers) const;

  std::vector<Row> rows_;
  std::vector<std::string> nodes_;
  std::vector<bool> is_server_;
  double ended_ = 0;  ///< since ready
};

}  // namespace lvslab::compare
