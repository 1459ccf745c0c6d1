// Cases as lines for people.
#include "fmt/format.h"
#include "report/cases.h"

namespace lvslab::report {
namespace {

/// Every line of `text` after the first begins with `indent` blanks; no line break at the end.
std::string indented(std::string_view text, std::size_t indent) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n' && text[i + 1] != '\n') out.append(indent, ' ');
  }
  return out;
}

std::string plural(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string summary(const CaseResult& result) {
  const bool failed = result.status == CaseResult::Status::kFailed;
  if (failed && result.expectations == 0) return {};
  std::string text = result.expectations == 0 ? ": no expectations"
                                              : ": " + plural(result.expectations, "expectation");
  if (result.orders > 1) text += ", " + plural(result.orders, "order");
  if (failed) text += fmt::format(", {} failed", result.mismatches.size());
  return text;
}

std::string painted(bool colour, std::string_view code, std::string_view word) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, word) : std::string(word);
}

}  // namespace

void CaseCounts::add(const CaseResult& result) {
  passed += result.status == CaseResult::Status::kPassed;
  failed += result.status == CaseResult::Status::kFailed;
  skipped += result.status == CaseResult::Status::kSkipped;
}

std::string closing_line(const CaseCounts& counts) {
  return fmt::format("{} passed, {} failed, {} skipped\n", counts.passed, counts.failed,
                     counts.skipped);
}

std::string details(const Mismatch& mismatch) {
  std::string out;
  const auto line = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("{:<12} {}\n", name, indented(text, 13));
  };
  line("expected", mismatch.expected);
  line("actual", mismatch.actual);
  line("when", mismatch.when);
  line("first cause", mismatch.cause);
  line("reproduce", mismatch.reproduce);
  return out;
}

std::string headline(const Mismatch& mismatch) {
  std::string text = mismatch.kind;
  if (!mismatch.expected.empty()) text += ": expected " + mismatch.expected;
  if (!mismatch.actual.empty()) text += ", actual " + mismatch.actual;
  if (!mismatch.when.empty()) text += " (" + mismatch.when + ")";
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

std::string case_lines(const CaseResult& result, bool colour,
                       std::optional<std::int64_t> milliseconds) {
  const std::string time = milliseconds ? fmt::format(", {} ms", *milliseconds) : "";
  switch (result.status) {
    case CaseResult::Status::kLeftOut:
      return {};
    case CaseResult::Status::kSkipped:
      return fmt::format("{}  {}: {}\n", painted(colour, "33", "skip"), result.path,
                         indented(result.reason, 6));
    case CaseResult::Status::kPassed:
    case CaseResult::Status::kFailed:
      break;
  }
  const bool passed = result.status == CaseResult::Status::kPassed;
  std::string out = fmt::format(
      "{}  {}{}{}\n", passed ? painted(colour, "32", "ok  ") : painted(colour, "1;31", "FAIL"),
      result.path, summary(result), time);
  for (const Mismatch& mismatch : result.mismatches) {
    out += fmt::format("      {}: {}\n", mismatch.place.text(), mismatch.kind);
    out += "        " + indented(details(mismatch), 8) + "\n";
  }
  if (!result.messages.empty()) out += "      " + indented(result.messages, 6) + "\n";
  for (const std::string& remark : result.remarks) out += "      " + indented(remark, 6) + "\n";
  return out;
}

}  // namespace lvslab::report
