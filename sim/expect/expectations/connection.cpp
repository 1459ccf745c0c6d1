// One connection: server, status, latency, bytes, the director's entry.
#include <algorithm>

#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class OneConnection final : public Expectation {
 public:
  OneConnection(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : spec_(spec.value),
        tag_(tag_of(lab, subject_of(spec).scalar)),
        track_(tag_.traffic, tag_.connection) {}

  void on_record(const Record& record) override { track_.on_record(record); }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector& collector) override {
    const metrics::ConnectionRow* row = collector.find(tag_.traffic, tag_.connection);
    if (row == nullptr && collector.forgotten() > 0)
      return {false, "the connection", "there are too many to keep single ones", ""};
    if (row == nullptr || row->intended.is_never())
      return {false, "the connection", "it was never started", ""};
    Verdict all{true, "", "", ""};
    for (const auto& [key, value] : spec_.entries) {
      if (key == "connection") continue;
      std::string actual;
      if (holds(lab, collector, *row, key, value, &actual)) continue;
      all.passed = false;
      all.expected += (all.expected.empty() ? "" : "; ") + key + ": " + value.scalar;
      all.actual += (all.actual.empty() ? "" : "; ") + key + ": " + actual;
      if (all.cause.empty())
        all.cause = key == "real_server" ? track_.why_server(lab.scene(), tag_.connection)
                                         : track_.why_failed(lab.scene(), tag_.connection);
    }
    return all;
  }

 private:
  bool holds(const scenario::Lab& lab, const metrics::Collector& collector,
             const metrics::ConnectionRow& row, const std::string& key, const Value& value,
             std::string* actual) const {
    const auto word = [&](std::string_view seen) {
      *actual = seen.empty() ? "none" : std::string(seen);
      return seen == value.scalar || (seen.empty() && value.scalar == "none");
    };
    const auto figure = [&](const Result<scenario::Bound>& bound, std::int64_t seen) {
      *actual = std::to_string(seen);
      return bound && bound->holds(seen);
    };
    if (key == "real_server") {
      *actual = server_text(lab, row);
      return served_by(lab, row, value.scalar);
    }
    if (key == "status") return word(row.status());
    if (key == "ipvs_state") return word(row.ipvs_state());
    if (key == "mode") return word(row.mode());
    if (key == "bytes_up")
      return figure(scenario::parse_size_bound(value.scalar),
                    static_cast<std::int64_t>(row.bytes_up));
    if (key == "bytes_down")
      return figure(scenario::parse_size_bound(value.scalar),
                    static_cast<std::int64_t>(row.bytes_down));
    if (key == "requests") return figure(scenario::parse_count_bound(value.scalar), row.replies);
    if (key == "retransmissions")
      return figure(scenario::parse_count_bound(value.scalar), row.retransmissions);
    std::int64_t slowest = -1;
    for (const metrics::RequestRow* r : collector.requests(row)) {
      if (r->answered()) slowest = std::max(slowest, (r->last_byte - r->intended).ps());
    }
    *actual =
        slowest < 0 ? "no request was answered" : seconds_text(Duration::picoseconds(slowest));
    const auto bound = scenario::parse_duration_bound(value.scalar);
    return slowest >= 0 && bound && bound->holds(slowest);
  }

  Value spec_;
  Tag tag_;
  ConnectionTrack track_;
};

}  // namespace

std::unique_ptr<Expectation> make_connection(const scenario::ExpectationSpec& spec,
                                             const scenario::Lab& lab,
                                             std::vector<scenario::Message>&) {
  return std::make_unique<OneConnection>(spec, lab);
}

}  // namespace lvslab::expect
