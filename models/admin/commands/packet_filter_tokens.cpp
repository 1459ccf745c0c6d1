#include "admin/commands/packet_filter_tokens.h"

namespace lvslab::admin {
bool is_filter_word(char c, bool in_brackets) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '.' || c == '\\' || (!in_brackets && (c == ':' || c == '/')) || c == '-';
}

std::vector<std::string> filter_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  bool in_brackets = false;
  for (std::size_t p = 0; p < text.size();) {
    const char c = text[p];
    if (c == ' ' || c == '\t' || c == '\n') {
      ++p;
      continue;
    }
    std::size_t end = p + 1;
    if (is_filter_word(c, in_brackets)) {
      while (end < text.size() && is_filter_word(text[end], in_brackets)) ++end;
    } else {
      const std::string_view two = text.substr(p, 2);
      if (two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "&&" || two == "||" ||
          two == "<<" || two == ">>")
        end = p + 2;
      in_brackets = c == '[' || (in_brackets && c != ']');
    }
    tokens.emplace_back(text.substr(p, end - p));
    p = end;
  }
  return tokens;
}

std::optional<std::uint64_t> filter_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    if (digit >= base || value > 0xffffffff) return std::nullopt;
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

}  // namespace lvslab::admin
