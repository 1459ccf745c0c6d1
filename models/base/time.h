// Simulated time: whole picoseconds in 64 bits (a byte at 100 Gb/s lasts 80 ps; the range is 106
// days). There is no now(): whoever needs the time is given it, in a Turn.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace lvslab {

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration picoseconds(std::int64_t n) { return Duration(n); }
  static constexpr Duration nanoseconds(std::int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration microseconds(std::int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration milliseconds(std::int64_t n) { return Duration(n * 1'000'000'000); }
  static constexpr Duration seconds(std::int64_t n) { return Duration(n * 1'000'000'000'000); }
  static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max()); }

  constexpr std::int64_t ps() const { return ps_; }
  /// For output only; arithmetic stays in whole picoseconds.
  constexpr double in_seconds() const { return static_cast<double>(ps_) * 1e-12; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration o) const { return Duration(ps_ + o.ps_); }
  constexpr Duration operator-(Duration o) const { return Duration(ps_ - o.ps_); }
  constexpr Duration operator-() const { return Duration(-ps_); }
  constexpr Duration operator*(std::int64_t k) const { return Duration(ps_ * k); }
  constexpr Duration operator/(std::int64_t k) const { return Duration(ps_ / k); }
  constexpr std::int64_t operator/(Duration o) const { return ps_ / o.ps_; }
  constexpr Duration& operator+=(Duration o) {
    ps_ += o.ps_;
    return *this;
  }

 private:
  explicit constexpr Duration(std::int64_t ps) : ps_(ps) {}
  std::int64_t ps_ = 0;
};

/// A moment, counted from the start of the run (or of the live driver).
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant start() { return {}; }
  static constexpr Instant never() { return Instant(std::numeric_limits<std::int64_t>::max()); }
  static constexpr Instant at(Duration since_start) { return Instant(since_start.ps()); }

  constexpr std::int64_t ps() const { return ps_; }
  constexpr bool is_never() const { return ps_ == std::numeric_limits<std::int64_t>::max(); }
  constexpr Duration since_start() const { return Duration::picoseconds(ps_); }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return Instant(ps_ + d.ps()); }
  constexpr Instant operator-(Duration d) const { return Instant(ps_ - d.ps()); }
  constexpr Duration operator-(Instant o) const { return Duration::picoseconds(ps_ - o.ps_); }

 private:
  explicit constexpr Instant(std::int64_t ps) : ps_(ps) {}
  std::int64_t ps_ = 0;
};

}  // namespace lvslab
