// How often an outcome may occur: the spellings, and what they admit.
#include "scenario/share.h"

#include <gtest/gtest.h>

namespace lvslab::scenario {
namespace {

bool holds(std::string_view text, std::uint64_t count, std::uint64_t total) {
  const auto share = parse_share(text);
  EXPECT_TRUE(share.has_value()) << text;
  return share && share->holds(count, total);
}

TEST(Share, AnyIsAtLeastOnce) {
  EXPECT_FALSE(holds("any", 0, 16));
  EXPECT_TRUE(holds("any", 1, 16));
  EXPECT_TRUE(holds("any", 16, 16));
}

TEST(Share, PercentagesAreOfTheOrdersAndExactAtTheirBounds) {
  EXPECT_TRUE(holds("50%", 8, 16));
  EXPECT_FALSE(holds("50%", 9, 16));
  EXPECT_FALSE(holds("> 25%", 4, 16));
  EXPECT_TRUE(holds("> 25%", 5, 16));
  EXPECT_TRUE(holds(">= 0.1%", 1, 1000));
  EXPECT_FALSE(holds("< 0.1%", 1, 1000));
  for (const std::uint64_t total : {10u, 30u, 70u, 10'000u}) {
    EXPECT_TRUE(holds("30% .. 70%", total * 3 / 10, total)) << total;
    EXPECT_TRUE(holds("30%..70%", total * 7 / 10, total)) << total;
    EXPECT_FALSE(holds("30% .. 70%", total * 3 / 10 - 1, total)) << total;
    EXPECT_FALSE(holds("30% .. 70%", total * 7 / 10 + 1, total)) << total;
  }
}

TEST(Share, APlainNumberCountsOrders) {
  EXPECT_TRUE(holds("3", 3, 16));
  EXPECT_FALSE(holds("3", 4, 16));
  EXPECT_TRUE(holds(">= 2", 2, 16));
  EXPECT_FALSE(holds("!= 0", 0, 16));
}

TEST(Share, AnythingElseIsRefusedWithASpellingThatWorks) {
  for (const char* text : {"", "some", "-3%", "> ", "%", "70% .. 30%", "30% ..", ".. 70%",
                           "> 30% .. 70%", "30 .. 70", "120%", "any 3"}) {
    const auto share = parse_share(text);
    ASSERT_FALSE(share.has_value()) << text;
    EXPECT_NE(share.error().hint.find('%'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace lvslab::scenario
