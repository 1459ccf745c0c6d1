#include "compare/figures.h"

#include "base/check.h"

namespace lvslab::compare {

std::vector<Duration> cuts_of(const RunFigures& run) {
  std::vector<Duration> cuts;
  for (const TrafficFigures& traffic : run.traffics)
    cuts.push_back(Duration::picoseconds(traffic.cut));
  return cuts;
}

double value_of(const RunFigures& run, std::size_t traffic, std::string_view metric) {
  if (metric == "jain") return run.jain;
  const TrafficFigures& t = run.traffics[traffic];
  const auto seconds = [](std::int64_t ps) { return static_cast<double>(ps) * 1e-12; };
  if (metric == "mean") return seconds(t.mean);
  if (metric == "p50") return seconds(t.p50);
  if (metric == "p90") return seconds(t.p90);
  if (metric == "p99") return seconds(t.p99);
  if (metric == "p99.9") return seconds(t.p999);
  if (metric == "max") return seconds(t.max);
  if (metric == "rate") return t.rate;
  LVSLAB_CHECK(metric == "failed");
  return t.connections == 0 ? 0
                            : static_cast<double>(t.failed) / static_cast<double>(t.connections);
}

bool is_latency(std::string_view metric) {
  return metric != "rate" && metric != "failed" && metric != "jain";
}

bool less_is_better(std::string_view metric) { return metric != "rate" && metric != "jain"; }

}  // namespace lvslab::compare
