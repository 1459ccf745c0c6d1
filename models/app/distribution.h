// A law that lengths of time or sizes are drawn from, in whole units (picoseconds, bytes). A value
// is a pure function of the stream of chance it is given, so a request draws the same under every
// scheduler. Own arithmetic: the same values on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace lvslab::app {

class Distribution {
 public:
  enum class Kind : std::uint8_t {
    kFixed,
    kUniform,
    kExponential,
    kPareto,
    kLognormal,
    kHyperexponential,
    kErlang,
    kEmpirical,
  };
  /// No value is larger: three of them added up stay within the clock.
  static constexpr std::int64_t kLargest = std::int64_t{1} << 61;

  Distribution() = default;
  Distribution(Duration value) : Distribution(fixed(value.ps())) {}
  static Distribution fixed(std::int64_t value);
  /// Between the two, both equally likely.
  static Distribution uniform(std::int64_t low, std::int64_t high);
  static Distribution exponential(std::int64_t mean);
  /// Bounded Pareto: density proportional to x^-(shape + 1) from `low` to `high`; 0 < low < high.
  static Distribution pareto(double shape, std::int64_t low, std::int64_t high);
  /// `mean` of the values themselves, `sigma` the standard deviation of their logarithm.
  static Distribution lognormal(std::int64_t mean, double sigma);
  /// With probability `p` exponential of mean `first`, else of mean `second`.
  static Distribution hyperexponential(double p, std::int64_t first, std::int64_t second);
  /// Sum of `stages` exponentials, `mean` all together.
  static Distribution erlang(std::uint32_t stages, std::int64_t mean);
  /// One of the values, each as likely; not empty.
  static Distribution empirical(std::vector<std::int64_t> values);

  Kind kind() const { return kind_; }
  /// Nothing is ever drawn: each value is 0.
  bool is_zero() const { return kind_ == Kind::kFixed && a_ == 0; }
  bool is_fixed() const { return kind_ == Kind::kFixed; }
  double mean() const;
  std::int64_t sample(Random chance) const;

 private:
  Distribution(Kind kind, double a, double b = 0, double c = 0)
      : kind_(kind), a_(a), b_(b), c_(c) {}
  Kind kind_ = Kind::kFixed;
  double a_ = 0, b_ = 0, c_ = 0;
  std::shared_ptr<const std::vector<std::int64_t>> values_;
};

}  // namespace lvslab::app
