#include "admin/test_expression.h"

#include <cstdint>
#include <optional>

#include "admin/files.h"
#include "admin/machine.h"
#include "admin/pattern.h"

namespace lvslab::admin {
namespace {

std::optional<std::int64_t> integer(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

class Condition {
 public:
  Condition(const Machine& machine, const std::string& directory,
            const std::vector<std::string>& words, bool extended)
      : machine_(machine), directory_(directory), words_(words), extended_(extended) {}

  int run(std::string& error) {
    if (words_.empty()) return 1;
    const bool value = disjunction();
    if (error_.empty() && position_ < words_.size()) {
      fail(words_.size() > 4 || extended_ ? "too many arguments"
                                          : words_[position_] + ": binary operator expected");
    }
    if (!error_.empty()) {
      error = error_;
      return 2;
    }
    return value ? 0 : 1;
  }

 private:
  bool fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
    position_ = words_.size();
    return false;
  }
  bool done() const { return position_ >= words_.size(); }
  std::size_t left() const { return words_.size() - position_; }
  bool take(const char* word) {
    if (done() || words_[position_] != word) return false;
    ++position_;
    return true;
  }

  bool disjunction() {
    bool value = conjunction();
    while (error_.empty() && take(extended_ ? "||" : "-o")) {
      const bool right = conjunction();
      value = value || right;
    }
    return value;
  }
  bool conjunction() {
    bool value = negation();
    while (error_.empty() && take(extended_ ? "&&" : "-a")) {
      const bool right = negation();
      value = value && right;
    }
    return value;
  }
  bool negation() {
    bool inverted = false;
    while (left() > 1 && words_[position_] == "!" &&
           !(left() == 3 && is_binary(words_[position_ + 1]))) {
      inverted = !inverted;
      ++position_;
    }
    return primary() != inverted;
  }

  static bool is_binary(const std::string& op) {
    for (const char* known : {"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge",
                              "-nt", "-ot", "=~"}) {
      if (op == known) return true;
    }
    return false;
  }

  bool primary() {
    if (done()) return fail("argument expected");
    if (left() >= 3 && is_binary(words_[position_ + 1])) {
      position_ += 3;
      return binary(words_[position_ - 3], words_[position_ - 2], words_[position_ - 1]);
    }
    if (left() > 1 && words_[position_] == "(") {
      if (++depth_ > 50) return fail("nested too deep");
      ++position_;
      const bool value = disjunction();
      --depth_;
      if (error_.empty() && !take(")")) return fail("`)' expected");
      return value;
    }
    const std::string& op = words_[position_];
    if (left() > 1 && op.size() == 2 && op[0] == '-' && op != "-a" && op != "-o") {
      position_ += 2;
      return unary(op[1], words_[position_ - 1]);
    }
    ++position_;
    return !op.empty();
  }

  bool unary(char op, const std::string& word) {
    if (op == 'n') return !word.empty();
    if (op == 'z') return word.empty();
    const std::string path = absolute_path(directory_, word);
    const bool exists = !word.empty() && file_exists(machine_, path);
    switch (op) {
      case 'e':
      case 'r':
      case 'w':
        return exists;
      case 'f':
        return exists && !is_directory(machine_, path);
      case 'd':
        return exists && is_directory(machine_, path);
      case 'x':
        return exists && (file_mode(machine_, path) & 0111) != 0;
      case 'L':
      case 'h':
      case 'p':
      case 'S':
      case 't':
        return false;
      case 's': {
        std::string text;
        return exists && read_file(machine_, path, text) == FileError::kNone && !text.empty();
      }
      default:
        return fail(std::string("-") + op + ": unary operator expected");
    }
  }

  bool binary(const std::string& a, const std::string& op, const std::string& b) {
    if (op == "=" || op == "==" || op == "!=") {
      std::uint64_t budget = 5'000'000;
      const bool equal = extended_ ? pattern_matches(b, a, budget) : a == b;
      return equal == (op != "!=");
    }
    if (op == "<") return a < b;
    if (op == ">") return a > b;
    if (op[0] != '-' || op == "-nt" || op == "-ot") return fail(op + ": not known here");
    const auto x = integer(a);
    const auto y = integer(b);
    if (!x || !y) return fail((x ? b : a) + ": integer expression expected");
    if (op == "-eq") return *x == *y;
    if (op == "-ne") return *x != *y;
    if (op == "-lt") return *x < *y;
    if (op == "-le") return *x <= *y;
    if (op == "-gt") return *x > *y;
    return *x >= *y;
  }

  const Machine& machine_;
  const std::string& directory_;
  const std::vector<std::string>& words_;
  const bool extended_;
  std::size_t position_ = 0;
  int depth_ = 0;
  std::string error_;
};

}  // namespace

int evaluate_test(const Machine& machine, const std::string& directory,
                  const std::vector<std::string>& words, bool extended, std::string& error) {
  return Condition(machine, directory, words, extended).run(error);
}

}  // namespace lvslab::admin
