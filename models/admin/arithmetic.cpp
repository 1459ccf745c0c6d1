#include "admin/arithmetic.h"

#include <array>
#include <optional>

#include "admin/parser.h"

namespace lvslab::admin {
namespace {

constexpr int kDeepest = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> parse_number(std::string_view text) {
  unsigned base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    unsigned digit = 99;
    if (is_digit(c)) digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return static_cast<std::int64_t>(value);
}

class Evaluator {
 public:
  Evaluator(std::string_view text, ShellState& state, int depth)
      : text_(text), state_(state), depth_(depth) {}

  Result<std::int64_t> run() {
    skip();
    if (position_ == text_.size()) return 0;
    const std::int64_t value = comma();
    skip();
    if (error_.empty() && position_ < text_.size())
      fail("syntax error: invalid arithmetic operator");
    if (!error_.empty()) return lvslab::fail(std::string(text_.substr(0, 60)) + ": " + error_);
    return value;
  }

 private:
  // Wrap around like the machine's integers, without the language's undefined overflow.
  static std::int64_t wrap(std::uint64_t v) { return static_cast<std::int64_t>(v); }
  static std::uint64_t bits(std::int64_t v) { return static_cast<std::uint64_t>(v); }

  void skip() {
    while (position_ < text_.size() &&
           (text_[position_] == ' ' || text_[position_] == '\t' || text_[position_] == '\n')) {
      ++position_;
    }
  }
  bool take(std::string_view op) {
    skip();
    if (text_.substr(position_, op.size()) != op) return false;
    position_ += op.size();
    return true;
  }
  char peek(std::size_t ahead = 0) {
    skip();
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  std::int64_t fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
    position_ = text_.size();
    return 0;
  }

  std::int64_t comma() {
    if (++depth_ > kDeepest) return fail("expression recursion level exceeded");
    std::int64_t value = ternary();
    while (error_.empty() && take(",")) value = ternary();
    --depth_;
    return value;
  }

  std::int64_t ternary() {
    if (++depth_ > kDeepest) return fail("expression recursion level exceeded");
    const std::int64_t condition = binary(0);
    std::int64_t value = condition;
    if (error_.empty() && take("?")) {
      // The branch not taken is read without effect.
      const bool was_dry = dry_;
      dry_ = was_dry || condition == 0;
      const std::int64_t yes = ternary();
      dry_ = was_dry || condition != 0;
      if (!take(":")) fail("`:' expected for conditional expression");
      const std::int64_t no = ternary();
      dry_ = was_dry;
      value = condition != 0 ? yes : no;
    }
    --depth_;
    return value;
  }

  struct Operator {
    std::string_view text;
    int level;
  };
  std::optional<Operator> peek_operator() {
    static constexpr auto kOperators = std::to_array<Operator>({{"||", 0},
                                                                {"&&", 1},
                                                                {"<<", 7},
                                                                {">>", 7},
                                                                {"<=", 6},
                                                                {">=", 6},
                                                                {"==", 5},
                                                                {"!=", 5},
                                                                {"**", 10},
                                                                {"|", 2},
                                                                {"^", 3},
                                                                {"&", 4},
                                                                {"<", 6},
                                                                {">", 6},
                                                                {"+", 8},
                                                                {"-", 8},
                                                                {"*", 9},
                                                                {"/", 9},
                                                                {"%", 9}});
    skip();
    for (const Operator& op : kOperators) {
      if (text_.substr(position_, op.text.size()) == op.text) return op;
    }
    return std::nullopt;
  }

  std::int64_t binary(int level) {
    std::int64_t left = unary();
    while (error_.empty()) {
      const auto op = peek_operator();
      if (!op || op->level < level) return left;
      position_ += op->text.size();
      const bool was_dry = dry_;
      if (op->text == "||" && left != 0) dry_ = true;
      if (op->text == "&&" && left == 0) dry_ = true;
      if (++depth_ > kDeepest) return fail("expression recursion level exceeded");
      const std::int64_t right = binary(op->text == "**" ? op->level : op->level + 1);
      --depth_;
      dry_ = was_dry;
      if (error_.empty()) left = apply(op->text, left, right);
    }
    return left;
  }

