#include "admin/commands/awk_tokens.h"

#include <algorithm>
#include <cstdlib>

#include "admin/commands/awk_program.h"

namespace lvslab::admin {
namespace {

bool is_name(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (!first && c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Behind an operand a slash divides.
bool is_operand(const AwkToken& token) {
  return token.kind == AwkToken::Kind::kNumber || token.kind == AwkToken::Kind::kString ||
         (token.kind == AwkToken::Kind::kName && token.text != "print" && token.text != "return") ||
         (token.kind == AwkToken::Kind::kSign &&
          (token.text == ")" || token.text == "]" || token.text == "$" || token.text == "++" ||
           token.text == "--"));
}

}  // namespace

void AwkScanner::advance() {
  while (at_ < text_.size()) {
    if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r') {
      ++at_;
    } else if (text_.substr(at_, 2) == "\\\n") {
      at_ += 2;
    } else if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      break;
    }
  }
  const AwkToken before = token_;
  token_ = {};
  if (at_ >= text_.size()) return;
  const char c = text_[at_];
  if (c == '\n') {
    ++at_;
    token_.kind = AwkToken::Kind::kNewline;
    token_.text = "\n";
  } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    const std::string rest(text_.substr(at_, 64));
    char* end = nullptr;
    std::strtod(rest.c_str(), &end);
    const auto length = static_cast<std::size_t>(end - rest.c_str());
    token_ = {AwkToken::Kind::kNumber, rest.substr(0, length), false};
    at_ += length;
  } else if (is_name(c, true)) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_], false)) ++at_;
    token_ = {AwkToken::Kind::kName, std::string(text_.substr(begin, at_ - begin)),
              at_ < text_.size() && text_[at_] == '('};
  } else if (c == '"') {
    quoted('"', AwkToken::Kind::kString);
  } else if (c == '/' && !is_operand(before)) {
    quoted('/', AwkToken::Kind::kPattern);
  } else {
    sign();
  }
}

void AwkScanner::quoted(char end, AwkToken::Kind kind) {
  token_.kind = kind;
  for (++at_; at_ < text_.size() && text_[at_] != end && text_[at_] != '\n'; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      if (text_[at_ + 1] != end) token_.text += '\\';
      ++at_;
    }
    token_.text += text_[at_];
  }
  if (at_ < text_.size() && text_[at_] == end) {
    ++at_;
  } else {
    fail();
  }
  if (kind == AwkToken::Kind::kString) token_.text = awk_unescape(token_.text);
}

void AwkScanner::sign() {
  static constexpr std::string_view kTwo[] = {"&&", "||", "==", "!=", "<=", ">=", "++", "--",
                                              "+=", "-=", "*=", "/=", "%=", "^=", "!~", "**"};
  token_.kind = AwkToken::Kind::kSign;
  token_.text = text_.substr(at_, 1);
  for (const std::string_view two : kTwo) {
    if (text_.substr(at_, 2) == two) token_.text = two;
  }
  at_ += token_.text.size();
}

void AwkScanner::fail() {
  if (!error_.empty()) return;
  error_ = token_.kind == AwkToken::Kind::kEnd
               ? "syntax error at or near end of line"
               : "syntax error at or near " +
                     (token_.text == "\n" ? std::string("end of line") : token_.text);
  at_ = text_.size();
  token_ = {};
}

}  // namespace lvslab::admin
