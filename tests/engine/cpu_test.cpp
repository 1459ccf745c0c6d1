// Frames of a host whose processor takes time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/boxes.h"

namespace lvslab::engine {
namespace {

using ::testing::ElementsAre;

Instant at_us(std::int64_t n) { return Instant::at(Duration::microseconds(n)); }

/// source - host - sink; the host passes on what it gets: a first byte of 0 costs it nothing, else
/// the core is busy with it for 10 us.
struct Bed {
  explicit Bed(std::uint32_t queue, std::uint32_t cores = 1) {
    const NodeIndex a = world.add_node(&source), h = world.add_node(&host),
                    b = world.add_node(&sink);
    const LinkShape instant{.bits_per_second = 0, .delay = Duration()};
    world.connect(a, 0, h, 0, instant, "in");
    world.connect(h, 1, b, 0, instant, "out");
    CpuModel model{.cores = cores, .queue_frames = queue, .per_packet = {}};
    model.per_packet[static_cast<std::size_t>(Work::kRoute)] =
        app::Distribution::fixed(Duration::microseconds(10).ps());
    world.set_cpu(h, std::move(model), "host");
    host.on_frame = [](Turn& turn, PortIndex, Packet&& packet) {
      if (packet.data()[0] != 0) turn.spend(Work::kRoute);
      turn.transmit(1, std::move(packet));
    };
    node = h;
  }
  void send(std::int64_t us, std::vector<std::uint8_t> first_bytes) {
    world.at(at_us(us), [this, first_bytes](World& w) {
      w.act(0, [&](Turn& turn) {
        for (const std::uint8_t byte : first_bytes) turn.transmit(0, frame_of(turn, byte));
      });
    });
  }
  std::vector<std::int64_t> arrivals_us() const {
    std::vector<std::int64_t> times;
    for (const auto& one : sink.arrivals) times.push_back(one.time.ps() / 1'000'000);
    return times;
  }
  World world{1};
  Box source, host, sink;
  NodeIndex node = 0;
};

TEST(Cpu, WhatAHostSendsLeavesWhenItsCoreIsThroughWithTheFrame) {
  Bed bed(10);
  bed.send(0, {1});
  bed.world.run_until(at_us(100));
  EXPECT_THAT(bed.arrivals_us(), ElementsAre(10));
  EXPECT_EQ(bed.world.check_conservation(), "");
}

TEST(Cpu, FramesWaitTheirTurnFirstComeFirstServed) {
  Bed bed(10);
  bed.send(0, {1, 2, 3});
  bed.send(12, {4});
  bed.world.run_until(at_us(100));
  EXPECT_THAT(bed.arrivals_us(), ElementsAre(10, 20, 30, 40));
  EXPECT_EQ(bed.world.cpu(bed.node)->cores()[0].tally.most_waiting, 2u);
  EXPECT_EQ(bed.world.cpu(bed.node)->cores()[0].tally.busy, Duration::microseconds(40));
}

TEST(Cpu, WhatCostsNothingWaitsForTheCoreAndThenDoesNotOccupyIt) {
  Bed bed(10);
  bed.send(0, {1, 0, 2});
  bed.send(50, {0});
  bed.world.run_until(at_us(100));
  EXPECT_THAT(bed.arrivals_us(), ElementsAre(10, 10, 20, 50));
}

TEST(Cpu, FramesBeyondTheQueueAreDroppedForThatReason) {
  Bed bed(2);
  bed.send(0, {1, 2, 3, 4, 5});
  bed.world.run_until(at_us(100));
  EXPECT_THAT(bed.arrivals_us(), ElementsAre(10, 20, 30));
  EXPECT_EQ(bed.world.dropped(DropReason::kCpuBacklog), 2u);
  EXPECT_EQ(bed.world.cpu(bed.node)->cores()[0].tally.dropped, 2u);
  EXPECT_EQ(bed.world.check_conservation(), "");
}

TEST(Cpu, FramesThatWaitAreInFlightAndThoseHeldKeepTheRunFromBeingOver) {
  Bed bed(10);
  bed.send(0, {1, 2, 3});
  bed.world.run_until(at_us(5));
  EXPECT_EQ(bed.world.totals().in_flight(), 2u);  // wait for the core
  EXPECT_EQ(bed.world.totals().frames_held, 1u);  // the core is at it
  EXPECT_FALSE(bed.world.totals().quiet());
  EXPECT_EQ(bed.world.check_conservation(), "");
  bed.world.run_until(at_us(100));
  EXPECT_EQ(bed.world.totals().in_flight(), 0u);
  EXPECT_TRUE(bed.world.totals().quiet());
}

TEST(Cpu, WatchingChangesNothingAndTellsTheWaitAndTheCost) {
  struct Notes final : Watcher {
    void on_record(const Record& record) override {
      if (record.kind == RecordKind::kNote && record.note.kind == NoteKind::kCpuTime)
        told.push_back({record.note.v / 1'000'000, record.note.m / 1'000'000});
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> told;  ///< us
  };
  Bed watched(10);
  Notes notes;
  watched.world.watch(&notes, WatchLevel::kEverything);
  watched.send(0, {1, 2});
  watched.world.run_until(at_us(100));
  EXPECT_THAT(watched.arrivals_us(), ElementsAre(10, 20));
  EXPECT_THAT(notes.told, ElementsAre(std::pair(0u, 10u), std::pair(10u, 10u)));
}

/// An IPv4 frame that carries UDP from a port of its own.
Packet datagram_of(Turn& turn, std::uint16_t port) {
  std::vector<std::uint8_t> bytes(60, 0);
  bytes[0] = 1;
  bytes[12] = 0x08;
  bytes[14] = 0x45;
  bytes[23] = 17;
  bytes[34] = static_cast<std::uint8_t>(port >> 8);
  bytes[35] = static_cast<std::uint8_t>(port & 0xff);
  return turn.packets().copy_of(bytes, 0);
}

TEST(Cpu, FlowsAreSpreadOverTheCoresAndEachStaysOnItsOwn) {
  Bed bed(1000, 4);
  for (int round = 0; round < 3; ++round) {
    bed.world.at(at_us(0), [](World& w) {
      w.act(0, [](Turn& turn) {
        for (std::uint16_t port = 1; port <= 64; ++port) turn.transmit(0, datagram_of(turn, port));
      });
    });
  }
  bed.world.run_until(at_us(10'000));
  ASSERT_EQ(bed.sink.arrivals.size(), 192u);
  for (const Cpu::Core& core : bed.world.cpu(bed.node)->cores()) {
    EXPECT_GT(core.tally.frames, 24u);     // a quarter of 192 is 48
    EXPECT_EQ(core.tally.frames % 3, 0u);  // each flow's three frames took one core
  }
}

}  // namespace
}  // namespace lvslab::engine
