// Statistics against values known from elsewhere: published tables and hand arithmetic.
#include "compare/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace lvslab::compare {
namespace {

// To nine digits, by mathematical software; 12.706204736 is tan(0.475 pi).
TEST(Student, QuantilesAreThoseOfTheTables) {
  const std::pair<unsigned, double> kTwoSided95[] = {
      {1, 12.7062047361747},  {2, 4.30265272974946},  {3, 3.18244630528371},
      {4, 2.77644510519779},  {5, 2.57058183563631},  {9, 2.26215716279820},
      {10, 2.22813885198627}, {19, 2.09302405440831}, {20, 2.08596344726586},
      {29, 2.04522964213270}, {100, 1.98397151852355}};
  for (const auto& [freedom, t] : kTwoSided95)
    EXPECT_NEAR(student_quantile(0.95, freedom), t, 1e-9) << freedom;
  EXPECT_NEAR(student_quantile(0.99, 10), 3.16927267261695, 1e-9);
  EXPECT_NEAR(student_quantile(0.95, 1'000'000), 1.95996635682, 1e-9) << "nearly normal";
}

TEST(Student, WithinIsTheQuantilesInverse) {
  for (const unsigned freedom : {1u, 2u, 3u, 7u, 8u, 40u, 41u}) {
    for (const double p : {0.1, 0.5, 0.9, 0.95, 0.999})
      EXPECT_NEAR(student_within(student_quantile(p, freedom), freedom), p, 1e-12);
  }
  EXPECT_EQ(student_within(0, 5), 0);
}

TEST(Estimates, MeanDeviationAndHalfWidthOfAKnownSample) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  const Estimate e = estimate(values);
  EXPECT_DOUBLE_EQ(e.mean, 5);
  EXPECT_NEAR(e.deviation, std::sqrt(32.0 / 7), 1e-12);
  EXPECT_NEAR(e.half_width, 2.36462425159278 * std::sqrt(32.0 / 7 / 8), 1e-9);
  EXPECT_NEAR(e.relative(), e.half_width / 5, 1e-15);
  EXPECT_FALSE(estimate(std::vector<double>{3}).has_interval());
  EXPECT_EQ(estimate(std::vector<double>(20, 0.1)).half_width, 0);
}

TEST(Paired, CommonNoiseCancels) {
  const std::vector<double> a = {10.1, 20.2, 30.1, 40.2}, b = {10, 20, 30, 40};
  const Paired p = paired(a, b);
  EXPECT_NEAR(p.difference.mean, 0.15, 1e-12);
  // t = 0.15 / (0.0577350 / 2) = 5.19615 with 3 degrees of freedom
  EXPECT_NEAR(p.p, 0.0138468, 1e-6);
  EXPECT_EQ(paired(b, b).p, 1) << "no difference at all is none";
  EXPECT_EQ(paired(std::vector<double>{2, 3}, std::vector<double>{1, 2}).p, 0);
  EXPECT_EQ(paired(std::vector<double>{2}, std::vector<double>{1}).p, 1) << "one run says nothing";
}

TEST(Holm, StepsDownAndNeverGoesBack) {
  const std::vector<double> adjusted = holm(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> wanted = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(adjusted[i], wanted[i], 1e-12) << i;
  EXPECT_EQ(holm(std::vector<double>{0.9, 0.8}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm({}).empty());
}

TEST(Mser5, CutsARampAndLeavesASteadyRunAlone) {
  std::mt19937_64 bits(1);
  std::vector<double> steady, ramp;
  for (int i = 0; i < 2000; ++i) {
    const double noise = static_cast<double>(bits() >> 11) * 0x1.0p-53;
    steady.push_back(noise);
    ramp.push_back(noise + (i < 400 ? (400 - i) * 0.05 : 0));
  }
  EXPECT_LT(mser5(steady), 400u);
  EXPECT_GE(mser5(ramp), 350u);
  EXPECT_LE(mser5(ramp), 600u);
  EXPECT_EQ(mser5(ramp) % 5, 0u);
  EXPECT_EQ(mser5(std::vector<double>(100, 7.0)), 0u) << "nothing is thrown away for nothing";
  EXPECT_EQ(mser5(std::vector<double>{1, 2, 3}), 0u);
}

TEST(BatchMeans, NoticeDependentBatches) {
  std::mt19937_64 bits(2);
  std::vector<double> plain, walk;
  double at = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double noise = static_cast<double>(bits() >> 11) * 0x1.0p-53 - 0.5;
    plain.push_back(noise);
    walk.push_back(at += noise);
  }
  EXPECT_TRUE(batch_means(plain, 20).independent);
  EXPECT_FALSE(batch_means(walk, 20).independent);
  EXPECT_EQ(batch_means(plain, 20).estimate.count, 20u);
}

TEST(Jain, OfTheTextbookExamples) {
  const auto of = [](std::vector<double> x) { return jain(x); };
  EXPECT_DOUBLE_EQ(of({1, 1, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(of({1, 1, 1, 0}), 0.75);
  EXPECT_NEAR(of({4, 2, 1}), 0.7777777778, 1e-10);
  EXPECT_NEAR(of({1, 0, 0, 0, 0, 0, 0, 0, 0, 0}), 0.1, 1e-12);
}

}  // namespace
}  // namespace lvslab::compare
