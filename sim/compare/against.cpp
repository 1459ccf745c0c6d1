#include "compare/against.h"

#include <algorithm>
#include <cmath>

namespace lvslab::compare {
namespace {

const SavedCell::Values* find(const std::vector<SavedCell>& saved, const std::string& cell,
                              const std::string& traffic, const std::string& metric) {
  for (const SavedCell& old : saved) {
    if (old.name != cell) continue;
    for (const SavedCell::Values& values : old.values) {
      if (values.traffic == traffic && values.metric == metric) return &values;
    }
  }
  return nullptr;
}

}  // namespace

Against against_saved(const Plan& plan, const Outcome& outcome, const std::vector<SavedCell>& saved,
                      std::string name) {
  Against all{std::move(name), {}};
  std::vector<double> p;
  for (std::size_t c = 0; c < outcome.cells.size(); ++c) {
    const auto& traffics = outcome.cells[c].traffics;
    for (std::size_t t = 0; t < traffics.size(); ++t) {
      for (const std::string& metric : plan.metrics) {
        if (metric == "jain" && t > 0) continue;  // it is of the servers, whatever the traffic
        const SavedCell::Values* old = find(saved, plan.cells[c].name, traffics[t].name, metric);
        if (old == nullptr) continue;
        const MetricFigures& mine = traffics[t].of(metric);
        Against::Row row{.cell = c, .traffic = t, .metric = metric};
        row.paired = paired(mine.values, old->values);
        const double level =
            std::abs(estimate(std::span(old->values).first(row.paired.difference.count)).mean);
        if (level != 0) {
          row.relative = row.paired.difference.mean / level;
          row.relative_half_width = row.paired.difference.half_width / level;
        }
        // A run without an answer has no latency: 0 would be the best of all.
        if (mine.estimate.count == 0 || !old->answered) row.paired.p = 1;
        p.push_back(row.paired.p);
        all.rows.push_back(std::move(row));
      }
    }
  }
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    Against::Row& row = all.rows[i];
    row.adjusted = adjusted[i];
    row.verdict = verdict_of(row.metric, row.paired, row.adjusted, row.relative,
                             row.relative_half_width, plan.spec.threshold.value_or(0));
  }
  return all;
}

}  // namespace lvslab::compare
