// Shares that arithmetic alone decides: how many of the hash tables' places each server has, and
// how a weighted round goes. The values are published or follow from the rules by hand.
#include <deque>

#include "director_bed.h"
#include "lvs/hashing.h"

namespace lvslab::lvs::test {
namespace {

/// Servers 0, 1, 2 ... in the order of the list.
class Listed {
 public:
  Listed(std::string_view scheduler, const std::vector<int>& weights) {
    for (const int weight : weights) {
      Destination& d = storage_.emplace_back();
      d.address = {wire::Ipv4{0x0a010000u + static_cast<std::uint32_t>(storage_.size())}, 80};
      d.configure({.weight = weight}, true);
      list_.push_back(&d);
    }
    scheduler_ = find_scheduler(scheduler)->make({list_, Random(1, "listed"), Instant::start()});
  }
  void remove_last() {
    Destination* last = list_.back();
    list_.pop_back();
    scheduler_->on_removed(list_, *last);
  }
  /// Place in the list; -1: nobody.
  int pick(wire::Ipv4 from) {
    SchedulingRequest request;
    request.flow = {{from, 40'000}, kWeb, 6};
    request.settings = &settings_;
    const Destination* d = scheduler_->pick(list_, request);
    return d == nullptr ? -1 : static_cast<int>(d->address.address.value - 0x0a010001u);
  }
  /// Whom each of the 256 buckets belongs to.
  std::vector<int> buckets() {
    std::vector<int> owner(256, -2);
    std::size_t known = 0;
    for (std::uint32_t address = 0x0a000001; known < owner.size(); ++address) {
      int& place = owner[hash32(address, 8)];
      if (place != -2) continue;
      place = pick(wire::Ipv4{address});
      ++known;
    }
    return owner;
  }
  std::vector<int> shares(const std::vector<int>& owner) const {
    std::vector<int> counts(storage_.size() + 1);
    for (const int one : owner) ++counts[static_cast<std::size_t>(one + 1)];
    return counts;  // of nobody, then of each
  }

 private:
  DestinationList list_;
  std::deque<Destination> storage_;
  std::unique_ptr<Scheduler> scheduler_;
  DirectorSettings settings_;
};

TEST(ExactShares, SourceHashingDeals256BucketsInTheListsOrder) {
  for (const auto& [servers, most, least] : {std::tuple{200, 2, 1}, std::tuple{300, 1, 0}}) {
    Listed listed("sh", std::vector<int>(static_cast<std::size_t>(servers), 1));
    std::vector<int> counts = listed.shares(listed.buckets());
    EXPECT_EQ(counts[0], 0);
    const auto [low, high] = std::minmax_element(counts.begin() + 1, counts.end());
    EXPECT_EQ(*high, most) << servers;
    EXPECT_EQ(*low, least) << servers;
  }
}

TEST(ExactShares, SourceHashingDoesNotDivideWeightsByTheirCommonDivisor) {
  Listed heavy("sh", {256, 256});
  EXPECT_EQ(heavy.shares(heavy.buckets()), (std::vector<int>{0, 256, 0}));
  Listed hundred("sh", {100, 100});
  EXPECT_EQ(hundred.shares(hundred.buckets()), (std::vector<int>{0, 156, 100}));
}

TEST(ExactShares, AServerOfWeightZeroKeepsItsBucketsAndRefuses) {
  Listed listed("sh", {1, 1, 0});
  EXPECT_EQ(listed.shares(listed.buckets()), (std::vector<int>{85, 86, 85, 0}));
}

TEST(ExactShares, NeighbouringAddressesAreSpreadEvenly) {
  Listed listed("sh", {1, 1, 1, 1});
  std::vector<int> counts(4);
  for (std::uint32_t n = 1; n <= 254; ++n)
    ++counts[static_cast<std::size_t>(listed.pick(wire::Ipv4{0x0a000000u + n}))];
  EXPECT_EQ(counts, (std::vector<int>{62, 64, 64, 64}));
}

TEST(ExactShares, RemovingTheLastOfTenMovesNearlyEveryBucket) {
  Listed listed("sh", std::vector<int>(10, 1));
  const std::vector<int> before = listed.buckets();
  listed.remove_last();
  const std::vector<int> after = listed.buckets();
  int survived = 0, moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 9) continue;
    ++survived;
    moved += before[i] != after[i];
  }
  EXPECT_EQ(survived, 231);
  EXPECT_EQ(moved, 204);
}

TEST(ExactShares, AWeightedRoundOf10And5And5) {
  Listed listed("wrr", {10, 5, 5});
  std::string picks;
  for (int i = 0; i < 9; ++i) picks += static_cast<char>('A' + listed.pick(client(1).address));
  EXPECT_EQ(picks, "AABCAABCA");
}

// The places of Maglev's table cannot be read, but 400,000 addresses ask for all of them alike.
TEST(ExactShares, MaglevsPlacesAreDealtInTurns) {
  Listed equal("mh", std::vector<int>(10, 1)), weighted("mh", {1, 2, 4});
  std::vector<double> tenths(10), sevenths(3);
  constexpr int kAsked = 400'000;
  for (std::uint32_t n = 0; n < kAsked; ++n) {
    const wire::Ipv4 from{0x0a000000u + n};
    tenths[static_cast<std::size_t>(equal.pick(from))] += 1.0 / kAsked;
    sevenths[static_cast<std::size_t>(weighted.pick(from))] += 1.0 / kAsked;
  }
  for (const double share : tenths) EXPECT_NEAR(share, 0.1, 0.003);
  EXPECT_NEAR(sevenths[0], 585.0 / 4093, 0.003);
  EXPECT_NEAR(sevenths[1], 1170.0 / 4093, 0.003);
  EXPECT_NEAR(sevenths[2], 2338.0 / 4093, 0.003);
}

TEST(ExactShares, MaglevMovesFewClientsWhenOneOfTenGoes) {
  Listed listed("mh", std::vector<int>(10, 1));
  constexpr std::uint32_t kAsked = 100'000;
  std::vector<int> before(kAsked);
  for (std::uint32_t n = 0; n < kAsked; ++n) before[n] = listed.pick(wire::Ipv4{0x0a000000u + n});
  listed.remove_last();
  double survived = 0, moved = 0;
  for (std::uint32_t n = 0; n < kAsked; ++n) {
    if (before[n] == 9) continue;
    ++survived;
    moved += before[n] != listed.pick(wire::Ipv4{0x0a000000u + n});
  }
  EXPECT_NEAR(moved / survived, 0.013, 0.35 * 0.013);
}

}  // namespace
}  // namespace lvslab::lvs::test
