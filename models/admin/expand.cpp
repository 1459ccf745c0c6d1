#include "admin/expand.h"

#include <algorithm>
#include <utility>

#include "admin/arithmetic.h"
#include "admin/files.h"
#include "admin/machine.h"
#include "admin/parser.h"
#include "admin/pattern.h"

namespace lvslab::admin {
namespace {

// How a character came to be, which decides what may still be done with it.
constexpr char kPlain = 'p';     // typed without quotes: braces, file names
constexpr char kQuoted = 'q';    // nothing
constexpr char kExpanded = 'e';  // from an unquoted expansion: splitting, file names
constexpr char kEmpty = '0';     // no character: here stood empty quotes
constexpr char kBreak = 'b';     // no character: "$@" begins a new field here

constexpr std::size_t kMostFields = 65'536;
constexpr std::uint64_t kPatternBudget = 5'000'000;

std::int64_t clamp_index(std::int64_t value, std::int64_t size) {
  return std::clamp<std::int64_t>(value, 0, size);
}

}  // namespace

bool Expander::fail(std::string what) {
  if (error_.empty()) error_ = std::move(what);
  return false;
}

bool Expander::too_much() {
  over_bound_ = true;
  return fail("expansion larger than 1 MiB");
}

bool Expander::charge(std::size_t bytes) {
  produced_ += bytes;
  steps_ += bytes / 64;
  return produced_ <= kLargestExpansion ? true : too_much();
}

bool Expander::fields(const Word& word, std::vector<std::string>& fields) {
  Marked marked;
  if (!evaluate(word, marked)) return false;
  std::vector<Marked> words;
  if (!braces(marked, words)) return false;
  for (const Marked& one : words) {
    std::vector<Marked> split_fields;
    split(one, split_fields);
    for (const Marked& field : split_fields) {
      file_names(field, fields);
      if (fields.size() > kMostFields) return too_much();
    }
  }
  return error_.empty();
}

bool Expander::text(const Word& word, std::string& text) {
  Marked marked;
  if (!evaluate(word, marked)) return false;
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    if (marked.marks[i] == kBreak) {
      if (i > 0) text += ' ';
    } else if (marked.marks[i] != kEmpty) {
      text += marked.text[i];
    }
  }
  return true;
}

bool Expander::pattern(const Word& word, std::string& pattern) {
  Marked marked;
  if (!evaluate(word, marked)) return false;
  for (std::size_t i = 0; i < marked.text.size(); ++i) {
    if (marked.marks[i] == kEmpty || marked.marks[i] == kBreak) continue;
    if (marked.marks[i] == kQuoted) pattern += '\\';
    pattern += marked.text[i];
  }
  return true;
}

bool Expander::arithmetic(const Word& word, std::int64_t& value) {
  std::string expression;
  if (!text(word, expression)) return false;
  changed_ = true;
  if (memo_.next < memo_.done.size()) {
    value = std::strtoll(memo_.done[memo_.next++].c_str(), nullptr, 10);
    return true;
  }
  const auto result = evaluate_arithmetic(expression, state_);
  if (!result) return fail(result.error().what);
  value = *result;
  memo_.done.push_back(std::to_string(value));
  ++memo_.next;
  return true;
}

bool Expander::evaluate(const Word& word, Marked& out) {
  if (++depth_ > kDeepestNesting) return fail("nested too deep");
  const std::size_t start = out.text.size();
  bool ok = true;
  for (const Part& one : word.parts) {
    ++steps_;
    ok = part(one, out) && charge(one.kind == Part::Kind::kLiteral ? one.text.size() : 0);
    if (!ok) break;
  }
  // A tilde at the beginning is the administrator's home.
  if (ok && out.text.size() > start && out.text[start] == '~' && out.marks[start] == kPlain &&
      (out.text.size() == start + 1 || out.text[start + 1] == '/')) {
    out.text.replace(start, 1, "/root");
    out.marks.replace(start, 1, std::string(5, kQuoted));
  }
  --depth_;
  return ok;
}

bool Expander::part(const Part& part, Marked& out) {
  switch (part.kind) {
    case Part::Kind::kLiteral:
      if (part.quoted && part.text.empty()) {
        out.add(std::string_view("", 1), kEmpty);
      } else {
        out.add(part.text, part.quoted ? kQuoted : kPlain);
      }
      return true;
    case Part::Kind::kVariable:
      changed_ = true;
      return variable(part, out);
    case Part::Kind::kArithmetic: {
      std::int64_t value = 0;
      if (!arithmetic(part.operand[0], value)) return false;
      out.add(std::to_string(value), part.quoted ? kQuoted : kExpanded);
      return true;
    }
    case Part::Kind::kCommand:
      break;
  }
  changed_ = true;
  if (part.command == nullptr) return true;
  if (memo_.next == memo_.done.size()) {
    wanted_ = part.command.get();
    return false;
  }
  const std::string& result = memo_.done[memo_.next++];
  out.add(result, part.quoted ? kQuoted : kExpanded);
  return charge(result.size());
}

