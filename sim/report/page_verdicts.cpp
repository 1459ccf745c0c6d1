// Expectations and findings in report.html.
#include <algorithm>

#include "fmt/format.h"
#include "report/markup.h"
#include "report/page_parts.h"

namespace lvslab::report {
namespace {

std::string line(const std::string& name, const std::string& text) {
  return text.empty() ? "" : fmt::format("<br/>{}: {}", name, escaped(text));
}

}  // namespace

std::string page_verdicts(const RunResult& result) {
  const lang::Words& t = result.words;
  const auto& all = result.expectations;
  if (all.empty()) return {};
  const auto passed = static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const auto& judged) { return judged.verdict.passed; }));
  std::string rows;
  std::size_t shown = 0;
  for (const bool wanted : {false, true}) {
    for (const auto& judged : all) {
      if (judged.verdict.passed != wanted || shown >= 2 * kPageRows) continue;
      ++shown;
      const expect::Verdict& v = judged.verdict;
      rows += fmt::format(
          "<tr><th scope=\"row\"><span class=\"badge {}\">{}</span></th><td><code>{}</code></td>"
          "<td>{}</td><td>{}",
          wanted ? "good" : "bad",
          wanted ? "\xe2\x9c\x93 " + t("held") : "\xe2\x9c\x97 " + t("failed"),
          escaped(judged.place.text()), escaped(judged.kind), escaped(v.expected));
      if (!wanted)
        rows += line(t("seen"), v.actual) + line(t("when"), v.when) + line(t("cause"), v.cause);
      rows += "</td></tr>\n";
    }
  }
  return page_section(
      "expectations", t("Expectations"),
      fmt::format("<p class=\"badge {}\" data-held=\"{}\" data-failed=\"{}\">{}</p>\n",
                  passed == all.size() ? "good" : "bad", passed, all.size() - passed,
                  t.say("{} of {} held", passed, all.size())) +
          "<details" + (passed == all.size() ? "" : " open") + "><summary>" + t("All of them") +
          "</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">" +
          t("verdict") + "</th><th scope=\"col\">" + t("place") + "</th><th scope=\"col\">" +
          t("kind") + "</th><th scope=\"col\">" + t("expected") + "</th></tr></thead>\n<tbody>\n" +
          rows + "</tbody></table></div>\n" +
          page_left_out(t, all.size(), shown, t("summary.json has all")) + "</details>\n");
}

std::string page_findings(const RunResult& result) {
  const lang::Words& t = result.words;
  std::string body;
  std::size_t shown = 0;
  for (const diagnose::Finding& f : result.findings) {
    if (shown >= kPageRows) break;
    ++shown;
    const std::string severity(diagnose::severity_name(f.severity));
    body += fmt::format(
        "<div class=\"card {0}\"><p><span class=\"badge{1}\">{6}</span> <code>{2}</code>{3}: "
        "{4}<br/><span class=\"note\">{5}</span></p>\n",
        severity, f.severity == diagnose::Severity::kError ? " bad" : "", escaped(f.id),
        f.host.empty() ? "" : t.say(" on {}", "<strong>" + escaped(f.host) + "</strong>"),
        escaped(f.summary), escaped(f.place.text()), t(severity));
    if (!f.symptom.empty()) body += "<p>" + escaped(f.symptom) + "</p>\n";
    if (!f.cure.empty()) {
      body += "<p>" + t("Cure:") + "</p>\n<pre>";
      for (const diagnose::Cure& cure : f.cure)
        body += escaped((cure.host.empty() ? "" : cure.host + "# ") + cure.command) + "\n";
      body += "</pre>\n";
    }
    if (f.seen)
      body += "<p class=\"note\">" +
              (f.gone ? t.say("Seen while running, from {} until {}.", page_time(f.seen->ps()),
                              page_time(f.gone->ps()))
                      : t.say("Seen while running, from {}.", page_time(f.seen->ps()))) +
              "</p>\n";
    if (!f.waived.empty())
      body += "<p class=\"note\">" + t("Waived: ") + escaped(f.waived) + "</p>\n";
    body += "</div>\n";
  }
  return page_section(
      "findings", t("Findings"),
      body + page_left_out(t, result.findings.size(), shown, t("summary.json has all")));
}

}  // namespace lvslab::report
