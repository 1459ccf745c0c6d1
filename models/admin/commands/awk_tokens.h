// The words of an awk program: numbers, strings, patterns, names, signs and ends of lines. Source:
// POSIX awk's lexical rules.
#pragma once

#include <string>
#include <string_view>

namespace lvslab::admin {

struct AwkToken {
  enum class Kind : unsigned char {
    kEnd,
    kNewline,
    kNumber,
    kString,
    kPattern,
    kName,
    kSign
  } kind = Kind::kEnd;
  std::string text;
  bool call = false;  ///< a name with "(" right behind it
};

class AwkScanner {
 public:
  explicit AwkScanner(std::string_view text) : text_(text) {}

 protected:
  void advance();
  /// A syntax error at the token at hand; nothing more is read.
  void fail();

  std::string_view text_;
  std::size_t at_ = 0;
  AwkToken token_;
  std::string error_;

 private:
  void quoted(char end, AwkToken::Kind kind);
  void sign();
};

}  // namespace lvslab::admin
