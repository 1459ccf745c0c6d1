#include <gtest/gtest.h>

#include "wire/arp.h"
#include "wire/ethernet.h"
#include "wire/frames.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/udp.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;
using testing::hex;

std::span<const std::uint8_t> part(const Bytes& bytes, std::size_t at) {
  return std::span(bytes).subspan(at);
}

TEST(Ethernet, DeconstructsAndConstructsARecordedHeader) {
  const Bytes frame = testing::recorded_syn();
  ASSERT_TRUE(EthernetView::fits(frame));
  const EthernetView view{frame.data()};
  EXPECT_EQ(to_string(view.destination()), "02:00:00:00:03:00");
  EXPECT_EQ(to_string(view.source()), "02:00:00:00:02:01");
  EXPECT_EQ(view.type(), 0x0800);
  Bytes written(14);
  emit_ethernet(written.data(), view.destination(), view.source(), view.type());
  EXPECT_TRUE(std::equal(written.begin(), written.end(), frame.begin()));
}

TEST(Ethernet, ReadsAVlanTag) {
  const Bytes frame = testing::vlan_frame();
  const EthernetView view{frame.data()};
  EXPECT_TRUE(view.tagged());
  EXPECT_EQ(view.vlan_id(), 100);
  EXPECT_EQ(view.priority(), 3);
  EXPECT_EQ(view.inner_type(), 0x0800);
}

TEST(Arp, DeconstructsAndConstructsARecordedReply) {
  const Bytes frame = testing::recorded_arp_reply();
  const auto arp = parse_arp(part(frame, kEthernetHeader));
  ASSERT_TRUE(arp);
  EXPECT_EQ(arp->operation, kArpReply);
  EXPECT_EQ(to_string(arp->sender_mac), "02:00:00:00:03:00");
  EXPECT_EQ(to_string(arp->sender_ip), "192.168.1.100");
  EXPECT_EQ(to_string(arp->target_mac), "02:00:00:00:02:01");
  EXPECT_EQ(to_string(arp->target_ip), "192.168.1.1");
  Bytes written(kArpSize);
  emit_arp(written.data(), *arp);
  EXPECT_EQ(written, Bytes(frame.begin() + 14, frame.end()));
}

TEST(Arp, RefusesOtherSizesAndShortPackets) {
  const Bytes frame = testing::recorded_arp_request();
  const Bytes good(frame.begin() + 14, frame.end());
  for (std::size_t size = 0; size < kArpSize; ++size) {
    EXPECT_FALSE(parse_arp(std::span(good).first(size))) << size;
  }
  for (const std::size_t at : {2u, 4u, 5u}) {  // protocol type, both sizes
    Bytes bad = good;
    bad[at] ^= 1;
    EXPECT_FALSE(parse_arp(bad)) << at;
  }
}

TEST(Arp, ParseTakesBackWhatEmitWrote) {
  Random random(1, "arp");
  for (int i = 0; i < 2000; ++i) {
    const Arp arp{.operation = static_cast<std::uint16_t>(random.bits()),
                  .sender_mac = {random.bits() >> 16},
                  .sender_ip = {static_cast<std::uint32_t>(random.bits())},
                  .target_mac = {random.bits() >> 16},
                  .target_ip = {static_cast<std::uint32_t>(random.bits())},
                  .hardware_type = static_cast<std::uint16_t>(random.bits())};
    Bytes bytes(kArpSize);
    emit_arp(bytes.data(), arp);
    EXPECT_EQ(parse_arp(bytes), arp);
  }
}

TEST(Ipv4Header, DeconstructsARecordedHeader) {
  const Bytes frame = testing::recorded_syn();
  const Ipv4View ip{frame.data() + kEthernetHeader};
  EXPECT_EQ(ip.version(), 4);
  EXPECT_EQ(ip.header_length(), 20u);
  EXPECT_EQ(ip.total_length(), 60);
  EXPECT_EQ(ip.id(), 0xa646);
  EXPECT_TRUE(ip.dont_fragment());
  EXPECT_FALSE(ip.is_fragment());
  EXPECT_EQ(ip.ttl(), 63);
  EXPECT_EQ(ip.protocol(), 6);
  EXPECT_EQ(ip.checksum(), 0xc956);
  EXPECT_EQ(to_string(ip.source()), "10.9.0.10");
  EXPECT_EQ(to_string(ip.destination()), "192.168.1.100");
}

TEST(Ipv4Header, ConstructsTheTunnelHeaderThatLinuxSent) {
  Bytes written(kIpv4Header);
  emit_ipv4(written.data(), {.source = ipv4(192, 168, 1, 2),
                             .destination = ipv4(192, 168, 1, 12),
                             .protocol = 4,
                             .ttl = 62,
                             .dont_fragment = true,
                             .payload_length = 60});
  const Bytes frame = testing::recorded_tunnelled_syn();
  EXPECT_EQ(written, Bytes(frame.begin() + 14, frame.begin() + 34));
}

