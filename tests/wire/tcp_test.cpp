#include "wire/tcp.h"

#include <gtest/gtest.h>

#include "wire/frames.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;
using testing::hex;

const TcpOptions kLinuxSyn{.mss = 1460,
                           .sack_permitted = true,
                           .window_scale = 7,
                           .timestamps = true,
                           .timestamp = 0xd16eb96c};

Bytes emitted(const TcpOptions& options, bool syn) {
  Bytes bytes(40, 0xee);
  bytes.resize(emit_tcp_options(bytes.data(), options, syn));
  return bytes;
}

TEST(Tcp, DeconstructsARecordedSyn) {
  const Bytes frame = testing::recorded_syn();
  const TcpView tcp{frame.data() + 34};
  EXPECT_EQ(tcp.source_port(), 40001);
  EXPECT_EQ(tcp.destination_port(), 80);
  EXPECT_EQ(tcp.sequence(), 0x4e82dd4fu);
  EXPECT_EQ(tcp.acknowledgement(), 0u);
  EXPECT_EQ(tcp.header_length(), 40u);
  EXPECT_EQ(tcp.flags(), kSyn);
  EXPECT_EQ(tcp.window(), 64240);
  EXPECT_EQ(tcp.checksum(), 0x2db1);
  EXPECT_EQ(parse_tcp_options(std::span(frame).subspan(54)), kLinuxSyn);
}

TEST(Tcp, ConstructsTheSynThatLinuxSent) {
  PacketPool pool;
  Packet packet = pool.make(0);
  const Ipv4 client = ipv4(10, 9, 0, 10), vip = ipv4(192, 168, 1, 100);
  push_tcp(packet, client, vip,
           {.source_port = 40001,
            .destination_port = 80,
            .sequence = 0x4e82dd4f,
            .flags = kSyn,
            .window = 64240,
            .options = kLinuxSyn});
  const Bytes frame = testing::recorded_syn();
  EXPECT_EQ(testing::bytes_of(packet), Bytes(frame.begin() + 34, frame.end()));
  EXPECT_TRUE(tcp_checksum_ok(packet, client, vip));
  packet.edit()[4] ^= 0x80;
  EXPECT_FALSE(tcp_checksum_ok(packet, client, vip));
  pool.retire(std::move(packet));
}

TEST(Tcp, ChecksumIsRightForEveryPayloadLength) {
  PacketPool pool;
  Random random(1, "payload");
  const Ipv4 a = ipv4(10, 0, 0, 1), b = ipv4(10, 0, 0, 2);
  for (std::uint32_t size = 0; size < 100; ++size) {
    for (const std::uint32_t zeros : {0u, 1u, 1400u}) {
      Packet packet = pool.copy_of(testing::random_bytes(random, size), zeros);
      push_tcp(packet, a, b, {.source_port = 1, .flags = kAck, .options = {.timestamps = true}});
      EXPECT_TRUE(tcp_checksum_ok(packet, a, b)) << size;
      Bytes expanded = testing::bytes_of(packet);
      expanded.resize(packet.length());
      Packet real = pool.copy_of(expanded);
      EXPECT_TRUE(tcp_checksum_ok(real, a, b)) << size;
      pool.retire(std::move(packet));
      pool.retire(std::move(real));
    }
  }
}

TEST(Tcp, AHeaderCutShortIsWrong) {
  PacketPool pool;
  Packet packet = pool.copy_of(Bytes(19), 100);
  EXPECT_FALSE(tcp_checksum_ok(packet, {0}, {0}));
  pool.retire(std::move(packet));
}

TEST(TcpOptions, SynLayoutIsLinuxs) {
  EXPECT_EQ(emitted(kLinuxSyn, true), hex("020405b4 0402 080ad16eb96c00000000 01 030307"));
  EXPECT_EQ(emitted({.mss = 1460, .window_scale = 7, .timestamps = true}, true),
            hex("020405b4 0101 080a0000000000000000 01 030307"));
  EXPECT_EQ(emitted({.mss = 1460, .sack_permitted = true, .window_scale = 7}, true),
            hex("020405b4 0101 0402 01 030307"));
  EXPECT_EQ(emitted({.mss = 536}, true), hex("02040218"));
  EXPECT_EQ(tcp_options_length(kLinuxSyn, true), 20u);
}

TEST(TcpOptions, LaterSegmentsCarryTimestampsAndSack) {
  TcpOptions options{.timestamps = true, .timestamp = 1, .timestamp_echo = 2};
  EXPECT_EQ(emitted(options, false), hex("0101 080a 00000001 00000002"));
  options.sack_count = 2;
  options.sack[0] = {1, 5};
  options.sack[1] = {10, 15};
  EXPECT_EQ(emitted(options, false), hex("0101 080a 00000001 00000002 0101 0512"
                                         "00000001 00000005 0000000a 0000000f"));
}

