#include "net/neighbour_table.h"

#include <gtest/gtest.h>

namespace lvslab::net {
namespace {
using wire::Ipv4;
using wire::ipv4;
using wire::Mac;
using S = NeighbourState;

constexpr Ipv4 kPeer = ipv4(192, 168, 0, 1);
constexpr Mac kMacA{0x020000000001}, kMacB{0x020000000002};

Instant ms(std::int64_t n) { return Instant::at(Duration::milliseconds(n)); }

struct Event {
  std::string what;
  std::int64_t at_ms;
  bool operator==(const Event&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Event& e) {
  return out << e.what << "@" << e.at_ms;
}

class FakePort : public NeighbourPort {
 public:
  void solicit(Turn& turn, const Neighbour& entry, bool unicast, const Packet* queued) override {
    std::string what = unicast ? "ask-unicast" : "ask";
    if (unicast && entry.mac.is_zero()) what = "ask-nobody";
    if (queued != nullptr) newest_length = queued->length();
    events.push_back({what, turn.now().since_start() / Duration::milliseconds(1)});
  }
  void transmit_resolved(Turn& turn, InterfaceIndex, Mac mac, Packet&& datagram) override {
    sent.push_back({datagram.length(), mac});
    turn.deliver(std::move(datagram));
  }
  void unreachable(Turn& turn, QueuedDatagram&& datagram) override {
    events.push_back({"unreachable " + std::to_string(datagram.packet.length()),
                      turn.now().since_start() / Duration::milliseconds(1)});
    turn.drop(std::move(datagram.packet), DropReason::kNoNeighbour);
  }
  const NeighbourConf& neighbour_conf(InterfaceIndex) const override { return conf; }
  const GlobalConf& global_conf() const override { return global; }

  NeighbourConf conf;
  GlobalConf global;
  std::vector<Event> events;
  std::vector<std::pair<std::uint32_t, Mac>> sent;
  std::uint32_t newest_length = 0;
};

class NeighbourTableTest : public testing::Test {
 protected:
  NeighbourTableTest() { turn.begin(Instant::start(), WatchLevel::kEverything); }
  ~NeighbourTableTest() override {
    table.lose_power(turn);
    turn.clear();
    EXPECT_EQ(pool.leaked(), 0u);
    EXPECT_EQ(pool.alive(), 0u);
  }

  /// Lets time pass, waking the table exactly when it asks.
  void run_to(Instant end) {
    while (table.next_wake() <= end) {
      turn.begin(std::max(table.next_wake(), turn.now()), WatchLevel::kEverything);
      table.wake(turn);
    }
    turn.begin(end, WatchLevel::kEverything);
  }
  void send(std::uint32_t length = 100, Ipv4 to = kPeer) {
    QueuedDatagram datagram;
    datagram.packet = pool.make(20);
    datagram.packet.append_zeros(length);
    table.output(turn, 1, to, std::move(datagram));
  }
  void hear(Mac mac, S state, std::uint8_t flags = 0, bool create = false) {
    table.update(turn, 1, kPeer, mac, state, flags, create);
  }
  S state(Ipv4 of = kPeer) const {
    const Neighbour* entry = table.find(1, of);
    return entry == nullptr ? S::kNone : entry->state;
  }
  Mac mac() const { return table.find(1, kPeer)->mac; }

