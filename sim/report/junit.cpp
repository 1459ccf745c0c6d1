// Cases as JUnit XML: a testsuite per folder, a testcase per file. Without the times that the
// format allows, so that two runs give the same bytes.
#include <map>

#include "fmt/format.h"
#include "report/cases.h"
#include "scenario/text.h"

namespace lvslab::report {
namespace {

/// XML 1.0 has no way to write most control characters, or bytes that are no UTF-8: "?" for them.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = scenario::next_character(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    switch (c) {
      case U'&':
        out += "&amp;";
        break;
      case U'<':
        out += "&lt;";
        break;
      case U'>':
        out += "&gt;";
        break;
      case U'"':
        out += "&quot;";
        break;
      case U'\n':
        out += "&#10;";
        break;
      case U'\r':
        out += "&#13;";
        break;
      case U'\t':
        out += "&#9;";
        break;
      default:
        out += c < 0x20 || c == 0xfffd || c == 0xfffe || c == 0xffff ? "?" : bytes;
    }
  }
  return out;
}

struct Names {
  std::string folder, file;
};

Names names_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

/// As Java packages are written, which is how readers of the format make a tree of it.
std::string classname(const std::string& folder) {
  std::string name;
  for (const char c : folder) name += c == '/' ? '.' : c;
  const std::size_t first = name.find_first_not_of('.');
  return first == std::string::npos ? "scenarios" : name.substr(first);
}

void testcase(std::string& out, const CaseResult& result, const Names& names) {
  out += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"",
                     escaped(classname(names.folder)), escaped(names.file), escaped(result.path));
  std::string inner;
  if (result.status == CaseResult::Status::kSkipped)
    inner += fmt::format("      <skipped message=\"{}\"/>\n", escaped(result.reason));
  if (result.status == CaseResult::Status::kFailed) {
    std::string text;
    for (const Mismatch& mismatch : result.mismatches)
      text += mismatch.place.text() + ": " + mismatch.kind + "\n" + details(mismatch);
    text += result.messages;
    const bool one = result.mismatches.size() == 1;
    inner +=
        fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                    result.mismatches.empty() ? "failure" : escaped(result.mismatches.front().kind),
                    one ? escaped(headline(result.mismatches.front()))
                        : fmt::format("{} expectations failed", result.mismatches.size()),
                    escaped(text));
  }
  std::string remarks;
  if (!result.title.empty()) remarks += result.title + "\n";
  for (const std::string& remark : result.remarks) remarks += remark + "\n";
  if (!remarks.empty())
    inner += fmt::format("      <system-out>{}</system-out>\n", escaped(remarks));
  out += inner.empty() ? "/>\n" : ">\n" + inner + "    </testcase>\n";
}

std::string counted(const CaseCounts& counts) {
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                     counts.passed + counts.failed + counts.skipped, counts.failed, counts.skipped);
}

}  // namespace

std::string junit(const std::vector<CaseResult>& results) {
  struct Suite {
    std::string cases;
    CaseCounts counts;
  };
  std::map<std::string, Suite> suites;
  CaseCounts all;
  for (const CaseResult& result : results) {
    if (result.status == CaseResult::Status::kLeftOut) continue;
    const Names names = names_of(result.path);
    Suite& suite = suites[names.folder];
    suite.counts.add(result);
    all.add(result);
    testcase(suite.cases, result, names);
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lvslab\" " +
                    counted(all) + ">\n";
  for (const auto& [folder, suite] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" {}>\n", escaped(folder), counted(suite.counts));
    out += suite.cases + "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace lvslab::report
