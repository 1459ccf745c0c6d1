// Worked examples of single schedulers, asked directly.
#include <deque>
#include <map>

#include "director_bed.h"
#include "lvs/address_cache.h"
#include "lvs/hashing.h"

namespace lvslab::lvs::test {
namespace {

/// Destinations A, B, C ... added in that order, so the list is C B A.
class Pool {
 public:
  Pool(std::string_view scheduler, const std::vector<int>& weights)
      : entry_(find_scheduler(scheduler)) {
    scheduler_ = entry_->make({list_, Random(1, "pool"), Instant::start()});
    for (const int weight : weights) {
      Destination& d = storage_.emplace_back();
      d.address = server(static_cast<int>(storage_.size()), 80);
      d.configure({.weight = weight}, true);
      list_.insert(list_.begin(), &d);
      scheduler_->on_added(list_, d);
    }
  }
  Destination& operator[](char name) { return storage_[static_cast<std::size_t>(name - 'A')]; }
  void edit(char name, int weight) {
    (*this)[name].configure({.weight = weight}, false);
    scheduler_->on_edited(list_, (*this)[name]);
  }
  void remove(char name) {
    list_.erase(std::find(list_.begin(), list_.end(), &(*this)[name]));
    scheduler_->on_removed(list_, (*this)[name]);
  }
  void active(const std::map<char, std::uint32_t>& counts) {
    for (const auto& [name, n] : counts) (*this)[name].active = (*this)[name].total = n;
  }
  char pick(wire::Ipv4 from = client(1).address, int seconds = 0) {
    SchedulingRequest request;
    request.flow = {{from, port}, kWeb, 6};
    request.now = Instant::at(Duration::seconds(seconds));
    request.flags = flags;
    request.settings = &settings;
    const Destination* d = scheduler_->pick(list_, request);
    return d == nullptr ? '-' : static_cast<char>('A' - 1 + (d->address.address.value & 0xff));
  }
  /// `n` picks whose connections stay active.
  std::string picks(int n) {
    std::string text;
    for (int i = 0; i < n; ++i) {
      text += pick();
      if (text.back() == '-') continue;
      ++(*this)[text.back()].active;
      ++(*this)[text.back()].total;
    }
    return text;
  }

  SchedulerFlags flags;
  DirectorSettings settings;
  std::uint16_t port = 40'000;

