// What can be said of a mean from a few independent runs: Student's t, paired differences, Holm's
// correction for many tests, where a run's warm-up ends (MSER-5), batch means, Jain's index.
// All of it by arithmetic and square roots and one arc tangent, without tables. Sources: Abramowitz
// and Stegun 26.7.3-4 (t with whole degrees of freedom), Holm 1979, White 1997 (MSER-5).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lvslab::compare {

/// P(|T| <= t) of Student's t with `freedom` >= 1 degrees of freedom, t >= 0.
double student_within(double t, unsigned freedom);
/// The t with P(|T| <= t) = `confidence`, to 1e-12 of itself. 0 < confidence < 1.
double student_quantile(double confidence, unsigned freedom);

inline constexpr double kConfidence = 0.95;

struct Estimate {
  std::size_t count = 0;
  double mean = 0, deviation = 0;  ///< of one observation
  double half_width = 0;           ///< of the 95 % interval of the mean; 0 below two observations
  bool has_interval() const { return count >= 2; }
  double relative() const { return mean == 0 ? 0 : half_width / (mean < 0 ? -mean : mean); }
  double standard_error() const;
};
Estimate estimate(std::span<const double> values);

/// a - b, observation by observation.
struct Paired {
  Estimate difference;
  double p = 1;  ///< two-sided, of no difference; 1 when nothing can be said
};
Paired paired(std::span<const double> a, std::span<const double> b);

/// Adjusted so that all of them together err as seldom as one; in the order given.
std::vector<double> holm(std::span<const double> p);

/// How many leading observations to leave out so that the standard error of the rest's mean is
/// least, in fives, at most half of them.
std::size_t mser5(std::span<const double> values);

/// One long run cut into equal batches (what is over is left out at the front).
struct BatchMeans {
  Estimate estimate;
  double lag1 = 0;           ///< correlation of neighbouring batches
  bool independent = false;  ///< |lag1| within what independent batches show 19 times of 20
};
BatchMeans batch_means(std::span<const double> values, std::size_t batches);

/// (sum x)^2 / (n sum x^2): 1 when all are equal; 1 without any.
double jain(std::span<const double> values);

}  // namespace lvslab::compare
