#include "base/note.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/turn.h"

namespace lvslab {
namespace {

bool is_kebab(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

TEST(DropReason, EveryReasonHasANameOfItsOwnAndASentence) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    EXPECT_TRUE(is_kebab(drop_reason_name(reason))) << i;
    EXPECT_TRUE(names.insert(drop_reason_name(reason)).second) << drop_reason_name(reason);
    EXPECT_EQ(drop_reason_sentence(reason).back(), '.') << i;
    EXPECT_EQ(drop_reason_from_name(drop_reason_name(reason)), reason);
  }
}

TEST(DropReason, NamesUsedInScenariosStay) {
  EXPECT_EQ(drop_reason_name(DropReason::kNoNeighbour), "no-neighbour");
  EXPECT_EQ(drop_reason_name(DropReason::kQueueFull), "queue-full");
  EXPECT_EQ(drop_reason_name(DropReason::kMartianSource), "martian-source");
  EXPECT_EQ(drop_reason_name(DropReason::kReversePath), "reverse-path");
  EXPECT_EQ(drop_reason_from_name("no-such-reason"), DropReason::kNone);
}

TEST(NoteKind, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(NoteKind::kNoteKindCount); ++i) {
    const std::string_view name = note_kind_name(static_cast<NoteKind>(i));
    EXPECT_TRUE(is_kebab(name)) << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(note_kind_name(NoteKind::kIpvsPicked), "ipvs-picked");
}

TEST(Turn, ADropIsCountedAndNotedOnlyWhenWatched) {
  PacketPool pool;
  Turn turn(pool);
  turn.begin(Instant::start(), WatchLevel::kNothing);
  turn.drop(pool.make(0), DropReason::kNoRoute);
  EXPECT_TRUE(turn.log().empty());
  turn.begin(Instant::start(), WatchLevel::kEverything);
  turn.drop(pool.make(0), DropReason::kNoRoute);
  ASSERT_EQ(turn.log().size(), 1u);
  EXPECT_EQ(turn.log()[0].note.kind, NoteKind::kDropped);
  EXPECT_EQ(turn.log()[0].note.x, static_cast<std::uint32_t>(DropReason::kNoRoute));
  EXPECT_EQ(turn.dropped()[static_cast<std::size_t>(DropReason::kNoRoute)], 2u);
  EXPECT_EQ(pool.alive(), 0u);
  EXPECT_EQ(pool.leaked(), 0u);
}

TEST(Turn, ACaptureSharesTheFrameAndClearRetiresIt) {
  PacketPool pool;
  Turn turn(pool);
  turn.begin(Instant::start(), WatchLevel::kEverything);
  Packet packet = pool.make(0);
  turn.capture(3, Direction::kIn, packet);
  ASSERT_EQ(turn.log().size(), 1u);
  EXPECT_TRUE(turn.log()[0].frame.same_storage(packet));
  turn.clear();
  EXPECT_FALSE(packet.shared());
  pool.retire(std::move(packet));
  EXPECT_EQ(pool.leaked(), 0u);
}

}  // namespace
}  // namespace lvslab
