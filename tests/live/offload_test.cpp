// What a packet socket shows of frames whose sender left work to a NIC, put right before a model
// sees them.
#include "live/offload.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/packet.h"
#include "wire/checksum.h"
#include "wire/dissect.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::live {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr wire::Ipv4 kFrom = wire::ipv4(10, 0, 0, 1), kTo = wire::ipv4(10, 0, 0, 2);
constexpr std::uint32_t kIpAt = wire::kEthernetHeader;
constexpr std::uint32_t kTransportAt = kIpAt + wire::kIpv4Header;

class OffloadTest : public ::testing::Test {
 protected:
  Bytes finish(Packet packet, wire::Protocol protocol) {
    wire::Ipv4Header ip{.source = kFrom, .destination = kTo};
    ip.protocol = static_cast<std::uint8_t>(protocol);
    ip.id = 700;
    ip.payload_length = packet.length();
    wire::emit_ipv4(packet.push(wire::kIpv4Header), ip);
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), wire::Mac{2}, wire::Mac{4}, 0x0800);
    Bytes frame(packet.bytes().begin(), packet.bytes().end());
    pool_.retire(std::move(packet));
    return frame;
  }
  Bytes tcp(std::size_t payload, std::uint8_t flags) {
    Bytes text(payload);
    for (std::size_t i = 0; i < payload; ++i) text[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    Packet packet = pool_.copy_of(text);
    wire::TcpHeader header{.source_port = 80, .destination_port = 40000, .sequence = 0xfffffff0u};
    header.flags = flags;
    header.options.timestamps = true;
    wire::push_tcp(packet, kFrom, kTo, header);
    return finish(std::move(packet), wire::Protocol::kTcp);
  }
  // As a sender leaves a checksum to its NIC: the field holds the pseudo header's folded sum.
  static void begin_checksum(Bytes& frame, std::uint32_t field, wire::Protocol protocol) {
    const std::uint64_t sum =
        wire::pseudo_header_sum(kFrom, kTo, static_cast<std::uint8_t>(protocol),
                                static_cast<std::uint32_t>(frame.size() - kTransportAt));
    wire::store16(frame.data() + kTransportAt + field,
                  static_cast<std::uint16_t>(~wire::finish_sum(sum)));
  }
  std::vector<Bytes> restore(Bytes frame, const Offload& offload) {
    std::vector<Bytes> taken;
    good_ = restorer_.restore(frame, offload, [&](std::span<const std::uint8_t> f) {
      taken.emplace_back(f.begin(), f.end());
    });
    return taken;
  }

  PacketPool pool_;
  Restorer restorer_;
  bool good_ = false;
};

TEST_F(OffloadTest, AFrameWithNothingLeftForLaterStaysAsItIs) {
  const Bytes frame = tcp(100, wire::kAck);
  EXPECT_EQ(restore(frame, {}), std::vector<Bytes>{frame});
  EXPECT_TRUE(good_);
}

TEST_F(OffloadTest, ABegunChecksumIsCompleted) {
  const Bytes right = tcp(101, wire::kAck);
  Bytes begun = right;
  begin_checksum(begun, 16, wire::Protocol::kTcp);
  ASSERT_NE(begun, right);
  EXPECT_EQ(
      restore(begun,
              {.checksum_begun = true, .checksum_start = kTransportAt, .checksum_offset = 16}),
      std::vector<Bytes>{right});
}

TEST_F(OffloadTest, AUdpChecksumThatComesToZeroIsSentAsAllOnes) {
  Packet packet = pool_.copy_of(Bytes{0, 0});
  wire::push_udp(packet, {kFrom, 53}, {kTo, 53});
  Bytes frame = finish(std::move(packet), wire::Protocol::kUdp);
  // The payload that brings the sum to zero is what the checksum is with two zero bytes.
  wire::store16(frame.data() + kTransportAt + 8, wire::load16(frame.data() + kTransportAt + 6));
  begin_checksum(frame, 6, wire::Protocol::kUdp);
  const auto taken = restore(
      frame, {.checksum_begun = true, .checksum_start = kTransportAt, .checksum_offset = 6});
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(wire::load16(taken[0].data() + kTransportAt + 6), 0xffff);
}

