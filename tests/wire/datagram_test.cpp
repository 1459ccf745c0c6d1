#include "wire/datagram.h"

#include <gtest/gtest.h>

#include "wire/flow.h"
#include "wire/frames.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;
using Problem = Datagram::Problem;

/// The IP packet of a frame.
Bytes ip_packet(const Bytes& frame) { return Bytes(frame.begin() + 14, frame.end()); }

void mend_checksum(Bytes& packet) {
  store16(&packet[10], 0);
  store16(&packet[10], checksum(std::span(packet).first((packet[0] & 15u) * 4)));
}

class DatagramParse : public ::testing::Test {
 protected:
  Problem parse(const Bytes& bytes, std::uint32_t zeros = 0) {
    retire();
    Packet packet = pool_.copy_of(bytes, zeros);
    const Problem problem = Datagram::parse(packet, datagram_);
    EXPECT_EQ(static_cast<bool>(packet), problem != Problem::kNone);
    if (packet) pool_.retire(std::move(packet));
    return problem;
  }
  void retire() {
    if (datagram_.packet()) pool_.retire(datagram_.take());
  }
  void TearDown() override {
    retire();
    EXPECT_EQ(pool_.leaked(), 0u);
    EXPECT_EQ(pool_.alive(), 0u);
  }
  PacketPool pool_;
  Datagram datagram_;
};

TEST_F(DatagramParse, TakesARecordedPacket) {
  ASSERT_EQ(parse(ip_packet(testing::recorded_syn())), Problem::kNone);
  EXPECT_EQ(datagram_.header_length(), 20u);
  EXPECT_EQ(datagram_.transport_length(), 40u);
  EXPECT_EQ(datagram_.protocol(), Protocol::kTcp);
  EXPECT_TRUE(datagram_.has_ports());
  EXPECT_EQ(flow_of(datagram_),
            (Flow{{ipv4(10, 9, 0, 10), 40001}, {ipv4(192, 168, 1, 100), 80}, 6}));
}

TEST_F(DatagramParse, TrimsLinkPaddingBehindTheTotalLength) {
  Bytes padded = ip_packet(testing::udp_frame());
  padded.resize(46);
  ASSERT_EQ(parse(padded), Problem::kNone);
  EXPECT_EQ(datagram_.packet().length(), 31u);
  ASSERT_EQ(parse(ip_packet(testing::udp_frame()), 15), Problem::kNone);
  EXPECT_EQ(datagram_.packet().length(), 31u);
}

TEST_F(DatagramParse, CountsZerosAsPayload) {
  Bytes header(kIpv4Header);
  emit_ipv4(header.data(), {.protocol = 17, .payload_length = 1000});
  EXPECT_EQ(parse(header, 999), Problem::kHeader);
  ASSERT_EQ(parse(header, 1000), Problem::kNone);
  EXPECT_EQ(datagram_.transport_length(), 1000u);
  EXPECT_EQ(datagram_.transport_real_size(), 0u);
  EXPECT_FALSE(datagram_.has_ports());
}

TEST_F(DatagramParse, RefusesEveryTruncation) {
  const Bytes packet = ip_packet(testing::recorded_syn());
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_EQ(parse(Bytes(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size))),
              Problem::kHeader)
        << size;
  }
}

TEST_F(DatagramParse, RefusesEverySingleBitErrorInTheHeader) {
  const Bytes packet = ip_packet(testing::recorded_syn());
  for (std::size_t bit = 0; bit < 160; ++bit) {
    Bytes damaged = packet;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(parse(damaged), Problem::kNone) << bit;
  }
}

TEST_F(DatagramParse, AWrongChecksumIsToldFromAWrongHeader) {
  Bytes packet = ip_packet(testing::recorded_syn());
  packet[8] ^= 1;
  EXPECT_EQ(parse(packet), Problem::kChecksum);
  mend_checksum(packet);
  EXPECT_EQ(parse(packet), Problem::kNone);
  for (const int first : {0x44, 0x55, 0x65, 0x05}) {  // length below 20, versions 5 6 0
    packet[0] = static_cast<std::uint8_t>(first);
    EXPECT_EQ(parse(packet), Problem::kHeader) << first;
  }
  packet[0] = 0x45;
  store16(&packet[2], 19);  // total length below the header's
  mend_checksum(packet);
  EXPECT_EQ(parse(packet), Problem::kHeader);
  store16(&packet[2], 61);  // more than there is
  mend_checksum(packet);
  EXPECT_EQ(parse(packet), Problem::kHeader);
}

TEST_F(DatagramParse, OptionsBelongToTheHeader) {
  Bytes packet = ip_packet(testing::udp_frame());
  packet.insert(packet.begin() + 20, {1, 1, 1, 0});
  packet[0] = 0x46;
  store16(&packet[2], 35);
  mend_checksum(packet);
  ASSERT_EQ(parse(packet), Problem::kNone);
  EXPECT_EQ(datagram_.header_length(), 24u);
  EXPECT_EQ(datagram_.source_port(), 4000);
  EXPECT_EQ(datagram_.destination_port(), 12346);
}

TEST_F(DatagramParse, OnlyTheFirstFragmentHasPorts) {
  Bytes packet = ip_packet(testing::udp_frame());
  store16(&packet[6], 0x2000);
  mend_checksum(packet);
  ASSERT_EQ(parse(packet), Problem::kNone);
  EXPECT_TRUE(datagram_.has_ports());
  store16(&packet[6], 5);
  mend_checksum(packet);
  ASSERT_EQ(parse(packet), Problem::kNone);
  EXPECT_FALSE(datagram_.has_ports());
  EXPECT_EQ(flow_of(datagram_).source.port, 0);
}

TEST(Flow, ReversedTwiceIsTheSame) {
  const Flow flow{{ipv4(1, 2, 3, 4), 5}, {ipv4(6, 7, 8, 9), 10}, 6};
  EXPECT_EQ(flow.reversed().reversed(), flow);
  EXPECT_NE(hash_flow(flow), hash_flow(flow.reversed()));
}

}  // namespace
}  // namespace lvslab::wire
