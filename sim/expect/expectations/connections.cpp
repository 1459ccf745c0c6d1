// A traffic as a whole: how its connections ended, who served them, in which order, and latencies.
#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

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
    Seen seen{.lab = lab, .collector = collector, .traffic = traffic_};
    for (const metrics::Group& group : collector.groups(lab.world().now())) {
      if (group.traffic != traffic_) continue;
      seen.all.add(group.tally);
      seen.groups.push_back(group);
    }
    if (seen.groups.empty()) return {false, "connections of this traffic", "none was started", ""};
    Verdict all{true, "", "", ""};
    for (const auto& [key, value] : spec_.entries) {
      const Verdict one = judge_key(seen, key, value);
      if (one.passed) continue;
      all.passed = false;
      all.expected += (all.expected.empty() ? "" : "; ") + one.expected;
      all.actual += (all.actual.empty() ? "" : "; ") + one.actual;
      if (all.cause.empty() && key == "order") all.cause = why_order(seen, value);
    }
    if (!all.passed && all.cause.empty()) all.cause = why(seen);
    return all;
  }

 private:
  struct Seen {
    const scenario::Lab& lab;
    const metrics::Collector& collector;
    std::uint32_t traffic;
    metrics::Tally all{};
    std::vector<metrics::Group> groups{};
  };

  // In order of intended start; those too many to be kept tell nothing.
  using Rows = std::vector<const metrics::ConnectionRow*>;
  Rows rows_of(const Seen& seen) const {
    Rows rows;
    for (const metrics::ConnectionRow* row : seen.collector.connections()) {
      if (row->traffic == traffic_) rows.push_back(row);
    }
    return rows;
  }
  // The first connection that did not end well, by the first packet it lost.
  std::string why(const Seen& seen) const {
    for (const metrics::ConnectionRow* row : rows_of(seen)) {
      if (row->status() == "completed") continue;
      const std::string cause = track_.why_failed(seen.lab.scene(), row->number);
      if (!cause.empty()) return cause;
    }
    return {};
  }
  // The first that another server got.
  std::string why_order(const Seen& seen, const Value& value) const {
    const Rows rows = rows_of(seen);
    for (std::size_t i = 0; i < rows.size() && i < value.items.size(); ++i) {
      if (!served_by(seen.lab, *rows[i], value.items[i].scalar))
        return track_.why_server(seen.lab.scene(), rows[i]->number);
    }
    return {};
  }

  static Verdict judge_key(const Seen& seen, const std::string& key, const Value& value) {
    if (key == "served_by") return judge_shares(seen, value);
    if (key == "order") return judge_order(seen, value);
    if (key == "latency") return judge_latency(seen, value);
    std::uint64_t figure = 0;

    if (key == "requests") {
      figure = seen.all.replies;
    } else if (key == "retransmissions") {
      figure = seen.all.retransmissions;
    } else if (key == "failed") {
      figure = seen.all.failed();
    } else if (value.kind == Value::Kind::kScalar && key != "connections") {
      figure = seen.all.with(key);
    } else {
      return {true, "", "", ""};
    }
    return {count_bound(value).holds(static_cast<std::int64_t>(figure)), key + ": " + value.scalar,
            key + ": " + std::to_string(figure), ""};
  }

  static Verdict judge_shares(const Seen& seen, const Value& value) {
    std::string expected = "served_by: {", actual = "served_by: {";
    bool passed = true;
    std::uint64_t counted = 0, served = 0;
    for (const metrics::Group& group : seen.groups) {
      if (group.real_server != kNoNode) served += group.tally.connections;
    }
    for (const auto& [server, bound] : value.entries) {
      std::uint64_t figure = 0;
      for (const metrics::Group& group : seen.groups) {
        metrics::ConnectionRow row;
        row.real_server = group.real_server;
        row.real = group.real;
        row.service = group.service;
        if (!served_by(seen.lab, row, server)) continue;
        figure += group.tally.connections;
        // One that nobody serves yet is nobody's.
        if (group.real_server == kNoNode) figure -= group.tally.with("open");
      }
      counted += figure;
      passed = passed && count_bound(bound).holds(static_cast<std::int64_t>(figure));
      expected += (expected.back() == '{' ? "" : ", ") + server + ": " + bound.scalar;
      actual += (actual.back() == '{' ? "" : ", ") + server + ": " + std::to_string(figure);
    }
    if (served > counted) {
      passed = false;
      actual += ", others: " + std::to_string(served - counted);
    }
    return {passed, expected + "}", actual + "}", ""};
  }

  static Verdict judge_order(const Seen& seen, const Value& value) {
    const std::string expected = "order: " + join(texts_of(value));
    if (seen.collector.forgotten() > 0)
      return {false, expected, "there are too many connections to keep single ones", ""};
    std::vector<std::string> actual;
    bool passed = seen.all.connections == value.items.size();
    for (const metrics::ConnectionRow* row : seen.collector.connections()) {
      if (row->traffic != seen.traffic) continue;
      const std::size_t i = actual.size();
      actual.push_back(server_text(seen.lab, *row));
      if (i < value.items.size() && !served_by(seen.lab, *row, value.items[i].scalar))
        passed = false;
    }
    return {passed, expected, "order: " + join(actual), ""};
  }

  static Verdict judge_latency(const Seen& seen, const Value& value) {
    const metrics::Histogram& latency = seen.collector.traffics()[seen.traffic - 1].latency;
    if (latency.empty()) return {false, "latencies", "no request was answered", ""};
    Verdict all{true, "", "", ""};
    for (const auto& [name, bound] : value.entries) {
      const std::int64_t figure = pick(latency, name);
      const auto wanted = scenario::parse_duration_bound(bound.scalar);
      if (wanted && wanted->holds(figure)) continue;
      all.passed = false;
      all.expected += (all.expected.empty() ? "latency " : ", ") + name + ": " + bound.scalar;
      all.actual += (all.actual.empty() ? "latency " : ", ") + name + ": " +
                    seconds_text(Duration::picoseconds(figure));
    }
    return all;
  }

  static std::int64_t pick(const metrics::Histogram& latency, const std::string& name) {
    if (name == "min") return latency.min();
    if (name == "max") return latency.max();
    if (name == "mean") return latency.mean();
    return latency.percentile(name == "p50"   ? 500
                              : name == "p90" ? 900
                              : name == "p99" ? 990
                                              : 999);
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
