// The fingerprint of a run is compared across versions: its recipe is fixed by these numbers.
#include <gtest/gtest.h>

#include <array>

#include "trace/writers.h"

namespace lvslab::trace {
namespace {

constexpr std::array<std::uint8_t, 11> kBytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

Record frame() {
  Record r{.kind = RecordKind::kFrameIn, .time = Instant::at(Duration::microseconds(3))};
  r.node = 2;
  r.interface = 1;
  r.bytes = kBytes;
  r.zeros = 100;
  return r;
}
Record note() {
  Record r{.kind = RecordKind::kNote, .time = Instant::at(Duration::microseconds(4))};
  r.node = 2;
  r.note = {.kind = NoteKind::kIpvsPicked,
            .a = 1,
            .b = 2,
            .x = 3,
            .y = 4,
            .z = 5,
            .m = 6,
            .v = 7,
            .word = "rr"};
  return r;
}

std::uint64_t of(const std::vector<Record>& records) {
  Fingerprint fingerprint;
  for (const Record& r : records) fingerprint.on_record(r);
  return fingerprint.value();
}

TEST(Fingerprint, ItsRecipeNeverChanges) {
  EXPECT_EQ(of({}), 0x6c76736c61620001ULL);
  EXPECT_EQ(of({frame()}), 3780373991285864010ULL);
  EXPECT_EQ(of({frame(), note()}), 2832716578694932173ULL);
}

TEST(Fingerprint, OfTurnsAndPacketNumbersNothingIsSeen) {
  Record turn{.kind = RecordKind::kTurn, .time = Instant::at(Duration::microseconds(9))};
  EXPECT_EQ(of({turn, frame()}), of({frame()}));
  Record other = frame();
  other.packet = 77;
  other.event = 5;
  EXPECT_EQ(of({other}), of({frame()}));
}

TEST(Fingerprint, EverythingElseChangesIt) {
  const std::uint64_t plain = of({frame(), note()});
  EXPECT_NE(of({note(), frame()}), plain) << "order";
  Record r = frame();
  r.time = r.time + Duration::picoseconds(1);
  EXPECT_NE(of({r, note()}), plain) << "time";
  r = frame();
  r.interface = 0;
  EXPECT_NE(of({r, note()}), plain) << "interface";
  r = frame();
  auto bytes = kBytes;
  bytes[10] ^= 1;
  r.bytes = bytes;
  EXPECT_NE(of({r, note()}), plain) << "the last byte";
  r = frame();
  r.zeros = 101;
  EXPECT_NE(of({r, note()}), plain) << "length";
  r = note();
  r.note.word = "wrr";
  EXPECT_NE(of({frame(), r}), plain) << "word";
  r = note();
  r.note.v = 8;
  EXPECT_NE(of({frame(), r}), plain) << "number";
}

}  // namespace
}  // namespace lvslab::trace
