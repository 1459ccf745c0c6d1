// Regular expressions as grep understands them (basic and extended): . * + ? {m,n} [ ] ^ $ ( ) |
// and \< \>; groups are remembered for sed. Matching goes back over its tracks within a budget, so
// a hostile pattern ends in "no match" instead of never.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::admin {

class Regex {
 public:
  enum class Syntax : std::uint8_t { kBasic, kExtended, kFixed };
  /// `error()` says what is wrong with the pattern, or is empty.
  Regex(std::string_view pattern, Syntax syntax, bool ignore_case);
  const std::string& error() const { return error_; }

  /// The first match from `begin` on: true, and where it is. What stands before `begin` counts for
  /// ^, \< and \b.
  bool search(std::string_view text, std::size_t& from, std::size_t& length, std::size_t begin = 0);
  /// All matches from left to right, as s///g takes them: an empty one right behind another is
  /// none. `each(from, length)` says whether to go on.
  template <typename Each>
  void each_match(std::string_view text, Each&& each) {
    std::size_t from = 0, length = 0, behind = std::string_view::npos;
    for (std::size_t at = 0; at <= text.size() && search(text, from, length, at);) {
      at = length == 0 ? from + 1 : from + length;
      if (length == 0 && from == behind) continue;
      behind = from + length;
      if (!each(from, length)) return;
    }
  }
  /// What group 1 .. 9 took in the last match; empty when it took nothing.
  std::string_view group(std::size_t number) const;
  std::size_t groups() const { return groups_; }

 private:
  struct Span {
    std::size_t from = 0, to = 0;
  };
  using Spans = std::array<Span, 10>;

  struct Node;
  using Sequence = std::vector<Node>;
  struct Node {
    enum class Kind : std::uint8_t {
      kCharacter,
      kAny,
      kSet,
      kBegin,
      kEnd,
      kWordEdge,
      kGroup
    } kind = Kind::kCharacter;
    char character = 0;
    std::string set;                     ///< 256 flags, kSet
    std::vector<Sequence> alternatives;  ///< kGroup
    int least = 1, most = 1;             ///< -1: without limit
    std::size_t group = 0;               ///< kGroup: its number, from 1
  };
  /// What is still to be matched behind a sequence.
  struct Rest {
    const Sequence* sequence;
    std::size_t index;
    int repeated;         ///< times the node at `index` has matched already
    std::size_t started;  ///< where its last repetition began
    const Rest* next;
  };

  std::vector<Sequence> parse_alternatives(bool nested, int depth);
  bool parse_set(Node& node);
  void parse_repeat(Node& node);
  bool parse_bounds(Node& node, std::size_t begin);
  bool match(const Rest* rest, std::size_t position, int depth, std::size_t& end);
  bool single(const Node& node, std::size_t position) const;
  char folded(char c) const;

  std::string pattern_;
  std::size_t at_ = 0;
  Syntax syntax_;
  bool ignore_case_;
  std::string error_;
  std::vector<Sequence> alternatives_;
  std::string_view text_;
  std::size_t groups_ = 0;
  Spans spans_{}, best_{};
  std::uint64_t budget_;
};

}  // namespace lvslab::admin
