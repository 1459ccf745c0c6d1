// `explain --stages`: the stations of a packet through each host, in each of the four forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Stages : public CommandLine {
 protected:
  std::string of(const std::string& file, const std::string& more = {}) {
    const auto result = lvslab("explain --stages " + more + " " + repository_path(file));
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  }
  /// The text after `start`, up to the next node's line.
  static void expect_in_order(const std::string& text, const std::vector<std::string>& words) {
    std::size_t at = 0;
    for (const std::string& word : words) {
      at = text.find(word, at);
      ASSERT_NE(at, std::string::npos) << "no '" << word << "' in its place in\n" << text;
      at += word.size();
    }
  }
};

TEST_F(Stages, ADirectRoutedRequestPassesTheStationsOfEachHostInTheKernelsOrder) {
  expect_in_order(
      of("scenarios/labs/D-corrected.yaml"),
      {"request: ",     "client",         "routing", "OUTPUT",      "POSTROUTING",    "neighbour",
       "out eth0",      "router",         "in eth0", "PREROUTING",  "routing",        "FORWARD",
       "POSTROUTING",   "out eth1",       "in eth0", "PREROUTING",  "local delivery", "INPUT",
       "scheduled: rr", "direct routing", "OUTPUT",  "POSTROUTING", "out eth0",       "in eth0",
       "INPUT",         "delivered",      "reply: "});
}

TEST_F(Stages, ATranslatedReplyPassesForwardAndSaysWhatItsSourceBecomes) {
  const std::string text = of("scenarios/modes/nat.yaml");
  expect_in_order(text, {"reply: ", "FORWARD", "its source becomes", "POSTROUTING"});
}

TEST_F(Stages, WhereAPacketIsLostTheWayEndsWithTheReason) {
  const std::string text = of("scenarios/labs/D-verbatim.yaml");
  expect_in_order(text, {"reply: ", "dropped (no-neighbour)"});
}

TEST_F(Stages, BystandersOfAFloodAreLeftOut) {
  EXPECT_THAT(of("scenarios/labs/B-dr-on-one-lan.yaml"), Not(HasSubstr("other-host")));
}

TEST_F(Stages, AConnectionCanBeNamed) {
  EXPECT_THAT(of("scenarios/labs/B-dr-on-one-lan.yaml", "--connection web/2"),
              HasSubstr("web/2, request: "));
}

// Every tag is closed in its order: what a browser's parser wants of an SVG.
TEST_F(Stages, ThePictureIsWellFormed) {
  const std::string svg = of("scenarios/modes/tun.yaml", "--format svg");
  EXPECT_THAT(svg, StartsWith("<svg "));
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    ASSERT_NE(end, std::string::npos);
    const std::string tag = svg.substr(at + 1, end - at - 1);
    if (tag.ends_with('/')) continue;
    const std::string name = tag.substr(tag.starts_with('/') ? 1 : 0, tag.find(' '));
    if (!tag.starts_with('/')) {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), name);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(Stages, ThePageHoldsPictureAndTextAndFetchesNothing) {
  const std::string page = of("scenarios/modes/dr.yaml", "--format html");
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("<svg "));
  EXPECT_THAT(page, HasSubstr("PREROUTING"));
  EXPECT_THAT(page, Not(HasSubstr("href=")));
  EXPECT_THAT(page, Not(HasSubstr("src=\"http")));
}

TEST_F(Stages, TheFlowchartNamesEachHostAndJoinsItsStations) {
  const std::string chart = of("scenarios/modes/dr.yaml", "--format mermaid");
  EXPECT_THAT(chart, StartsWith("flowchart TB\n"));
  EXPECT_THAT(chart, HasSubstr("subgraph"));
  EXPECT_THAT(chart, HasSubstr(" --> "));
}

TEST_F(Stages, APictureOfTheWholeLadderIsRefused) {
  const auto result = lvslab("explain --format svg " + lab_b());
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("--stages"));
}

}  // namespace
}  // namespace lvslab::testing
