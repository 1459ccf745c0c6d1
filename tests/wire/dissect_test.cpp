#include "wire/dissect.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "wire/checksum.h"
#include "wire/frames.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;
using testing::hex;

std::vector<Layer> ethernet(const Bytes& bytes, std::uint32_t zeros = 0) {
  return dissect(bytes, zeros, LinkType::kEthernet);
}

std::string names(const std::vector<Layer>& layers) {
  std::string text;
  for (const Layer& layer : layers) {
    if (!text.empty()) text += ' ';
    text += layer.name;
  }
  return text;
}

std::string text_of(const Layer& layer, std::string_view name) {
  const Field* field = layer.find(name);
  return field == nullptr ? "(none)" : field_text(*field);
}

/// Everything that was found, as one text.
std::string full_text(const std::vector<Layer>& layers) {
  std::string text;
  for (const Layer& layer : layers) {
    text += std::string(layer.name) + " " + std::to_string(layer.offset) + "+" +
            std::to_string(layer.size) + "\n";
    for (const Field& field : layer.fields) {
      text += "  " + std::string(field.name) + "=" + field_text(field) + " " +
              std::to_string(field.offset) + "+" + std::to_string(field.size) + "\n";
    }
  }
  return text;
}

Bytes with_ip_checksum(Bytes frame) {
  store16(&frame[24], 0);
  store16(&frame[24], checksum(std::span(frame).subspan(14, (frame[14] & 15u) * 4)));
  return frame;
}

TEST(Dissect, RecordedSynInWiresharksNames) {
  const auto layers = ethernet(testing::recorded_syn());
  ASSERT_EQ(names(layers), "eth ip tcp");
  EXPECT_EQ(text_of(layers[0], "dst"), "02:00:00:00:03:00");
  EXPECT_EQ(text_of(layers[0], "src"), "02:00:00:00:02:01");
  EXPECT_EQ(text_of(layers[0], "type"), "0x0800");
  const std::pair<const char*, const char*> ip[] = {
      {"version", "4"},       {"hdr_len", "20"},
      {"dsfield", "0x00"},    {"len", "60"},
      {"id", "0xa646"},       {"flags", "0x02"},
      {"flags.rb", "0"},      {"flags.df", "1"},
      {"flags.mf", "0"},      {"frag_offset", "0"},
      {"ttl", "63"},          {"proto", "6"},
      {"checksum", "0xc956"}, {"checksum.status", "1"},
      {"src", "10.9.0.10"},   {"dst", "192.168.1.100"}};
  for (const auto& [name, value] : ip) EXPECT_EQ(text_of(layers[1], name), value) << name;
  const std::pair<const char*, const char*> tcp[] = {{"srcport", "40001"},
                                                     {"dstport", "80"},
                                                     {"seq", "1317199183"},
                                                     {"seq_raw", "1317199183"},
                                                     {"ack", "0"},
                                                     {"hdr_len", "40"},
                                                     {"flags", "0x0002"},
                                                     {"flags.syn", "1"},
                                                     {"flags.ack", "0"},
                                                     {"flags.reset", "0"},
                                                     {"flags.push", "0"},
                                                     {"window_size_value", "64240"},
                                                     {"checksum", "0x2db1"},
                                                     {"checksum.status", "1"},
                                                     {"urgent_pointer", "0"},
                                                     {"options.mss_val", "1460"},
                                                     {"options.sack_perm", "1"},
                                                     {"options.wscale.shift", "7"},
                                                     {"options.timestamp.tsval", "3513694572"},
                                                     {"options.timestamp.tsecr", "0"},
                                                     {"len", "0"}};
  for (const auto& [name, value] : tcp) EXPECT_EQ(text_of(layers[2], name), value) << name;
}

