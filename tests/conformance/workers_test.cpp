// The pool of worker processes: what a job does to its process stays there.
#include "jobs/workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <set>
#include <stdexcept>

namespace lvslab::jobs {
namespace {

std::map<std::size_t, JobEnd> run(std::size_t count, unsigned workers,
                                  std::function<std::string(std::size_t)> what) {
  std::map<std::size_t, JobEnd> ends;
  Jobs jobs;
  jobs.count = count;
  jobs.workers = workers;
  jobs.run = [&](std::size_t job, const std::function<void(std::uint64_t)>& step) {
    step(job + 100);
    return what(job);
  };
  jobs.done = [&](JobEnd&& end) {
    EXPECT_FALSE(ends.contains(end.job)) << "told twice";
    ends[end.job] = std::move(end);
  };
  EXPECT_TRUE(run_jobs(jobs));
  EXPECT_EQ(ends.size(), count);
  return ends;
}

TEST(Workers, EveryJobIsDoneOnceWhateverTheirNumber) {
  for (const unsigned workers : {1u, 2u, 7u}) {
    const auto ends = run(20, workers, [](std::size_t job) {
      return std::string(job * 10'000, static_cast<char>('a' + job));
    });
    for (const auto& [job, end] : ends) {
      EXPECT_EQ(end.bytes, std::string(job * 10'000, static_cast<char>('a' + job)));
      EXPECT_EQ(end.messages, "");
      EXPECT_EQ(end.step, job + 100);
    }
  }
}

TEST(Workers, AFewProcessesDoAllJobs) {
  std::set<std::string> processes;
  for (const auto& [job, end] : run(30, 2, [](std::size_t) { return std::to_string(getpid()); }))
    processes.insert(*end.bytes);
  EXPECT_LE(processes.size(), 2u);
  EXPECT_FALSE(processes.contains(std::to_string(getpid())));
}

TEST(Workers, ACrashTakesItsOwnJobOnlyAndIsNamedWithWhatItSaid) {
  const auto ends = run(6, 2, [](std::size_t job) -> std::string {
    std::fprintf(stderr, "job %zu speaks\n", job);
    if (job == 1) raise(SIGKILL);
    if (job == 3) _exit(7);
    if (job == 4) throw std::runtime_error("no more of this");
    return "well";
  });
  EXPECT_THAT(ends.at(1).death, ::testing::StartsWith("signal 9"));
  EXPECT_EQ(ends.at(3).death, "exit status 7");
  EXPECT_THAT(ends.at(4).messages, ::testing::HasSubstr("no more of this"));
  for (const auto& [job, end] : ends) {
    EXPECT_THAT(end.messages, ::testing::StartsWith("job " + std::to_string(job) + " speaks\n"));
    EXPECT_EQ(end.bytes.has_value(), job != 1 && job != 3 && job != 4) << job;
  }
}

}  // namespace
}  // namespace lvslab::jobs
