#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "admin/commands/awk_machine.h"

namespace lvslab::admin {
namespace {

using K = AwkNode::Kind;

}  // namespace

AwkValue Awk::evaluate(const AwkNode& e) {
  if (!fine()) return {};
  switch (e.kind) {
    case K::kNumber:
      return awk_of_number(e.number);
    case K::kString:
      return awk_of_text(e.text);
    case K::kPattern:
      return awk_of_number(found(line_, e.text) ? 1 : 0);
    case K::kVariable:
    case K::kElement:
    case K::kField:
      return read(e);
    case K::kGroup:
      return evaluate(e.parts[0]);
    case K::kAssign: {
      AwkValue value = evaluate(e.parts[1]);
      if (!e.text.empty())
        value = awk_of_number(
            compute(e.text[0], awk_to_number(read(e.parts[0])), awk_to_number(value)));
      write(e.parts[0], value);
      return value;
    }
    case K::kBefore:
    case K::kAfter: {
      const double old = awk_to_number(read(e.parts[0]));
      const double now = e.text == "+" ? old + 1 : old - 1;
      write(e.parts[0], awk_of_number(now));
      return awk_of_number(e.kind == K::kBefore ? now : old);
    }
    case K::kConditional:
      return evaluate(e.parts[awk_to_bool(evaluate(e.parts[0])) ? 1 : 2]);
    case K::kOr:
      return awk_of_number(
          awk_to_bool(evaluate(e.parts[0])) || awk_to_bool(evaluate(e.parts[1])) ? 1 : 0);
    case K::kAnd:
      return awk_of_number(
          awk_to_bool(evaluate(e.parts[0])) && awk_to_bool(evaluate(e.parts[1])) ? 1 : 0);
    case K::kNot:
      return awk_of_number(awk_to_bool(evaluate(e.parts[0])) ? 0 : 1);
    case K::kNegate:
      return awk_of_number((e.text == "-" ? -1 : 1) * awk_to_number(evaluate(e.parts[0])));
    case K::kIn: {
      const AwkNode& key = e.parts[0];
      std::string text = awk_to_text(evaluate(key));
      for (std::size_t i = 1; key.kind == K::kGroup && i < key.parts.size(); ++i)
        text += "\034" + awk_to_text(evaluate(key.parts[i]));
      return awk_of_number(arrays_[e.text].contains(text) ? 1 : 0);
    }
    case K::kMatch: {
      const std::string text = awk_to_text(evaluate(e.parts[0]));
      return awk_of_number(found(text, pattern_text(e.parts[1])) == (e.text == "~") ? 1 : 0);
    }
    case K::kCompare:
      return awk_of_number(compare(e) ? 1 : 0);
    case K::kJoin: {
      std::string text = awk_to_text(evaluate(e.parts[0]));
      text += awk_to_text(evaluate(e.parts[1]));
      charge(text.size());
      if (text.size() > kAwkLargestText) fail("a text grows too long");
      return awk_of_text(std::move(text));
    }
    case K::kArithmetic: {
      const double left = awk_to_number(evaluate(e.parts[0]));
      return awk_of_number(compute(e.text[0], left, awk_to_number(evaluate(e.parts[1]))));
    }
    case K::kCall:
      return call(e);
    default:
      return {};
  }
}

double Awk::compute(char sign, double a, double b) {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b == 0) fail("division by zero");
      return b == 0 ? 0 : a / b;
    case '%':
      if (b == 0) fail("division by zero in %");
      return b == 0 ? 0 : std::fmod(a, b);
    default:
      return std::pow(a, b);
  }
}

bool Awk::compare(const AwkNode& e) {
  const AwkValue a = evaluate(e.parts[0]);
  const AwkValue b = evaluate(e.parts[1]);
  double x = 0, y = 0;
  const auto numeric = [](const AwkValue& v, double& number) {
    number = v.number;
    return v.kind == AwkValue::Kind::kNumber || v.kind == AwkValue::Kind::kNone ||
           (v.kind == AwkValue::Kind::kOutside && awk_looks_numeric(v.text, number));
  };
  const bool a_numeric = numeric(a, x), b_numeric = numeric(b, y);
  int order = 0;
  if (a_numeric && b_numeric) {
    order = x < y ? -1 : x > y ? 1 : 0;
  } else {
    order = awk_to_text(a).compare(awk_to_text(b));
  }
  if (e.text == "<") return order < 0;
  if (e.text == "<=") return order <= 0;
  if (e.text == ">") return order > 0;
  if (e.text == ">=") return order >= 0;
  return (order == 0) == (e.text == "==");
}