TEST(Dissect, FieldsKnowTheirPlaceInTheFrame) {
  const Bytes frame = testing::recorded_syn();
  for (const Layer& layer : ethernet(frame)) {
    for (const Field& field : layer.fields) {
      EXPECT_GE(field.offset, layer.offset) << field.name;
      EXPECT_LE(field.offset + field.size, layer.offset + layer.size) << field.name;
    }
  }
  const auto layers = ethernet(frame);
  const Field* source = layers[1].find("src");
  EXPECT_EQ(load32(&frame[source->offset]), source->value);
}

TEST(Dissect, ATunnelIsTwoIpLayers) {
  const auto layers = ethernet(testing::recorded_tunnelled_syn());
  ASSERT_EQ(names(layers), "eth ip ip tcp");
  EXPECT_EQ(text_of(layers[1], "dst"), "192.168.1.12");
  EXPECT_EQ(text_of(layers[2], "dst"), "192.168.1.100");
  EXPECT_EQ(text_of(layers[3], "checksum.status"), "1");
}

TEST(Dissect, RawIpHasNoEthernetLayer) {
  const Bytes frame = testing::recorded_syn();
  const auto layers = dissect(std::span(frame).subspan(14), 0, LinkType::kRawIp);
  EXPECT_EQ(names(layers), "ip tcp");
  EXPECT_EQ(layers[0].offset, 0u);
}

TEST(Dissect, Arp) {
  const auto layers = ethernet(testing::recorded_arp_reply());
  ASSERT_EQ(names(layers), "eth arp");
  const std::pair<const char*, const char*> arp[] = {{"hw.type", "1"},
                                                     {"proto.type", "0x0800"},
                                                     {"hw.size", "6"},
                                                     {"proto.size", "4"},
                                                     {"opcode", "2"},
                                                     {"src.hw_mac", "02:00:00:00:03:00"},
                                                     {"src.proto_ipv4", "192.168.1.100"},
                                                     {"dst.hw_mac", "02:00:00:00:02:01"},
                                                     {"dst.proto_ipv4", "192.168.1.1"},
                                                     {"isgratuitous", "(none)"}};
  for (const auto& [name, value] : arp) EXPECT_EQ(text_of(layers[1], name), value) << name;
}

TEST(Dissect, GratuitousArpIsMarked) {
  Bytes frame = testing::recorded_arp_request();
  std::copy(frame.begin() + 28, frame.begin() + 32, frame.begin() + 38);
  const auto announcement = ethernet(frame);
  EXPECT_NE(announcement[1].find("isgratuitous"), nullptr);
  EXPECT_NE(announcement[1].find("isannouncement"), nullptr);
  frame = testing::recorded_arp_request();
  std::fill(frame.begin() + 28, frame.begin() + 32, std::uint8_t{0});
  const auto probe = ethernet(frame);
  EXPECT_NE(probe[1].find("isprobe"), nullptr);
  EXPECT_EQ(probe[1].find("isgratuitous"), nullptr);
}

TEST(Dissect, Vlan) {
  const auto layers = ethernet(testing::vlan_frame());
  ASSERT_EQ(names(layers), "eth vlan ip tcp");
  EXPECT_EQ(text_of(layers[0], "type"), "0x8100");
  EXPECT_EQ(text_of(layers[1], "priority"), "3");
  EXPECT_EQ(text_of(layers[1], "dei"), "1");
  EXPECT_EQ(text_of(layers[1], "id"), "100");
  EXPECT_EQ(text_of(layers[1], "etype"), "0x0800");
}

TEST(Dissect, UdpWithPrintablePayload) {
  const auto layers = ethernet(testing::udp_frame());
  ASSERT_EQ(names(layers), "eth ip udp data");
  EXPECT_EQ(text_of(layers[1], "dsfield.dscp"), "46");
  EXPECT_EQ(text_of(layers[1], "dsfield.ecn"), "1");
  EXPECT_EQ(text_of(layers[2], "length"), "11");
  EXPECT_EQ(text_of(layers[2], "checksum.status"), "1");
  EXPECT_EQ(text_of(layers[3], "len"), "3");
  EXPECT_EQ(text_of(layers[3], "data"), "61:62:63");
  EXPECT_EQ(text_of(layers[3], "text"), "abc");
}