bool Expander::value_of(std::string_view name, std::string& value) const {
  if (const std::string* found = state_.find(name)) {
    value = *found;
    return true;
  }
  if (name == "?") {
    value = std::to_string(state_.status);
  } else if (name == "#") {
    value = std::to_string(state_.positional.size());
  } else if (name == "$") {
    value = "1000";
  } else if (name == "!") {
    value = state_.last_background == 0 ? "" : std::to_string(state_.last_background);
  } else if (name == "-") {
    value = state_.errexit ? "eBH" : "BH";
  } else if (name == "0") {
    value = state_.zero;
  } else if (name == "PWD") {
    value = state_.directory;
  } else if (name == "HOME") {
    value = "/root";
  } else if (name == "USER" || name == "LOGNAME") {
    value = "root";
  } else if (name == "HOSTNAME") {
    value = machine_.name();
  } else if (name == "PATH") {
    value = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  } else if (name == "UID" || name == "EUID") {
    value = "0";
  } else if (!name.empty() && name[0] >= '1' && name[0] <= '9' && name.size() < 7) {
    std::size_t index = 0;
    for (const char c : name) index = index * 10 + static_cast<std::size_t>(c - '0');
    if (index > state_.positional.size()) return false;
    value = state_.positional[index - 1];
  } else {
    return false;
  }
  return true;
}

void Expander::all_positional(bool at, bool quoted, Marked& out) const {
  for (std::size_t i = 0; i < state_.positional.size(); ++i) {
    if (i > 0 && (at || !quoted)) out.add(std::string_view("", 1), kBreak);
    if (i > 0 && !at && quoted) out.add(" ", kQuoted);
    if (quoted && state_.positional[i].empty()) out.add(std::string_view("", 1), kEmpty);
    out.add(state_.positional[i], quoted ? kQuoted : kExpanded);
  }
}

bool Expander::variable(const Part& part, Marked& out) {
  const char mark = part.quoted ? kQuoted : kExpanded;
  const bool all = part.text == "@" || part.text == "*";
  if (all && part.operation.empty()) {
    all_positional(part.text == "@", part.quoted, out);
    std::size_t bytes = 0;
    for (const std::string& word : state_.positional) bytes += word.size() + 1;
    return charge(bytes);
  }
  std::string value;
  bool set = true;
  if (all) {
    for (const std::string& word : state_.positional) value += (value.empty() ? "" : " ") + word;
    set = !state_.positional.empty();
  } else {
    set = value_of(part.text, value);
  }
  const std::string& op = part.operation;
  const bool tests_default = op.size() <= 2 && !op.empty() &&
                             std::string_view("-=+?").find(op.back()) != std::string_view::npos;
  if (!set && !tests_default && state_.nounset) return fail(part.text + ": unbound variable");
  if (!charge(value.size())) return false;
  if (op == "#name") {
    out.add(std::to_string(all ? state_.positional.size() : value.size()), mark);
    return true;
  }
  if (tests_default) {
    const bool missing = !set || (op[0] == ':' && value.empty());
    const bool use_word = op.back() == '+' ? !missing : missing;
    if (use_word) return default_operation(part, true, out);
    if (op.back() == '+') value.clear();
  } else if (op == ":") {
    return substring(part, value, out);
  } else if (!op.empty()) {
    return pattern_operation(part, std::move(value), out);
  }
  if (part.quoted && value.empty()) out.add(std::string_view("", 1), kEmpty);
  out.add(value, mark);
  return true;
}

bool Expander::default_operation(const Part& part, bool use_word, Marked& out) {
  (void)use_word;
  const Word& word = part.operand[0];
  const char kind = part.operation.back();
  if (kind == '-' || kind == '+') {
    const std::size_t start = out.text.size();
    if (!evaluate(word, out)) return false;
    // What was typed as the default splits like an expansion; it takes no part in braces.
    for (std::size_t i = start; i < out.marks.size(); ++i) {
      if (out.marks[i] == kPlain) out.marks[i] = part.quoted ? kQuoted : kExpanded;
    }
    return true;
  }
  std::string value;
  if (!text(word, value)) return false;
  if (kind == '?') {
    return fail(part.text + ": " + (value.empty() ? "parameter null or not set" : value));
  }
  if (!is_name(part.text)) return fail("$" + part.text + ": cannot assign in this way");
  if (!state_.set(part.text, value)) return fail(part.text + ": readonly variable");
  out.add(value, part.quoted ? kQuoted : kExpanded);
  return true;
}

