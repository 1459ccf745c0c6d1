// The tables of a comparison's page.
#include <algorithm>

#include "compare/page_parts.h"
#include "compare/texts.h"
#include "fmt/format.h"
#include "report/markup.h"

namespace lvslab::compare {
namespace {

using report::escaped;
using report::page_value;
using report::PageCell;

PageCell name_cell(std::string text, std::string looks = {}) {
  return {.text = std::move(text), .number = false, .looks = std::move(looks)};
}

/// What differs, as a table cell: value, interval, and both as parts of the baseline.
PageCell difference_cell(std::string_view metric, const Estimate& e, const std::string& path) {
  PageCell cell{value_text(metric, e.mean), path + "/difference/mean", mean_number(e)};
  cell.more = " <span class=\"margin\">±" +
              page_value({value_text(metric, e.half_width), path + "/difference/half_width",
                          half_width_number(e)}) +
              "</span>";
  return cell;
}

PageCell relative_cell(double relative, double half_width, const std::string& path) {
  PageCell cell{fmt::format("{:+.2f} %", 100 * relative), path + "/relative",
                number_text(relative)};
  if (relative == 0) cell.text = "-";
  cell.more = " <span class=\"margin\">±" +
              page_value({fmt::format("{:.2f} %", 100 * half_width), path + "/relative_half_width",
                          number_text(half_width)}) +
              "</span>";
  return cell;
}

PageCell verdict_cell(const Printed& p, Verdict verdict, const std::string& path) {
  const std::string word(verdict_word(verdict));
  const char* looks = verdict == Verdict::kBetter  ? "badge good"
                      : verdict == Verdict::kWorse ? "badge bad"
                                                   : "";
  return {.text = p.words(word),
          .key = path + "/verdict",
          .value = word,
          .number = false,
          .looks = looks};
}

void exact_cells(const Printed& p, std::vector<PageCell>& row, std::size_t cell,
                 const Estimate& mean) {
  for (const scenario::CompareSpec::Exact& one : p.plan.spec.exact) {
    if (one.cell != p.plan.cells[cell].name) continue;
    row.push_back({time_text(one.seconds), fmt::format("cells/{}/exact_mean", cell),
                   number_text(one.seconds)});
    row.push_back({fmt::format("{:+.2f} %", 100 * (mean.mean / one.seconds - 1))});
    return;
  }
  row.insert(row.end(), 2, PageCell{});
}

std::vector<PageCell> estimate_row(const Printed& p, const PageTraffic& traffic, std::size_t c) {
  const std::size_t runs = p.outcome.cells[c].replications;
  std::vector<PageCell> row{
      name_cell(p.plan.cells[c].name),
      {std::to_string(runs), fmt::format("cells/{}/runs", c), std::to_string(runs)}};
  const TrafficResult* t = traffic.of_cell[c];
  if (t == nullptr) return row;
  const std::string path = fmt::format("cells/{}/traffic/{}", c, traffic.place[c]);
  const auto metric = [&](const std::string& name) {
    row.push_back(page_estimate(p, name, t->of(name).estimate, path + "/metrics/" + name));
  };
  metric("mean");
  if (!p.plan.spec.exact.empty()) exact_cells(p, row, c, t->of("mean").estimate);
  for (const char* name : {"p50", "p90", "p99", "p99.9", "rate", "failed", "jain"}) metric(name);
  row.push_back({t->cut.count == 0 ? "-" : time_text(t->cut.mean), path + "/warm_up/cut/mean",
                 mean_number(t->cut)});
  row.push_back({fmt::format("{:.2g} %", 100 * t->most_cut), path + "/warm_up/most_left_out",
                 number_text(t->most_cut)});
  return row;
}

}  // namespace

report::PageCell page_estimate(const Printed& p, std::string_view metric, const Estimate& e,
                               const std::string& path) {
  PageCell cell{e.count == 0 ? "-" : value_text(metric, e.mean), path + "/mean", mean_number(e)};
  if (e.has_interval()) {
    cell.more =
        " <span class=\"margin\">±" +
        page_value({value_text(metric, e.half_width), path + "/half_width", half_width_number(e)}) +
        "</span>";
  } else if (e.count > 0) {
    cell.more = " <span class=\"margin\">" + p.words("(one run)") + "</span>";
  }
  return cell;
}

std::string page_estimates(const Printed& p) {
  const lang::Words& t = p.words;
  std::string body;
  const std::size_t cells = std::min(p.plan.cells.size(), kPageCells);
  for (const PageTraffic& traffic : page_traffics(p)) {
    std::vector<std::string> heads{t("cell"), t("runs"), t("mean")};
    if (!p.plan.spec.exact.empty()) heads.insert(heads.end(), {t("exact"), t("off by")});
    heads.insert(heads.end(), {"p50", "p90", "p99", "p99.9", t("rate"), t("failed"),
                               t("Jain index"), t("warm-up cut"), t("left out")});
    std::vector<std::vector<PageCell>> rows;
    for (std::size_t c = 0; c < cells; ++c) rows.push_back(estimate_row(p, traffic, c));
    body += report::page_table(page_traffic_name(p, traffic), heads, rows);
  }
  return report::page_section(
      "estimates", t("Estimates"),
      (body.empty() ? ""
                    : "<p class=\"note\">" +
                          t("Means over the replications with 95 % intervals; latency from the "
                            "intended start of a request to its last byte.") +
                          "</p>\n") +
          body + report::page_left_out(t, p.plan.cells.size(), cells, t("compare.csv has all")));
}

std::string page_differences(const Printed& p) {
  const lang::Words& t = p.words;
  std::vector<std::vector<PageCell>> rows;
  std::size_t counts[4] = {};
  for (std::size_t i = 0; i < p.outcome.differences.size(); ++i) {
    const Difference& d = p.outcome.differences[i];
    ++counts[static_cast<std::size_t>(d.verdict)];
    if (i >= 2 * kPageCells) continue;
    const std::string path = fmt::format("differences/{}", i);
    rows.push_back(
        {name_cell(p.plan.cells[d.cell].name),
         name_cell(p.plan.cells[d.against].name),
         name_cell(d.metric == "jain" ? "" : p.outcome.cells[d.cell].traffics[d.traffic].name),
         name_cell(t(d.metric)),
         difference_cell(d.metric, d.paired.difference, path),
         relative_cell(d.relative, d.relative_half_width, path),
         {chance_text(d.adjusted), path + "/p_holm", number_text(d.adjusted)},
         verdict_cell(p, d.verdict, path)});
  }
  if (rows.empty()) return {};
  std::string told;
  for (const Verdict verdict : {Verdict::kBetter, Verdict::kWorse, Verdict::kWithinThreshold,
                                Verdict::kNotDistinguishable}) {
    const std::size_t count = counts[static_cast<std::size_t>(verdict)];
    if (count > 0)
      told += (told.empty() ? "" : ", ") + std::to_string(count) + " " + t(verdict_word(verdict));
  }
  return report::page_section(
      "differences", t("Against the baseline"),
      "<p>" + escaped(told) + "</p>\n" +
          report::page_table(t("Cell minus baseline, run by run on the same random numbers"),
                             {t("cell"), t("baseline"), t("traffic"), t("metric"), t("difference"),
                              t("of the baseline"), t("p (Holm)"), t("verdict")},
                             rows) +
          report::page_left_out(t, p.outcome.differences.size(), rows.size(),
                                t("compare.csv has all")));
}

std::string page_against(const Printed& p) {
  if (p.against == nullptr) return {};
  const lang::Words& t = p.words;
  std::vector<std::vector<PageCell>> rows;
  for (std::size_t i = 0; i < std::min(p.against->rows.size(), 2 * kPageCells); ++i) {
    const Against::Row& r = p.against->rows[i];
    const std::string path = fmt::format("against/differences/{}", i);
    rows.push_back({name_cell(p.plan.cells[r.cell].name),
                    name_cell(p.outcome.cells[r.cell].traffics[r.traffic].name),
                    name_cell(t(r.metric)),
                    difference_cell(r.metric, r.paired.difference, path),
                    relative_cell(r.relative, r.relative_half_width, path),
                    {chance_text(r.adjusted), path + "/p_holm", number_text(r.adjusted)},
                    verdict_cell(p, r.verdict, path)});
  }
  const std::string none = "<p>" + t("No cell, traffic and metric is in both.") + "</p>\n";
  return report::page_section(
      "against", t.say("Against {}", p.against->name),
      rows.empty() ? none
                   : report::page_table(t("This comparison minus the saved one"),
                                        {t("cell"), t("traffic"), t("metric"), t("difference"),
                                         t("of the saved"), t("p (Holm)"), t("verdict")},
                                        rows) +
                         report::page_left_out(t, p.against->rows.size(), rows.size(),
                                               t("compare.csv has all")));
}

std::string page_wanted(const Printed& p) {
  const auto& all = p.outcome.wanted;
  if (all.empty()) return {};
  const lang::Words& t = p.words;
  const auto held = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const JudgedWanted& one) { return one.held; }));
  std::vector<std::vector<PageCell>> rows;
  for (std::size_t i = 0; i < std::min(all.size(), kPageCells); ++i) {
    const JudgedWanted& one = all[i];
    rows.push_back({{.text = one.held ? "\xe2\x9c\x93 " + t("held") : "\xe2\x9c\x97 " + t("failed"),
                     .key = fmt::format("expect/{}/held", i),
                     .value = one.held ? "true" : "false",
                     .number = false,
                     .looks = one.held ? "badge good" : "badge bad"},
                    name_cell(one.wanted.place),
                    name_cell(one.wanted.cell),
                    name_cell(t(one.wanted.metric)),
                    name_cell(t(one.wanted.verdict)),
                    name_cell(one.held ? "" : t(one.actual))});
  }
  return report::page_section(
      "expectations", t("Expectations"),
      fmt::format("<p class=\"badge {}\">{}</p>\n", held == all.size() ? "good" : "bad",
                  t.say("{} of {} held", held, all.size())) +
          report::page_table(
              t("Verdicts that must come out"),
              {t("verdict"), t("place"), t("cell"), t("metric"), t("expected"), t("seen")}, rows) +
          report::page_left_out(t, all.size(), rows.size(), t("compare.json has all")));
}

}  // namespace lvslab::compare