TEST(TcpOptions, ToaComesFirst) {
  TcpOptions options{.timestamps = true, .toa = Endpoint{ipv4(10, 0, 0, 1), 5002}};
  EXPECT_EQ(emitted(options, false), hex("fe08 138a 0a000001 0101 080a0000000000000000"));
  EXPECT_EQ(parse_tcp_options(emitted(options, false)), options);
}

TEST(TcpOptions, SackBlocksNeverOverrunForty) {
  TcpOptions options{.timestamps = true, .sack_count = 4, .toa = Endpoint{}};
  EXPECT_EQ(emitted(options, false).size(), tcp_options_length(options, false));
  EXPECT_LE(tcp_options_length(options, false), 40u);
  options.toa.reset();
  EXPECT_EQ(tcp_options_length(options, false), 12u + 4 + 3 * 8);
  options.timestamps = false;
  EXPECT_EQ(tcp_options_length(options, false), 4u + 4 * 8);
}

TEST(TcpOptions, ParseTakesBackWhatEmitWrote) {
  Random random(2, "options");
  for (int i = 0; i < 20'000; ++i) {
    const bool syn = random.below(2) == 0;
    TcpOptions options;
    options.timestamps = random.below(2) == 0;
    if (options.timestamps) {
      options.timestamp = static_cast<std::uint32_t>(random.bits());
      options.timestamp_echo = static_cast<std::uint32_t>(random.bits());
    }
    if (random.below(4) == 0) {
      options.toa = Endpoint{{static_cast<std::uint32_t>(random.bits())},
                             static_cast<std::uint16_t>(random.bits())};
    }
    if (syn) {
      if (random.below(2) == 0) options.mss = static_cast<std::uint16_t>(random.bits());
      if (random.below(2) == 0) options.window_scale = static_cast<std::uint8_t>(random.below(15));
      options.sack_permitted = random.below(2) == 0;
    } else {
      options.sack_count = static_cast<std::uint8_t>(random.below(options.toa ? 3 : 4));
      for (int k = 0; k < options.sack_count; ++k) {
        options.sack[k] = {static_cast<std::uint32_t>(random.bits()),
                           static_cast<std::uint32_t>(random.bits())};
      }
    }
    const Bytes bytes = emitted(options, syn);
    EXPECT_EQ(bytes.size() % 4, 0u);
    EXPECT_LE(bytes.size(), 40u);
    EXPECT_EQ(bytes.size(), tcp_options_length(options, syn));
    EXPECT_EQ(parse_tcp_options(bytes), options) << i;
  }
}

TEST(TcpOptions, UnknownKindsAreSkipped) {
  EXPECT_EQ(parse_tcp_options(hex("1e06aabbccdd 020405b4")).mss, 1460);
}

TEST(TcpOptions, AMalformedListEndsTheReadingAndKeepsWhatCameBefore) {
  for (const char* tail : {"03", "0300", "0301", "03ff07", "080a0000"}) {
    const TcpOptions options = parse_tcp_options(hex(std::string("020405b4") + tail));
    EXPECT_EQ(options, (TcpOptions{.mss = 1460})) << tail;
  }
  EXPECT_EQ(parse_tcp_options(hex("00 020405b4")), TcpOptions{});
}

TEST(TcpOptions, AKnownKindOfAWrongLengthIsSkipped) {
  EXPECT_EQ(parse_tcp_options(hex("020305 03020402 050205 0101")),
            TcpOptions{.sack_permitted = true});
  EXPECT_EQ(parse_tcp_options(hex("0506 00000001 0402")), TcpOptions{.sack_permitted = true});
}

TEST(TcpOptions, RandomBytesAreReadWithinTheirBounds) {
  Random random(3, "hostile");
  for (int i = 0; i < 20'000; ++i) {
    const Bytes bytes = testing::random_bytes(random, random.below(41));
    EXPECT_LE(parse_tcp_options(bytes).sack_count, 4);
  }
}

TEST(TcpFlags, AreNamedFromTheLowestBit) {
  EXPECT_EQ(tcp_flags_text(kSyn | kAck), "SYN, ACK");
  EXPECT_EQ(tcp_flags_text(kFin | kPsh | kAck), "FIN, PSH, ACK");
  EXPECT_EQ(tcp_flags_text(0xff), "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR");
  EXPECT_EQ(tcp_flags_text(0), "<None>");
}

}  // namespace
}  // namespace lvslab::wire
