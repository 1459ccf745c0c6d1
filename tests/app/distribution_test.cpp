#include "app/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/real.h"

namespace lvslab::app {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean = 0, variance = 0;
  std::int64_t least = INT64_MAX, most = 0;
};

Moments moments(const Distribution& law, int draws = kDraws) {
  double sum = 0, squares = 0;
  Moments m;
  for (int i = 0; i < draws; ++i) {
    const std::int64_t x =
        law.sample(Random(draw_bits({1, 0, 1, static_cast<unsigned>(i), 1}, "x")));
    sum += static_cast<double>(x);
    squares += static_cast<double>(x) * static_cast<double>(x);
    m.least = std::min(m.least, x);
    m.most = std::max(m.most, x);
  }
  m.mean = sum / draws;
  m.variance = squares / draws - m.mean * m.mean;
  return m;
}

TEST(Real, ExpAndPowAgreeWithTheLibraryToTheLastPlaces) {
  for (double x = -740; x < 709; x += 0.37) {
    EXPECT_NEAR(portable_exp(x) / std::exp(x), 1.0, x < -708 ? 1e-2 : 4e-16 * (1 + std::abs(x)));
  }
  EXPECT_EQ(portable_exp(0), 1.0);
  EXPECT_NEAR(portable_pow(2, 0.5), std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(portable_pow(1e-3, 1.5), std::pow(1e-3, 1.5), 1e-18);
}

TEST(Distribution, ADurationIsTheLawThatAlwaysGivesIt) {
  const Distribution law = Duration::milliseconds(5);
  EXPECT_TRUE(law.is_fixed());
  EXPECT_FALSE(law.is_zero());
  EXPECT_EQ(law.sample(Random(7)), 5'000'000'000);
  EXPECT_TRUE(Distribution().is_zero());
}

TEST(Distribution, UniformStaysWithinItsBounds) {
  const Moments m = moments(Distribution::uniform(1'000, 9'000));
  EXPECT_NEAR(m.mean, 5'000, 30);
  EXPECT_GE(m.least, 1'000);
  EXPECT_LE(m.most, 9'000);
}

TEST(Distribution, ExponentialHasMeanAndVariance) {
  const Moments m = moments(Distribution::exponential(1'000'000));
  EXPECT_NEAR(m.mean, 1e6, 1e6 * 4 / std::sqrt(kDraws));
  EXPECT_NEAR(m.variance, 1e12, 4e10);
}

TEST(Distribution, HyperexponentialOfBalancedMeansHasTheSquaredVariationAskedFor) {
  const auto law = Distribution::hyperexponential(0.8872983346, 563'508'327, 4'436'491'673);
  const Moments m = moments(law, 1'000'000);
  EXPECT_NEAR(law.mean(), 1e9, 10);
  EXPECT_NEAR(m.mean, 1e9, 1e9 * 4 * 2 / 1000);
  EXPECT_NEAR(m.variance / (m.mean * m.mean), 4.0, 0.1);
}

TEST(Distribution, BoundedParetoHasTheKnownMeanAndStaysWithinItsBounds) {
  const auto law = Distribution::pareto(1.5, 1'000'000, 1'000'000'000);
  EXPECT_NEAR(law.mean() / 1e6, 2.905223541, 1e-8);
  const Moments m = moments(law, 1'000'000);
  EXPECT_NEAR(m.mean / 1e6, 2.905223541, 0.04);
  EXPECT_GE(m.least, 1'000'000);
  EXPECT_LE(m.most, 1'000'000'000);
}

TEST(Distribution, LognormalHasTheMeanGivenAndItsMedianLiesBelow) {
  const auto law = Distribution::lognormal(1'000'000, 0.5);
  const Moments m = moments(law);
  EXPECT_NEAR(m.mean, 1e6, 6e3);
  EXPECT_NEAR(m.variance / 1e12, std::exp(0.25) - 1, 0.01);
}

TEST(Distribution, ErlangVariesLessTheMoreStagesItHas) {
  const Moments m = moments(Distribution::erlang(4, 1'000'000));
  EXPECT_NEAR(m.mean, 1e6, 5e3);
  EXPECT_NEAR(m.variance / 1e12, 0.25, 0.01);
}

TEST(Distribution, EmpiricalGivesEachOfItsValuesAlike) {
  const Moments m = moments(Distribution::empirical({10, 20, 60}));
  EXPECT_NEAR(m.mean, 30, 0.5);
  EXPECT_EQ(m.least, 10);
  EXPECT_EQ(m.most, 60);
}

TEST(Distribution, DrawsAreTheSameOnEveryMachine) {
  const Random chance(42);
  EXPECT_EQ(Distribution::exponential(1'000'000'000).sample(chance), 128'540'383);
  EXPECT_EQ(Distribution::pareto(1.5, 1'000'000, 1'000'000'000).sample(chance), 1'089'469);
  EXPECT_EQ(Distribution::lognormal(1'000'000'000, 2.0).sample(chance), 390'994'797);
}

}  // namespace
}  // namespace lvslab::app
