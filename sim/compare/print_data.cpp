// CSV and JSON of an outcome: numbers in fixed forms, so that equal results are equal bytes.
#include "compare/print.h"
#include "compare/texts.h"
#include "fmt/format.h"
#include "metrics/histogram.h"
#include "report/cells.h"
#include "trace/json.h"

namespace lvslab::compare {
namespace {

using trace::json_string;

std::string number(double value) { return number_text(value); }

/// As read again: a later run is compared with these, value by value.
std::string exactly(double value) { return fmt::format("{}", value); }

std::string estimate_json(const Estimate& e) {
  return fmt::format("{{\"mean\":{},\"half_width\":{},\"deviation\":{},\"runs\":{}}}",
                     mean_number(e), half_width_number(e), number(e.deviation), e.count);
}

template <typename List, typename Text>
std::string array(const List& list, Text text, const char* separator = ",") {
  std::string out;
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += separator;
    first = false;
    out += text(item);
  }
  return "[" + out + "]";
}

std::string traffic_json(const TrafficResult& t) {
  std::string metrics, values;
  for (const MetricFigures& m : t.metrics) {
    const char* comma = metrics.empty() ? "" : ",";
    metrics += comma + json_string(m.metric) + ":" + estimate_json(m.estimate);
    values += comma + json_string(m.metric) + ":" + array(m.values, exactly);
  }
  const std::string histogram = array(t.histogram, [](const auto& bucket) {
    return fmt::format(
        "[{},{}]", number(static_cast<double>(metrics::Histogram::value_of(bucket.first)) * 1e-12),
        bucket.second);
  });
  return fmt::format(
      "{{\"name\":{},\"loop\":\"{}\",\"metrics\":{{{}}},\n\"warm_up\":{{\"cut\":{},"
      "\"most_left_out\":{}}},\n\"values\":{{{}}},\n\"histogram\":{}}}",
      json_string(t.name), t.open_loop ? "open" : "closed", metrics, estimate_json(t.cut),
      number(t.most_cut), values, histogram);
}

std::string series_json(const RunFigures& run) {
  return fmt::format(
      "{{\"bin\":{},\"servers\":{}}}", number(run.bin), array(run.series, [](const LoadSeries& s) {
        const auto whole = [](std::uint32_t value) { return std::to_string(value); };
        return fmt::format("{{\"server\":{},\"active\":{},\"queue\":{},\"busy\":{}}}",
                           json_string(s.server), array(s.active, whole), array(s.queue, whole),
                           array(s.busy, number));
      }));
}

std::string cell_json(const Printed& p, std::size_t c) {
  const CellResult& cell = p.outcome.cells[c];
  const Plan& plan = p.plan;
  std::string set;
  for (std::size_t d = 0; d < plan.dimensions.size(); ++d) {
    set += (d == 0 ? "" : ",") + json_string(plan.dimensions[d]) + ":" +
           json_string(plan.cells[c].values[d]);
  }
  std::string exact = "null";
  for (const scenario::CompareSpec::Exact& one : plan.spec.exact) {
    if (one.cell == plan.cells[c].name) exact = number(one.seconds);
  }
  const std::string against =
      plan.cells[c].against ? json_string(plan.cells[*plan.cells[c].against].name) : "null";
  const std::string servers = array(
      cell.servers,
      [](const ServerResult& s) {
        return fmt::format("{{\"name\":{},\"share\":{},\"busy\":{}}}", json_string(s.name),
                           estimate_json(s.share), estimate_json(s.busy));
      },
      ",\n");
  const auto& runs = p.runs[c];
  return fmt::format(
      "{{\"cell\":{},\"set\":{{{}}},\"baseline\":{},\"exact_mean\":{},\"runs\":{},\n\"traffic\":{},"
      "\n\"real_servers\":{},\n\"setting\":{},\"little_gap\":{:.3e},\n\"load\":{}}}",
      json_string(plan.cells[c].name), set, against, exact, cell.replications,
      array(cell.traffics, traffic_json, ",\n"), servers,
      runs.empty()
          ? "[]"
          : array(runs.front().setting, [](const std::string& line) { return json_string(line); }),
      cell.little_gap, runs.empty() ? "null" : series_json(runs.front()));
}

/// `baseline`: a key that stands behind the cell's, or nothing.
template <typename Row>
std::string row_json(const Printed& p, const Row& row, std::string_view baseline) {
  return fmt::format(
      "{{\"cell\":{}{},\"traffic\":{},\"metric\":{},\"difference\":{},"
      "\"relative\":{},\"relative_half_width\":{},\"p\":{},\"p_holm\":{},\"verdict\":{}}}",
      json_string(p.plan.cells[row.cell].name), baseline,
      json_string(p.outcome.cells[row.cell].traffics[row.traffic].name), json_string(row.metric),
      estimate_json(row.paired.difference), number(row.relative), number(row.relative_half_width),
      number(row.paired.p), number(row.adjusted), json_string(verdict_word(row.verdict)));
}

std::string difference_json(const Printed& p, const Difference& d) {
  return row_json(p, d, ",\"baseline\":" + json_string(p.plan.cells[d.against].name));
}

/// The last key, and only when it was asked for: without --against the file is what it was.
std::string against_json(const Printed& p) {
  if (p.against == nullptr) return {};
  const auto text = [&](const Against::Row& row) { return row_json(p, row, ""); };
  return fmt::format(",\n\"against\":{{\"name\":{},\"differences\":{}}}",
                     json_string(p.against->name), array(p.against->rows, text, ",\n"));
}

/// The columns of a difference, with the folder in the baseline's place.
std::string against_csv(const Printed& p) {
  std::string out;
  if (p.against == nullptr) return out;
  for (const Against::Row& row : p.against->rows) {
    const TrafficResult& t = p.outcome.cells[row.cell].traffics[row.traffic];
    const Estimate& e = t.of(row.metric).estimate;
    out += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{}\n", report::cell(p.plan.cells[row.cell].name),
        report::cell(t.name), t.open_loop ? "open" : "closed", row.metric, e.count, number(e.mean),
        e.has_interval() ? number(e.half_width) : "", number(e.relative()),
        report::cell(p.against->name), number(row.paired.difference.mean),
        number(row.paired.difference.half_width), number(row.adjusted), verdict_word(row.verdict));
  }
  return out;
}

}  // namespace

