// What a server's workers have to do, and when each piece is through. First come first served:
// `workers` pieces at a time, the rest wait in order. Processor sharing: all pieces present share
// the workers evenly, none more than one worker. Work is the time a piece takes one worker at speed
// 1. Whole numbers throughout: no piece is lost or gained by rounding, ends are right to 1 ps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.h"

namespace lvslab::app {

enum class Discipline : std::uint8_t { kFcfs, kProcessorSharing };

class WorkQueue {
 public:
  static constexpr std::uint32_t kMostWorkers = 65'536;
  static constexpr std::uint64_t kNormalSpeed = 1'000'000;  ///< speeds count in millionths
  static constexpr std::uint64_t kMostSpeed = 1'000 * kNormalSpeed;

  WorkQueue(Discipline discipline, std::uint32_t workers, std::uint64_t speed);

  /// `job` is the caller's name for the piece.
  void add(Instant now, Duration work, std::uint32_t job);
  /// When a piece will be through if nothing else comes; never without one or at speed 0.
  Instant next() const;
  /// A piece that is through by `now`, the earliest first; equal ends in order of arrival.
  std::optional<std::uint32_t> take(Instant now);
  /// 0: everything stands still.
  void set_speed(Instant now, std::uint64_t speed);
  void clear();

  std::size_t size() const { return serving_.size() + waiting_.size(); }
  std::uint32_t workers() const { return workers_; }
  std::uint64_t speed() const { return speed_; }

 private:
  /// Work done for each piece in service since the queue was last empty, in ps / 65536.
  using Progress = __int128;
  struct Piece {
    Progress end;
    std::uint64_t order;
    std::uint32_t job;
    bool operator<(const Piece& o) const {  // for std heaps, whose top is the largest
      return end != o.end ? end > o.end : order > o.order;
    }
  };
  struct Waiting {
    Duration work;
    std::uint32_t job;
  };
  void advance(Instant now);
  void serve(Duration work, std::uint32_t job);
  /// Progress per time as a fraction: what one piece in service gets.
  __int128 numerator() const;
  __int128 denominator() const;

  Discipline discipline_;
  std::uint32_t workers_;
  std::uint64_t speed_;
  Instant updated_;
  Progress progress_ = 0;
  std::uint64_t next_order_ = 0;
  std::vector<Piece> serving_;  ///< heap, the next to be through on top
  std::deque<Waiting> waiting_;
};

}  // namespace lvslab::app
