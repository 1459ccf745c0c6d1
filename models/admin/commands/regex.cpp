#include "admin/commands/regex.h"

#include <algorithm>

namespace lvslab::admin {
namespace {

constexpr int kDeepestGroup = 30;
constexpr int kMostRepeats = 255;
constexpr int kDeepestMatch = 2'000;
// Steps of matching that may be saved up, and what each searched character adds.
constexpr std::uint64_t kBudget = 2'000'000;
constexpr std::uint64_t kStepsPerCharacter = 8;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Regex::Regex(std::string_view pattern, Syntax syntax, bool ignore_case)
    : pattern_(pattern), syntax_(syntax), ignore_case_(ignore_case), budget_(kBudget) {
  if (syntax == Syntax::kFixed) {
    alternatives_.emplace_back();
    for (const char c : pattern_) {
      Node node;
      node.character = folded(c);
      alternatives_[0].push_back(std::move(node));
    }
    return;
  }
  alternatives_ = parse_alternatives(false, 0);
}

char Regex::folded(char c) const {
  return ignore_case_ && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<Regex::Sequence> Regex::parse_alternatives(bool nested, int depth) {
  std::vector<Sequence> result(1);
  if (depth > kDeepestGroup) {
    error_ = "Regular expression too big";
    return result;
  }
  const bool extended = syntax_ == Syntax::kExtended;
  while (at_ < pattern_.size() && error_.empty()) {
    Node node;
    const char c = pattern_[at_++];
    const bool escaped = c == '\\' && at_ < pattern_.size();
    const char e = escaped ? pattern_[at_++] : c;
    // In the basic syntax ( ) | + ? are operators behind a backslash, in the extended one without
    // it.
    const bool is_operator = escaped != extended;
    if (is_operator && e == '|') {
      result.emplace_back();
      continue;
    }
    if (is_operator && e == ')' && nested) {
      return result;
    }
    if (is_operator && e == '(') {
      node.kind = Node::Kind::kGroup;
      node.group = ++groups_;
      node.alternatives = parse_alternatives(true, depth + 1);
      if (error_.empty() && pattern_[at_ - 1] != ')') error_ = "Unmatched ( or \\(";
    } else if (escaped && (e == '<' || e == '>' || e == 'b')) {
      node.kind = Node::Kind::kWordEdge;
    } else if (escaped && (e == 's' || e == 'w' || e == 'd')) {
      node.kind = Node::Kind::kSet;
      node.set.assign(256, '\0');
      for (int i = 0; i < 256; ++i) {
        const char k = static_cast<char>(i);
        const bool in = e == 's'   ? k == ' ' || k == '\t'
                        : e == 'w' ? is_word(k)
                                   : k >= '0' && k <= '9';
        node.set[static_cast<std::size_t>(i)] = in ? '\1' : '\0';
      }
    } else if (!escaped && c == '.') {
      node.kind = Node::Kind::kAny;
    } else if (!escaped && c == '[') {
      if (!parse_set(node)) return result;
    } else if (!escaped && c == '^' && (extended || result.back().empty())) {
      node.kind = Node::Kind::kBegin;
    } else if (!escaped && c == '$' &&
               (extended || at_ == pattern_.size() || pattern_[at_] == '\\')) {
      node.kind = Node::Kind::kEnd;
    } else {
      node.character = folded(e);
    }
    if (node.kind != Node::Kind::kBegin) parse_repeat(node);
    result.back().push_back(std::move(node));
  }
  if (nested && error_.empty()) error_ = "Unmatched ( or \\(";
  return result;
}

void Regex::parse_repeat(Node& node) {
  const bool extended = syntax_ == Syntax::kExtended;
  while (at_ < pattern_.size()) {
    char c = pattern_[at_];
    std::size_t length = 1;
    const std::size_t brace = at_ + (extended ? 0 : 1);
    if (pattern_.compare(at_, extended ? 1 : 2, extended ? "{" : "\\{") == 0) {
      if (!parse_bounds(node, brace + 1)) return;
      continue;
    }
    if (!extended && c == '\\' && at_ + 1 < pattern_.size() &&
        (pattern_[at_ + 1] == '+' || pattern_[at_ + 1] == '?')) {
      c = pattern_[at_ + 1];
      length = 2;
    } else if (c != '*' && !(extended && (c == '+' || c == '?'))) {
      return;
    }
    node.least = c == '+' ? std::min(1, node.least) : 0;
    node.most = c == '?' ? node.most : -1;
    at_ += length;
  }
}

// "{2}", "{2,}", "{,3}", "{2,3}"; a brace that begins none of these stands for itself.
bool Regex::parse_bounds(Node& node, std::size_t begin) {
  const std::string_view close = syntax_ == Syntax::kExtended ? "}" : "\\}";
  constexpr std::size_t kLongest = 7;
  const std::string_view ahead = std::string_view(pattern_).substr(begin, kLongest + close.size());
  const std::size_t size = ahead.find(close);
  if (size == std::string::npos) return false;
  const std::string_view body = ahead.substr(0, size);
  if (body.empty() || body.find_first_not_of("0123456789,") != std::string::npos) return false;
  const auto number = [](std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = std::min(kMostRepeats, value * 10 + (c - '0'));
    return value;
  };
  const std::size_t comma = body.find(',');
  if (comma != body.rfind(',')) return false;
  node.least = number(body.substr(0, comma));
  if (comma == std::string::npos) {
    node.most = node.least;
  } else {
    node.most = comma + 1 == body.size() ? -1 : number(body.substr(comma + 1));
  }
  at_ = begin + size + close.size();
  return true;
}

bool Regex::parse_set(Node& node) {
  node.kind = Node::Kind::kSet;
  node.set.assign(256, '\0');
  const bool inverted = at_ < pattern_.size() && pattern_[at_] == '^';
  if (inverted) ++at_;
  const auto include = [&](char c) {
    node.set[static_cast<unsigned char>(c)] = '\1';
    if (!ignore_case_) return;
    if (c >= 'A' && c <= 'Z') node.set[static_cast<unsigned char>(c - 'A' + 'a')] = '\1';
    if (c >= 'a' && c <= 'z') node.set[static_cast<unsigned char>(c - 'a' + 'A')] = '\1';
  };
  for (bool first = true; at_ < pattern_.size(); first = false) {
    if (pattern_[at_] == ']' && !first) {
      ++at_;
      if (inverted) {
        for (char& flag : node.set) flag = flag == '\0' ? '\1' : '\0';
      }
      return true;
    }
    if (pattern_.compare(at_, 2, "[:") == 0) {
      const std::size_t end = pattern_.find(":]", at_);
      const std::string name =
          end == std::string::npos ? "" : pattern_.substr(at_ + 2, end - at_ - 2);
      for (int i = 0; i < 128; ++i) {
        const char k = static_cast<char>(i);
        const bool digit = k >= '0' && k <= '9';
        const bool alpha = is_word(k) && !digit && k != '_';
        const bool space = k == ' ' || (k >= '\t' && k <= '\r');
        if ((name == "space" && space) || (name == "digit" && digit) ||
            (name == "alpha" && alpha) || (name == "alnum" && (alpha || digit)) ||
            (name == "upper" && k >= 'A' && k <= 'Z') ||
            (name == "lower" && k >= 'a' && k <= 'z') ||
            (name == "blank" && (k == ' ' || k == '\t'))) {
          include(k);
        }
      }
      if (end != std::string::npos) {
        at_ = end + 2;
        continue;
      }
    }
    const char low = pattern_[at_++];
    char high = low;
    if (at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']') {
      high = pattern_[at_ + 1];
      at_ += 2;
    }
    for (int i = static_cast<unsigned char>(low); i <= static_cast<unsigned char>(high); ++i)
      include(static_cast<char>(i));
  }
  error_ = "Unmatched [, [^, [:, [., or [=";
  return false;
}

bool Regex::single(const Node& node, std::size_t position) const {
  if (position >= text_.size()) return false;
  const char c = text_[position];
  if (node.kind == Node::Kind::kAny) return true;
  if (node.kind == Node::Kind::kSet) return node.set[static_cast<unsigned char>(c)] != '\0';
  return folded(c) == node.character;
}

bool Regex::match(const Rest* rest, std::size_t position, int depth, std::size_t& end) {
  if (budget_ == 0 || depth > kDeepestMatch) return false;
  --budget_;
  while (rest != nullptr && rest->index == rest->sequence->size()) rest = rest->next;
  if (rest == nullptr) {
    end = position;
    return true;
  }
  const Node& node = (*rest->sequence)[rest->index];
  const Rest behind{rest->sequence, rest->index + 1, 0, 0, rest->next};
  switch (node.kind) {
    case Node::Kind::kBegin:
      return position == 0 && match(&behind, position, depth + 1, end);
    case Node::Kind::kEnd:
      return position == text_.size() && match(&behind, position, depth + 1, end);
    case Node::Kind::kWordEdge: {
      const bool left = position > 0 && is_word(text_[position - 1]);
      const bool right = position < text_.size() && is_word(text_[position]);
      return left != right && match(&behind, position, depth + 1, end);
    }
    case Node::Kind::kGroup: {
      // Greedy: once more if that is allowed and the last time took something; else go on behind
      // it.
      const bool more = (node.most < 0 || rest->repeated < node.most) &&
                        (rest->repeated == 0 || rest->started != position);
      if (more) {
        const Rest again{rest->sequence, rest->index, rest->repeated + 1, position, rest->next};
        for (const Sequence& sequence : node.alternatives) {
          const Rest inner{&sequence, 0, 0, 0, &again};
          if (match(&inner, position, depth + 1, end)) return true;
        }
      }
      if (rest->repeated < node.least) return false;
      Span& span = spans_[std::min(node.group, spans_.size() - 1)];
      const Span before = span;
      if (rest->repeated > 0) span = {rest->started, position};
      if (match(&behind, position, depth + 1, end)) return true;
      span = before;
      return false;
    }
    default:
      break;
  }
  std::size_t count = 0;
  while ((node.most < 0 || static_cast<int>(count) < node.most) && single(node, position + count))
    ++count;
  budget_ -= std::min<std::uint64_t>(budget_, count / 8);
  for (;; --count) {
    if (count < static_cast<std::size_t>(node.least)) return false;
    if (match(&behind, position + count, depth + 1, end)) return true;
    if (count == 0 || budget_ == 0) return false;
  }
}

bool Regex::search(std::string_view text, std::size_t& from, std::size_t& length,
                   std::size_t begin) {
  text_ = text;
  budget_ = std::min(kBudget, budget_ + kStepsPerCharacter * (text.size() - begin + 1));
  for (std::size_t start = begin; start <= text.size() && budget_ > 0; ++start) {
    bool found = false;
    for (const Sequence& sequence : alternatives_) {
      const Rest rest{&sequence, 0, 0, 0, nullptr};
      std::size_t end = 0;
      spans_ = {};
      if (!match(&rest, start, 0, end)) continue;
      if (!found || end - start > length) {
        length = end - start;
        best_ = spans_;
      }
      from = start;
      found = true;
    }
    if (found) return true;
  }
  return false;
}

std::string_view Regex::group(std::size_t number) const {
  if (number == 0 || number >= best_.size()) return {};
  const Span& span = best_[number];
  return text_.substr(span.from, span.to - span.from);
}

}  // namespace lvslab::admin
