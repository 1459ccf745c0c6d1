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

constexpr std::string_view kStyle =
    "html{color-scheme:light dark}body{margin:0 auto;max-width:1160px;padding:1.2rem 1.5rem 3rem;"
    "background:var(--paper);color:var(--ink);font:15px/1.5 \"DejaVu Sans\",\"Noto Sans CJK SC\","
    "\"WenQuanYi Micro Hei\",system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;line-height:1.25;margin:.3rem 0}h2{font-size:1.15rem;margin:2rem 0 .6rem;"
    "border-bottom:1px solid var(--grid);padding-bottom:.2rem}h3{font-size:1rem;margin:1.2rem 0 "
    ".3rem}\n.meta,.note,caption,figcaption{color:var(--soft);font-size:.87rem}"
    ".meta span{margin-right:1.2em;white-space:nowrap}\n.about{max-width:75ch}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0;font-size:.8rem}"
    "caption{text-align:left;padding-bottom:.2rem}"
    "th,td{padding:.25rem .45rem;border-bottom:1px solid var(--grid);text-align:left;"
    "vertical-align:top}thead th{border-bottom:2px solid var(--soft)}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "pre{font:12px/1.45 \"DejaVu Sans Mono\",monospace;background:var(--tint);padding:.8rem;"
    "overflow-x:auto;border-radius:4px}code{font-family:\"DejaVu Sans Mono\",monospace;"
    "font-size:.92em}\n.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(500px,"
    "100%),1fr));gap:1rem 2rem}figure{margin:.4rem 0;overflow-x:auto}\n"
    ".badge{font-weight:bold;white-space:nowrap}.bad{color:var(--bad)}.good{color:var(--good)}"
    ".card{border-left:4px solid var(--soft);padding:.1rem .9rem;margin:.8rem 0}"
    ".card.error{border-color:var(--bad)}.card.warning{border-color:var(--s4)}"
    "summary{cursor:pointer;margin:.5rem 0}\n"
    ":root{--tint:#f3f5f7;--bad:#a11d1d;--good:#00654b}"
    "@media (prefers-color-scheme:dark){:root{--tint:#20252b;--bad:#ff9494;--good:#5fdcb4}}"
    "@media print{:root{--tint:#f3f5f7;--bad:#a11d1d;--good:#00654b}body{max-width:none;padding:0}"
    "h2,h3,caption{break-after:avoid}tr,figure,.card{break-inside:avoid}"
    ".scroll,pre,figure{overflow:visible}pre{white-space:pre-wrap}}\n";

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
  std::string out = "<header>\n<h1>" + escaped(s.title.empty() ? s.file : s.title) + "</h1>\n" +
                    paragraphs(s.about) + "<p class=\"meta\">";
  const auto item = [&](std::string_view name, const std::string& text, std::string_view key,
                        const std::string& value) {
    out += fmt::format("<span data-key=\"{}\" data-value=\"{}\">{}: {}</span> ", key,
                       escaped(value), name, escaped(text));
  };
  item("seed", std::to_string(s.seed), "seed", std::to_string(s.seed));
  item("lvslab", result.version, "version", result.version);
  item("simulated", page_time(world.now().ps()), "simulated_time", trace::seconds12(world.now()));
  if (result.lab.is_ready())
    item("ready after", page_time(result.lab.ready().ps()), "ready",
         trace::seconds12(result.lab.ready()));
  item("events", std::to_string(world.totals().events), "events",
       std::to_string(world.totals().events));
  item("frames sent", std::to_string(world.totals().frames_sent), "frames",
       std::to_string(world.totals().frames_sent));
  item("lost", std::to_string(world.totals().frames_lost), "frames_lost",
       std::to_string(world.totals().frames_lost));
  item("in flight", std::to_string(world.totals().in_flight()), "frames_in_flight",
       std::to_string(world.totals().in_flight()));
  if (!result.text.empty())
    out += fmt::format("<span>scenario hash: {:016x}</span>", hash_name(result.text));
  out += "</p>\n";
  if (result.interrupted)
    out += "<p class=\"bad badge\">The run was interrupted: figures are of what was run.</p>\n";
  return out + "</header>\n";
}

std::string topology_part(const RunResult& result) {
  return page_section(
      "topology", "Topology",
      "<figure>" + topology::to_tiers_svg(scenario::graph_of(result.lab), 6) +
          "<figcaption>Addresses as they are at the end of the run. Thick: director; dashed: "
          "router; grey: switch. Names in full appear under the pointer.</figcaption></figure>\n");
}

std::string ladder_part(const RunResult& result) {
  if (result.ladder_of.empty()) return {};
  if (result.ladder.empty()) {
    return page_section("ladder", "The way of a connection",
                        "<p class=\"note\">Single frames were not watched in this run.</p>\n");
  }
  const std::string of = escaped(result.ladder_of);
  return page_section(
      "ladder", "The way of a connection",
      "<p class=\"note\">Of all connections the first alone, " + of +
          ", with the ARP it needed: every hop, every header field that changed, and why." +
          (result.ladder_cut ? " It goes on after what is shown here." : "") +
          " Others: <code>lvslab explain FILE --connection NAME/NUMBER</code></p>\n<pre>" +
          escaped(result.ladder) + "</pre>\n");
}

std::string text_part(const RunResult& result) {
  if (result.text.empty()) return {};
  const bool cut = result.text.size() > kMostText;
  return page_section("scenario", "The scenario",
                      "<details><summary>" + escaped(result.lab.scenario().file) +
                          (cut ? " (the first 64 KiB)" : "") + "</summary>\n<pre>" +
                          escaped(result.text.substr(0, std::min(result.text.size(), kMostText))) +
                          "</pre></details>\n");
}

}  // namespace

std::string page_time(std::int64_t ps) {
  return chart_text(static_cast<double>(ps) * 1e-12, ChartAxis::Unit::kSeconds);
}

std::string page_left_out(std::size_t all, std::size_t shown, std::string_view where) {
  if (all <= shown) return {};
  return fmt::format("<p class=\"note\">{} more are not shown here: {}.</p>\n", all - shown, where);
}

std::string page_section(std::string_view id, std::string_view title, std::string_view body) {
  if (body.empty()) return {};
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, escaped(title), body);
}

std::string page_table(std::string_view caption, const std::vector<std::string>& heads,
                       const std::vector<std::vector<PageCell>>& rows) {
  if (rows.empty()) return {};
  std::string out =
      "<div class=\"scroll\"><table>\n<caption>" + escaped(caption) + "</caption>\n<thead><tr>";
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const bool number = i < rows.front().size() && rows.front()[i].number;
    out +=
        fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"n\"" : "", escaped(heads[i]));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<PageCell>& row : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const PageCell& cell = row[i];
      out += i == 0 ? "<th scope=\"row\"" : "<td";
      if (cell.number) out += " class=\"n\"";
      if (!cell.key.empty())
        out += " data-key=\"" + escaped(cell.key) + "\" data-value=\"" + escaped(cell.value) + "\"";
      out += ">" + escaped(cell.text) + (i == 0 ? "</th>" : "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string report_html(const RunResult& result) {
  const scenario::Scenario& s = result.lab.scenario();
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<link rel=\"icon\" href=\"data:,\"/>\n<title>" +
      escaped(s.title.empty() ? s.file : s.title) + "</title>\n<style>\n" + chart_css() +
      topology::tiers_css() + std::string(kStyle) + "</style>\n</head>\n<body>\n";
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
  return out + "</body>\n</html>\n";
}

}  // namespace lvslab::report
