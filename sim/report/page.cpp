// report.html: one page that needs nothing else, made of the figures that summary.json is made of.
#include <algorithm>

#include "base/random.h"
#include "fmt/format.h"
#include "report/markup.h"
#include "report/page_parts.h"
#include "report/svg_chart.h"
#include "scenario/graph.h"
#include "trace/json.h"

namespace lvslab::report {
namespace {

constexpr std::size_t kMostText = 64 * 1024, kMostAbout = 8 * 1024;

/// Prose: blank lines part paragraphs.
std::string paragraphs(std::string_view text) {
  std::string out;
  const std::string shown = text.size() > kMostAbout
                                ? shortened(text.substr(0, kMostAbout), kMostAbout - 1)
                                : std::string(text);
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t end = std::min(shown.find("\n\n", at), shown.size());
    const std::string_view part = std::string_view(shown).substr(at, end - at);
    if (part.find_first_not_of(" \n\t") != std::string_view::npos)
      out += part.front() == '|' ? "<pre>" + escaped(part) + "</pre>\n"
                                 : "<p>" + escaped(part) + "</p>\n";
    at = end + 2;
  }
  return out.empty() ? "" : "<div class=\"about\">\n" + out + "</div>\n";
}

std::string head(const RunResult& result) {
  const scenario::Scenario& s = result.lab.scenario();
  const engine::World& world = result.lab.world();
  const lang::Words& t = result.words;
  std::string out = "<header>\n<h1>" + escaped(s.title.empty() ? s.file : s.title) + "</h1>\n" +
                    paragraphs(s.about) + "<p class=\"meta\">";
  const auto item = [&](const std::string& name, const std::string& text, std::string_view key,
                        const std::string& value) {
    out += fmt::format("<span data-key=\"{}\" data-value=\"{}\">{}: {}</span> ", key,
                       escaped(value), name, escaped(text));
  };
  item(t("seed"), std::to_string(s.seed), "seed", std::to_string(s.seed));
  item("lvslab", result.version, "version", result.version);
  item(t("simulated"), page_time(world.now().ps()), "simulated_time",
       trace::seconds12(world.now()));
  if (result.lab.is_ready())
    item(t("ready after"), page_time(result.lab.ready().ps()), "ready",
         trace::seconds12(result.lab.ready()));
  item(t("events"), std::to_string(world.totals().events), "events",
       std::to_string(world.totals().events));
  item(t("frames sent"), std::to_string(world.totals().frames_sent), "frames",
       std::to_string(world.totals().frames_sent));
  item(t("lost"), std::to_string(world.totals().frames_lost), "frames_lost",
       std::to_string(world.totals().frames_lost));
  item(t("in flight"), std::to_string(world.totals().in_flight()), "frames_in_flight",
       std::to_string(world.totals().in_flight()));
  if (!result.text.empty())
    out += "<span>" + t.say("scenario hash: {:016x}", hash_name(result.text)) + "</span>";
  out += "</p>\n";
  if (result.interrupted)
    out += "<p class=\"bad badge\">" + t("The run was interrupted: figures are of what was run.") +
           "</p>\n";
  return out + "</header>\n";
}

std::string topology_part(const RunResult& result) {
  return page_section(
      "topology", result.words("Topology"),
      "<figure>" + topology::to_tiers_svg(scenario::graph_of(result.lab), 6) + "<figcaption>" +
          result.words("Addresses as they are at the end of the run. Thick: director; dashed: "
                       "router; grey: switch. Names in full appear under the pointer.") +
          "</figcaption></figure>\n");
}

std::string ladder_part(const RunResult& result) {
  if (result.ladder_of.empty()) return {};
  const lang::Words& t = result.words;
  const std::string title = t("The way of a connection");
  if (result.ladder.empty()) {
    return page_section(
        "ladder", title,
        "<p class=\"note\">" + t("Single frames were not watched in this run.") + "</p>\n");
  }
  const std::string of = escaped(result.ladder_of);
  return page_section(
      "ladder", title,
      "<p class=\"note\">" +
          t.say("Of all connections the first alone, {}, with the ARP it needed: every hop, every "
                "header field that changed, and why.",
                of) +
          (result.ladder_cut ? t(" It goes on after what is shown here.") : "") + t(" Others: ") +
          "<code>lvslab explain FILE --connection NAME/NUMBER</code></p>\n<pre>" +
          escaped(result.ladder) + "</pre>\n");
}

std::string text_part(const RunResult& result) {
  if (result.text.empty()) return {};
  const bool cut = result.text.size() > kMostText;
  return page_section("scenario", result.words("The scenario"),
                      "<details><summary>" + escaped(result.lab.scenario().file) +
                          (cut ? result.words(" (the first 64 KiB)") : "") + "</summary>\n<pre>" +
                          escaped(result.text.substr(0, std::min(result.text.size(), kMostText))) +
                          "</pre></details>\n");
}

}  // namespace

std::string report_html(const RunResult& result) {
  const scenario::Scenario& s = result.lab.scenario();
  std::string out =
      page_opening(result.words, s.title.empty() ? s.file : s.title, topology::tiers_css());
  out += head(result);
  out += page_verdicts(result);
  out += page_findings(result);
  out += topology_part(result);
  out += page_traffic(result);
  out += page_servers(result);
  out += page_charts(result);
  out += page_owners(result);
  out += ladder_part(result);
  out += page_ends(result);
  out += text_part(result);
  return out + page_closing();
}

}  // namespace lvslab::report
