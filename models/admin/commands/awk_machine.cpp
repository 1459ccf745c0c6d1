#include "admin/commands/awk_machine.h"

#include <algorithm>

namespace lvslab::admin {
namespace {

using K = AwkNode::Kind;

constexpr std::uint64_t kMostSteps = 5'000'000;
constexpr std::size_t kMostFields = 32'768;

}  // namespace

Awk::Awk(CommandContext& context, std::vector<AwkRule>& rules) : context_(context), rules_(rules) {
  variables_["FS"] = awk_of_text(" ");
  variables_["OFS"] = awk_of_text(" ");
  variables_["ORS"] = awk_of_text("\n");
  variables_["NR"] = awk_of_number(0);
  variables_["FNR"] = awk_of_number(0);
  variables_["NF"] = awk_of_number(0);
  variables_["SUBSEP"] = awk_of_text("\034");
}

void Awk::set(const std::string& name, const std::string& text) {
  variables_[name] = awk_from_outside(awk_unescape(text));
}

int Awk::run(const std::vector<NamedText>& inputs, bool only_begin) {
  for_rules(AwkRule::When::kBegin);
  if (!only_begin && flow_ != Flow::kExit) {
    for (const NamedText& input : inputs) {
      variables_["FILENAME"] = awk_of_text(input.name == "-" ? "" : input.name);
      variables_["FNR"] = awk_of_number(0);
      for (const std::string_view line : lines_of(input.text)) {
        if (!record(line)) break;
      }
    }
  }
  if (error_.empty()) {
    flow_ = Flow::kGo;
    for_rules(AwkRule::When::kEnd);
  }
  if (!error_.empty()) {
    context_.err += "awk: " + error_ + "\n";
    return 2;
  }
  return status_;
}

bool Awk::fine() {
  if (++steps_ > kMostSteps) fail("the program takes too many steps");
  return error_.empty();
}

void Awk::fail(const std::string& what) {
  if (error_.empty()) error_ = what;
  flow_ = Flow::kExit;
}

void Awk::for_rules(AwkRule::When when) {
  for (AwkRule& rule : rules_) {
    if (rule.when != when || flow_ == Flow::kExit) continue;
    execute(rule.action);
  }
}

bool Awk::record(std::string_view line) {
  if (flow_ == Flow::kExit) return false;
  variables_["NR"] = awk_of_number(variables_["NR"].number + 1);
  variables_["FNR"] = awk_of_number(variables_["FNR"].number + 1);
  split_record(std::string(line));
  for (AwkRule& rule : rules_) {
    if (!applies(rule)) continue;
    if (rule.prints_line) {
      print_line(line_);
    } else {
      execute(rule.action);
    }
    if (flow_ == Flow::kExit) return false;
    if (flow_ == Flow::kNext) break;
  }
  flow_ = Flow::kGo;
  return error_.empty();
}

bool Awk::applies(AwkRule& rule) {
  switch (rule.when) {
    case AwkRule::When::kAlways:
      return true;
    case AwkRule::When::kExpression:
      return awk_to_bool(evaluate(rule.pattern[0]));
    case AwkRule::When::kRange: {
      if (!rule.active && !awk_to_bool(evaluate(rule.pattern[0]))) return false;
      rule.active = !awk_to_bool(evaluate(rule.pattern[1]));
      return true;
    }
    default:
      return false;
  }
}

void Awk::print_line(const std::string& text) {
  if (context_.out.size() < kLargestOutput) context_.out += text + awk_to_text(variables_["ORS"]);
}

std::vector<std::string> Awk::split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  charge(text.size());
  if (separator == " ") {
    for (std::size_t p = text.find_first_not_of(" \t\n"); p != std::string::npos;) {
      const std::size_t end = std::min(text.find_first_of(" \t\n", p), text.size());
      parts.push_back(text.substr(p, end - p));
      p = text.find_first_not_of(" \t\n", end);
    }
    return parts;
  }
  if (text.empty()) return parts;
  const bool literal = separator.size() == 1 && separator != "\\";
  std::size_t begin = 0;
  while (parts.size() < kMostFields) {
    std::size_t at = std::string::npos, length = 1;
    if (literal) {
      at = text.find(separator, begin);
    } else if (!pattern(separator).search(text, at, length, begin) || length == 0) {
      at = std::string::npos;
    }
    parts.push_back(text.substr(begin, at == std::string::npos ? at : at - begin));
    if (at == std::string::npos) break;
    begin = at + length;
  }
  return parts;
}

void Awk::split_record(std::string text) {
  line_ = std::move(text);
  fields_ = split(line_, awk_to_text(variables_["FS"]));
  if (fields_.size() > kMostFields) fields_.resize(kMostFields);
  variables_["NF"] = awk_of_number(static_cast<double>(fields_.size()));
}

void Awk::join_record() {
  const std::string between = awk_to_text(variables_["OFS"]);
  line_.clear();
  for (std::size_t i = 0; i < fields_.size() && line_.size() < kAwkLargestText; ++i)
    line_ += (i > 0 ? between : "") + fields_[i];
  charge(line_.size() + fields_.size());
  variables_["NF"] = awk_of_number(static_cast<double>(fields_.size()));
}