std::string json_of(const Printed& p) {
  const auto text = [](const std::string& one) { return json_string(one); };
  std::string cells;
  for (std::size_t c = 0; c < p.plan.cells.size(); ++c)
    cells += (c == 0 ? "" : ",\n") + cell_json(p, c);
  const auto& spec = p.plan.spec;
  return fmt::format(
      "{{\"schema\":1,\"version\":{},\"file\":{},\"title\":{},\"seed\":{},\"interrupted\":{},"
      "\"unit\":{},\"warm_up\":{},\"confidence\":{},\"threshold\":{},\"metrics\":{},"
      "\n\"dimensions\":{},\"bounds\":{},\n\"cells\":[{}],\n\"differences\":{},\n\"knees\":{},"
      "\n\"expect\":{}{}}}\n",
      json_string(p.version), json_string(p.plan.file), json_string(p.plan.title), p.plan.seed,
      p.interrupted, spec.unit ? number(spec.unit->in_seconds()) : "null",
      spec.warm_up ? number(spec.warm_up->in_seconds()) : "\"MSER-5\"", number(kConfidence),
      number(spec.threshold.value_or(0)), array(p.plan.metrics, text),
      array(p.plan.dimensions, text), array(p.bounds, text), cells,
      array(
          p.outcome.differences, [&](const Difference& d) { return difference_json(p, d); }, ",\n"),
      array(p.outcome.knees,
            [&](const KneeResult& k) {
              return fmt::format(
                  "{{\"knee\":{},\"traffic\":{},\"where\":{},\"last\":{},\"first_not\":{},"
                  "\"certain\":{}}}",
                  json_string(p.plan.knee->text), json_string(k.traffic), json_string(k.where),
                  json_string(k.last), json_string(k.first), k.certain);
            }),
      array(p.outcome.wanted,
            [](const JudgedWanted& w) {
              return fmt::format("{{\"cell\":{},\"metric\":{},\"is\":{},\"held\":{}}}",
                                 json_string(w.wanted.cell), json_string(w.wanted.metric),
                                 json_string(w.wanted.verdict), w.held);
            }),
      against_json(p));
}

std::string csv_of(const Printed& p) {
  std::string out =
      "cell,traffic,loop,metric,runs,mean,half_width,relative,baseline,difference,"
      "difference_half_width,p_holm,verdict\n";
  for (std::size_t c = 0; c < p.plan.cells.size(); ++c) {
    const CellResult& cell = p.outcome.cells[c];
    for (std::size_t t = 0; t < cell.traffics.size(); ++t) {
      for (const MetricFigures& m : cell.traffics[t].metrics) {
        const Estimate& e = m.estimate;
        out += fmt::format("{},{},{},{},{},{},{},{}", report::cell(p.plan.cells[c].name),
                           report::cell(cell.traffics[t].name),
                           cell.traffics[t].open_loop ? "open" : "closed", m.metric, e.count,
                           number(e.mean), e.has_interval() ? number(e.half_width) : "",
                           number(e.relative()));
        const Difference* found = nullptr;
        for (const Difference& d : p.outcome.differences) {
          if (d.cell == c && d.traffic == t && d.metric == m.metric) found = &d;
        }
        out +=
            found == nullptr
                ? ",,,,,\n"
                : fmt::format(",{},{},{},{},{}\n", report::cell(p.plan.cells[found->against].name),
                              number(found->paired.difference.mean),
                              number(found->paired.difference.half_width), number(found->adjusted),
                              verdict_word(found->verdict));
      }
    }
    for (const ServerResult& s : cell.servers) {
      out += fmt::format("{},,,share {},{},{},{},{},,,,,\n", report::cell(p.plan.cells[c].name),
                         report::cell(s.name), s.share.count, number(s.share.mean),
                         number(s.share.half_width), number(s.share.relative()));
    }
  }
  return out + against_csv(p);
}

}  // namespace lvslab::compare
