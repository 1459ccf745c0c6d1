// The filter's grammar: or, and, not, parentheses, and tests of one field.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "trace/frame_filter_expression.h"

namespace lvslab::trace {
namespace {

using Expression = FrameFilter::Expression;

class Parser {
 public:
  Parser(std::string_view text, std::span<const FilterName> extra) : text_(text), extra_(extra) {}

  Result<std::unique_ptr<Expression>> parse() {
    auto root = parse_or(0);
    if (!root) return root;
    skip();
    if (at_ < text_.size())
      return error("unexpected '" + std::string(text_.substr(at_, 12)) + "'",
                   "join tests with && or ||");
    return root;
  }

 private:
  using Value = FilterName::Value;
  using Node = Result<std::unique_ptr<Expression>>;
  static constexpr int kDeepest = 3 * 64;  // a parenthesis goes through or, and, not

  tl::unexpected<Error> error(std::string what, std::string hint) const {
    return fail("in the filter at character " + std::to_string(at_ + 1) + ": " + std::move(what),
                std::move(hint));
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
  }
  bool take(std::string_view symbol, std::string_view word = {}) {
    skip();
    if (!symbol.empty() && text_.substr(at_, symbol.size()) == symbol) {
      at_ += symbol.size();
      return true;
    }
    if (!word.empty() && text_.substr(at_, word.size()) == word) {
      const std::size_t end = at_ + word.size();
      if (end == text_.size() || !is_word(text_[end])) {
        at_ = end;
        return true;
      }
    }
    return false;
  }

  Node parse_or(int depth) { return parse_chain(depth, Expression::Kind::kOr); }
  Node parse_chain(int depth, Expression::Kind kind) {
    if (depth > kDeepest) return error("nested too deeply", "at most 64 levels");
    const bool is_or = kind == Expression::Kind::kOr;
    auto left = is_or ? parse_chain(depth + 1, Expression::Kind::kAnd) : parse_not(depth + 1);
    while (left && (is_or ? take("||", "or") : take("&&", "and"))) {
      auto right = is_or ? parse_chain(depth + 1, Expression::Kind::kAnd) : parse_not(depth + 1);
      if (!right) return right;
      auto node = std::make_unique<Expression>();
      node->kind = kind;
      node->left = std::move(*left);
      node->right = std::move(*right);
      left = std::move(node);
    }
    return left;
  }
  Node parse_not(int depth) {
    if (depth > kDeepest) return error("nested too deeply", "at most 64 levels");
    skip();
    const bool bang = at_ + 1 < text_.size() && text_[at_] == '!' && text_[at_ + 1] != '=';
    if (bang || take({}, "not")) {
      if (bang) ++at_;
      auto inner = parse_not(depth + 1);
      if (!inner) return inner;
      auto node = std::make_unique<Expression>();
      node->kind = Expression::Kind::kNot;
      node->left = std::move(*inner);
      return node;
    }
    if (take("(")) {
      auto inner = parse_or(depth + 1);
      if (inner && !take(")")) return error("')' is missing", "close every parenthesis");
      return inner;
    }
    return parse_test();
  }

  Node parse_test() {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) return error("a field name is missing", "for example ip.src == 192.168.0.1");
    const auto extra = std::find_if(extra_.begin(), extra_.end(),
                                    [&](const FilterName& known) { return known.name == name; });
    const bool known = std::binary_search(filter_fields().begin(), filter_fields().end(), name);
    if (!known && extra == extra_.end()) {
      at_ = start;
      return error("unknown field '" + std::string(name) + "'", "see: lvslab list fields");
    }
    const Value value = extra == extra_.end() ? Value::kNumber : extra->value;
    auto node = std::make_unique<Expression>();
    node->field = std::string(name);
    using Op = Expression::Operator;
    constexpr std::pair<std::pair<std::string_view, std::string_view>, Op> kOperators[] = {
        {{"==", "eq"}, Op::kEqual},   {{"!=", "ne"}, Op::kNotEqual}, {{"<=", "le"}, Op::kAtMost},
        {{">=", "ge"}, Op::kAtLeast}, {{"<", "lt"}, Op::kLess},      {{">", "gt"}, Op::kGreater}};
    for (const auto& [spelling, op] : kOperators) {
      if (!take(spelling.first, spelling.second)) continue;
      node->kind = Expression::Kind::kCompare;
      node->op = op;
      if (value == Value::kSeconds) return parse_seconds(std::move(node));
      if (value != Value::kText) return parse_value(std::move(node));
      if (op == Op::kEqual || op == Op::kNotEqual) return parse_text(std::move(node));
      return error("a text is neither less nor more", "== != or contains");
    }
    if (take({}, "contains")) {
      if (value != Value::kText) {
        return error(
            "'" + std::string(name) + "' is no text",
            extra_.empty() ? "== != < <= > >=" : "contains is for node, info, data.text ...");
      }
      node->kind = Expression::Kind::kCompare;
      node->op = Op::kContains;
      return parse_text(std::move(node));
    }
    return node;
  }

