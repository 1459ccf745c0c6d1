#include "compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace lvslab::compare {
namespace {

constexpr double kPi = 3.14159265358979323846;
/// Beyond so many degrees of freedom the sum has too many terms to matter: t is nearly normal, and
/// this one is within 1e-7 of it.
constexpr unsigned kMostFreedom = 1'000'000;

}  // namespace

double student_within(double t, unsigned freedom) {
  LVSLAB_CHECK(freedom >= 1 && t >= 0);
  freedom = std::min(freedom, kMostFreedom - freedom % 2);
  const double v = freedom;
  const double angle = std::atan(t / std::sqrt(v));
  const double square = v / (v + t * t);  // cosine squared
  const double sine = t / std::sqrt(v + t * t), cosine = std::sqrt(square);
  if (freedom == 1) return 2 * angle / kPi;
  double sum = 0, term = freedom % 2 == 1 ? cosine : 1.0;
  for (unsigned k = freedom % 2 == 1 ? 1 : 0; k + 2 <= freedom; k += 2) {
    sum += term;
    term *= square * static_cast<double>(k + 1) / static_cast<double>(k + 2);
  }
  return freedom % 2 == 1 ? 2 / kPi * (angle + sine * sum) : sine * sum;
}

double student_quantile(double confidence, unsigned freedom) {
  LVSLAB_CHECK(confidence > 0 && confidence < 1);
  double low = 0, high = 1;
  while (student_within(high, freedom) < confidence && high < 1e12) high *= 2;
  while (high - low > 1e-13 * high) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (student_within(middle, freedom) < confidence ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double Estimate::standard_error() const {
  return count == 0 ? 0 : deviation / std::sqrt(static_cast<double>(count));
}

Estimate estimate(std::span<const double> values) {
  Estimate e;
  e.count = values.size();
  if (values.empty()) return e;
  const auto n = static_cast<double>(values.size());
  e.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() < 2) return e;
  double squares = 0;
  for (const double x : values) squares += (x - e.mean) * (x - e.mean);
  // Equal values may miss their own mean by a rounding: that is no spread.
  if (std::all_of(values.begin(), values.end(), [&](double x) { return x == values[0]; })) {
    e.mean = values[0];
    squares = 0;
  }
  e.deviation = std::sqrt(squares / (n - 1));
  const auto freedom = static_cast<unsigned>(values.size() - 1);
  e.half_width = student_quantile(kConfidence, freedom) * e.standard_error();
  return e;
}

Paired paired(std::span<const double> a, std::span<const double> b) {
  const std::size_t n = std::min(a.size(), b.size());
  std::vector<double> differences(n);
  for (std::size_t i = 0; i < n; ++i) differences[i] = a[i] - b[i];
  Paired result;
  result.difference = estimate(differences);
  if (n < 2) return result;
  const double mean = std::abs(result.difference.mean);
  if (result.difference.deviation == 0) {
    result.p = mean == 0 ? 1 : 0;
    return result;
  }
  const double t = mean / result.difference.standard_error();
  result.p = std::clamp(1 - student_within(t, static_cast<unsigned>(n - 1)), 0.0, 1.0);
  return result;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double least = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    least = std::max(least, p[order[k]] * static_cast<double>(p.size() - k));
    adjusted[order[k]] = std::min(least, 1.0);
  }
  return adjusted;
}

std::size_t mser5(std::span<const double> values) {
  constexpr std::size_t kBatch = 5;
  const std::size_t batches = values.size() / kBatch;
  if (batches < 2) return 0;
  // From the back: mean and sum of squares of the batches from `d` on.
  double mean = 0, squares = 0, best = 0;
  std::size_t cut = 0;
  bool any = false;
  for (std::size_t d = batches; d-- > 0;) {
    double batch = 0;
    for (std::size_t i = 0; i < kBatch; ++i) batch += values[d * kBatch + i];
    batch /= kBatch;
    const auto n = static_cast<double>(batches - d);
    const double off = batch - mean;
    mean += off / n;
    squares += off * (batch - mean);
    if (d > batches / 2) continue;
    const double score = squares / (n * n);
    if (!any || score <= best) {  // of equal ones the earliest: nothing is thrown away for nothing
      best = score;
      cut = d;
      any = true;
    }
  }
  return cut * kBatch;
}

BatchMeans batch_means(std::span<const double> values, std::size_t batches) {
  BatchMeans result;
  if (batches < 2 || values.size() < batches) return result;
  const std::size_t size = values.size() / batches;
  const std::span<const double> used = values.subspan(values.size() - size * batches);
  std::vector<double> means(batches);
  for (std::size_t b = 0; b < batches; ++b) {
    const auto batch = used.subspan(b * size, size);
    means[b] = std::accumulate(batch.begin(), batch.end(), 0.0) / static_cast<double>(batch.size());
  }
  result.estimate = estimate(means);
  double squares = 0, products = 0;
  for (std::size_t b = 0; b < batches; ++b) {
    const double off = means[b] - result.estimate.mean;
    squares += off * off;
    if (b + 1 < batches) products += off * (means[b + 1] - result.estimate.mean);
  }
  result.lag1 = squares == 0 ? 0 : products / squares;
  result.independent = std::abs(result.lag1) < 1.96 / std::sqrt(static_cast<double>(batches));
  return result;
}

double jain(std::span<const double> values) {
  double sum = 0, squares = 0;
  for (const double x : values) {
    sum += x;
    squares += x * x;
  }
  return squares == 0 ? 1 : sum * sum / (static_cast<double>(values.size()) * squares);
}

}  // namespace lvslab::compare
