// What the kernel has to say for itself, as dmesg prints it. The oldest lines are lost first; a
// message that may come with every packet is limited as the kernel does it: ten in five seconds.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "base/time.h"

namespace lvslab::net::netfilter {

class KernelLog {
 public:
  struct Line {
    Instant time;
    std::string text;
  };
  void add(Instant now, std::string text) {
    if (lines_.size() >= kMostLines) lines_.pop_front();
    lines_.push_back({now, std::move(text)});
  }
  void add_limited(Instant now, std::string text) {
    if (window_count_ == 0 || now - window_ >= Duration::seconds(5)) {
      window_ = now;
      window_count_ = 0;
    }
    if (window_count_++ < 10) add(now, std::move(text));
  }
  const std::deque<Line>& lines() const { return lines_; }
  void clear() { lines_.clear(); }

 private:
  static constexpr std::size_t kMostLines = 4'096;
  std::deque<Line> lines_;
  Instant window_;
  std::size_t window_count_ = 0;
};

}  // namespace lvslab::net::netfilter
