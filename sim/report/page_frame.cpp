// What pages have in common: head, sections, tables.
#include "report/page_frame.h"

#include "report/markup.h"
#include "report/svg_chart.h"

namespace lvslab::report {
namespace {

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
    ".scroll,pre,figure{overflow:visible}pre{white-space:pre-wrap}}\n"
    ".margin{color:var(--soft)}td.n .margin{display:block;font-size:.92em}"
    "dl{display:grid;grid-template-columns:max-content "
    "minmax(0,1fr);gap:.2rem 1.2rem;margin:.5rem "
    "0;font-size:.9rem}dt{color:var(--soft)}dd{margin:0}"
    "td.wide{min-width:16em}\n";

}  // namespace

std::string page_opening(const lang::Words& words, std::string_view title,
                         std::string_view more_css) {
  const std::string code(lang::page_code(words.language()));
  return "<!DOCTYPE html>\n<html lang=\"" + code +
         "\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'; img-src data:\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<link rel=\"icon\" href=\"data:,\"/>\n<title>" +
         escaped(title) + "</title>\n<style>\n" + chart_css() + std::string(more_css) +
         std::string(kStyle) + "</style>\n</head>\n<body>\n";
}

std::string page_closing() { return "</body>\n</html>\n"; }

std::string page_time(std::int64_t ps) {
  return chart_text(static_cast<double>(ps) * 1e-12, ChartAxis::Unit::kSeconds);
}

std::string page_left_out(const lang::Words& t, std::size_t all, std::size_t shown,
                          const std::string& where) {
  if (all <= shown) return {};
  return "<p class=\"note\">" +
         escaped(t.say("{} more are not shown here: {}.", all - shown, where)) + "</p>\n";
}

std::string page_section(std::string_view id, std::string_view title, std::string_view body) {
  if (body.empty()) return {};
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, escaped(title), body);
}

std::string page_figure(std::string_view caption, const std::string& picture) {
  return "<figure><h3>" + escaped(caption) + "</h3>\n" + picture + "</figure>\n";
}

std::string page_value(const PageCell& cell) {
  if (cell.key.empty()) return escaped(cell.text);
  return "<span data-key=\"" + escaped(cell.key) + "\" data-value=\"" + escaped(cell.value) +
         "\">" + escaped(cell.text) + "</span>";
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
      if (cell.number)
        out += " class=\"n\"";
      else if (!cell.looks.empty())
        out += " class=\"" + cell.looks + "\"";
      if (!cell.key.empty())
        out += " data-key=\"" + escaped(cell.key) + "\" data-value=\"" + escaped(cell.value) + "\"";
      out += ">" + escaped(cell.text) + cell.more + (i == 0 ? "</th>" : "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace lvslab::report
