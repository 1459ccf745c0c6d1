#include "wire/checksum.h"

#include <gtest/gtest.h>

#include "wire/frames.h"
#include "wire/ipv4.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;
using testing::hex;

/// RFC 1071, word by word, as slow as it is plain.
std::uint16_t plain_checksum(const Bytes& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8 | (i + 1 < bytes.size() ? bytes[i + 1] : 0));
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(~sum);
}

TEST(Checksum, ExampleOfRfc1071) {
  EXPECT_EQ(finish_sum(sum_words(hex("0001f203f4f5f6f7"))), static_cast<std::uint16_t>(~0xddf2));
}

TEST(Checksum, EightBytesAtATimeEqualsWordByWord) {
  Random random(1, "checksum");
  for (std::size_t size = 0; size < 300; ++size) {
    const Bytes bytes = testing::random_bytes(random, size);
    EXPECT_EQ(checksum(bytes), plain_checksum(bytes)) << size;
  }
  const Bytes ones(65'535, 0xff);
  EXPECT_EQ(checksum(ones), plain_checksum(ones));
}

TEST(Checksum, EveryAlignmentGivesTheSame) {
  Random random(2, "checksum");
  const Bytes bytes = testing::random_bytes(random, 64);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    const Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end());
    EXPECT_EQ(checksum(std::span(bytes).subspan(begin)), plain_checksum(part));
  }
}

TEST(Checksum, ZerosBehindAddNothing) {
  Bytes bytes = hex("4500001c0001");
  const std::uint64_t sum = sum_words(bytes);
  bytes.resize(1000);
  EXPECT_EQ(finish_sum(sum_words(bytes)), finish_sum(sum));
}

TEST(Checksum, PartsOfEvenLengthCanBeChained) {
  Random random(3, "checksum");
  const Bytes bytes = testing::random_bytes(random, 101);
  for (std::size_t cut = 0; cut <= 100; cut += 2) {
    const auto all = std::span(bytes);
    EXPECT_EQ(finish_sum(sum_words(all.subspan(cut), sum_words(all.first(cut)))), checksum(all));
  }
}

TEST(Checksum, IncrementalEqualsFullOverRandomEdits) {
  Random random(4, "edits");
  for (int i = 0; i < 20'000; ++i) {
    Bytes header = testing::random_bytes(random, 20);
    header[0] = 0x45;
    store16(&header[10], 0);
    store16(&header[10], checksum(header));
    ASSERT_EQ(checksum(header), 0);
    const std::size_t at = random.below(10) * 2;
    if (at == 10) continue;
    const std::uint16_t from = load16(&header[at]);
    const auto to = static_cast<std::uint16_t>(random.below(4) == 0 ? 0xffff : random.bits());
    store16(&header[at], to);
    store16(&header[10], update_checksum(load16(&header[10]), from, to));
    EXPECT_EQ(checksum(header), 0) << i;
  }
}

TEST(Checksum, SettersKeepARightChecksumRightAndAWrongOneWrong) {
  Random random(5, "setters");
  for (int i = 0; i < 5000; ++i) {
    Bytes right = testing::random_bytes(random, 20);
    emit_ipv4(right.data(), {.source = Ipv4::load(&right[0]),
                             .destination = Ipv4::load(&right[4]),
                             .protocol = right[8],
                             .ttl = right[9],
                             .id = load16(&right[10])});
    Bytes wrong = right;
    wrong[8] = static_cast<std::uint8_t>(wrong[8] ^ 0x10);
    for (Bytes* header : {&right, &wrong}) {
      set_source(header->data(), {0x0a000001});
      set_destination(header->data(), {0xc0a80164});
      set_ttl(header->data(), 17);
    }
    EXPECT_EQ(checksum(right), 0);
    EXPECT_NE(checksum(wrong), 0);
  }
}

TEST(Checksum, RewriteThereAndBackRestoresTheField) {
  Random random(6, "there and back");
  for (int i = 0; i < 5000; ++i) {
    const Ipv4 a{static_cast<std::uint32_t>(random.bits())};
    const Ipv4 b{static_cast<std::uint32_t>(random.bits())};
    const auto hc = static_cast<std::uint16_t>(random.bits());
    const std::uint16_t back = update_checksum(update_checksum(hc, a, b), b, a);
    // 0x0000 and 0xffff stand for the same sum.
    EXPECT_TRUE(back == hc || (back == 0 && hc == 0xffff) || (back == 0xffff && hc == 0)) << i;
  }
}

}  // namespace
}  // namespace lvslab::wire
