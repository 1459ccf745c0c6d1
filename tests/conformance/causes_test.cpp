// No header changes without a cause: what a director makes of a packet's addresses is explained in
// the trace, in both directions, and ICMP errors are no exception.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using nlohmann::json;

/// Whether the frame leaves `node` with another address than it came with.
bool leaves_rewritten(const json& frame, const char* node) {
  return frame["node"] == node && frame["direction"] == "out" && frame["changes"].is_array() &&
         std::any_of(frame["changes"].begin(), frame["changes"].end(), [](const json& change) {
           return change[0] == "ip.src" || change[0] == "ip.dst";
         });
}

class Causes : public CommandLine, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string which() const { return repository_path(std::string("scenarios/") + GetParam()); }
  std::vector<std::string> lines(const std::string& name) {
    if (!std::filesystem::exists(folder_.file("out"))) {
      EXPECT_EQ(lvslab("run --quiet --out " + folder_.file("out") + " " + which()).status, 0);
    }
    return lines_of(read_text_file(folder_.file("out/" + name)));
  }
};

TEST_P(Causes, EveryAddressThatADirectorRewritesIsExplained) {
  std::size_t rewritten = 0;
  for (const std::string& line : lines("frames.jsonl")) {
    const json frame = json::parse(line);
    if (!leaves_rewritten(frame, "lvs")) continue;
    ++rewritten;
    EXPECT_TRUE(std::any_of(frame["notes"].begin(), frame["notes"].end(), [](const json& note) {
      return note["kind"].get<std::string>().rfind("ipvs-", 0) == 0;
    })) << line;
  }
  EXPECT_GT(rewritten, 10u) << "requests and replies";
}

INSTANTIATE_TEST_SUITE_P(Translating, Causes,
                         ::testing::Values("modes/nat.yaml", "modes/fullnat.yaml",
                                           "director/port-mapping.yaml"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

TEST_F(CommandLine, EveryAddressThatNatRewritesNamesItsRule) {
  ASSERT_EQ(lvslab("run --quiet --out " + folder_.file("out") + " " +
                   repository_path("scenarios/basics/home-router.yaml"))
                .status,
            0);
  std::size_t rewritten = 0;
  for (const std::string& line : lines_of(read_text_file(folder_.file("out/frames.jsonl")))) {
    const json frame = json::parse(line);
    if (!leaves_rewritten(frame, "router")) continue;
    ++rewritten;
    EXPECT_TRUE(std::any_of(frame["notes"].begin(), frame["notes"].end(), [](const json& note) {
      return note["kind"] == "translated" &&
             note["text"].get<std::string>().find("-j ") != std::string::npos;
    })) << line;
  }
  EXPECT_GT(rewritten, 30u) << "both directions";
}

TEST_F(CommandLine, ConnectionsOfFullNatTellTheirLocalAddressAndPort) {
  ASSERT_EQ(lvslab("run --quiet --out " + folder_.file("out") + " " +
                   repository_path("scenarios/modes/fullnat.yaml"))
                .status,
            0);
  const auto lines = lines_of(read_text_file(folder_.file("out/connections.csv")));
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_THAT(lines[1], ::testing::HasSubstr(",rs2,192.168.10.12,80,192.168.10.3,5001,"));
}

}  // namespace
}  // namespace lvslab::testing
