#include "app/work_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace lvslab::app {
namespace {

constexpr std::uint64_t kNormal = WorkQueue::kNormalSpeed;

Instant ms(std::int64_t n) { return Instant::at(Duration::milliseconds(n)); }
Duration work(std::int64_t n) { return Duration::milliseconds(n); }

/// Runs everything out: job and end of each, in order.
std::vector<std::pair<std::uint32_t, std::int64_t>> run_out(WorkQueue& queue) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> ends;
  while (!queue.next().is_never()) {
    const Instant now = queue.next();
    while (const auto job = queue.take(now)) ends.emplace_back(*job, now.ps() / 1'000'000'000);
  }
  return ends;
}
using Ends = std::vector<std::pair<std::uint32_t, std::int64_t>>;

TEST(WorkQueue, OneWorkerServesInOrderOfArrival) {
  WorkQueue queue(Discipline::kFcfs, 1, kNormal);
  queue.add(ms(0), work(10), 1);
  queue.add(ms(1), work(1), 2);
  queue.add(ms(1), work(2), 3);
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_EQ(run_out(queue), (Ends{{1, 10}, {2, 11}, {3, 13}}));
}

TEST(WorkQueue, SeveralWorkersShareOneLine) {
  WorkQueue queue(Discipline::kFcfs, 2, kNormal);
  queue.add(ms(0), work(10), 1);
  queue.add(ms(0), work(4), 2);
  queue.add(ms(0), work(4), 3);
  queue.add(ms(0), work(4), 4);
  EXPECT_EQ(run_out(queue), (Ends{{2, 4}, {3, 8}, {1, 10}, {4, 12}}));
}

TEST(WorkQueue, SharingGivesAllPresentTheSame) {
  WorkQueue queue(Discipline::kProcessorSharing, 1, kNormal);
  queue.add(ms(0), work(6), 1);
  queue.add(ms(0), work(2), 2);
  // Both get half until job 2 is through at 4 ms; then job 1 has 4 ms left alone.
  EXPECT_EQ(run_out(queue), (Ends{{2, 4}, {1, 8}}));
}

TEST(WorkQueue, SharingNeverGivesOneMoreThanOneWorker) {
  WorkQueue queue(Discipline::kProcessorSharing, 2, kNormal);
  queue.add(ms(0), work(6), 1);
  EXPECT_EQ(queue.next(), ms(6));
  queue.add(ms(0), work(6), 2);
  EXPECT_EQ(queue.next(), ms(6));
  queue.add(ms(0), work(6), 3);
  EXPECT_EQ(queue.next(), ms(9));
}

TEST(WorkQueue, ANewSpeedHoldsForTheRest) {
  WorkQueue queue(Discipline::kFcfs, 1, kNormal);
  queue.add(ms(0), work(10), 1);
  queue.set_speed(ms(4), 2 * kNormal);
  EXPECT_EQ(queue.next(), ms(7));
  queue.set_speed(ms(5), 0);
  EXPECT_TRUE(queue.next().is_never());
  EXPECT_FALSE(queue.take(ms(100)).has_value());
  queue.set_speed(ms(100), kNormal);
  EXPECT_EQ(queue.next(), ms(104));
}

TEST(WorkQueue, BothDisciplinesAreIdleAtTheSameMoments) {
  WorkQueue line(Discipline::kFcfs, 1, kNormal), shared(Discipline::kProcessorSharing, 1, kNormal);
  Instant now;
  std::uint64_t x = 88;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    now = now + Duration::picoseconds(static_cast<std::int64_t>(x >> 34));
    while (line.next() <= now) line.take(line.next());
    while (shared.next() <= now) shared.take(shared.next());
    const Duration piece = Duration::picoseconds(static_cast<std::int64_t>((x * 31) >> 34));
    EXPECT_EQ(line.size() == 0, shared.size() == 0) << i;
    line.add(now, piece, i);
    shared.add(now, piece, i);
  }
  const Instant end_of_line = [&] {
    Instant end;
    while (!line.next().is_never()) line.take(end = line.next());
    return end;
  }();
  Instant end;
  while (!shared.next().is_never()) shared.take(end = shared.next());
  EXPECT_LE((end - end_of_line).ps(), 1'000);
  EXPECT_GE((end - end_of_line).ps(), 0);
}

}  // namespace
}  // namespace lvslab::app
