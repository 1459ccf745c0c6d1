// report.html of a comparison: head, what was compared, and the order of the parts.
#include <algorithm>

#include "compare/page_parts.h"
#include "compare/texts.h"
#include "fmt/format.h"
#include "report/markup.h"

namespace lvslab::compare {
namespace {

using report::escaped;
using report::page_value;

constexpr std::size_t kMostNames = 40;

std::string item(const std::string& name, const std::string& body) {
  return "<dt>" + escaped(name) + "</dt><dd>" + body + "</dd>\n";
}

/// The first so many names, and how many more there are.
std::string names(const Printed& p, const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), kMostNames); ++i)
    out += (i == 0 ? "" : ", ") + escaped(all[i]);
  if (all.size() > kMostNames) out += p.words.say(" and {} more", all.size() - kMostNames);
  return out;
}

std::string grid(const Printed& p) {
  std::string out = page_value({p.words.say("{} cells", p.plan.cells.size())}) + "<br/>";
  for (std::size_t d = 0; d < p.plan.dimensions.size(); ++d) {
    std::vector<std::string> values;
    for (const Cell& cell : p.plan.cells) {
      if (std::find(values.begin(), values.end(), cell.values[d]) == values.end())
        values.push_back(cell.values[d]);
    }
    out += "<code>" + escaped(p.plan.dimensions[d]) + "</code>: " + names(p, values) + "<br/>";
  }
  return out;
}

std::string replications(const Printed& p) {
  std::size_t least = SIZE_MAX, most = 0;
  for (const CellResult& cell : p.outcome.cells) {
    least = std::min(least, cell.replications);
    most = std::max(most, cell.replications);
  }
  if (least >= most) return escaped(p.words.say("{} of each cell", most));
  return escaped(p.words.say("{} to {} of each cell", least, most));
}

std::string stop_rule(const Printed& p) {
  const auto& wanted = p.plan.spec.half_width;
  if (!wanted)
    return escaped(p.words.say("{} replications of each cell, fixed", p.plan.replications));
  return escaped(p.words.say(
      "after {} replications, half as many again for each cell whose mean is not known to ±{:.3g} "
      "% of itself, {} at most",
      p.plan.replications, 100 * *wanted, p.plan.most));
}

std::string warm_up(const Printed& p) {
  if (p.plan.spec.warm_up)
    return escaped(p.words.say("given: requests before {} are left out",
                               time_text(p.plan.spec.warm_up->in_seconds())));
  return escaped(
      p.words("found by MSER-5 in the first replication of each cell and traffic, the same for all "
              "others, at most a tenth of the requests"));
}

std::string baseline(const Printed& p) {
  std::vector<std::string> against;
  for (const Cell& cell : p.plan.cells) {
    if (!cell.against) continue;
    const std::string& name = p.plan.cells[*cell.against].name;
    if (std::find(against.begin(), against.end(), name) == against.end()) against.push_back(name);
  }
  return against.empty() ? escaped(p.words("none")) : names(p, against);
}

/// Each setting once, with the cells it is of when it is not of all.
std::string settings(const Printed& p) {
  const auto lines = settings_of(p);
  std::string out;
  const std::size_t shown = std::min(lines.size(), report::kPageRows);
  for (std::size_t i = 0; i < shown; ++i) {
    out += "<code>" + escaped(lines[i].first) + "</code>";
    if (lines[i].second.size() < p.plan.cells.size() && lines[i].second.size() <= kMostNames)
      out += " <span class=\"note\">" + names(p, lines[i].second) + "</span>";
    out += "<br/>";
  }
  return out + report::page_left_out(p.words, lines.size(), shown, p.words("compare.json has all"));
}

std::string head(const Printed& p) {
  const lang::Words& t = p.words;
  std::string out = "<header>\n<h1>" + escaped(p.plan.title.empty() ? p.plan.file : p.plan.title) +
                    "</h1>\n<p class=\"meta\">";
  const auto meta = [&](const std::string& name, const report::PageCell& value) {
    out += "<span>" + escaped(name) + ": " + page_value(value) + "</span> ";
  };
  meta(t("comparison of"), {p.plan.file, "file", p.plan.file});
  meta(t("seed"), {std::to_string(p.plan.seed), "seed", std::to_string(p.plan.seed)});
  meta("lvslab", {p.version, "version", p.version});
  out += "</p>\n";
  if (p.interrupted)
    out += "<p class=\"bad badge\">" +
           t("The comparison was interrupted: only what was done until then is counted.") +
           "</p>\n";
  return out + "</header>\n";
}

}  // namespace

std::vector<PageTraffic> page_traffics(const Printed& p) {
  std::vector<PageTraffic> all;
  const std::size_t cells = p.outcome.cells.size();
  for (const bool open_loop : {true, false}) {
    for (std::size_t c = 0; c < cells; ++c) {
      const std::vector<TrafficResult>& list = p.outcome.cells[c].traffics;
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].open_loop != open_loop) continue;
        auto known = std::find_if(all.begin(), all.end(), [&](const PageTraffic& one) {
          return one.name == list[i].name && one.open_loop == open_loop;
        });
        if (known == all.end()) {
          all.push_back({list[i].name, open_loop, std::vector<const TrafficResult*>(cells),
                         std::vector<std::size_t>(cells)});
          known = all.end() - 1;
        }
        known->of_cell[c] = &list[i];
        known->place[c] = i;
      }
    }
  }
  return all;
}

std::string page_traffic_name(const Printed& p, const PageTraffic& traffic) {
  return traffic.open_loop ? p.words.say("open loop: {}", traffic.name)
                           : p.words.say("closed loop: {}", traffic.name);
}

std::string page_what(const Printed& p) {
  const lang::Words& t = p.words;
  std::string list = item(t("grid"), grid(p)) + item(t("replications"), replications(p)) +
                     item(t("when it stopped"), stop_rule(p));
  list += item(t("seeds"),
               escaped(t.say("seed {}; replication k of every cell meets the same requests (common "
                             "random numbers)",
                             p.plan.seed)));
  list += item(t("warm-up cut"), warm_up(p));
  list += item(t("baseline"), baseline(p));
  list += item(t("verdicts"),
               escaped(t("paired differences, Holm's correction over all tests of a table, 5 % to "
                         "err in any of them")) +
                   (p.plan.spec.threshold
                        ? "; " + escaped(t.say("differences below {:.3g} % of the baseline do not "
                                               "matter",
                                               100 * *p.plan.spec.threshold))
                        : ""));
  const std::string set = settings(p);
  if (!set.empty()) list += item(t("lists and disciplines"), set);
  std::string theory;
  for (const std::string& line : p.bounds) theory += escaped(line) + "<br/>";
  if (!theory.empty()) list += item(t("theory"), theory);
  double gap = 0;
  for (const CellResult& cell : p.outcome.cells) gap = std::max(gap, cell.little_gap);
  list += item(t("Little's law"), escaped(t.say("off by {:.1e} at most, in every run", gap)));
  return report::page_section("what", t("What was compared"), "<dl>\n" + list + "</dl>\n");
}

std::string page_of(const Printed& p) {
  std::string out =
      report::page_opening(p.words, p.plan.title.empty() ? p.plan.file : p.plan.title);
  out += head(p);
  out += page_wanted(p);
  out += page_what(p);
  out += page_knees(p);
  out += page_estimates(p);
  out += page_bars(p);
  out += page_differences(p);
  out += page_against(p);
  out += page_curves(p);
  out += page_shares(p);
  out += page_load(p);
  return out + report::page_closing();
}

}  // namespace lvslab::compare