TEST(Dissect, UdpWithoutChecksumSaysSo) {
  Bytes frame = testing::udp_frame();
  store16(&frame[40], 0);
  EXPECT_EQ(text_of(ethernet(frame)[2], "checksum.status"), "3");
}

TEST(Dissect, WrongChecksumsAreBad) {
  Bytes frame = testing::recorded_syn();
  frame[22] = 1;  // ttl
  EXPECT_EQ(text_of(ethernet(frame)[1], "checksum.status"), "0");
  frame = testing::recorded_syn();
  frame[40] ^= 1;  // sequence
  EXPECT_EQ(text_of(ethernet(frame)[2], "checksum.status"), "0");
  frame = testing::echo_frame();
  frame.back() ^= 1;
  EXPECT_EQ(text_of(ethernet(frame)[2], "checksum.status"), "0");
}

TEST(Dissect, IcmpEcho) {
  const auto layers = ethernet(testing::echo_frame());
  ASSERT_EQ(names(layers), "eth ip icmp data");
  EXPECT_EQ(text_of(layers[2], "type"), "8");
  EXPECT_EQ(text_of(layers[2], "ident"), "1");
  EXPECT_EQ(text_of(layers[2], "seq"), "2");
  EXPECT_EQ(text_of(layers[2], "checksum.status"), "1");
}

TEST(Dissect, AnIcmpErrorQuotesAPacket) {
  const auto layers = ethernet(testing::port_unreachable_frame());
  ASSERT_EQ(names(layers), "eth ip icmp ip udp");
  EXPECT_EQ(text_of(layers[3], "len"), "128");
  EXPECT_EQ(text_of(layers[4], "dstport"), "12346");
  EXPECT_EQ(text_of(layers[4], "checksum.status"), "2");
}

TEST(Dissect, EightQuotedBytesOfTcpArePortsAndSequence) {
  Bytes frame = testing::port_unreachable_frame();
  frame[51] = 6;  // the quoted packet's protocol
  const auto layers = ethernet(frame);
  ASSERT_EQ(names(layers), "eth ip icmp ip tcp");
  EXPECT_EQ(text_of(layers[4], "srcport"), "4000");
  EXPECT_NE(layers[4].find("seq"), nullptr);
  EXPECT_EQ(layers[4].find("flags"), nullptr);
}

TEST(Dissect, NextHopMtuAndGatewayOfIcmpErrors) {
  Bytes frame = testing::port_unreachable_frame();
  frame[35] = 4;
  store16(&frame[40], 1480);
  EXPECT_EQ(text_of(ethernet(frame)[2], "mtu"), "1480");
  frame[34] = 5;
  store32(&frame[38], 0x0a0000fe);
  EXPECT_EQ(text_of(ethernet(frame)[2], "redir_gw"), "10.0.0.254");
}

TEST(Dissect, SackBlocksRepeatTheirFields) {
  const auto layers = ethernet(testing::sack_frame());
  ASSERT_EQ(names(layers), "eth ip tcp");
  EXPECT_EQ(text_of(layers[2], "options.sack.count"), "2");
  std::vector<std::uint64_t> left;
  for (const Field& field : layers[2].fields) {
    if (field.name == "options.sack_le") left.push_back(field.value);
  }
  EXPECT_EQ(left, (std::vector<std::uint64_t>{1, 10}));
}

TEST(Dissect, TransportOfAFragmentIsNotVerified) {
  Bytes frame = testing::udp_frame();
  store16(&frame[20], 0x2000);
  const auto first = ethernet(with_ip_checksum(frame));
  ASSERT_EQ(names(first), "eth ip udp data");
  EXPECT_EQ(text_of(first[2], "checksum.status"), "2");
  store16(&frame[20], 185);
  const auto later = ethernet(with_ip_checksum(frame));
  EXPECT_EQ(names(later), "eth ip data");
  EXPECT_EQ(text_of(later[1], "frag_offset"), "185");
}