  std::int64_t apply(std::string_view op, std::int64_t a, std::int64_t b) {
    if (op == "||") return a != 0 || b != 0;
    if (op == "&&") return a != 0 && b != 0;
    if (op == "|") return a | b;
    if (op == "^") return a ^ b;
    if (op == "&") return a & b;
    if (op == "==") return a == b;
    if (op == "!=") return a != b;
    if (op == "<") return a < b;
    if (op == ">") return a > b;
    if (op == "<=") return a <= b;
    if (op == ">=") return a >= b;
    if (op == "<<") return wrap(bits(a) << (bits(b) & 63));
    if (op == ">>") return a >> (bits(b) & 63);
    if (op == "+") return wrap(bits(a) + bits(b));
    if (op == "-") return wrap(bits(a) - bits(b));
    if (op == "*") return wrap(bits(a) * bits(b));
    if (op == "**") return power(a, b);
    if (b == 0) return dry_ ? 0 : fail("division by 0 (error token is \"0\")");
    if (b == -1) return op == "/" ? wrap(0 - bits(a)) : 0;
    return op == "/" ? a / b : a % b;
  }

  std::int64_t power(std::int64_t base, std::int64_t exponent) {
    if (exponent < 0) return dry_ ? 0 : fail("exponent less than 0");
    std::uint64_t result = 1;
    std::uint64_t factor = bits(base);
    for (std::uint64_t e = bits(exponent); e != 0; e >>= 1) {
      if ((e & 1) != 0) result *= factor;
      factor *= factor;
    }
    return wrap(result);
  }

  std::int64_t unary() {
    if (++depth_ > kDeepest) return fail("expression recursion level exceeded");
    std::int64_t value = 0;
    if ((peek() == '+' && peek(1) == '+') || (peek() == '-' && peek(1) == '-')) {
      const std::int64_t change = peek() == '+' ? 1 : -1;
      position_ += 2;
      const std::string name = take_name();
      if (name.empty()) {
        value = fail("syntax error: operand expected");
      } else {
        value = store(name, wrap(bits(variable(name)) + bits(change)));
      }
    } else if (take("!")) {
      value = unary() == 0;
    } else if (take("~")) {
      value = ~unary();
    } else if (take("-")) {
      value = wrap(0 - bits(unary()));
    } else if (take("+")) {
      value = unary();
    } else {
      value = primary();
    }
    --depth_;
    return value;
  }

  std::int64_t primary() {
    if (take("(")) {
      const std::int64_t value = comma();
      if (error_.empty() && !take(")")) return fail("missing `)'");
      return value;
    }
    const char c = peek();
    if (is_digit(c)) {
      std::size_t p = position_;
      while (p < text_.size() && is_name_character(text_[p])) ++p;
      const auto number = parse_number(text_.substr(position_, p - position_));
      position_ = p;
      return number ? *number : fail("value too great for base");
    }
    const std::string name = take_name();
    if (name.empty()) return fail("syntax error: operand expected");
    return name_value(name);
  }

  std::int64_t name_value(const std::string& name) {
    const std::int64_t old = error_.empty() ? variable(name) : 0;
    if (take("++")) {
      store(name, wrap(bits(old) + 1));
      return old;
    }
    if (take("--")) {
      store(name, wrap(bits(old) - 1));
      return old;
    }
    if (peek() == '=' && peek(1) != '=') {
      ++position_;
      return store(name, ternary());
    }
    for (const std::string_view op : {"<<", ">>", "+", "-", "*", "/", "%", "&", "|", "^"}) {
      skip();
      if (text_.substr(position_, op.size()) != op || position_ + op.size() >= text_.size() ||
          text_[position_ + op.size()] != '=') {
        continue;
      }
      position_ += op.size() + 1;
      const std::int64_t right = ternary();
      return error_.empty() ? store(name, apply(op, old, right)) : 0;
    }
    return old;
  }

  std::string take_name() {
    skip();
    std::size_t p = position_;
    if (p < text_.size() && is_digit(text_[p])) return {};
    while (p < text_.size() && is_name_character(text_[p])) ++p;
    std::string name{text_.substr(position_, p - position_)};
    position_ = p;
    return name;
  }

  std::int64_t variable(const std::string& name) {
    const std::string* value = state_.find(name);
    if (value == nullptr || value->empty()) return 0;
    if (const auto number = parse_number(*value)) return *number;
    // A variable may hold an expression of its own.
    if (depth_ > kDeepest - 10 || value->size() > 1000)
      return fail("expression recursion level exceeded");
    Evaluator inner(*value, state_, depth_ + 10);
    const auto result = inner.run();
    return result ? *result : fail(result.error().what);
  }
  std::int64_t store(const std::string& name, std::int64_t value) {
    if (!dry_ && error_.empty() && !state_.set(name, std::to_string(value))) {
      return fail(name + ": readonly variable");
    }
    return value;
  }

  std::string_view text_;
  ShellState& state_;
  std::size_t position_ = 0;
  int depth_;
  bool dry_ = false;
  std::string error_;
};

}  // namespace

Result<std::int64_t> evaluate_arithmetic(std::string_view expression, ShellState& state) {
  return Evaluator(expression, state, 0).run();
}

}  // namespace lvslab::admin
