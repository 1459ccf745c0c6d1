// A traffic as a whole: how its connections ended, who served them, in which order, and latencies.
#include <algorithm>

#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

using Rows = std::vector<const metrics::ConnectionRow*>;

class Connections final : public Expectation {
 public:
  Connections(const scenario::ExpectationSpec& spec, const scenario::Lab& lab) : spec_(spec.value) {
    const std::string name = subject_of(spec).scalar;
    for (std::size_t i = 0; i < lab.scene().traffics.size(); ++i) {
      if (lab.scene().traffics[i] == name) traffic_ = static_cast<std::uint32_t>(i + 1);
    }
    track_ = ConnectionTrack(traffic_, 0);
  }

  void on_record(const Record& record) override { track_.on_record(record); }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector& collector) override {
    Rows rows;
    for (const metrics::ConnectionRow* row : collector.connections()) {
      if (row->traffic == traffic_) rows.push_back(row);
    }
    if (rows.empty()) return {false, "connections of this traffic", "none was started", ""};
    Verdict all{true, "", "", ""};
    for (const auto& [key, value] : spec_.entries) {
      const Verdict one = judge_key(lab, collector, rows, key, value);
      if (one.passed) continue;
      all.passed = false;
      all.expected += (all.expected.empty() ? "" : "; ") + one.expected;
      all.actual += (all.actual.empty() ? "" : "; ") + one.actual;
      if (all.cause.empty() && key == "order") all.cause = why_order(lab, rows, value);
    }
    if (!all.passed && all.cause.empty()) all.cause = why(lab, rows);
    return all;
  }

 private:
  // The first connection that did not end well, by the first packet it lost.
  std::string why(const scenario::Lab& lab, const Rows& rows) const {
    for (const auto* row : rows) {
      if (row->status == "completed") continue;
      const std::string cause = track_.why_failed(lab.scene(), row->number);
      if (!cause.empty()) return cause;
    }
    return {};
  }
  // The first that another server got.
  std::string why_order(const scenario::Lab& lab, const Rows& rows, const Value& value) const {
    for (std::size_t i = 0; i < rows.size() && i < value.items.size(); ++i) {
      if (!served_by(lab, *rows[i], value.items[i].scalar))
        return track_.why_server(lab.scene(), rows[i]->number);
    }
    return {};
  }
  static Verdict judge_key(const scenario::Lab& lab, const metrics::Collector& collector,
                           const Rows& rows, const std::string& key, const Value& value) {
    if (key == "served_by") return judge_shares(lab, rows, value);
    if (key == "order") return judge_order(lab, rows, value);
    if (key == "latency") return judge_latency(collector, rows, value);
    std::int64_t figure = 0;
    if (key == "requests") {
      for (const auto* row : rows) figure += row->replies;
    } else if (key == "retransmissions") {
      for (const auto* row : rows) figure += row->retransmissions;
    } else if (key == "failed") {
      figure = std::count_if(rows.begin(), rows.end(), [](const auto* r) {
        return r->status != "completed" && r->status != "open";
      });
    } else if (value.kind == Value::Kind::kScalar && key != "connections") {
      figure =
          std::count_if(rows.begin(), rows.end(), [&](const auto* r) { return r->status == key; });
    } else {
      return {true, "", "", ""};
    }
    return {count_bound(value).holds(figure), key + ": " + value.scalar,
            key + ": " + std::to_string(figure), ""};
  }

  static Verdict judge_shares(const scenario::Lab& lab, const Rows& rows, const Value& value) {
    std::string expected = "served_by: {", actual = "served_by: {";
    bool passed = true;
    std::size_t counted = 0;
    for (const auto& [server, bound] : value.entries) {
      const auto figure = std::count_if(rows.begin(), rows.end(), [&](const auto* r) {
        return r->status != "open" || r->real_server != kNoNode ? served_by(lab, *r, server)
                                                                : false;
      });
      counted += static_cast<std::size_t>(figure);
      passed = passed && count_bound(bound).holds(figure);
      expected += (expected.back() == '{' ? "" : ", ") + server + ": " + bound.scalar;
      actual += (actual.back() == '{' ? "" : ", ") + server + ": " + std::to_string(figure);
    }
    const auto served = static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [](const auto* r) { return r->real_server != kNoNode; }));
    if (served > counted) {
      passed = false;
      actual += ", others: " + std::to_string(served - counted);
    }
    return {passed, expected + "}", actual + "}", ""};
  }

  static Verdict judge_order(const scenario::Lab& lab, const Rows& rows, const Value& value) {
    std::vector<std::string> actual;
    bool passed = rows.size() == value.items.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      actual.push_back(server_text(lab, *rows[i]));
      if (i < value.items.size() && !served_by(lab, *rows[i], value.items[i].scalar))
        passed = false;
    }
    return {passed, "order: " + join(texts_of(value)), "order: " + join(actual), ""};
  }

  static Verdict judge_latency(const metrics::Collector& collector, const Rows& rows,
                               const Value& value) {
    std::vector<std::int64_t> latencies;
    for (const metrics::RequestRow& r : collector.requests()) {
      if (r.traffic == rows.front()->traffic && !r.last_byte.is_never())
        latencies.push_back((r.last_byte - r.intended).ps());
    }
    if (latencies.empty()) return {false, "latencies", "no request was answered", ""};
    std::sort(latencies.begin(), latencies.end());
    Verdict all{true, "", "", ""};
    for (const auto& [name, bound] : value.entries) {
      const std::int64_t figure = pick(latencies, name);
      const auto wanted = scenario::parse_duration_bound(bound.scalar);
      if (wanted && wanted->holds(figure)) continue;
      all.passed = false;
      all.expected += (all.expected.empty() ? "latency " : ", ") + name + ": " + bound.scalar;
      all.actual += (all.actual.empty() ? "latency " : ", ") + name + ": " +
                    seconds_text(Duration::picoseconds(figure));
    }
    return all;
  }

  // Percentiles by nearest rank.
  static std::int64_t pick(const std::vector<std::int64_t>& sorted, const std::string& name) {
    if (name == "min") return sorted.front();
    if (name == "max") return sorted.back();
    if (name == "mean") {
      __int128 sum = 0;
      for (std::int64_t v : sorted) sum += v;
      return static_cast<std::int64_t>(sum / static_cast<__int128>(sorted.size()));
    }
    const std::size_t thousandths = name == "p50"   ? 500
                                    : name == "p90" ? 900
                                    : name == "p99" ? 990
                                                    : 999;
    const std::size_t rank = (sorted.size() * thousandths + 999) / 1000;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
  }

  Value spec_;
  std::uint32_t traffic_ = 0;
  ConnectionTrack track_;
};

}  // namespace

std::unique_ptr<Expectation> make_connections(const scenario::ExpectationSpec& spec,
                                              const scenario::Lab& lab,
                                              std::vector<scenario::Message>&) {
  return std::make_unique<Connections>(spec, lab);
}

}  // namespace lvslab::expect