TEST(Dissect, PaddingIsNotPayload) {
  Bytes frame = testing::udp_frame();
  frame.resize(60);
  auto layers = ethernet(frame);
  EXPECT_EQ(text_of(layers[3], "len"), "3");
  EXPECT_EQ(layers[0].find("padding")->size, 15u);
  frame.back() = 7;
  layers = ethernet(frame);
  EXPECT_EQ(layers[0].find("padding"), nullptr);
  EXPECT_EQ(layers[0].find("trailer")->size, 15u);
}

TEST(Dissect, ZerosReadLikeRealBytes) {
  for (const Bytes& frame : testing::valid_frames()) {
    for (std::size_t real = 0; real <= frame.size(); ++real) {
      const auto zeros = static_cast<std::uint32_t>(frame.size() - real);
      const Bytes begin(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(real));
      Bytes expanded = begin;
      expanded.resize(frame.size());
      EXPECT_EQ(full_text(ethernet(begin, zeros)), full_text(ethernet(expanded)));
    }
  }
}

TEST(Dissect, ALongPayloadOfZerosIsShownByItsFirst64Bytes) {
  Bytes frame = testing::udp_frame();
  frame.resize(42);
  store16(&frame[16], 1428);
  store16(&frame[38], 1408);
  const auto layers = ethernet(with_ip_checksum(frame), 1400);
  EXPECT_EQ(text_of(layers[3], "len"), "1400");
  EXPECT_EQ(text_of(layers[3], "data").size(), 64u * 3 - 1);
  EXPECT_EQ(layers[3].find("text"), nullptr);
}

// Each truncation lies in a buffer of exactly its size, so a sanitizer sees any byte read too far.
TEST(Dissect, EveryTruncationIsDecodedWithoutReadingPastTheEnd) {
  for (const Bytes& frame : testing::valid_frames()) {
    const std::size_t layers_of_all = ethernet(frame).size();
    for (std::size_t size = 0; size < frame.size(); ++size) {
      const auto exact = std::make_unique<std::uint8_t[]>(size);
      std::copy_n(frame.begin(), size, exact.get());
      for (const LinkType link : {LinkType::kEthernet, LinkType::kRawIp}) {
        const auto layers = dissect({exact.get(), size}, 0, link);
        ASSERT_FALSE(layers.empty());
        EXPECT_LE(layers.size(), layers_of_all + 1);
        for (const Layer& layer : layers) EXPECT_LE(layer.offset + layer.size, size);
        EXPECT_FALSE(summary(layers).empty());
      }
    }
  }
}

TEST(Dissect, ATruncatedHeaderEndsUndecodedWithAReason) {
  const Bytes frame = testing::recorded_syn();
  const auto cut = [&](std::ptrdiff_t size) {
    return ethernet(Bytes(frame.begin(), frame.begin() + size));
  };
  EXPECT_EQ(names(cut(13)), "undecoded");
  EXPECT_EQ(names(cut(30)), "eth undecoded");
  EXPECT_EQ(text_of(cut(30)[1], "reason"), "IP header cut short");
  EXPECT_EQ(names(cut(36)), "eth ip undecoded");
  EXPECT_EQ(names(cut(50)), "eth ip tcp undecoded");
  EXPECT_EQ(names(cut(60)), "eth ip tcp undecoded");
}

TEST(Dissect, RandomDamageNeverBreaksIt) {
  Random random(1, "damage");
  for (int i = 0; i < 20'000; ++i) {
    const auto frames = testing::valid_frames();
    Bytes frame = frames[random.below(frames.size())];
    for (std::uint64_t edits = random.below(6); edits > 0; --edits) {
      frame[random.below(frame.size())] = static_cast<std::uint8_t>(random.bits());
    }
    const auto layers = ethernet(frame, static_cast<std::uint32_t>(random.below(100)));
    EXPECT_FALSE(summary(layers).empty());
  }
}

