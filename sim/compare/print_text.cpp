#include <algorithm>
#include <map>

#include "compare/print.h"
#include "compare/texts.h"
#include "fmt/format.h"

namespace lvslab::compare {
namespace {

/// Rows of cells padded to the widest; ± is one column wide and two bytes long.
class Table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i >= widths.size()) widths.push_back(0);
        widths[i] = std::max(widths[i], scenario_width(row[i]));
      }
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i];
        if (i + 1 < row.size()) line.append(widths[i] - scenario_width(row[i]) + 2, ' ');
      }
      out += line + "\n";
    }
    return out;
  }

 private:
  static std::size_t scenario_width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
  }
  std::vector<std::vector<std::string>> rows_;
};

class TextPrinter {
 public:
  TextPrinter(const Printed& printed, bool colour) : p_(printed), colour_(colour) {}

  std::string text() {
    heading();
    for (const bool open_loop : {true, false}) {
      for (const std::string& traffic : traffics(open_loop)) latencies(traffic, open_loop);
    }
    shares();
    differences();
    knees();
    notes();
    wanted();
    against();
    return std::move(out_);
  }

 private:
  void heading() {
    const Plan& plan = p_.plan;
    if (!plan.title.empty()) out_ += plan.title + "\n";
    std::size_t least = SIZE_MAX, most = 0;
    for (const CellResult& cell : p_.outcome.cells) {
      least = std::min(least, cell.replications);
      most = std::max(most, cell.replications);
    }
    const std::string replications =
        least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most);
    out_ += fmt::format(
        "{}, seed {}: {} cells, {} replications each on common random numbers, 95 % intervals\n\n",
        plan.file, plan.seed, plan.cells.size(), replications);
  }

  /// Names in order of appearance.
  std::vector<std::string> traffics(bool open_loop) const {
    std::vector<std::string> names;
    for (const CellResult& cell : p_.outcome.cells) {
      for (const TrafficResult& t : cell.traffics) {
        if (t.open_loop == open_loop &&
            std::find(names.begin(), names.end(), t.name) == names.end())
          names.push_back(t.name);
      }
    }
    return names;
  }

  const TrafficResult* find(std::size_t cell, const std::string& traffic) const {
    for (const TrafficResult& t : p_.outcome.cells[cell].traffics) {
      if (t.name == traffic) return &t;
    }
    return nullptr;
  }

  void latencies(const std::string& traffic, bool open_loop) {
    const scenario::CompareSpec& spec = p_.plan.spec;
    Table table;
    std::vector<std::string> head = {(open_loop ? "open loop: " : "closed loop: ") + traffic,
                                     "runs", "mean"};
    if (spec.unit) head.push_back("in " + time_text(spec.unit->in_seconds()));
    if (!spec.exact.empty()) head.insert(head.end(), {"exact", "off by"});
    head.insert(head.end(), {"p50", "p90", "p99", "rate", "failed", "warm-up cut"});
    table.row(head);
    for (std::size_t c = 0; c < p_.plan.cells.size(); ++c) {
      const TrafficResult* t = find(c, traffic);
      std::vector<std::string> row = {p_.plan.cells[c].name,
                                      std::to_string(p_.outcome.cells[c].replications)};
      if (t == nullptr) {
        row.emplace_back("-");
        table.row(row);
        continue;
      }
      const Estimate& mean = t->of("mean").estimate;
      row.push_back(estimate_text("mean", mean));
      if (spec.unit) {
        row.push_back(fmt::format("{:.4f} ±{:.4f}", mean.mean / spec.unit->in_seconds(),
                                  mean.half_width / spec.unit->in_seconds()));
      }
      if (!spec.exact.empty()) exact(row, c, mean);
      for (const char* metric : {"p50", "p90", "p99", "rate", "failed"})
        row.push_back(estimate_text(metric, t->of(metric).estimate));
      row.push_back(cut_text(*t));
      table.row(row);
    }
    out_ += table.text() + "\n";
  }

  void exact(std::vector<std::string>& row, std::size_t cell, const Estimate& mean) const {
    for (const scenario::CompareSpec::Exact& one : p_.plan.spec.exact) {
      if (one.cell != p_.plan.cells[cell].name) continue;
      const auto& unit = p_.plan.spec.unit;
      row.push_back(unit ? fmt::format("{:.4f}", one.seconds / unit->in_seconds())
                         : time_text(one.seconds));
      row.push_back(fmt::format("{:+.2f} %", 100 * (mean.mean / one.seconds - 1)));
      return;
    }
    row.insert(row.end(), {"", ""});
  }

  std::string cut_text(const TrafficResult& t) const {
    const std::string how = p_.plan.spec.warm_up ? "given" : "MSER-5";
    return fmt::format("{} ({}, {:.0f} % at most)", time_text(t.cut.mean), how, 100 * t.most_cut);
  }

  void shares() {
    Table table;
    table.row({"connections by real server", "Jain index", "shares"});
    bool any = false;
    for (std::size_t c = 0; c < p_.plan.cells.size(); ++c) {
      const CellResult& cell = p_.outcome.cells[c];
      if (cell.servers.empty() || cell.traffics.empty()) continue;
      any = true;
      const Estimate& jain = cell.traffics[0].of("jain").estimate;
      table.row({p_.plan.cells[c].name, fmt::format("{:.4f} ±{:.4f}", jain.mean, jain.half_width),
                 share_list(cell)});
    }
    if (any) out_ += table.text() + "\n";
  }

  static std::string share_list(const CellResult& cell) {
    constexpr std::size_t kShown = 8;
    std::string text;
    const auto one = [](const ServerResult& s) {
      return fmt::format("{} {:.2f} ±{:.2f} %", s.name, 100 * s.share.mean,
                         100 * s.share.half_width);
    };
    if (cell.servers.size() <= kShown) {
      for (const ServerResult& s : cell.servers) text += (text.empty() ? "" : ", ") + one(s);
      return text;
    }
    const auto [least, most] = std::minmax_element(
        cell.servers.begin(), cell.servers.end(),
        [](const auto& a, const auto& b) { return a.share.mean < b.share.mean; });
    return fmt::format("{} servers, least {}, most {}", cell.servers.size(), one(*least),
                       one(*most));
  }

  std::string painted(const std::string& word) const {
    if (!colour_) return word;
    if (word == "better") return "\033[32m" + word + "\033[0m";
    if (word == "worse") return "\033[31m" + word + "\033[0m";
    return word;
  }

  void differences() {
    if (p_.outcome.differences.empty()) return;
    Table table;
    table.row({"against the baseline", "metric", "difference", "p (Holm)", "verdict"});
    const bool many = traffics(true).size() + traffics(false).size() > 1;
    for (const Difference& d : p_.outcome.differences) {
      const Estimate& e = d.paired.difference;
      std::string name = p_.plan.cells[d.cell].name + " - " + p_.plan.cells[d.against].name;
      std::string metric = d.metric;
      if (many && d.metric != "jain")
        metric = p_.outcome.cells[d.cell].traffics[d.traffic].name + " " + metric;
      std::string difference =
          fmt::format("{} ±{}", value_text(d.metric, e.mean), value_text(d.metric, e.half_width));
      if (d.relative != 0)
        difference +=
            fmt::format(" ({:+.2f} ±{:.2f} %)", 100 * d.relative, 100 * d.relative_half_width);
      table.row({std::move(name), std::move(metric), std::move(difference), chance_text(d.adjusted),
                 painted(std::string(verdict_word(d.verdict)))});
    }
    out_ += table.text();
    if (const auto& threshold = p_.plan.spec.threshold)
      out_ += fmt::format("threshold: {:.3g} % of the baseline\n", 100 * *threshold);
    out_ += "\n";
  }

  void knees() {
    if (!p_.plan.knee) return;
    for (const KneeResult& knee : p_.outcome.knees) {
      const std::string where = knee.where.empty() ? "" : " (" + knee.where + ")";
      std::string found = knee.last.empty() ? "none" : knee.last;
      if (!knee.first.empty())
        found += ", no more at " + knee.first;
      else
        found += ", the last one tried";
      out_ += fmt::format("{}, {}{}: {}{}\n", p_.plan.knee->text, knee.traffic, where, found,
                          knee.certain ? "" : " (intervals overlap the bound: not certain)");
    }
    out_ += "\n";
  }

  void notes() {
    const auto lines = settings_of(p_);
    if (!lines.empty()) out_ += "lists (first is asked first) and disciplines\n";
    for (const auto& [line, cells] : lines) {
      std::string of;
      if (cells.size() < p_.plan.cells.size() && cells.size() <= 4) {
        for (const std::string& cell : cells) of += (of.empty() ? " [" : ", ") + cell;
        of += "]";
      }
      out_ += "  " + line + of + "\n";
    }
    for (const std::string& line : p_.bounds) out_ += "theory: " + line + "\n";
    double gap = 0;
    for (const CellResult& cell : p_.outcome.cells) gap = std::max(gap, cell.little_gap);
    out_ += fmt::format("Little's law in every run: off by {:.1e} at most\n", gap);
    if (p_.interrupted) out_ += "interrupted: only what was done until then is counted\n";
  }

  void wanted() {
    std::size_t held = 0;
    for (const JudgedWanted& one : p_.outcome.wanted) {
      if (one.held) {
        ++held;
        continue;
      }
      out_ += fmt::format("{} {}: {} {}\n  expected: {}\n  actual:   {}\n",
                          colour_ ? "\033[1;31mFAILED\033[0m" : "FAILED", one.wanted.place,
                          one.wanted.cell, one.wanted.metric, one.wanted.verdict, one.actual);
    }
    if (!p_.outcome.wanted.empty())
      out_ += fmt::format("verdicts expected: {} held, {} failed\n", held,
                          p_.outcome.wanted.size() - held);
  }

  void against() {
    if (p_.against == nullptr) return;
    out_ += "against " + p_.against->name + "\n";
    if (p_.against->rows.empty()) out_ += "  no cell, traffic and metric is in both\n";
    for (const Against::Row& row : p_.against->rows) {
      const std::string what = p_.plan.cells[row.cell].name + ", " +
                               p_.outcome.cells[row.cell].traffics[row.traffic].name + " " +
                               row.metric;
      out_ += fmt::format("  {:<32} {:+.2f} ±{:.2f} %, p {:.4f}: {}\n", what, 100 * row.relative,
                          100 * row.relative_half_width, row.adjusted, verdict_word(row.verdict));
    }
  }

  const Printed& p_;
  bool colour_;
  std::string out_;
};

}  // namespace

std::vector<std::pair<std::string, std::vector<std::string>>> settings_of(const Printed& p) {
  std::vector<std::pair<std::string, std::vector<std::string>>> lines;
  for (std::size_t c = 0; c < p.runs.size(); ++c) {
    if (p.runs[c].empty()) continue;
    for (const std::string& line : p.runs[c].front().setting) {
      auto same = std::find_if(lines.begin(), lines.end(),
                               [&](const auto& one) { return one.first == line; });
      if (same == lines.end()) same = lines.insert(lines.end(), {line, {}});
      same->second.push_back(p.plan.cells[c].name);
    }
  }
  return lines;
}

std::string text_of(const Printed& printed, bool colour) {
  return TextPrinter(printed, colour).text();
}

}  // namespace lvslab::compare
