#include "replay/turn_log.h"

#include <charconv>

namespace lvslab::replay {

bool LogReader::stop(bool good) {
  broken_ = broken_ || !good;
  at_ = end_;
  return false;
}

bool LogReader::number(std::int64_t& value) {
  const auto [rest, problem] = std::from_chars(at_, end_, value);
  if (problem != std::errc{}) return false;
  at_ = rest;
  return true;
}

bool LogReader::next(LogElement& element) {
  if (at_ == end_) return stop(!begun_ || broken_);
  if (!begun_) {
    begun_ = true;
    if (*at_++ != '[') return stop(false);
  } else if (*at_ == ']') {
    ++at_;
    return stop(at_ == end_);
  } else if (*at_++ != ',') {
    return stop(false);
  }
  if (at_ == end_) return stop(false);
  if (*at_ != '[') {
    std::int64_t what = 0;
    if (!number(what) || what < 0 || what > 2) return stop(false);
    element.kind = static_cast<LogElement::Kind>(what);
    element.count = 0;
  } else {
    element.kind = LogElement::Kind::kNote;
    element.count = 0;
    do {
      ++at_;
      if (element.count == LogElement::kMost || !number(element.values[element.count++]))
        return stop(false);
    } while (at_ != end_ && *at_ == ',');
    if (at_ == end_ || *at_++ != ']') return stop(false);
    for (std::size_t i = element.count; i < LogElement::kMost; ++i) element.values[i] = 0;
  }
  if (at_ == end_) return stop(false);  // the list is not closed
  return true;
}

}  // namespace lvslab::replay