 private:
  const SchedulerEntry* entry_;
  DestinationList list_;
  std::deque<Destination> storage_;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST(SchedulerPicks, RoundRobinSkipsWeightZeroAndGoesOnBehindADeletedChoice) {
  Pool pool("rr", {1, 1, 1});
  EXPECT_EQ(pool.picks(4), "CBAC");
  pool.edit('B', 0);
  EXPECT_EQ(pool.picks(4), "ACAC");
  pool.edit('B', 1);
  EXPECT_EQ(pool.picks(1), "B");
  pool.remove('B');
  EXPECT_EQ(pool.picks(2), "AC");
  pool.remove('C');
  EXPECT_EQ(pool.picks(2), "AA");
}

TEST(SchedulerPicks, WeightedRoundRobinCarriesTheCurrentWeightOver) {
  EXPECT_EQ(Pool("wrr", {1, 2, 4}).picks(17), "CBACCCBCBACCCBCBA");
  EXPECT_EQ(Pool("wrr", {4, 3, 2}).picks(21), "CBAABACBACBAABACBACBA");
  EXPECT_EQ(Pool("wrr", {4, 2, 2}).picks(7), "CBAACBA");
}

TEST(SchedulerPicks, LeastConnectionCountsEachConnectionAndAnActiveOne256Times) {
  Pool pool("lc", {1, 1});
  pool['B'].active = pool['B'].total = 1;  // 257
  pool['A'].total = 256;                   // 256
  EXPECT_EQ(pool.pick(), 'A');
  pool['A'].total = 257;
  EXPECT_EQ(pool.pick(), 'B') << "a tie goes to the first of the list";
}

TEST(SchedulerPicks, TheLeastConnectionFamilyOnHeldConnections) {
  EXPECT_EQ(Pool("wlc", {1, 2, 3}).picks(12), "CBACBCCBACBC");
  EXPECT_EQ(Pool("sed", {1, 2, 3}).picks(12), "CBCCBACBCCBA");
  EXPECT_EQ(Pool("sed", {10, 2, 1}).picks(14), "AAAABAAAAACBAA");
  EXPECT_EQ(Pool("nq", {10, 2, 1}).picks(14), "CBAAAAAAAAABAA");
  EXPECT_EQ(Pool("fo", {2, 2, 1}).picks(4), "BBBB");
  EXPECT_EQ(Pool("ovf", {2, 2, 1}).picks(10), "BBBAAACC--");
}

TEST(SchedulerPicks, Hash32) {
  EXPECT_EQ(hash32(0x0a000001, 8), 39u);
  EXPECT_EQ(hash32(0x0a000001, 10), 159u);
  EXPECT_EQ(hash32(0xc6336417, 8), 199u);
  EXPECT_EQ(hash32(0xcb007107 + 40'000, 8), 32u);
}

struct Source {
  wire::Ipv4 address;
  char plain, with_port;
};

TEST(SchedulerPicks, SourceHashing) {
  const Source kSources[] = {{wire::ipv4(10, 0, 0, 1), 'A', 'A'},
                             {wire::ipv4(10, 0, 0, 2), 'B', 'B'},
                             {wire::ipv4(192, 168, 1, 10), 'C', 'C'},
                             {wire::ipv4(203, 0, 113, 7), 'C', 'C'},
                             {wire::ipv4(198, 51, 100, 23), 'A', 'A'}};
  for (const Source& source : kSources) {
    Pool pool("sh", {1, 2, 1});
    EXPECT_EQ(pool.pick(source.address), source.plain);
    pool.flags.flag2 = true;
    EXPECT_EQ(pool.pick(source.address), source.with_port);
  }
  Pool pool("sh", {1, 2, 1});
  pool.flags.flag1 = true;
  pool['B'].overloaded = true;
  EXPECT_EQ(pool.pick(wire::ipv4(10, 0, 0, 2)), 'A');
  pool.flags.flag1 = false;
  EXPECT_EQ(pool.pick(wire::ipv4(10, 0, 0, 2)), '-');
}

TEST(SchedulerPicks, MaglevHashing) {
  const Source kSources[] = {{wire::ipv4(10, 0, 0, 1), 'A', 'B'},
                             {wire::ipv4(10, 0, 0, 2), 'B', 'B'},
                             {wire::ipv4(192, 168, 1, 10), 'B', 'C'},
                             {wire::ipv4(203, 0, 113, 7), 'A', 'C'},
                             {wire::ipv4(198, 51, 100, 23), 'B', 'B'}};
  for (const Source& source : kSources) {
    Pool pool("mh", {1, 2, 1});
    EXPECT_EQ(pool.pick(source.address), source.plain);
    pool.flags.flag2 = true;
    EXPECT_EQ(pool.pick(source.address), source.with_port);
  }
  Pool pool("mh", {1, 2, 1});
  pool.edit('B', 0);
  EXPECT_EQ(pool.pick(wire::ipv4(10, 0, 0, 1)), 'A') << "quiescing moves no other client";
  EXPECT_EQ(pool.pick(wire::ipv4(10, 0, 0, 2)), '-');
  pool.flags.flag1 = true;
  EXPECT_EQ(pool.pick(wire::ipv4(10, 0, 0, 2)), 'C');
  EXPECT_EQ(pool.pick(wire::ipv4(198, 51, 100, 23)), 'C');
}

TEST(SchedulerPicks, LocalityRemembersRelievesAndReplicates) {
  Pool lblc("lblc", {1, 1, 1}), lblcr("lblcr", {1, 1, 1});
  const struct {
    int at;
    std::uint32_t c, b, a;
    char lblc, lblcr;
  } kSteps[] = {{0, 0, 0, 0, 'C', 'C'},  {5, 1, 0, 0, 'C', 'C'},  {10, 2, 0, 0, 'B', 'B'},
                {11, 2, 1, 1, 'B', 'B'}, {12, 2, 2, 1, 'B', 'B'}, {86'411, 2, 1, 1, 'B', 'B'}};
  for (const auto& step : kSteps) {
    for (Pool* pool : {&lblc, &lblcr}) {
      pool->active({{'C', step.c}, {'B', step.b}, {'A', step.a}});
      EXPECT_EQ(pool->pick(client(1).address, step.at), pool == &lblc ? step.lblc : step.lblcr);
    }
  }
  // The set has lost C: with B at weight 0 nobody of it is left.
  lblcr.edit('B', 0);
  lblcr.active({{'C', 0}, {'B', 0}, {'A', 0}});
  EXPECT_EQ(lblcr.pick(client(1).address, 86'412), 'C') << "weighted least of all";
}

TEST(SchedulerPicks, AnUnusedAddressIsForgottenAtAFullCheck) {
  AddressCache<int> cache(Instant::start());
  cache.add(kVip, Instant::start(), 1);
  cache.catch_up(Instant::at(Duration::seconds(86'400)), Duration::seconds(86'400));
  EXPECT_EQ(cache.size(), 1u);
  cache.catch_up(Instant::at(Duration::seconds(86'400 + 31 * 63)), Duration::seconds(86'400));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(SchedulerPicks, AFullCacheTakesNoMoreAndShrinksUnderPressure) {
  AddressCache<int> cache(Instant::start());
  for (std::uint32_t n = 0; n < 30'000; ++n) cache.add({n}, Instant::start(), 1);
  EXPECT_EQ(cache.size(), 24'576u);
  cache.catch_up(Instant::at(Duration::seconds(500)), Duration::seconds(86'400));
  EXPECT_LT(cache.size(), 24'576u);
  EXPECT_GE(cache.size(), 8'192u);
}

TEST(SchedulerPicks, TwoChoicesSharesByWeight) {
  Pool pool("twos", {1, 3});
  int b = 0;
  for (int i = 0; i < 4000; ++i) b += pool.pick() == 'B' ? 1 : 0;
  EXPECT_GT(b, 3000);
  pool.active({{'B', 1000}});
  EXPECT_NE(pool.picks(20).find('A'), std::string::npos);
}

}  // namespace
}  // namespace lvslab::lvs::test
