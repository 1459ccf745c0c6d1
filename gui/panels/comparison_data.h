// A compare.json as `lvslab compare --out` writes it (its writer: sim/compare/print_data.cpp).
// Foreign input: what is missing is left empty, what is no comparison at all is an error.
#pragma once

#include <QPointF>
#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

namespace lvslab::gui {

struct CompareEstimate {
  double mean = 0;
  std::optional<double> half_width;
  int runs = 0;
};

/// One metric of one traffic in one cell of the grid.
struct CompareFigure {
  QString cell, traffic, metric;
  CompareEstimate estimate;
  bool baseline = false;
  // Against the baseline, if it was compared.
  std::optional<CompareEstimate> difference;
  double relative = 0, p_holm = 1;
  QString verdict;  ///< "better", "worse" ... in the tool's own words
};

struct CompareCurve {
  QString cell, traffic;
  QList<QPointF> cdf;  ///< latency in seconds, share of requests 0 to 1
};

struct Comparison {
  QString title, file;
  bool interrupted = false;
  double confidence = 0.95;
  QStringList cells, traffics, metrics;
  std::vector<CompareFigure> figures;
  std::vector<CompareCurve> curves;
  QStringList remarks;  ///< bounds, knees, what was expected
};

/// Empty: not readable, `problem` says why.
std::optional<Comparison> read_comparison(const QString& path, QString& problem);

}  // namespace lvslab::gui
