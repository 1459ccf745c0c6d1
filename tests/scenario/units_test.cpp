#include "scenario/units.h"

#include <gtest/gtest.h>

#include "scenario/limits.h"

namespace lvslab::scenario {
namespace {

TEST(Units, DurationsAreExactPicoseconds) {
  EXPECT_EQ(parse_duration("5us")->ps(), 5'000'000);
  EXPECT_EQ(parse_duration("1.5s")->ps(), 1'500'000'000'000);
  EXPECT_EQ(parse_duration("0.001ns")->ps(), 1);
  EXPECT_EQ(parse_duration("2min"), Duration::seconds(120));
  EXPECT_EQ(parse_duration("1h"), Duration::seconds(3600));
  EXPECT_EQ(parse_duration("0s")->ps(), 0);
  EXPECT_EQ(parse_duration("720h"), limits::kDuration);
}

TEST(Units, NothingIsRounded) {
  for (const char* text : {"0.5ps", "0.0001ns", "1.0000000000001s"}) {
    ASSERT_FALSE(parse_duration(text)) << text;
    EXPECT_NE(parse_duration(text).error().what.find("finer than a picosecond"), std::string::npos);
  }
}

TEST(Units, AValueWithoutUnitOrWithASpaceIsRefusedWithTheRightSpelling) {
  EXPECT_EQ(parse_duration("5").error().hint,
            "Write for example 5ms; the units are ps ns us ms s min h");
  EXPECT_EQ(parse_duration("5 ms").error().hint, "Write 5ms");
  EXPECT_EQ(parse_duration("0").error().what, "'0' has no unit, a duration is wanted");
  EXPECT_EQ(parse_bit_rate("1 Gbps").error().hint, "Write 1Gbps");
  EXPECT_EQ(parse_percent("0.1").error().hint, "Write for example 0.1%");
}

TEST(Units, NumbersAreDecimalAndNothingElse) {
  EXPECT_EQ(parse_count("80", 1, 100).value(), 80u);
  EXPECT_EQ(parse_count("0", 0, 100).value(), 0u);
  EXPECT_EQ(parse_count("080", 1, 100).error().hint.substr(0, 8), "Write 80");
  EXPECT_EQ(parse_count("0x50", 1, 100).error().hint, "Numbers are decimal here: write 80");
  EXPECT_EQ(parse_count("1e3", 1, 9999).error().what, "'1e3' has an exponent");
  for (const char* text :
       {"", " 5", "5 ", "+5", "-5", "5.0", "0b1", "1_000", "٥", "1,000", "5x", "."}) {
    EXPECT_FALSE(parse_count(text, 0, 9999)) << text;
  }
}

TEST(Units, RatesAreWholeBitsPerSecond) {
  EXPECT_EQ(parse_bit_rate("100Mbps").value(), 100'000'000u);
  EXPECT_EQ(parse_bit_rate("2.5Gbps").value(), 2'500'000'000u);
  EXPECT_EQ(parse_bit_rate("unlimited").value(), 0u);
  EXPECT_FALSE(parse_bit_rate("0Mbps"));
  EXPECT_FALSE(parse_bit_rate("1Gb"));
  EXPECT_FALSE(parse_bit_rate("1GB/s"));
  EXPECT_EQ(parse_bit_rate("10gbps").error().hint, "Write 10Gbps");
}

TEST(Units, SizesTellThousandsFromPowersOfTwo) {
  EXPECT_EQ(parse_size("64B").value(), 64u);
  EXPECT_EQ(parse_size("1KB").value(), 1000u);
  EXPECT_EQ(parse_size("8KiB").value(), 8192u);
  EXPECT_EQ(parse_size("1.5KiB").value(), 1536u);
  EXPECT_FALSE(parse_size("1K"));
}

TEST(Units, PercentagesAreProbabilities) {
  EXPECT_DOUBLE_EQ(parse_percent("0.1%").value(), 0.001);
  EXPECT_DOUBLE_EQ(parse_percent("100%").value(), 1);
  EXPECT_FALSE(parse_percent("100.1%"));
}

TEST(Units, APoissonRateIsAMeanGap) {
  EXPECT_EQ(parse_event_gap("1000/s"), Duration::milliseconds(1));
  EXPECT_EQ(parse_event_gap("0.5/s"), Duration::seconds(2));
  EXPECT_FALSE(parse_event_gap("1000"));
  EXPECT_FALSE(parse_event_gap("0/s"));
  EXPECT_FALSE(parse_event_gap("0.0000001/s"));
}

TEST(Units, AnInterfaceAddressIsOneAHostCanHave) {
  EXPECT_EQ(parse_interface_address("192.168.1.10/24")->length, 24);
  EXPECT_TRUE(parse_interface_address("10.0.0.0/31"));
  EXPECT_TRUE(parse_interface_address("10.0.0.0/32"));
  for (const char* text : {"192.168.1.0/24", "192.168.1.255/24", "192.168.1.10", "224.0.0.1/24",
                           "0.0.0.0/0", "192.168.1.10/33", "192.168.1/24", "192.168.1.010/24"}) {
    EXPECT_FALSE(parse_interface_address(text)) << text;
  }
}

TEST(Units, Ipv6IsAnsweredNotYet) {
  for (const char* text : {"[2001:db8::1]:80", "2001:db8::1", "::1"}) {
    EXPECT_EQ(parse_service(text).error().what.substr(0, 8), "not yet:") << text;
  }
}

TEST(Units, ABoundHoldsOnItsSideOnly) {
  const Bound below = parse_duration_bound("< 3ms").value();
  EXPECT_TRUE(below.holds(Duration::microseconds(2'999).ps()));
  EXPECT_FALSE(below.holds(Duration::milliseconds(3).ps()));
  EXPECT_TRUE(parse_count_bound("<= 3")->holds(3));
  EXPECT_FALSE(parse_count_bound("> 3")->holds(3));
  EXPECT_TRUE(parse_count_bound(">=3")->holds(3));
  EXPECT_FALSE(parse_count_bound("!= 3")->holds(3));
  EXPECT_TRUE(parse_count_bound("3")->holds(3));
  EXPECT_FALSE(parse_count_bound("3")->holds(4));
  EXPECT_FALSE(parse_count_bound("<"));
  EXPECT_FALSE(parse_count_bound("=> 3"));
}

TEST(Units, FileModesAreOctal) {
  EXPECT_EQ(parse_file_mode("0644").value(), 0644u);
  EXPECT_EQ(parse_file_mode("755").value(), 0755u);
  EXPECT_FALSE(parse_file_mode("0888"));
  EXPECT_FALSE(parse_file_mode("6"));
}

TEST(Units, AFigureMayHaveATolerance) {
  const auto bound = parse_duration_bound("20ms +- 2%");
  ASSERT_TRUE(bound);
  EXPECT_TRUE(bound->holds(20'400'000'000));
  EXPECT_TRUE(bound->holds(19'600'000'000));
  EXPECT_FALSE(bound->holds(20'400'000'001));
  EXPECT_FALSE(bound->holds(19'599'999'999));
  EXPECT_TRUE(parse_count_bound("100 +- 10%")->holds(90));
  EXPECT_FALSE(parse_count_bound("< 100 +- 10%"));
  EXPECT_FALSE(parse_count_bound("100 +- 10"));
}

}  // namespace
}  // namespace lvslab::scenario
