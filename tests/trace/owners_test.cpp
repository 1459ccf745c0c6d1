#include "trace/owners.h"

#include <gtest/gtest.h>

#include "support/scenario_run.h"

namespace lvslab::trace {
namespace {

constexpr wire::Ipv4 kVip{0x0a000064};
constexpr wire::Mac kFirst{1}, kSecond{2};

void hear(Owners& owners, std::int64_t at_ms, wire::Mac mac, std::string_view state) {
  Record record{.kind = RecordKind::kNote};
  record.time = Instant::at(Duration::milliseconds(at_ms));
  record.node = 3;
  record.note.kind = NoteKind::kStateNeighbour;
  record.note.a = kVip.value;
  record.note.x = 1;
  record.note.m = mac.value;
  record.note.word = state;
  owners.on_record(record);
}

TEST(Owners, AStretchLastsAsLongAsTheHostSendsToThatMac) {
  Owners owners;
  hear(owners, 0, {}, "INCOMPLETE");
  hear(owners, 1, kFirst, "REACHABLE");
  hear(owners, 2, kFirst, "STALE");
  hear(owners, 3, kFirst, "PROBE");
  hear(owners, 5, kSecond, "STALE");
  hear(owners, 9, {}, "FAILED");
  hear(owners, 12, kFirst, "REACHABLE");
  ASSERT_EQ(owners.beliefs().size(), 1u);
  const Owners::Belief& belief = *owners.beliefs()[0];
  ASSERT_EQ(belief.stretches.size(), 3u);
  EXPECT_EQ(belief.stretches[0].mac, kFirst);
  EXPECT_EQ(belief.stretches[0].from, Instant::at(Duration::milliseconds(1)));
  EXPECT_EQ(belief.stretches[0].until, Instant::at(Duration::milliseconds(5)));
  EXPECT_EQ(belief.stretches[1].until, Instant::at(Duration::milliseconds(9)));
  EXPECT_TRUE(belief.stretches[2].until.is_never());
  EXPECT_TRUE(belief.changed());
}

TEST(Owners, ARemovedEntryEndsItsStretch) {
  Owners owners;
  hear(owners, 1, kFirst, "STALE");
  hear(owners, 4, {}, "");
  const Owners::Belief& belief = *owners.beliefs().at(0);
  ASSERT_EQ(belief.stretches.size(), 1u);
  EXPECT_EQ(belief.stretches[0].until, Instant::at(Duration::milliseconds(4)));
  EXPECT_FALSE(belief.changed());
}

TEST(Owners, ATakeoverIsToldByTheMomentTheRouterChangedItsMind) {
  Owners owners;
  testing::ScenarioRun run;
  cli::Options options;
  options.file = testing::repository_path("scenarios/arp-conflicts/13-failover.yaml");
  testing::run_scenario_into(run, options,
                             [&](cli::Session& session) { session.watchers().add(&owners); });
  ASSERT_TRUE(run.ended);
  const std::string text = owners_text(owners, run.session->lab().scene());
  EXPECT_NE(text.find("router.eth1            192.168.41.100 (VIP)       lvs1.eth0"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("lvs2.eth0          5.600011 s .. the end"), std::string::npos) << text;
  EXPECT_EQ(text.find("10.41.0.1 "), std::string::npos) << "an address nobody changed his mind on";
}

}  // namespace
}  // namespace lvslab::trace
