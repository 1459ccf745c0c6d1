#include "app/distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/real.h"

namespace lvslab::app {
namespace {

std::int64_t whole(double x) {
  constexpr auto kMost = static_cast<double>(Distribution::kLargest);
  return x >= kMost ? Distribution::kLargest : static_cast<std::int64_t>(x + 0.5);
}

/// Standard normal by the polar method; the square root is exact everywhere.
double normal(Random& chance) {
  for (;;) {
    const double x = 2 * chance.unit() - 1, y = 2 * chance.unit() - 1;
    const double s = x * x + y * y;
    if (s > 0 && s < 1) return x * std::sqrt(-2 * portable_log(s) / s);
  }
}

}  // namespace

Distribution Distribution::fixed(std::int64_t value) {
  return {Kind::kFixed, static_cast<double>(value)};
}

Distribution Distribution::uniform(std::int64_t low, std::int64_t high) {
  LVSLAB_CHECK(low >= 0 && low <= high);
  return {Kind::kUniform, static_cast<double>(low), static_cast<double>(high)};
}

Distribution Distribution::exponential(std::int64_t mean) {
  return {Kind::kExponential, static_cast<double>(mean)};
}

Distribution Distribution::pareto(double shape, std::int64_t low, std::int64_t high) {
  LVSLAB_CHECK(shape > 0 && low > 0 && low < high);
  return {Kind::kPareto, shape, static_cast<double>(low), static_cast<double>(high)};
}

Distribution Distribution::lognormal(std::int64_t mean, double sigma) {
  LVSLAB_CHECK(mean > 0 && sigma >= 0);
  const double log_mean = portable_log(static_cast<double>(mean));
  return {Kind::kLognormal, static_cast<double>(mean), sigma, log_mean - sigma * sigma / 2};
}

Distribution Distribution::hyperexponential(double p, std::int64_t first, std::int64_t second) {
  LVSLAB_CHECK(p >= 0 && p <= 1);
  return {Kind::kHyperexponential, p, static_cast<double>(first), static_cast<double>(second)};
}

Distribution Distribution::erlang(std::uint32_t stages, std::int64_t mean) {
  LVSLAB_CHECK(stages > 0);
  return {Kind::kErlang, static_cast<double>(mean), static_cast<double>(stages)};
}

Distribution Distribution::empirical(std::vector<std::int64_t> values) {
  LVSLAB_CHECK(!values.empty());
  double sum = 0;
  for (std::int64_t v : values) sum += static_cast<double>(v);
  Distribution made{Kind::kEmpirical, sum / static_cast<double>(values.size())};
  made.values_ = std::make_shared<const std::vector<std::int64_t>>(std::move(values));
  return made;
}

double Distribution::mean() const {
  switch (kind_) {
    case Kind::kUniform:
      return (a_ + b_) / 2;
    case Kind::kPareto: {
      if (a_ == 1) return b_ * c_ / (c_ - b_) * portable_log(c_ / b_);
      const double tail = portable_pow(b_ / c_, a_);
      return a_ / (a_ - 1) * (b_ - c_ * tail) / (1 - tail);
    }
    case Kind::kHyperexponential:
      return a_ * b_ + (1 - a_) * c_;
    default:
      return a_;
  }
}

std::int64_t Distribution::sample(Random chance) const {
  switch (kind_) {
    case Kind::kFixed:
      return static_cast<std::int64_t>(a_);
    case Kind::kUniform:
      return whole(a_ + chance.unit() * (b_ - a_));
    case Kind::kExponential:
      return whole(lvslab::exponential(chance.unit(), a_));
    case Kind::kPareto: {
      const double tail = portable_pow(b_ / c_, a_);
      const double rest = 1 - chance.unit() * (1 - tail);
      return std::min(whole(b_ * portable_pow(rest, -1 / a_)), static_cast<std::int64_t>(c_));
    }
    case Kind::kLognormal:
      return whole(portable_exp(c_ + b_ * normal(chance)));
    case Kind::kHyperexponential: {
      const double mean = chance.unit() < a_ ? b_ : c_;
      return whole(lvslab::exponential(chance.unit(), mean));
    }
    case Kind::kErlang: {
      double sum = 0;
      const auto stages = static_cast<int>(b_);
      for (int i = 0; i < stages; ++i) sum += lvslab::exponential(chance.unit(), a_ / b_);
      return whole(sum);
    }
    case Kind::kEmpirical:
      return (*values_)[chance.below(values_->size())];
  }
  return 0;
}

}  // namespace lvslab::app