  // In quotes or a bare word.
  Node parse_text(std::unique_ptr<Expression> node) {
    skip();
    if (at_ < text_.size() && text_[at_] == '"') return parse_value(std::move(node));
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (is_word(text_[at_]) || text_[at_] == ':' || text_[at_] == '/' || text_[at_] == '-'))
      ++at_;
    if (at_ == start) return error("a text is missing", "a word, or a text in quotes");
    node->is_text = true;
    node->text = std::string(text_.substr(start, at_ - start));
    return node;
  }

  // Decimal seconds, or with a unit, as whole picoseconds.
  Node parse_seconds(std::unique_ptr<Expression> node) {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    std::string_view word = text_.substr(start, at_ - start);
    constexpr std::pair<std::string_view, int> kUnits[] = {
        {"ms", 9}, {"us", 6}, {"ns", 3}, {"s", 12}};
    int digits = 12;  // places that a second has
    for (const auto& [unit, places] : kUnits) {
      if (!word.ends_with(unit)) continue;
      digits = places;
      word.remove_suffix(unit.size());
      break;
    }
    const auto value = decimal(word, digits);
    if (!value) {
      at_ = start;
      return error("'" + std::string(text_.substr(start, 20)) + "' is no time",
                   "as 1.5 (seconds), 20ms or 350us");
    }
    node->number = *value;
    return node;
  }

  // "1.5" with three places: 1500. None beyond six whole digits, which no run lasts.
  static std::optional<std::uint64_t> decimal(std::string_view word, int places) {
    std::uint64_t value = 0;
    int after = -1;
    std::size_t whole = 0;
    for (const char c : word) {
      if (c == '.' && after < 0) {
        after = 0;
      } else if (c < '0' || c > '9' || whole > 6) {
        return std::nullopt;
      } else if (after < 0) {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
        ++whole;
      } else if (after < places) {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
        ++after;
      }
    }
    if (word.empty() || word == ".") return std::nullopt;
    for (int i = std::max(after, 0); i < places; ++i) value *= 10;
    return value;
  }

  Node parse_value(std::unique_ptr<Expression> node) {
    skip();
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t end = text_.find('"', at_ + 1);
      if (end == std::string_view::npos)
        return error("the text is not closed", "end it with a quote");
      node->is_text = true;
      node->text = std::string(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return node;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.' ||
            text_[at_] == ':' || text_[at_] == '/' || text_[at_] == '-'))
      ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty())
      return error("a value is missing", "a number, an address or a text in quotes");
    if (const auto mac = wire::parse_mac(word)) {
      node->number = mac->value;
      return node;
    }
    if (word.find('.') != std::string_view::npos) {
      const auto prefix = wire::parse_prefix(word);
      if (!prefix) {
        at_ = start;
        return error("'" + std::string(word) + "' is no address",
                     "as 192.168.0.1 or 192.168.0.0/24");
      }
      node->mask = wire::netmask(prefix->length);
      node->number = prefix->address.value & node->mask;
      return node;
    }
    if (word == "true" || word == "false" || word == "True" || word == "False") {
      node->number = word[0] == 't' || word[0] == 'T' ? 1 : 0;
      return node;
    }
    const bool hex = word.substr(0, 2) == "0x";
    const char* first = word.data() + (hex ? 2 : 0);
    const auto [end, problem] =
        std::from_chars(first, word.data() + word.size(), node->number, hex ? 16 : 10);
    if (problem != std::errc{} || end != word.data() + word.size() || first == end) {
      at_ = start;
      return error("'" + std::string(word) + "' is no value",
                   "a number, an address or a text in quotes");
    }
    return node;
  }

  std::string_view text_;
  std::span<const FilterName> extra_;
  std::size_t at_ = 0;
};

}  // namespace

Result<FrameFilter> FrameFilter::parse(std::string_view text, std::span<const FilterName> extra) {
  if (text.size() > 4096) return fail("the filter is longer than 4096 characters", "shorten it");
  auto root = Parser(text, extra).parse();
  if (!root) return tl::unexpected<Error>(root.error());
  FrameFilter filter;
  filter.root_ = std::move(*root);
  return filter;
}

}  // namespace lvslab::trace
