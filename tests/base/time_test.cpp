#include "base/time.h"

#include <gtest/gtest.h>

#include "base/kernel_timer.h"

namespace lvslab {
namespace {

Instant at_ms(std::int64_t ms) { return Instant::at(Duration::milliseconds(ms)); }

TEST(Duration, UnitsAreWholePicoseconds) {
  EXPECT_EQ(Duration::nanoseconds(1).ps(), 1'000);
  EXPECT_EQ(Duration::seconds(1), Duration::milliseconds(1000));
  EXPECT_EQ(Duration::milliseconds(1), Duration::microseconds(1000));
  EXPECT_DOUBLE_EQ(Duration::milliseconds(1500).in_seconds(), 1.5);
}

TEST(Duration, ArithmeticIsExact) {
  EXPECT_EQ(Duration::seconds(1) / Duration::milliseconds(4), 250);
  EXPECT_EQ(Duration::seconds(3) / 2, Duration::milliseconds(1500));
  EXPECT_EQ(-Duration::seconds(1) + Duration::seconds(1), Duration());
}

TEST(Instant, NeverIsAfterEverything) {
  EXPECT_TRUE(Instant::never().is_never());
  EXPECT_LT(Instant::at(Duration::seconds(9'000'000)), Instant::never());
  EXPECT_FALSE(Instant::start().is_never());
}

TEST(Instant, DifferenceGivesBackTheDuration) {
  const Instant t = at_ms(17);
  EXPECT_EQ((t + Duration::microseconds(3)) - t, Duration::microseconds(3));
}

TEST(KernelTimer, OneSecondTimersFireEvery1024Milliseconds) {
  const Duration second = Duration::seconds(1);
  EXPECT_EQ(kernel_timer_expiry(at_ms(0), second), at_ms(1024));
  EXPECT_EQ(kernel_timer_expiry(at_ms(1024), second), at_ms(2048));
  EXPECT_EQ(kernel_timer_expiry(at_ms(2048), second), at_ms(3072));
}

TEST(KernelTimer, TwoSecondTimerArmedAt1024FiresAt3040) {
  EXPECT_EQ(kernel_timer_expiry(at_ms(1024), Duration::seconds(2)), at_ms(3040));
}

TEST(KernelTimer, ShortTimersFireOneTickAfterTheyAreDue) {
  EXPECT_EQ(kernel_timer_expiry(at_ms(0), Duration::milliseconds(40)), at_ms(44));
  EXPECT_EQ(kernel_timer_expiry(at_ms(0), Duration::milliseconds(200)), at_ms(204));
}

TEST(KernelTimer, LongTimersFireOnTheGridOfTheirLevel) {
  // 30 s is 7500 ticks: the level of 512-tick steps begins at 4096.
  const Instant fires = kernel_timer_expiry(at_ms(0), Duration::seconds(30));
  EXPECT_EQ(fires.since_start() / kKernelTick % 512, 0);
  EXPECT_GT(fires, at_ms(30'000));
  EXPECT_LE(fires, at_ms(30'000 + 512 * 4));
}

TEST(KernelTimer, NeverFiresMoreThanATickEarlyNorAnEighthLate) {
  for (std::int64_t now = 0; now < 5000; now += 7) {
    for (std::int64_t delay = 1; delay < 100'000; delay = delay * 3 + 1) {
      const Instant due = at_ms(now + delay);
      const Instant fires = kernel_timer_expiry(at_ms(now), Duration::milliseconds(delay));
      EXPECT_GE(fires, due - kKernelTick) << now << " " << delay;
      EXPECT_LE(fires, due + Duration::milliseconds(delay / 8 + 8)) << now << " " << delay;
    }
  }
}

TEST(KernelTimer, TimersOfOneTickFireTogether) {
  const Duration second = Duration::seconds(1);
  EXPECT_EQ(kernel_timer_expiry(at_ms(100), second),
            kernel_timer_expiry(Instant::at(Duration::microseconds(101'999)), second));
}

}  // namespace
}  // namespace lvslab
