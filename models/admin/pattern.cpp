#include "admin/pattern.h"

namespace lvslab::admin {
namespace {

// One pattern item at `p` against character `c`; `p` moves behind the item.
bool item_matches(std::string_view pattern, std::size_t& p, char c, std::uint64_t& budget) {
  const char first = pattern[p++];
  if (first == '?') return true;
  if (first == '\\' && p < pattern.size()) return pattern[p++] == c;
  if (first != '[') return first == c;
  std::size_t q = p;
  const bool inverted = q < pattern.size() && (pattern[q] == '!' || pattern[q] == '^');
  if (inverted) ++q;
  bool found = false;
  bool closed = false;
  for (bool first_item = true; q < pattern.size() && budget > 0; first_item = false, --budget) {
    if (pattern[q] == ']' && !first_item) {
      closed = true;
      ++q;
      break;
    }
    if (pattern[q] == '\\' && q + 1 < pattern.size()) ++q;
    const char low = pattern[q++];
    char high = low;
    if (q + 1 < pattern.size() && pattern[q] == '-' && pattern[q + 1] != ']') {
      high = pattern[q + 1];
      q += 2;
    }
    if (static_cast<unsigned char>(c) >= static_cast<unsigned char>(low) &&
        static_cast<unsigned char>(c) <= static_cast<unsigned char>(high)) {
      found = true;
    }
  }
  if (!closed) return c == '[';  // an unclosed bracket is itself
  p = q;
  return found != inverted;
}

}  // namespace

bool pattern_matches(std::string_view pattern, std::string_view text, std::uint64_t& budget) {
  // Greedy with one point to go back to: the last star. An earlier star never needs to be tried
  // again.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (budget == 0) return false;
    --budget;
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    std::size_t next = p;
    if (p < pattern.size() && item_matches(pattern, next, text[t], budget)) {
      p = next;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool has_wildcards(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') {
      return true;
    }
  }
  return false;
}

std::string unescape_pattern(std::string_view pattern) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    result += pattern[i];
  }
  return result;
}

}  // namespace lvslab::admin