TEST(Dissect, NestingIsBounded) {
  Bytes frame = hex("020000000202 020000000101 8100");
  for (int i = 0; i < 5000; ++i) {
    for (const int byte : {0, 1, 0x81, 0}) frame.push_back(static_cast<std::uint8_t>(byte));
  }
  EXPECT_LT(ethernet(frame).size(), 30u);
  frame = hex("020000000202 020000000101 0800");
  for (int i = 0; i < 1000; ++i) {
    const Bytes header = hex("4500ffff000000004004000001010101 02020202");
    frame.insert(frame.end(), header.begin(), header.end());
  }
  EXPECT_LT(ethernet(frame).size(), 30u);
  EXPECT_LT(summary(ethernet(frame)).size(), 5000u);
}

TEST(Summary, OneLinePerFrame) {
  const auto line = [](const Bytes& frame) { return summary(ethernet(frame)); };
  EXPECT_EQ(line(testing::recorded_syn()),
            "TCP 10.9.0.10:40001 -> 192.168.1.100:80 [SYN] seq=1317199183 len=0");
  EXPECT_EQ(line(testing::recorded_tunnelled_syn()),
            "IPIP outer 192.168.1.2 -> 192.168.1.12 | "
            "TCP 10.9.0.10:40001 -> 192.168.1.100:80 [SYN] seq=1317199183 len=0");
  EXPECT_EQ(line(testing::recorded_arp_request()), "ARP who-has 192.168.1.100 tell 192.168.1.1");
  EXPECT_EQ(line(testing::recorded_arp_reply()), "ARP 192.168.1.100 is-at 02:00:00:00:03:00");
  EXPECT_EQ(line(testing::udp_frame()), "UDP 10.0.0.1:4000 -> 10.0.0.2:12346 len=3");
  EXPECT_EQ(line(testing::echo_frame()), "ICMP 8/0 echo request 10.0.0.1 -> 10.0.0.2 id=1 seq=2");
  EXPECT_EQ(line(testing::port_unreachable_frame()),
            "ICMP 3/3 port unreachable about UDP 10.0.0.1:4000 -> 10.0.0.2:12346 "
            "(10.0.0.1 -> 10.0.0.2)");
  EXPECT_EQ(line(testing::vlan_frame()),
            "VLAN 100 | TCP 10.0.0.1:40000 -> 10.0.0.2:12345 [SYN] seq=1000 len=0");
  EXPECT_EQ(line(hex("00")), "frame (Ethernet header cut short)");
}

TEST(Summary, SaysWhenAChecksumIsWrongAndWhatAFragmentIs) {
  Bytes frame = testing::udp_frame();
  frame.back() ^= 1;
  EXPECT_EQ(summary(ethernet(frame)),
            "UDP 10.0.0.1:4000 -> 10.0.0.2:12346 len=3 (bad udp checksum)");
  store16(&frame[20], 185);
  EXPECT_EQ(summary(ethernet(with_ip_checksum(frame))),
            "IP fragment 10.0.0.1 -> 10.0.0.2 proto=17 id=0x1234 offset=1480 len=11");
}

TEST(FieldText, IsWhatPeopleRead) {
  EXPECT_EQ(field_text({.name = "x", .type = FieldType::kNumber, .value = 64, .text = {}}), "64");
  EXPECT_EQ(field_text({.type = FieldType::kHex, .value = 0x1a2b, .text = {}, .size = 2}),
            "0x1a2b");
  EXPECT_EQ(field_text({.type = FieldType::kHex, .value = 2, .text = {}, .size = 1}), "0x02");
  EXPECT_EQ(field_text({.type = FieldType::kFlag, .value = 1, .text = {}}), "1");
  EXPECT_EQ(field_text({.type = FieldType::kText, .text = "GET /\r\n"}), "GET /\r\n");
}

}  // namespace
}  // namespace lvslab::wire
