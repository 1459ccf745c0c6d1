// A million connections through a director: what they weigh, and that they leave nothing behind.
#include <gtest/gtest.h>

#include "counting_allocator.h"
#include "lvs/director_bed.h"

namespace lvslab::counting {
namespace {

using lvs::test::Bed;
using lvs::test::kWeb;

constexpr std::uint32_t kMillion = 1'000'000;

class Million {
 public:
  explicit Million(lvs::ServiceOptions options = {.scheduler = "rr"}) {
    bed_.turn.begin(bed_.now, WatchLevel::kNothing);
    bed_.add_web(options.scheduler, {1, 1, 1, 1}, {.method = lvs::Method::kMasq}, options);
    for (const lvs::Director::Registration& r : bed_.director.registrations()) {
      if (r.where == hook::Hook::kLocalIn && r.priority == 99) in_ = r.object;
    }
  }
  /// A SYN of each client, then an ACK of each.
  void open(bool tagged) {
    for (const std::uint8_t flags : {wire::kSyn, wire::kAck}) {
      for (std::uint32_t n = 0; n < kMillion; ++n) {
        const wire::Endpoint from{{wire::ipv4(11, 0, 0, 0).value + n / 50},
                                  static_cast<std::uint16_t>(1024 + n % 50)};
        wire::Datagram d = bed_.tcp(from, kWeb, flags, {.tag = {tagged ? 1u : 0u, n, 1}});
        const hook::PacketInfo info{.hook = hook::Hook::kLocalIn, .route = hook::RouteKind::kLocal};
        EXPECT_EQ(in_->inspect(bed_.turn, d, info, bed_.routes).kind,
                  hook::Verdict::Kind::kSendToward);
        bed_.pool.retire(d.take());
      }
    }
    EXPECT_EQ(bed_.director.connections().size(), kMillion);
    EXPECT_EQ(held(), kMillion);
  }
  void pass(Duration time) {
    const Instant end = bed_.now + time;
    while (bed_.director.next_wake() <= end) {
      bed_.now = std::max(bed_.now, bed_.director.next_wake());
      bed_.turn.begin(bed_.now, WatchLevel::kNothing);
      bed_.director.wake(bed_.turn);
    }
  }
  void expect_nothing_left() {
    const lvs::ConnectionTable& table = bed_.director.connections();
    EXPECT_EQ(table.size(), 0u);
    EXPECT_TRUE(table.list().empty());
    EXPECT_TRUE(table.next_wake().is_never());
    EXPECT_EQ(held(), 0u);
  }

 private:
  /// By the servers' counts, all active.
  std::size_t held() const {
    std::size_t sum = 0;
    for (const lvs::Destination* d : bed_.director.services().front()->destinations) {
      EXPECT_EQ(d->active, d->total);
      EXPECT_EQ(d->references, d->total);
      sum += d->total;
    }
    return sum;
  }

  Bed bed_;
  hook::PacketHook* in_ = nullptr;
};

void open_and_expire_twice(bool tagged) {
  Million million;
  const std::size_t before = bytes_in_use();
  million.open(tagged);
  const std::size_t once = bytes_in_use() - before;
  EXPECT_LE(once, std::size_t{96} * kMillion);
  million.pass(Duration::seconds(1000));
  million.expect_nothing_left();
  million.open(tagged);
  // The room of the first million did for the second.
  EXPECT_LE(bytes_in_use() - before, once + 4096);
  million.pass(Duration::seconds(1000));
  million.expect_nothing_left();
}

TEST(AMillionConnections, WeighAtMost96BytesEachAndLeaveNothingBehind) {
  open_and_expire_twice(false);
}

TEST(AMillionConnections, WithTheTagsOfSimulatedTrafficToo) { open_and_expire_twice(true); }

}  // namespace
}  // namespace lvslab::counting
