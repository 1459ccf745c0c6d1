// The schedulers outside the kernel's set: what is peculiar to each.
#include <map>

#include "director_bed.h"
#include "lvs/schedulers/md5.h"

namespace lvslab::lvs::test {
namespace {

/// The last byte of the server that each of `count` new connections is given; all stay open.
std::string picks(Bed& bed, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += static_cast<char>('0' + (bed.open(client(i)).value & 0xff));
  }
  return text;
}

std::map<std::uint32_t, int> shares(Bed& bed, int count) {
  std::map<std::uint32_t, int> taken;
  for (int i = 0; i < count; ++i) {
    bed.turn.clear();
    ++taken[bed.send(client(i), kSyn).toward.value & 0xff];
  }
  return taken;
}

TEST(SmoothRoundRobin, SpreadsACycleEvenly) {
  Bed bed;
  bed.add_web("wrr-smooth", {1, 1, 5});  // the list is 3 2 1
  EXPECT_EQ(picks(bed, 14), "33231333323133");
}

TEST(SmoothRoundRobin, ACycleGivesEachItsWeight) {
  Bed bed;
  bed.add_web("wrr-smooth", {3, 4, 6});
  for (int cycle = 0; cycle < 3; ++cycle) {
    const std::string text = picks(bed, 13);
    EXPECT_EQ(std::count(text.begin(), text.end(), '1'), 3);
    EXPECT_EQ(std::count(text.begin(), text.end(), '2'), 4);
  }
}

TEST(StrictOverflow, TakesWeightConnectionsNotOneMore) {
  Bed bed;
  bed.add_web("ovf-strict", {2, 2, 1});
  EXPECT_EQ(picks(bed, 5), "22113");
  EXPECT_EQ(bed.send(client(9), kSyn).kind, Kind::kReply);
}

TEST(LeastActive, ClosedConnectionsWeighNothing) {
  for (const bool textbook : {true, false}) {
    Bed bed;
    bed.add_web(textbook ? "lc-active" : "lc", {1, 1});
    EXPECT_EQ(bed.open(client(1)), server(2).address);
    bed.close(client(1));
    EXPECT_EQ(bed.open(client(2)), server(textbook ? 2 : 1).address);
  }
}

TEST(WeightedLeastActive, ComparesActiveForWeight) {
  Bed bed;
  bed.add_web("wlc-active", {1, 2, 3});
  EXPECT_EQ(picks(bed, 12), "321323321323");
  bed.close(client(1));
  EXPECT_EQ(bed.open(client(20)), server(2).address);
}

TEST(RandomChoice, IsByWeight) {
  Bed bed;
  bed.add_web("random", {1, 2, 5});
  const std::map<std::uint32_t, int> taken = shares(bed, 8000);
  EXPECT_NEAR(taken.at(1), 1000, 150);
  EXPECT_NEAR(taken.at(2), 2000, 200);
  EXPECT_NEAR(taken.at(3), 5000, 200);
}

// With everybody equally loaded the first choice stands, so the shares are those of the draw: of
// 2 equal servers twos gives the first listed 2 of 3 values.
TEST(TwoChoices, OnlyTheKernelsFavourTheFirstListed) {
  for (const std::string name : {"twos", "twos-replace", "twos-distinct"}) {
    Bed bed;
    bed.add_web(name, {1, 1});
    int first = 0;
    for (int i = 0; i < 3000; ++i) {
      bed.turn.clear();
      if (bed.send(client(1), kSyn).toward == server(2).address) ++first;
      bed.send(client(1), kRst);
      bed.pass(Duration::seconds(120));  // and its entry is gone
    }
    EXPECT_NEAR(first, name == "twos" ? 2000 : 1500, 150) << name;
  }
}

TEST(TwoDistinctChoices, OfTwoServersTheLessLoadedIsAlwaysTaken) {
  Bed bed;
  bed.add_web("twos-distinct", {1, 1});
  for (int i = 0; i < 100; ++i) {
    bed.open(client(i));
    EXPECT_LE(bed.real(1).active, bed.real(2).active + 1);
    EXPECT_LE(bed.real(2).active, bed.real(1).active + 1);
  }
}

TEST(Md5, DigestsOfRfc1321) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(md5_words(""), (Words{0xd98c1dd4, 0x04b2008f, 0x980980e9, 0x7e42f8ec}));
  EXPECT_EQ(md5_words("abc"), (Words{0x98500190, 0xb04fd23c, 0x7d3f96d6, 0x727fe128}));
}

TEST(ConsistentHashing, AServerThatGoesMovesOnlyItsOwnClients) {
  Bed bed;
  bed.add_web("conhash", {1, 1, 1, 1});
  std::map<int, wire::Ipv4> before;
  for (int i = 0; i < 2000; ++i) before[i] = bed.send(client(i), kSyn).toward;
  bed.director.remove_destination(bed.turn, bed.web(), server(2));
  int moved = 0;
  for (int i = 0; i < 2000; ++i) {
    const wire::Endpoint again{client(i).address, 50000};
    const wire::Ipv4 after = bed.send(again, kSyn).toward;
    if (before[i] == server(2).address) {
      ++moved;
      EXPECT_NE(after, server(2).address);
    } else {
      EXPECT_EQ(after, before[i]);
    }
  }
  EXPECT_NEAR(moved, 500, 120);
}

TEST(ConsistentHashing, AnOverloadedServersClientsGoOnAlongTheRing) {
  Bed bed;
  bed.add_web("conhash", {1, 1}, {.upper_threshold = 1});
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(bed.send(client(i), kSyn).toward.is_zero());
  EXPECT_EQ(bed.send(client(3), kSyn).kind, Kind::kReply);
}

TEST(ConsistentHashing, WeightsAreSharesOfTheRing) {
  Bed bed;
  bed.add_web("conhash", {10, 30});
  const std::map<std::uint32_t, int> taken = shares(bed, 4000);
  EXPECT_NEAR(taken.at(2), 3000, 300);
}

}  // namespace
}  // namespace lvslab::lvs::test