TEST_F(OffloadTest, JoinedSegmentsAreCutAsTheyWouldHaveCrossedTheCable) {
  const Bytes whole = tcp(2500, wire::kAck | wire::kPsh | wire::kFin | wire::kCwr);
  const auto taken = restore(whole, {.joined = Offload::Joined::kTcp4, .segment_payload = 1000});
  ASSERT_EQ(taken.size(), 3u);
  const std::uint32_t headers = kTransportAt + 32;  // with timestamps
  Bytes payload;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const Bytes& frame = taken[i];
    const wire::Ipv4View ip{frame.data() + kIpAt};
    const wire::TcpView segment{frame.data() + kTransportAt};
    EXPECT_EQ(frame.size(), headers + (i < 2 ? 1000u : 500u));
    EXPECT_EQ(ip.total_length(), frame.size() - kIpAt);
    EXPECT_EQ(ip.id(), 700 + i);
    EXPECT_EQ(segment.sequence(), 0xfffffff0u + 1000u * static_cast<std::uint32_t>(i));
    EXPECT_EQ((segment.flags() & (wire::kFin | wire::kPsh)) != 0, i == 2);
    EXPECT_EQ((segment.flags() & wire::kCwr) != 0, i == 0);
    EXPECT_EQ(wire::checksum({frame.data() + kIpAt, wire::kIpv4Header}), 0);
    Packet bytes = pool_.copy_of(std::span(frame).subspan(kTransportAt));
    EXPECT_TRUE(wire::tcp_checksum_ok(bytes, kFrom, kTo));
    pool_.retire(std::move(bytes));
    payload.insert(payload.end(), frame.begin() + headers, frame.end());
  }
  EXPECT_EQ(payload, Bytes(whole.begin() + headers, whole.end()));
}

TEST_F(OffloadTest, ATagThatWasTakenOffIsPutBack) {
  const Bytes frame = tcp(10, wire::kAck);
  const auto taken = restore(frame, {.tagged = true, .tag_type = 0x8100, .tag = 0x200a});
  ASSERT_EQ(taken.size(), 1u);
  const wire::EthernetView eth{taken[0].data()};
  EXPECT_TRUE(eth.tagged());
  EXPECT_EQ(eth.vlan_id(), 10);
  EXPECT_EQ(eth.priority(), 1);
  EXPECT_EQ(eth.inner_type(), 0x0800);
  EXPECT_EQ(taken[0].size(), frame.size() + 4);
}

TEST_F(OffloadTest, WhatDoesNotFitTheBytesIsRefused) {
  const Bytes frame = tcp(100, wire::kAck);
  const auto refused = [&](const Bytes& bytes, const Offload& offload) {
    return restore(bytes, offload).empty() && !good_;
  };
  EXPECT_TRUE(refused(frame, {.checksum_begun = true, .checksum_start = 60'000}));
  EXPECT_TRUE(refused(frame, {.checksum_begun = true,
                              .checksum_start = static_cast<std::uint32_t>(frame.size() - 1)}));
  EXPECT_TRUE(refused(frame, {.joined = Offload::Joined::kOther, .segment_payload = 100}));
  EXPECT_TRUE(refused(frame, {.joined = Offload::Joined::kTcp4, .segment_payload = 0}));
  const Offload cut{.joined = Offload::Joined::kTcp4, .segment_payload = 10};
  for (std::size_t size = 0; size <= kTransportAt + 32; ++size)
    EXPECT_TRUE(
        refused(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)), cut))
        << size;
}

}  // namespace
}  // namespace lvslab::live