bool Expander::substring(const Part& part, const std::string& value, Marked& out) {
  std::int64_t from = 0;
  if (!arithmetic(part.operand[0], from)) return false;
  const auto size = static_cast<std::int64_t>(value.size());
  from = from < 0 ? size + std::max(from, -size - 1) : clamp_index(from, size);
  std::int64_t length = size;
  if (part.operand.size() > 1 && !arithmetic(part.operand[1], length)) return false;
  if (from < 0 || from > size) return true;
  std::int64_t end =
      length < 0 ? size + std::max(length, -size) : from + clamp_index(length, size - from);
  end = clamp_index(end, size);
  if (end < from) return fail(part.text + ": substring expression < 0");
  out.add(std::string_view(value).substr(static_cast<std::size_t>(from),
                                         static_cast<std::size_t>(end - from)),
          part.quoted ? kQuoted : kExpanded);
  return true;
}

bool Expander::pattern_operation(const Part& part, std::string value, Marked& out) {
  std::string matcher;
  if (!pattern(part.operand[0], matcher)) return false;
  // Inside double quotes the pattern's own characters still mean what they mean.
  if (part.quoted) matcher = unescape_pattern(matcher);
  std::string result;
  if (part.operation[0] == '/') {
    std::string with;
    if (part.operand.size() > 1 && !text(part.operand[1], with)) return false;
    result = replace(value, matcher, with, part.operation == "//");
  } else {
    result = remove_affix(part.operation, value, matcher);
  }
  if (!charge(result.size())) return false;
  out.add(result, part.quoted ? kQuoted : kExpanded);
  return error_.empty();
}

std::string Expander::remove_affix(const std::string& operation, const std::string& value,
                                   const std::string& matcher) {
  std::uint64_t budget = kPatternBudget;
  const bool prefix = operation[0] == '#';
  const bool longest = operation.size() == 2;
  const std::string_view whole = value;
  for (std::size_t i = 0; i <= value.size() && budget > 0; ++i) {
    const std::size_t length = longest ? value.size() - i : i;
    const std::string_view candidate =
        prefix ? whole.substr(0, length) : whole.substr(value.size() - length);
    if (pattern_matches(matcher, candidate, budget)) {
      return std::string(prefix ? whole.substr(length) : whole.substr(0, value.size() - length));
    }
  }
  steps_ += (kPatternBudget - budget) / 64;
  if (budget == 0) too_much();
  return value;
}

std::string Expander::replace(const std::string& value, const std::string& matcher,
                              const std::string& with, bool all) {
  std::uint64_t budget = kPatternBudget;
  std::string result;
  std::size_t i = 0;
  bool replaced = false;
  while (i < value.size() && !matcher.empty()) {
    std::size_t length = replaced && !all ? 0 : value.size() - i;
    while (length > 0 &&
           !pattern_matches(matcher, std::string_view(value).substr(i, length), budget))
      --length;
    if (budget == 0 || result.size() > kLargestExpansion) {
      too_much();
      break;
    }
    if (length > 0) {
      result += with;
      i += length;
      replaced = true;
    } else {
      result += value[i++];
    }
  }
  steps_ += (kPatternBudget - budget) / 64;
  return matcher.empty() ? value : result;
}

void Expander::split(const Marked& word, std::vector<Marked>& fields) const {
  const std::string* ifs = state_.find("IFS");
  const std::string separators = ifs != nullptr ? *ifs : " \t\n";
  Marked field;
  bool any = false;
  const auto flush = [&] {
    if (any) fields.push_back(std::exchange(field, {}));
    any = false;
  };
  for (std::size_t i = 0; i < word.text.size(); ++i) {
    const char c = word.text[i];
    const char mark = word.marks[i];
    if (mark == kBreak) {
      flush();
    } else if (mark == kEmpty) {
      any = true;
    } else if (mark == kExpanded && separators.find(c) != std::string::npos) {
      // A separator that is no blank ends a field even when the field is empty.
      if (c != ' ' && c != '\t' && c != '\n') any = true;
      flush();
    } else {
      field.add(std::string_view(&c, 1), mark);
      any = true;
    }
  }
  flush();
}

void Expander::file_names(const Marked& field, std::vector<std::string>& out) {
  std::string pattern;
  bool wild = false;
  for (std::size_t i = 0; i < field.text.size(); ++i) {
    const char c = field.text[i];
    const bool special = c == '*' || c == '?' || c == '[';
    if (field.marks[i] == kQuoted || c == '\\') pattern += '\\';
    wild = wild || (special && field.marks[i] != kQuoted);
    pattern += c;
  }
  if (wild && !state_.noglob) {
    std::vector<std::string> found = matching_files(machine_, state_.directory, pattern, steps_);
    if (!found.empty()) {
      std::size_t bytes = 0;
      for (const std::string& name : found) bytes += name.size();
      charge(bytes);
      out.insert(out.end(), found.begin(), found.end());
      return;
    }
  }
  out.push_back(field.text);
}

}  // namespace lvslab::admin
