// The life of connections: states, counters, timeouts, reuse, persistence.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

TEST(DirectorConnections, ADirectlyRoutedConnectionEndsInFinWait) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.send(client(1), kSyn);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kSynRecv);
  EXPECT_EQ(bed.real(1).active, 1u);
  bed.send(client(1), kAck);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kEstablished);
  bed.send(client(1), kFin | kAck);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kFinWait);
  EXPECT_EQ(bed.real(1).active, 0u);
  EXPECT_EQ(bed.real(1).inactive(), 1u);
  bed.send(client(1), kAck);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kFinWait);
}

TEST(DirectorConnections, AReplySeenClearsNoOutputForGood) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.send(client(1), kSyn);
  EXPECT_TRUE(bed.find(client(1))->is(kNoOutput));
  bed.push(bed.tcp(kWeb, client(1), kSyn | kAck), hook::Hook::kForward);
  EXPECT_FALSE(bed.find(client(1))->is(kNoOutput));
  bed.send(client(1), kAck);
  bed.send(client(1), kFin | kAck);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kCloseWait);
}

TEST(DirectorConnections, EachStateLastsItsTime) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.open(client(1));
  bed.close(client(1));
  const Connection* c = bed.find(client(1));
  EXPECT_EQ(c->expires, bed.now + Duration::seconds(120));
  const ConnectionTable& table = bed.director.connections();
  const Duration until = table.fires(table.find_in(c->protocol, c->client, c->service)) - bed.now;
  EXPECT_GT(until, Duration::seconds(120));
  EXPECT_LT(until, Duration::seconds(125));
  bed.pass(until - Duration::milliseconds(1));
  EXPECT_NE(bed.find(client(1)), nullptr);
  bed.pass(Duration::milliseconds(1));
  EXPECT_EQ(bed.find(client(1)), nullptr);
  EXPECT_EQ(bed.real(1).inactive(), 0u);
  EXPECT_EQ(bed.real(1).references, 0u);
  EXPECT_EQ(bed.notes(NoteKind::kStateIpvsConnection).back().word, "");
}

TEST(DirectorConnections, SetChangesTheTimeoutsFromTheNextPacketOn) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.open(client(1));
  bed.director.set_timeouts(30, 0, 7);
  EXPECT_EQ(bed.director.timeouts(), (std::array<std::uint32_t, 3>{30, 120, 7}));
  EXPECT_EQ(bed.find(client(1))->timeout_s, 900u);
  bed.send(client(1), kAck);
  EXPECT_EQ(bed.find(client(1))->timeout_s, 30u);
}

TEST(DirectorConnections, ReuseModeOneSchedulesAClosedEntryAnew) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  EXPECT_EQ(bed.open(client(1)), server(2).address);
  bed.send(client(1), kRst);
  EXPECT_EQ(bed.find(client(1))->state, ConnectionState::kClose);
  EXPECT_EQ(bed.send(client(1), kSyn).toward, server(1).address);
  bed.pass(Duration::milliseconds(8));
  EXPECT_EQ(bed.director.connections().size(), 1u) << "the old entry goes at the next tick";
}

TEST(DirectorConnections, ReuseModeZeroKeepsTheServer) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  bed.director.settings().conn_reuse_mode = 0;
  bed.open(client(1));
  bed.send(client(1), kRst);
  EXPECT_EQ(bed.send(client(1), kSyn).toward, server(2).address);
}

TEST(DirectorConnections, OnlyReuseModeTwoCountsFinWaitOfOneWayMethods) {
  for (const int mode : {1, 2}) {
    Bed bed;
    bed.add_web("rr", {1, 1});
    bed.director.settings().conn_reuse_mode = mode;
    bed.open(client(1));
    bed.close(client(1));
    EXPECT_EQ(bed.send(client(1), kSyn).toward, server(mode == 2 ? 1 : 2).address) << mode;
  }
}

TEST(DirectorConnections, AQuiescedServerKeepsItsConnectionsUnlessExpireNodestConn) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  bed.open(client(1));
  bed.director.edit_destination(bed.turn, bed.web(), server(2), {.weight = 0});
  EXPECT_EQ(bed.send(client(1), kAck).toward, server(2).address);
  EXPECT_EQ(bed.open(client(2)), server(1).address);
  EXPECT_EQ(bed.send(client(1), kSyn).toward, server(2).address);
  bed.director.settings().expire_nodest_conn = 1;
  EXPECT_EQ(bed.send(client(1), kSyn).toward, server(1).address);
}

TEST(DirectorConnections, ADeletedServerMeansSilenceUntilItIsAddedAgain) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  bed.open(client(1));
  ASSERT_EQ(bed.director.remove_destination(bed.turn, bed.web(), server(2)), AdminError::kNone);
  const hook::Verdict verdict = bed.send(client(1), kAck);
  EXPECT_EQ(verdict.kind, Kind::kDrop);
  EXPECT_EQ(verdict.reason, DropReason::kIpvsDeadDestination);
  bed.director.add_destination(bed.turn, bed.web(), server(2), {.weight = 5}, bed.routes);
  EXPECT_EQ(bed.real(2).active, 1u) << "its counters continue";
  EXPECT_EQ(bed.real(2).options.weight, 5);
  EXPECT_EQ(bed.send(client(1), kAck).toward, server(2).address);
}

TEST(DirectorConnections, ExpireNodestConnSweepsTheEntriesOfADeletedServer) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  bed.director.settings().expire_nodest_conn = 1;
  bed.open(client(1));
  bed.director.remove_destination(bed.turn, bed.web(), server(2));
  bed.pass(Duration::milliseconds(12));
  EXPECT_EQ(bed.director.connections().size(), 0u);
  EXPECT_EQ(bed.send(client(1), kAck).kind, Kind::kAccept) << "the host answers with a RST";
}

