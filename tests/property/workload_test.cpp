// The benchmark workloads do what they claim: exactly so many frame-hops a request, exact latency
// on idle links.
#include "../../bench/workload.cpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lvslab::bench {
namespace {

/// Time from each request to its reply, in picoseconds.
class Latencies final : public Watcher {
 public:
  void on_record(const Record& record) override {
    if (record.kind != RecordKind::kNote) return;
    const auto key = std::pair(record.tag.traffic, record.tag.connection);
    if (record.note.kind == NoteKind::kAppRequestSent) sent_[key] = record.time;
    if (record.note.kind == NoteKind::kAppReply)
      latencies.push_back((record.time - sent_.at(key)).ps());
  }
  std::vector<std::int64_t> latencies;

 private:
  std::map<std::pair<std::uint32_t, std::uint32_t>, Instant> sent_;
};

void expect_hops(const Workload::Shape& shape, std::uint64_t hops_a_request) {
  Workload workload(shape);
  workload.warm_up();
  workload.start();
  EXPECT_FALSE(workload.run());
  EXPECT_EQ(workload.hops(), hops_a_request * shape.requests);
  EXPECT_EQ(workload.world().totals().frames_lost, 0u);
  EXPECT_EQ(workload.world().check_conservation(), "");
}

TEST(Workload, UdpRequestIsTwelveFrameHops) { expect_hops(Workload::udp(4, 4), 12); }
TEST(Workload, UdpRequestIsTwelveFrameHopsWithManyClients) {
  expect_hops(Workload::udp(64, 16), 12);
}
TEST(Workload, TcpConnectionIsNinetySixFrameHops) { expect_hops(Workload::tcp(4, 4), 96); }
TEST(Workload, TcpConnectionIsNinetySixFrameHopsWithManyClients) {
  expect_hops(Workload::tcp(64, 16), 96);
}

// Twelve links of 5 us, six times 146 bytes and six times 1046 bytes at 0.8 ns a byte: 65.7216 us.
TEST(Workload, UdpRequestThatWaitsNowhereTakes65Point72Microseconds) {
  Workload::Shape shape = Workload::udp(4, 4);
  shape.requests = 200;
  shape.per_second = 10;
  Workload workload(shape);
  Latencies latencies;
  workload.world().watch(&latencies, WatchLevel::kConnections);
  workload.warm_up();
  latencies.latencies.clear();
  workload.start();
  workload.run();
  EXPECT_EQ(latencies.latencies, std::vector<std::int64_t>(200, 65'721'600));
}

}  // namespace
}  // namespace lvslab::bench
