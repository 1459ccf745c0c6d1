// Cases as workflow commands of GitHub Actions, which show them beside the lines of a pull request.
#include "fmt/format.h"
#include "report/cases.h"

namespace lvslab::report {
namespace {

/// Percent signs and line breaks end a command; in a property also ':' and ','.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string command(const scenario::Place& place, const std::string& title,
                    const std::string& text) {
  std::string out = "::error file=" + escaped(place.file, true);
  if (place.line > 0) out += fmt::format(",line={},col={}", place.line, place.column);
  return out + ",title=" + escaped(title, true) + "::" + escaped(text, false) + "\n";
}

}  // namespace

std::string annotations(const CaseResult& result) {
  if (result.status != CaseResult::Status::kFailed) return {};
  std::string out;
  for (const Mismatch& mismatch : result.mismatches) {
    std::string text = details(mismatch);
    if (&mismatch == &result.mismatches.front()) text += result.messages;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    out += command(mismatch.place, mismatch.kind, text);
  }
  return out;
}

}  // namespace lvslab::report
