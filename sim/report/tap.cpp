// Cases as TAP version 14: the details of a failure are a YAML block, its texts quoted as JSON
// quotes them, which YAML reads.
#include "fmt/format.h"
#include "report/cases.h"
#include "trace/json.h"

namespace lvslab::report {
namespace {

/// A description: '#' begins a directive, a line break ends it.
std::string described(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '#' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

void field(std::string& out, std::string_view indent, std::string_view name,
           const std::string& text) {
  if (!text.empty()) out += fmt::format("{}{}: {}\n", indent, name, trace::json_string(text));
}

std::string diagnosis(const CaseResult& result) {
  std::string out = "  ---\n";
  if (!result.mismatches.empty()) out += "  failures:\n";
  for (const Mismatch& mismatch : result.mismatches) {
    out += fmt::format("    - at: {}\n", trace::json_string(mismatch.place.text()));
    field(out, "      ", "kind", mismatch.kind);
    field(out, "      ", "expected", mismatch.expected);
    field(out, "      ", "actual", mismatch.actual);
    field(out, "      ", "when", mismatch.when);
    field(out, "      ", "cause", mismatch.cause);
    field(out, "      ", "reproduce", mismatch.reproduce);
  }
  field(out, "  ", "messages", result.messages);
  return out + "  ...\n";
}

}  // namespace

std::string tap_case(const CaseResult& result, std::uint64_t number) {
  const bool failed = result.status == CaseResult::Status::kFailed;
  std::string out =
      fmt::format("{} {} - {}", failed ? "not ok" : "ok", number, described(result.path));
  if (result.status == CaseResult::Status::kSkipped) out += " # SKIP " + described(result.reason);
  out += "\n";
  if (failed) out += diagnosis(result);
  for (const std::string& remark : result.remarks) out += "# " + described(remark) + "\n";
  return out;
}

std::string tap_plan(std::uint64_t cases) { return fmt::format("1..{}\n", cases); }

}  // namespace lvslab::report
