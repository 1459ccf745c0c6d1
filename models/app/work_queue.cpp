#include "app/work_queue.h"

#include <algorithm>

#include "base/check.h"

namespace lvslab::app {
namespace {

constexpr __int128 kUnit = 65'536;  // of progress in a picosecond

}  // namespace

WorkQueue::WorkQueue(Discipline discipline, std::uint32_t workers, std::uint64_t speed)
    : discipline_(discipline), workers_(workers), speed_(speed) {
  LVSLAB_CHECK(workers >= 1 && workers <= kMostWorkers && speed <= kMostSpeed);
}

__int128 WorkQueue::numerator() const {
  const auto sharing = std::min<std::size_t>(workers_, serving_.size());
  return discipline_ == Discipline::kFcfs
             ? static_cast<__int128>(speed_)
             : static_cast<__int128>(speed_) * static_cast<__int128>(sharing);
}

__int128 WorkQueue::denominator() const {
  constexpr auto kNormal = static_cast<__int128>(kNormalSpeed);
  return discipline_ == Discipline::kFcfs ? kNormal
                                          : kNormal * static_cast<__int128>(serving_.size());
}

void WorkQueue::advance(Instant now) {
  if (serving_.empty()) {
    progress_ = 0;  // nothing is measured from it
  } else {
    progress_ += (now - updated_).ps() * kUnit * numerator() / denominator();
  }
  updated_ = now;
}

void WorkQueue::serve(Duration work, std::uint32_t job) {
  serving_.push_back({progress_ + work.ps() * kUnit, next_order_++, job});
  std::push_heap(serving_.begin(), serving_.end());
}

void WorkQueue::add(Instant now, Duration work, std::uint32_t job) {
  advance(now);
  if (discipline_ == Discipline::kFcfs && serving_.size() >= workers_) {
    waiting_.push_back({work, job});
  } else {
    serve(work, job);
  }
}

Instant WorkQueue::next() const {
  if (serving_.empty()) return Instant::never();
  const __int128 left = serving_.front().end - progress_;
  if (left <= 0) return updated_;
  const __int128 rate = numerator() * kUnit;
  if (rate == 0) return Instant::never();
  const __int128 wait = (left * denominator() + rate - 1) / rate;
  constexpr auto kEnd = static_cast<__int128>(Instant::never().ps());
  return wait >= kEnd - updated_.ps()
             ? Instant::never()
             : updated_ + Duration::picoseconds(static_cast<std::int64_t>(wait));
}

std::optional<std::uint32_t> WorkQueue::take(Instant now) {
  if (next() > now) return std::nullopt;
  advance(now);
  const std::uint32_t job = serving_.front().job;
  std::pop_heap(serving_.begin(), serving_.end());
  serving_.pop_back();
  if (!waiting_.empty()) {
    const Waiting first = waiting_.front();
    waiting_.pop_front();
    serve(first.work, first.job);
  }
  return job;
}

void WorkQueue::set_speed(Instant now, std::uint64_t speed) {
  LVSLAB_CHECK(speed <= kMostSpeed);
  advance(now);
  speed_ = speed;
}

void WorkQueue::clear() {
  serving_.clear();
  waiting_.clear();
  progress_ = 0;
}

}  // namespace lvslab::app