TEST(DirectorConnections, TheTrashForgetsTwoMinutesAfterTheLastReference) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  const std::uint32_t id = bed.real(2).id;
  bed.director.remove_destination(bed.turn, bed.web(), server(2));
  bed.pass(Duration::seconds(170));
  bed.director.add_destination(bed.turn, bed.web(), server(2), {}, bed.routes);
  EXPECT_EQ(bed.real(2).id, id);
  bed.director.remove_destination(bed.turn, bed.web(), server(2));
  bed.pass(Duration::seconds(200));
  bed.director.add_destination(bed.turn, bed.web(), server(2), {}, bed.routes);
  EXPECT_NE(bed.real(2).id, id);
}

TEST(DirectorConnections, AServerAtItsUpperThresholdIsLeftOutUntilBelowTheLower) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {.upper_threshold = 3, .lower_threshold = 2});
  bed.director.set_timeouts(0, 10, 0);
  for (int i = 0; i < 6; ++i) bed.open(client(i));
  EXPECT_TRUE(bed.real(1).overloaded && bed.real(2).overloaded);
  EXPECT_EQ(bed.send(client(9), kSyn).kind, Kind::kReply);
  bed.close(client(0));
  bed.pass(Duration::seconds(12));
  EXPECT_EQ(bed.real(2).total, 2u);
  EXPECT_TRUE(bed.real(2).overloaded) << "at the lower threshold it stays";
  bed.close(client(2));
  bed.pass(Duration::seconds(12));
  EXPECT_FALSE(bed.real(2).overloaded);
  bed.director.edit_destination(bed.turn, bed.web(), server(2), {.upper_threshold = 1});
  EXPECT_TRUE(bed.real(2).overloaded) << "edits judge anew";
}

TEST(DirectorConnections, WithoutALowerThresholdThreeQuartersCount) {
  Bed bed;
  bed.add_web("rr", {1}, {.upper_threshold = 4});
  bed.director.set_timeouts(0, 10, 0);
  for (int i = 0; i < 4; ++i) bed.open(client(i));
  bed.close(client(0));
  bed.pass(Duration::seconds(12));
  EXPECT_TRUE(bed.real(1).overloaded) << "3 of 4";
  bed.close(client(1));
  bed.pass(Duration::seconds(12));
  EXPECT_FALSE(bed.real(1).overloaded) << "2 of 4";
}

TEST(DirectorConnections, EstimatorCopiesCountersEveryTwoSeconds) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.pass(Duration::milliseconds(1999));
  bed.send(client(1), kSyn);
  EXPECT_EQ(bed.real(1).stats.visible().in_packets, 0u);
  bed.pass(Duration::milliseconds(1));
  EXPECT_EQ(bed.real(1).stats.visible().in_packets, 1u);
  EXPECT_EQ(bed.real(1).stats.visible().in_bytes, 40u);
  EXPECT_EQ(bed.director.find_service(bed.web())->stats.visible().connections, 1u);
  EXPECT_EQ(bed.director.total().visible().connections, 1u);
  EXPECT_EQ(bed.director.zero(nullptr), AdminError::kNone);
  EXPECT_EQ(bed.real(1).stats.visible().in_packets, 0u);
}

TEST(DirectorConnections, DropEntryGivesUpHalfOpenConnections) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.director.settings().drop_entry = 3;
  for (int i = 0; i < 200; ++i) bed.send(client(i), kSyn);
  for (int i = 200; i < 240; ++i) bed.open(client(i));
  bed.pass(Duration::seconds(30));
  EXPECT_LT(bed.real(1).active, 140u);
  EXPECT_GE(bed.real(1).active, 40u);
  for (int i = 200; i < 240; ++i) EXPECT_NE(bed.find(client(i)), nullptr) << i;
}

TEST(DirectorConnections, NotesTellThePickAndTheTables) {
  Bed bed;
  bed.add_web("rr", {4, 2});
  bed.open(client(1));
  const Tag tag{.traffic = 3, .connection = 8};
  bed.send(client(2), kSyn, kWeb, {.tag = tag});
  const Note pick = bed.notes(NoteKind::kIpvsPicked).back();
  EXPECT_EQ(pick.a, server(1).address.value);
  EXPECT_EQ(pick.b, kVip.value);
  EXPECT_EQ(pick.x, 80u);
  EXPECT_EQ(pick.y, 80u);
  EXPECT_EQ(pick.z, 4u);
  EXPECT_EQ(pick.word, "rr");
  EXPECT_EQ(pick.m, (std::uint64_t{1} << 32) | 2) << "second of two";
  EXPECT_EQ(pick.v, 0u);
  EXPECT_EQ(pick.tag, tag);
  const Note entry = bed.notes(NoteKind::kStateIpvsConnection).back();
  EXPECT_EQ(entry.a, client(2).address.value);
  EXPECT_EQ(entry.x, client(2).port);
  EXPECT_EQ(entry.word, "SYN_RECV");
  EXPECT_EQ(entry.m, (std::uint64_t{server(1).address.value} << 16) | 80);
  EXPECT_EQ(entry.tag, tag);
  EXPECT_EQ(bed.notes(NoteKind::kIpvsFound).size(), 1u);
  EXPECT_EQ(bed.notes(NoteKind::kIpvsForwarded).size(), 3u);
  const Note real = bed.notes(NoteKind::kStateDestination).back();
  EXPECT_EQ(real.a, server(1).address.value);
  EXPECT_EQ(real.m, (std::uint64_t{4} << 32) | static_cast<unsigned>(Method::kRoute));
  EXPECT_EQ(real.v, std::uint64_t{1} << 32);
}

}  // namespace
}  // namespace lvslab::lvs::test
