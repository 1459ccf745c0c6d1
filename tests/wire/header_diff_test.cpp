#include "wire/header_diff.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "wire/checksum.h"
#include "wire/frames.h"
#include "wire/ipv4.h"

namespace lvslab::wire {
namespace {

using testing::Bytes;

std::vector<Layer> ethernet(const Bytes& bytes) { return dissect(bytes, 0, LinkType::kEthernet); }

/// "ip.ttl 63->62", "+ip", "-vlan".
std::vector<std::string> diff(const std::vector<Layer>& before, const std::vector<Layer>& after) {
  std::vector<std::string> texts;
  for (const Change& change : header_diff(before, after)) {
    switch (change.kind) {
      case Change::Kind::kField:
        texts.push_back(change.field + " " + change.from + "->" + change.to);
        break;
      case Change::Kind::kPushed:
        EXPECT_EQ(change.from, "");
        EXPECT_EQ(change.layer.name, change.field);
        texts.push_back("+" + change.field);
        break;
      case Change::Kind::kPopped:
        EXPECT_EQ(change.to, "");
        EXPECT_EQ(change.layer.name, change.field);
        texts.push_back("-" + change.field);
        break;
    }
  }
  return texts;
}

std::vector<std::string> diff(const Bytes& before, const Bytes& after) {
  return diff(ethernet(before), ethernet(after));
}

using Texts = std::vector<std::string>;

TEST(HeaderDiff, TheSameFrameHasNoChanges) {
  for (const Bytes& frame : testing::valid_frames()) EXPECT_EQ(diff(frame, frame), Texts{});
}

TEST(HeaderDiff, ARouterChangesMacsTtlAndChecksum) {
  const Bytes before = testing::recorded_syn();
  Bytes after = before;
  store16(&after[4], 0x1200);
  store16(&after[10], 0x0300);
  set_ttl(&after[14], 62);
  EXPECT_EQ(diff(before, after), (Texts{"eth.dst 02:00:00:00:03:00->02:00:00:00:12:00",
                                        "eth.src 02:00:00:00:02:01->02:00:00:00:03:00",
                                        "ip.ttl 63->62", "ip.checksum 0xc956->0xca56"}));
}

TEST(HeaderDiff, ATunnelIsAPushedOuterLayer) {
  const auto changes =
      header_diff(ethernet(testing::recorded_syn()), ethernet(testing::recorded_tunnelled_syn()));
  ASSERT_GE(changes.size(), 3u);
  EXPECT_EQ(changes[2].kind, Change::Kind::kPushed);
  EXPECT_EQ(changes[2].to, "192.168.1.2 -> 192.168.1.12");
  EXPECT_EQ(changes[2].layer.find("dst")->value, ipv4(192, 168, 1, 12).value);
  EXPECT_EQ(diff(testing::recorded_syn(), testing::recorded_tunnelled_syn()),
            (Texts{"eth.dst 02:00:00:00:03:00->02:00:00:00:12:00",
                   "eth.src 02:00:00:00:02:01->02:00:00:00:03:00", "+ip", "ip[1].ttl 63->62",
                   "ip[1].checksum 0xc956->0xca56"}));
}

TEST(HeaderDiff, DecapsulationIsAPop) {
  const Bytes frame = testing::recorded_tunnelled_syn();
  const auto inner = dissect(std::span(frame).subspan(34), 0, LinkType::kRawIp);
  EXPECT_EQ(diff(ethernet(frame), inner), (Texts{"-eth", "-ip"}));
  EXPECT_EQ(diff(inner, ethernet(frame)), (Texts{"+eth", "+ip"}));
}

TEST(HeaderDiff, ATagIsPushedBehindEthernet) {
  const Bytes tagged = testing::vlan_frame();
  Bytes plain = tagged;
  plain.erase(plain.begin() + 12, plain.begin() + 16);
  EXPECT_EQ(diff(plain, tagged), (Texts{"eth.type 0x0800->0x8100", "+vlan"}));
  EXPECT_EQ(diff(tagged, plain), (Texts{"eth.type 0x8100->0x0800", "-vlan"}));
}

TEST(HeaderDiff, ASpoiltChecksumShowsInItsStatus) {
  const Bytes before = testing::recorded_syn();
  Bytes after = before;
  after[22] = 62;
  EXPECT_EQ(diff(before, after), (Texts{"ip.ttl 63->62", "ip.checksum.status 1->0"}));
}

TEST(HeaderDiff, FlagsAreToldOnce) {
  Bytes before = testing::recorded_syn();
  Bytes after = before;
  after[20] = 0;  // don't fragment
  after[47] = 0x12;
  Texts expected{"ip.flags.df 1->0", "ip.checksum.status 1->0", "tcp.flags 0x0002->0x0012",
                 "tcp.checksum.status 1->0"};
  EXPECT_EQ(diff(before, after), expected);
}

TEST(HeaderDiff, ANewOptionIsAFieldFromNothing) {
  Bytes after = testing::recorded_syn();
  const Bytes toa = testing::hex("fe08 9c41 0a09000a");
  after.insert(after.begin() + 54, toa.begin(), toa.end());
  after[46] = 0xc0;
  store16(&after[16], 68);
  Texts texts = diff(testing::recorded_syn(), after);
  EXPECT_NE(std::find(texts.begin(), texts.end(), "tcp.options.toa.ip ->10.9.0.10"), texts.end());
  EXPECT_NE(std::find(texts.begin(), texts.end(), "tcp.hdr_len 40->48"), texts.end());
  texts = diff(after, testing::recorded_syn());
  EXPECT_NE(std::find(texts.begin(), texts.end(), "tcp.options.toa.ip 10.9.0.10->"), texts.end());
}

TEST(HeaderDiff, RepeatedOptionsAreComparedOneByOne) {
  const Bytes before = testing::sack_frame();
  Bytes after = before;
  after.back() = 0x10;  // right edge of the second block
  Texts texts = diff(before, after);
  EXPECT_EQ(texts, (Texts{"tcp.checksum.status 1->0", "tcp.options.sack_re 15->16"}));
}

TEST(HeaderDiff, LayersWithoutACounterpartGiveWay) {
  const Texts texts = diff(testing::recorded_arp_request(), testing::udp_frame());
  EXPECT_NE(std::find(texts.begin(), texts.end(), "-arp"), texts.end());
  EXPECT_NE(std::find(texts.begin(), texts.end(), "+udp"), texts.end());
  EXPECT_EQ(diff({}, ethernet(testing::udp_frame())), (Texts{"+eth", "+ip", "+udp", "+data"}));
}

}  // namespace
}  // namespace lvslab::wire