AwkValue& Awk::element(const std::string& array, const std::string& key) {
  auto& all = arrays_[array];
  if (all.size() > 100'000) fail("an array grows too large");
  return all[key];
}

AwkValue Awk::read(const AwkNode& place) {
  if (place.kind != K::kField) {
    const AwkValue& value = place.kind == K::kVariable
                                ? variables_[place.text]
                                : element(place.text, awk_to_text(evaluate(place.parts[0])));
    charge(value.text.size());
    return value;
  }
  const double index = awk_to_number(evaluate(place.parts[0]));
  if (!(index >= 0 && index <= static_cast<double>(kMostFields))) {
    fail("attempt to access field " + awk_number_text(index));
    return {};
  }
  if (index < 1) {
    charge(line_.size());
    return awk_from_outside(line_);
  }
  const auto n = static_cast<std::size_t>(index);
  return n <= fields_.size() ? awk_from_outside(fields_[n - 1]) : AwkValue{};
}

void Awk::write(const AwkNode& place, AwkValue value) {
  charge(value.text.size());
  if (value.text.size() > kAwkLargestText) return fail("a text grows too long");
  if (place.kind == K::kVariable) {
    variables_[place.text] = value;
    if (place.text != "NF") return;
    const double count = awk_to_number(value);
    fields_.resize(count > 0 ? static_cast<std::size_t>(std::min(count, 32'768.0)) : 0);
    return join_record();
  }
  if (place.kind == K::kElement) {
    element(place.text, awk_to_text(evaluate(place.parts[0]))) = std::move(value);
    return;
  }
  const double index = awk_to_number(evaluate(place.parts[0]));
  if (!(index >= 0 && index <= static_cast<double>(kMostFields)))
    return fail("attempt to access field " + awk_number_text(index));
  if (index < 1) return split_record(awk_to_text(value));
  const auto n = static_cast<std::size_t>(index);
  if (fields_.size() < n) fields_.resize(n);
  fields_[n - 1] = awk_to_text(value);
  join_record();
}

bool Awk::loop_ends() {
  if (flow_ == Flow::kContinue) flow_ = Flow::kGo;
  if (flow_ == Flow::kGo) return !fine();
  if (flow_ == Flow::kBreak) flow_ = Flow::kGo;
  return true;
}

void Awk::execute(const AwkNode& s) {
  if (!fine()) return;
  switch (s.kind) {
    case K::kBlock:
      for (const AwkNode& part : s.parts) {
        if (flow_ != Flow::kGo) return;
        execute(part);
      }
      return;
    case K::kExpression:
      evaluate(s.parts[0]);
      return;
    case K::kPrint:
      return print(s);
    case K::kPrintf:
      if (!s.parts.empty() && context_.out.size() < kLargestOutput)
        context_.out += formatted(s.parts);
      return;
    case K::kIf:
      if (awk_to_bool(evaluate(s.parts[0])))
        execute(s.parts[1]);
      else if (s.parts.size() > 2)
        execute(s.parts[2]);
      return;
    case K::kWhile:
      while (awk_to_bool(evaluate(s.parts[0]))) {
        execute(s.parts[1]);
        if (loop_ends()) return;
      }
      return;
    case K::kDo:
      do {
        execute(s.parts[0]);
        if (loop_ends()) return;
      } while (awk_to_bool(evaluate(s.parts[1])));
      return;
    case K::kFor:
      for (execute(s.parts[0]); awk_to_bool(evaluate(s.parts[1])); execute(s.parts[2])) {
        execute(s.parts[3]);
        if (loop_ends()) return;
      }
      return;
    case K::kForIn: {
      std::vector<std::string> keys;
      for (const auto& [key, value] : arrays_[s.text]) keys.push_back(key);
      charge(16 * keys.size());
      for (const std::string& key : keys) {
        write(s.parts[0], awk_from_outside(key));
        execute(s.parts[1]);
        if (loop_ends()) return;
      }
      return;
    }
    case K::kDelete:
      if (s.parts.empty())
        arrays_[s.text].clear();
      else
        arrays_[s.text].erase(awk_to_text(evaluate(s.parts[0])));
      return;
    case K::kNext:
      flow_ = Flow::kNext;
      return;
    case K::kBreak:
      flow_ = Flow::kBreak;
      return;
    case K::kContinue:
      flow_ = Flow::kContinue;
      return;
    case K::kExit:
      if (!s.parts.empty())
        status_ = static_cast<int>(awk_whole(awk_to_number(evaluate(s.parts[0]))) & 0xff);
      flow_ = Flow::kExit;
      return;
    default:
      return;
  }
}

void Awk::print(const AwkNode& s) {
  if (s.parts.empty()) return print_line(line_);
  std::string text;
  for (std::size_t i = 0; i < s.parts.size(); ++i)
    text += (i > 0 ? awk_to_text(variables_["OFS"]) : "") + awk_to_text(evaluate(s.parts[i]));
  print_line(text);
}

}  // namespace lvslab::admin
