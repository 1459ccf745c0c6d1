#include "wire/address.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace lvslab::wire {
namespace {

TEST(Ipv4, TextAndNumberAgree) {
  EXPECT_EQ(to_string(ipv4(192, 168, 0, 1)), "192.168.0.1");
  EXPECT_EQ(parse_ipv4("192.168.0.1"), ipv4(192, 168, 0, 1));
  EXPECT_EQ(ipv4(192, 168, 0, 1).value, 0xc0a80001u);
}

TEST(Ipv4, ParseTakesBackWhatToStringWrote) {
  Random random(1, "addresses");
  for (int i = 0; i < 10'000; ++i) {
    const Ipv4 address{static_cast<std::uint32_t>(random.bits())};
    EXPECT_EQ(parse_ipv4(to_string(address)), address);
  }
}

TEST(Ipv4, OnlyFourPlainDecimalPartsAreAnAddress) {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4",
        "1..3.4", "1.2.3.", "+1.2.3.4", "0x1.2.3.4", "1.2.3.4294967297", "a.b.c.d"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
}

TEST(Mac, TextIsSixPairsOfHexDigits) {
  const Mac mac{0x0200000002abULL};
  EXPECT_EQ(to_string(mac), "02:00:00:00:02:ab");
  EXPECT_EQ(parse_mac("02:00:00:00:02:AB"), mac);
  for (const char* text : {"", "02:00:00:00:02", "02:00:00:00:02:ab:", "02-00-00-00-02-ab",
                           "2:0:0:0:2:ab", "02:00:00:00:02:ag", "02:00:00:00:02:a:"}) {
    EXPECT_FALSE(parse_mac(text)) << text;
  }
}

TEST(Mac, GroupBitIsTheLowestOfTheFirstByte) {
  EXPECT_TRUE(kBroadcastMac.is_group());
  EXPECT_TRUE(parse_mac("01:80:c2:00:00:00")->is_group());
  EXPECT_FALSE(parse_mac("02:00:00:00:00:01")->is_group());
}

TEST(Prefix, LengthIsOptionalAndAtMost32) {
  EXPECT_EQ(parse_prefix("10.0.0.0/8"), (Prefix{ipv4(10, 0, 0, 0), 8}));
  EXPECT_EQ(parse_prefix("10.1.2.3"), (Prefix{ipv4(10, 1, 2, 3), 32}));
  EXPECT_EQ(parse_prefix("0.0.0.0/0"), (Prefix{ipv4(0, 0, 0, 0), 0}));
  for (const char* text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0/8", "10.0.0.0/8x"}) {
    EXPECT_FALSE(parse_prefix(text)) << text;
  }
  EXPECT_EQ(to_string(Prefix{ipv4(10, 0, 0, 0), 8}), "10.0.0.0/8");
}

TEST(Prefix, NetworkAndBroadcastFollowFromTheLength) {
  const Prefix prefix{ipv4(192, 168, 1, 77), 26};
  EXPECT_EQ(prefix.network(), ipv4(192, 168, 1, 64));
  EXPECT_EQ(prefix.broadcast(), ipv4(192, 168, 1, 127));
  EXPECT_TRUE(prefix.contains(ipv4(192, 168, 1, 127)));
  EXPECT_FALSE(prefix.contains(ipv4(192, 168, 1, 128)));
  EXPECT_TRUE((Prefix{ipv4(1, 2, 3, 4), 0}).contains(ipv4(9, 9, 9, 9)));
}

TEST(Endpoint, NeedsAPortOf16Bits) {
  EXPECT_EQ(parse_endpoint("10.0.0.1:80"), (Endpoint{ipv4(10, 0, 0, 1), 80}));
  EXPECT_EQ(parse_endpoint("10.0.0.1:0"), (Endpoint{ipv4(10, 0, 0, 1), 0}));
  EXPECT_EQ(to_string(Endpoint{ipv4(10, 0, 0, 1), 65535}), "10.0.0.1:65535");
  for (const char* text : {"10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:080", ":80"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Mask, HasALengthUnlessItHasHoles) {
  for (int length = 0; length <= 32; ++length) EXPECT_EQ(mask_length({netmask(length)}), length);
  EXPECT_FALSE(mask_length(ipv4(255, 0, 255, 0)));
  EXPECT_FALSE(mask_length(ipv4(0, 0, 0, 255)));
}

}  // namespace
}  // namespace lvslab::wire