  PacketPool pool;
  Turn turn{pool};
  FakePort port;
  NeighbourTable table{port, Random(1, "test")};
};

TEST_F(NeighbourTableTest, UnresolvableAddressIsAskedThreeTimesAndFailsAtTheRecordedMoments) {
  send(1), send(2);
  run_to(ms(10'000));
  EXPECT_EQ(port.events, (std::vector<Event>{{"ask", 0},
                                             {"ask", 1024},
                                             {"ask", 2048},
                                             {"unreachable 1", 3072},
                                             {"unreachable 2", 3072}}));
  EXPECT_EQ(state(), S::kFailed);
  EXPECT_EQ(turn.dropped()[static_cast<std::size_t>(DropReason::kNoNeighbour)], 2u);
}

TEST_F(NeighbourTableTest, NextPacketAfterFailureAsksAgainAtOnce) {
  send();
  run_to(ms(4'000));
  port.events.clear();
  send();
  EXPECT_EQ(port.events, (std::vector<Event>{{"ask", 4'000}}));
  EXPECT_EQ(state(), S::kIncomplete);
}

TEST_F(NeighbourTableTest, WaitingPacketsGoInOrderWhenTheAnswerComes) {
  send(1), send(2), send(3);
  hear(kMacA, S::kReachable);
  ASSERT_EQ(port.sent.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(port.sent[i].first, i + 1);
    EXPECT_EQ(port.sent[i].second, kMacA);
  }
  run_to(ms(5'000));
  EXPECT_EQ(port.events.size(), 1u) << "an answered question is not repeated";
}

TEST_F(NeighbourTableTest, TheNewestWaitingPacketIsShownToTheSenderChoice) {
  send(11), send(22);
  run_to(ms(1'024));
  EXPECT_EQ(port.newest_length, 22u);
}

TEST_F(NeighbourTableTest, ReachableLastsHalfToOneAndAHalfTimesTheBase) {
  send();
  hear(kMacA, S::kReachable);
  run_to(ms(14'900));
  EXPECT_EQ(state(), S::kReachable);
  run_to(ms(48'000));
  EXPECT_EQ(state(), S::kStale);
}

TEST_F(NeighbourTableTest, ConfirmationKeepsAnEntryReachableWithoutAnyFrame) {
  send();
  hear(kMacA, S::kReachable);
  port.events.clear();
  for (int t = 5; t < 300; t += 5) {
    run_to(ms(t * 1'000));
    table.confirm(turn, 1, kPeer);
    ASSERT_EQ(state(), S::kReachable) << t;
  }
  EXPECT_TRUE(port.events.empty());
}

TEST_F(NeighbourTableTest, StaleIsUsedAtOnceThenDelayedThenProbedThreeTimesThenFails) {
  hear(kMacA, S::kStale, kOverride, true);
  send();
  ASSERT_EQ(port.sent.size(), 1u);
  EXPECT_EQ(state(), S::kDelay);
  run_to(ms(5'119));
  EXPECT_EQ(state(), S::kDelay);
  run_to(ms(5'120));
  EXPECT_EQ(state(), S::kProbe);
  run_to(ms(6'000));
  send();
  EXPECT_EQ(port.sent.size(), 2u) << "a probed entry is still used";
  run_to(ms(20'000));
  EXPECT_EQ(
      port.events,
      (std::vector<Event>{{"ask-unicast", 5'120}, {"ask-unicast", 6'144}, {"ask-unicast", 7'168}}));
  EXPECT_EQ(state(), S::kFailed);
}

TEST_F(NeighbourTableTest, ProbedEntryFailsAMomentAfterEightSeconds) {
  hear(kMacA, S::kStale, kOverride, true);
  send();
  run_to(ms(8'191));
  EXPECT_EQ(state(), S::kProbe);
  run_to(ms(8'192));
  EXPECT_EQ(state(), S::kFailed);
}

TEST_F(NeighbourTableTest, DelayEndsReachableWhenConfirmedMeanwhile) {
  hear(kMacA, S::kStale, kOverride, true);
  send();
  run_to(ms(2'000));
  table.confirm(turn, 1, kPeer);
  EXPECT_EQ(state(), S::kDelay);
  run_to(ms(5'120));
  EXPECT_EQ(state(), S::kReachable);
  EXPECT_TRUE(port.events.empty());
}

TEST_F(NeighbourTableTest, AnsweredProbeIsReachable) {
  hear(kMacA, S::kStale, kOverride, true);
  send();
  run_to(ms(5'200));
  hear(kMacA, S::kReachable);
  EXPECT_EQ(state(), S::kReachable);
  run_to(ms(9'000));
  EXPECT_EQ(port.events.size(), 1u);
}

TEST_F(NeighbourTableTest, ReachableUsedOnTheSlowPathShortlyBeforeItsEndIsDelayed) {
  port.conf.base_reachable_time_ms = 1'000;
  send();
  run_to(ms(500));
  hear(kMacA, S::kReachable);  // the waiting packet goes now: a use
  run_to(ms(2'600));
  EXPECT_EQ(state(), S::kDelay);
}

TEST_F(NeighbourTableTest, DifferingMacIsRefusedWithoutOverrideAndTakenWithIt) {
  hear(kMacA, S::kReachable, 0, true);
  hear(kMacB, S::kReachable);
  EXPECT_EQ(mac(), kMacA);
  hear(kMacB, S::kStale, kOverride);
  EXPECT_EQ(mac(), kMacB);
  EXPECT_EQ(state(), S::kStale);
}

TEST_F(NeighbourTableTest, QuestionWithTheKnownMacDoesNotDowngrade) {
  hear(kMacA, S::kReachable, 0, true);
  run_to(ms(2'000));
  hear(kMacA, S::kStale, kOverride);
  EXPECT_EQ(state(), S::kReachable);
  EXPECT_EQ(table.find(1, kPeer)->updated, Instant::start()) << "no change, no new lock time";
}

TEST_F(NeighbourTableTest, RefusedReplyStillConfirms) {
  hear(kMacA, S::kReachable, 0, true);
  run_to(ms(500));
  hear(kMacB, S::kReachable);
  EXPECT_EQ(table.find(1, kPeer)->confirmed, ms(500));
}

TEST_F(NeighbourTableTest, PermanentEntryYieldsToTheAdministratorOnly) {
  hear(kMacA, S::kPermanent, kOverride | kAdmin, true);
  hear(kMacB, S::kStale, kOverride);
  EXPECT_EQ(mac(), kMacA);
  EXPECT_EQ(state(), S::kPermanent);
  hear(kMacB, S::kPermanent, kOverride | kAdmin);
  EXPECT_EQ(mac(), kMacB);
}

TEST_F(NeighbourTableTest, NothingIsCreatedUnlessAsked) {
  hear(kMacA, S::kStale, kOverride);
  EXPECT_EQ(table.find(1, kPeer), nullptr);
}

TEST_F(NeighbourTableTest, FullQueueDropsTheOldest) {
  port.conf.unres_qlen_bytes = 3 * (100 + 512);
  for (std::uint32_t i = 0; i < 5; ++i) send(100);
  EXPECT_EQ(turn.dropped()[static_cast<std::size_t>(DropReason::kNeighbourQueueFull)], 2u);
  EXPECT_EQ(table.find(1, kPeer)->queue.size(), 3u);
  send(90);
  hear(kMacA, S::kReachable);
  EXPECT_EQ(port.sent.back().first, 90u);
}

TEST_F(NeighbourTableTest, FlushEndsWaitingPacketsWithoutTellingAnyone) {
  send();
  table.flush(turn, 1, true, true);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(turn.dropped()[static_cast<std::size_t>(DropReason::kNoNeighbour)], 1u);
  ASSERT_EQ(port.events.size(), 1u);
  EXPECT_EQ(port.events[0].what, "ask");
  run_to(ms(5'000));
  EXPECT_EQ(port.events.size(), 1u) << "a forgotten entry's timer is dead";
}

TEST_F(NeighbourTableTest, FlushKeepsWhatItIsToldToKeep) {
  hear(kMacA, S::kPermanent, kOverride | kAdmin, true);
  table.update(turn, 1, ipv4(192, 168, 0, 2), kMacA, S::kNoarp, kOverride | kAdmin, true);
  table.update(turn, 1, ipv4(192, 168, 0, 3), kMacA, S::kStale, kOverride, true);
  table.update(turn, 2, ipv4(192, 168, 0, 3), kMacA, S::kStale, kOverride, true);
  table.flush(turn, 1, true, true);
  EXPECT_EQ(table.size(), 3u);
  table.flush(turn, 1, true, false);
  EXPECT_EQ(table.size(), 2u);
  table.flush(turn, 1, false, false);
  ASSERT_EQ(table.size(), 1u);
  EXPECT_EQ(table.list()[0]->device, 2);
}

TEST_F(NeighbourTableTest, RemovingAnUnresolvedEntryFailsWhatWaits) {
  send(7);
  table.remove(turn, 1, kPeer);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(port.events.back(), (Event{"unreachable 7", 0}));
}

TEST_F(NeighbourTableTest, FewEntriesAreNeverForgotten) {
  for (int i = 0; i < 100; ++i) {
    table.update(turn, 1, ipv4(10, 0, 0, i), kMacA, S::kStale, kOverride, true);
  }
  run_to(ms(1'000'000));
  EXPECT_EQ(table.size(), 100u);
  EXPECT_TRUE(table.next_wake().is_never());
}

TEST_F(NeighbourTableTest, FromGcThresh1OnUnusedEntriesGoAfterGcStaleTime) {
  for (int i = 0; i < 130; ++i) {
    table.update(turn, 1, ipv4(10, 0, 0, i), kMacA, i == 0 ? S::kPermanent : S::kStale,
                 kOverride | kAdmin, true);
  }
  run_to(ms(60'000));
  EXPECT_EQ(table.size(), 130u);
  run_to(ms(75'000));
  EXPECT_EQ(table.size(), 1u) << "only the permanent one stays";
  EXPECT_NE(table.find(1, ipv4(10, 0, 0, 0)), nullptr);
}

TEST_F(NeighbourTableTest, FullTableRefusesNewEntriesUntilOldOnesMayGo) {
  port.global.gc_thresh1 = 2, port.global.gc_thresh2 = 4, port.global.gc_thresh3 = 8;
  for (int i = 0; i < 8; ++i) {
    table.update(turn, 1, ipv4(10, 0, 0, i), kMacA, S::kStale, kOverride, true);
  }
  send(1, ipv4(10, 0, 0, 100));
  EXPECT_EQ(turn.dropped()[static_cast<std::size_t>(DropReason::kNeighbourTableFull)], 1u);
  run_to(ms(6'000));
  send(1, ipv4(10, 0, 0, 100));
  EXPECT_EQ(state(ipv4(10, 0, 0, 100)), S::kIncomplete);
  EXPECT_EQ(table.size(), 5u) << "down to gc_thresh2, and the new one";
}

TEST_F(NeighbourTableTest, ManyEntriesAreFoundAfterManyRemovals) {
  port.global.gc_thresh1 = port.global.gc_thresh2 = port.global.gc_thresh3 = 100'000;
  const auto address = [](int i) { return Ipv4{0x0a000000u + static_cast<std::uint32_t>(i) * 7}; };
  for (int i = 0; i < 3'000; ++i) {
    table.update(turn, static_cast<InterfaceIndex>(i % 3), address(i), Mac{std::uint64_t(i) + 1},
                 S::kStale, 0, true);
  }
  for (int i = 0; i < 3'000; i += 2)
    table.remove(turn, static_cast<InterfaceIndex>(i % 3), address(i));
  for (int i = 0; i < 3'000; ++i) {
    const Neighbour* entry = table.find(static_cast<InterfaceIndex>(i % 3), address(i));
    ASSERT_EQ(entry != nullptr, i % 2 == 1);
    if (entry != nullptr) {
      ASSERT_EQ(entry->mac.value, std::uint64_t(i) + 1);
    }
  }
  EXPECT_EQ(table.size(), 1'500u);
}

TEST_F(NeighbourTableTest, RepeatedRefreshingDoesNotPileUpTimers) {
  send();
  for (int i = 0; i < 10'000; ++i) {
    run_to(ms(i));
    hear(kMacA, i % 2 == 0 ? S::kReachable : S::kStale, kOverride | kAdmin);
  }
  int wakes = 0;
  for (; !table.next_wake().is_never() && wakes < 100; ++wakes) {
    turn.begin(table.next_wake(), WatchLevel::kEverything);
    table.wake(turn);
  }
  EXPECT_LT(wakes, 20);
}

TEST_F(NeighbourTableTest, EveryChangeIsNotedWithOldAndNewStateAndMac) {
  send();
  hear(kMacA, S::kReachable);
  hear(kMacB, S::kStale, kOverride);
  table.remove(turn, 1, kPeer);
  std::vector<Note> notes;
  for (const LogEntry& entry : turn.log()) {
    if (entry.note.kind == NoteKind::kStateNeighbour) notes.push_back(entry.note);
  }
  ASSERT_EQ(notes.size(), 4u);
  EXPECT_EQ(notes[0].word, "INCOMPLETE");
  EXPECT_EQ(notes[0].y, static_cast<std::uint32_t>(S::kNone));
  EXPECT_EQ(notes[1].word, "REACHABLE");
  EXPECT_EQ(notes[1].m, kMacA.value);
  EXPECT_EQ(notes[1].v, 0u);
  EXPECT_EQ(notes[2].word, "STALE");
  EXPECT_EQ(notes[2].m, kMacB.value);
  EXPECT_EQ(notes[2].v, kMacA.value);
  EXPECT_EQ(notes[3].word, "");
  EXPECT_EQ(notes[3].a, kPeer.value);
}

}  // namespace
}  // namespace lvslab::net