Regex& Awk::pattern(const std::string& text) {
  const auto known = patterns_.find(text);
  if (known != patterns_.end()) return known->second;
  if (patterns_.size() > 1'000) patterns_.clear();
  charge(16'000 + text.size());
  Regex made(text, Regex::Syntax::kExtended, false);
  if (!made.error().empty()) fail("regular expression compile failed (" + made.error() + ")");
  return patterns_.emplace(text, std::move(made)).first->second;
}

std::string Awk::pattern_text(const AwkNode& e) {
  return e.kind == K::kPattern ? e.text : awk_to_text(evaluate(e));
}

bool Awk::found(const std::string& text, const std::string& wanted) {
  std::size_t from = 0, length = 0;
  return pattern(wanted).search(text, from, length);
}

AwkValue Awk::call(const AwkNode& e) {
  const std::size_t count = e.parts.size();
  const auto text = [&](std::size_t i) {
    return i < count ? awk_to_text(evaluate(e.parts[i])) : std::string();
  };
  if (e.text == "length") {
    if (count == 1 && e.parts[0].kind == K::kVariable && arrays_.contains(e.parts[0].text))
      return awk_of_number(static_cast<double>(arrays_[e.parts[0].text].size()));
    return awk_of_number(static_cast<double>((count == 0 ? line_ : text(0)).size()));
  }
  if (e.text == "int")
    return awk_of_number(std::trunc(count > 0 ? awk_to_number(evaluate(e.parts[0])) : 0));
  if (e.text == "tolower" || e.text == "toupper") {
    std::string made = text(0);
    for (char& c : made) {
      if (e.text == "tolower" && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      if (e.text == "toupper" && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return awk_of_text(std::move(made));
  }
  if (e.text == "sprintf") return awk_of_text(count > 0 ? formatted(e.parts) : "");
  if (e.text == "index") {
    const std::size_t at = text(0).find(text(1));
    return awk_of_number(at == std::string::npos ? 0 : static_cast<double>(at + 1));
  }
  if (e.text == "substr") return substring(e);
  if (e.text == "match") {
    std::size_t from = 0, length = 0;
    const std::string in = text(0);
    const bool hit = count > 1 && pattern(pattern_text(e.parts[1])).search(in, from, length);
    variables_["RSTART"] = awk_of_number(hit ? static_cast<double>(from + 1) : 0);
    variables_["RLENGTH"] = awk_of_number(hit ? static_cast<double>(length) : -1);
    return variables_["RSTART"];
  }
  if (e.text == "split") {
    if (count < 2) return awk_of_number(0);
    const std::vector<std::string> parts =
        split(text(0), count > 2 ? pattern_text(e.parts[2]) : awk_to_text(variables_["FS"]));
    auto& array = arrays_[e.parts[1].text];
    array.clear();
    for (std::size_t i = 0; i < parts.size(); ++i)
      array[std::to_string(i + 1)] = awk_from_outside(parts[i]);
    return awk_of_number(static_cast<double>(parts.size()));
  }
  return substitute(e);
}

AwkValue Awk::substring(const AwkNode& e) {
  if (e.parts.size() < 2) return {};
  const std::string text = awk_to_text(evaluate(e.parts[0]));
  double begin = std::round(awk_to_number(evaluate(e.parts[1])));
  double end = static_cast<double>(text.size()) + 1;
  if (e.parts.size() > 2)
    end = std::min(end, begin + std::round(awk_to_number(evaluate(e.parts[2]))));
  begin = std::max(begin, 1.0);
  if (!(begin < end)) return awk_of_text("");
  return awk_of_text(
      text.substr(static_cast<std::size_t>(begin) - 1, static_cast<std::size_t>(end - begin)));
}

AwkValue Awk::substitute(const AwkNode& e) {
  if (e.parts.size() < 2) return {};
  AwkNode line;
  line.kind = K::kField;
  line.parts.emplace_back();
  line.parts[0].kind = K::kNumber;
  const AwkNode& place = e.parts.size() > 2 ? e.parts[2] : line;
  const std::string from = pattern_text(e.parts[0]);
  const std::string with = awk_to_text(evaluate(e.parts[1]));
  const std::string text = awk_to_text(evaluate(place));
  std::string made;
  std::size_t copied = 0;
  int count = 0;
  pattern(from).each_match(text, [&](std::size_t at, std::size_t length) {
    ++count;
    made += std::string_view(text).substr(copied, at - copied);
    for (std::size_t i = 0; i < with.size() && made.size() <= kAwkLargestText; ++i) {
      if (with[i] == '\\' && i + 1 < with.size() && with[i + 1] == '&')
        made += with[++i];
      else if (with[i] == '&')
        made += std::string_view(text).substr(at, length);
      else
        made += with[i];
    }
    copied = at + length;
    return e.text == "gsub" && made.size() <= kAwkLargestText;
  });
  made += std::string_view(text).substr(copied);
  if (count > 0 &&
      (place.kind == K::kVariable || place.kind == K::kElement || place.kind == K::kField))
    write(place, awk_of_text(made));
  return awk_of_number(count);
}

std::string Awk::formatted(const std::vector<AwkNode>& list) {
  std::vector<AwkValue> values;
  const std::vector<AwkNode>& parts =
      list.size() == 1 && list[0].kind == K::kGroup ? list[0].parts : list;
  for (const AwkNode& part : parts) values.push_back(evaluate(part));
  const std::string format = awk_to_text(values[0]);
  std::string made;
  std::size_t next = 1;
  const auto argument = [&] { return next < values.size() ? values[next++] : AwkValue{}; };
  for (std::size_t i = 0; i < format.size() && made.size() < kLargestOutput; ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      made += format[i];
      continue;
    }
    std::string spec = "%";
    for (++i; i < format.size() &&
              std::string_view("-+ #0123456789.*").find(format[i]) != std::string_view::npos &&
              spec.size() < 16;
         ++i) {
      if (format[i] == '*')
        spec += awk_number_text(std::trunc(std::clamp(awk_to_number(argument()), -999.0, 999.0)));
      else
        spec += format[i];
    }
    if (i >= format.size()) break;
    made += format[i] == '%' ? "%" : converted(spec, format[i], argument());
  }
  return made;
}

std::string Awk::converted(const std::string& spec, char letter, const AwkValue& value) {
  // Widths of more than three digits are nobody's.
  int digits = 0;
  for (const char c : spec) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 3) return {};
  }
  char buffer[2048];
  if (letter == 'd' || letter == 'i' || letter == 'o' || letter == 'x' || letter == 'X' ||
      letter == 'u') {
    const std::string pattern = spec + "ll" + (letter == 'i' ? 'd' : letter);
    std::snprintf(buffer, sizeof buffer, pattern.c_str(), awk_whole(awk_to_number(value)));
    return buffer;
  }
  if (letter == 'f' || letter == 'e' || letter == 'g' || letter == 'E' || letter == 'G') {
    std::snprintf(buffer, sizeof buffer, (spec + letter).c_str(), awk_to_number(value));
    return buffer;
  }
  std::string text = awk_to_text(value);
  if (letter == 'c') {
    text = value.kind == AwkValue::Kind::kNumber
               ? std::string(1, static_cast<char>(awk_whole(value.number) & 0xff))
               : text.substr(0, 1);
  } else if (letter != 's') {
    return spec + letter;
  }
  const std::size_t point = spec.find('.');
  if (point != std::string::npos)
    text = text.substr(0, static_cast<std::size_t>(std::atoi(spec.c_str() + point + 1)));
  const std::size_t first = spec.find_first_of("123456789");
  const std::size_t width = first == std::string::npos || first > point
                                ? 0
                                : static_cast<std::size_t>(std::atoi(spec.c_str() + first));
  if (text.size() < width) {
    const bool left = spec.find('-') != std::string::npos;
    text.insert(left ? text.size() : 0, width - text.size(), ' ');
  }
  return text;
}

}  // namespace lvslab::admin