TEST(Ipv4Header, FragmentOffsetIsInBytes) {
  Bytes bytes(kIpv4Header);
  emit_ipv4(bytes.data(), {.more_fragments = true, .fragment_offset = 1480, .payload_length = 100});
  const Ipv4View ip{bytes.data()};
  EXPECT_EQ(load16(&bytes[6]), 0x2000 | 185);
  EXPECT_EQ(ip.fragment_offset(), 1480u);
  EXPECT_TRUE(ip.more_fragments());
  EXPECT_TRUE(ip.is_fragment());
}

TEST(Udp, ConstructsTheSegmentWithItsChecksum) {
  PacketPool pool;
  Packet packet = pool.copy_of(hex("616263"));
  push_udp(packet, {ipv4(10, 0, 0, 1), 4000}, {ipv4(10, 0, 0, 2), 12346});
  EXPECT_EQ(testing::bytes_of(packet), hex("0fa0303a000be798616263"));
  EXPECT_TRUE(udp_checksum_ok(packet, ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)));
  EXPECT_FALSE(udp_checksum_ok(packet, ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 3)));
  pool.retire(std::move(packet));
}

TEST(Udp, ZerosCountInTheLengthAndTheChecksum) {
  PacketPool pool;
  Packet with_zeros = pool.copy_of(hex("6162"), 100);
  Bytes expanded = hex("6162");
  expanded.resize(102);
  Packet real = pool.copy_of(expanded);
  for (Packet* packet : {&with_zeros, &real}) {
    push_udp(*packet, {ipv4(10, 0, 0, 1), 1}, {ipv4(10, 0, 0, 2), 2});
    EXPECT_TRUE(udp_checksum_ok(*packet, ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)));
  }
  EXPECT_TRUE(std::equal(with_zeros.data(), with_zeros.data() + 10, real.data()));
  EXPECT_EQ(UdpView{with_zeros.data()}.length(), 110);
  pool.retire(std::move(with_zeros));
  pool.retire(std::move(real));
}

TEST(Udp, AChecksumOfZeroGoesOutAsAllOnes) {
  PacketPool pool;
  // Ports and payload such that every word adds up to 0xffff.
  Packet packet = pool.copy_of(hex("0000"));
  push_udp(packet, {{0}, 0}, {{0}, 0});
  const std::uint16_t plain = UdpView{packet.data()}.checksum();
  pool.retire(std::move(packet));
  Bytes payload(2);
  store16(payload.data(), plain);
  packet = pool.copy_of(payload);
  push_udp(packet, {{0}, 0}, {{0}, 0});
  EXPECT_EQ(UdpView{packet.data()}.checksum(), 0xffff);
  EXPECT_TRUE(udp_checksum_ok(packet, {0}, {0}));
  store16(packet.edit() + 6, 0);  // none: counts as right
  EXPECT_TRUE(udp_checksum_ok(packet, {0}, {0}));
  pool.retire(std::move(packet));
}

TEST(Udp, ALengthBeyondThePacketIsWrong) {
  PacketPool pool;
  for (const char* text : {"0001000200070000", "0001000200090000", "00010002000800"}) {
    Packet packet = pool.copy_of(hex(text));
    EXPECT_FALSE(udp_checksum_ok(packet, {0}, {0})) << text;
    pool.retire(std::move(packet));
  }
}

TEST(Icmp, ConstructsAnEchoRequest) {
  PacketPool pool;
  Packet packet = pool.copy_of(Bytes(20, 'x'));
  push_icmp(packet, 8, 0, 0x00010002);
  const Bytes frame = testing::echo_frame();
  EXPECT_EQ(testing::bytes_of(packet), Bytes(frame.begin() + 34, frame.end()));
  EXPECT_TRUE(icmp_checksum_ok(packet));
  EXPECT_EQ(IcmpView{packet.data()}.echo_id(), 1);
  EXPECT_EQ(IcmpView{packet.data()}.echo_sequence(), 2);
  packet.edit()[9] ^= 1;
  EXPECT_FALSE(icmp_checksum_ok(packet));
  pool.retire(std::move(packet));
}

TEST(Icmp, ConstructsAnErrorAboutAPacket) {
  PacketPool pool;
  const Bytes frame = testing::port_unreachable_frame();
  Packet packet = pool.copy_of(part(frame, 42));
  push_icmp(packet, 3, kPortUnreachable, 0);
  EXPECT_EQ(testing::bytes_of(packet), Bytes(frame.begin() + 34, frame.end()));
  pool.retire(std::move(packet));
}

TEST(Icmp, OnlyErrorsQuoteAPacket) {
  for (int type = 0; type < 256; ++type) {
    const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    EXPECT_EQ(icmp_is_error(static_cast<std::uint8_t>(type)), error) << type;
  }
}

TEST(Icmp, TextsNameTypeAndCode) {
  EXPECT_EQ(icmp_text(3, 1), "Destination unreachable (Host unreachable)");
  EXPECT_EQ(icmp_text(3, 200), "Destination unreachable");
  EXPECT_EQ(icmp_text(200, 0), "Unknown ICMP type");
  EXPECT_EQ(icmp_brief(3, 1), "host unreachable");
  EXPECT_EQ(icmp_brief(8, 0), "echo request");
}

}  // namespace
}  // namespace lvslab::wire
