// A filter as a tree, between its parser and its evaluation.
#pragma once

#include <string>
#include <utility>

#include "trace/frame_filter.h"

namespace lvslab::trace {

// One node of a filter: a logical operator over others, or a test of one field.
struct FrameFilter::Expression {
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kExists, kCompare } kind = Kind::kExists;
  enum class Operator : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kAtMost,
    kGreater,
    kAtLeast,
    kContains
  } op = Operator::kEqual;
  std::unique_ptr<Expression> left, right;
  std::string field;
  // The value: a number (address, MAC, flag), perhaps with a mask, or a text.
  bool is_text = false;
  std::uint64_t number = 0, mask = ~std::uint64_t{0};
  std::string text;
};

/// Wireshark's "either end" names, and the pair they stand for.
inline constexpr std::pair<std::string_view, std::pair<std::string_view, std::string_view>>
    kEitherEnd[] = {
        {"eth.addr", {"eth.src", "eth.dst"}},
        {"ip.addr", {"ip.src", "ip.dst"}},
        {"ip.host", {"ip.src", "ip.dst"}},
        {"tcp.port", {"tcp.srcport", "tcp.dstport"}},
        {"udp.port", {"udp.srcport", "udp.dstport"}},
};

}  // namespace lvslab::trace
