// frames.jsonl and console.jsonl hold what the outputs' contract says, line by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "trace/lab_recording.h"

namespace lvslab::trace {
namespace {

using lvslab::testing::lines_of;
using lvslab::testing::read_text_file;
using nlohmann::json;
using ::testing::UnorderedElementsAre;

std::vector<json> frames_of(const char* lab) {
  std::vector<json> frames;
  for (const std::string& line :
       lines_of(read_text_file(LabRecording::of(lab).folder.file("frames.jsonl")))) {
    frames.push_back(json::parse(line, nullptr, false));
    if (frames.back().is_discarded()) ADD_FAILURE() << line;
  }
  return frames;
}

class FramesFile : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Labs, FramesFile, ::testing::Values(kLabB, kLabD),
                         [](const auto& p) { return std::string(p.index == 0 ? "B" : "D"); });

TEST_P(FramesFile, HasALinePerFrameWithExactlyTheContractsKeys) {
  const auto frames = frames_of(GetParam());
  EXPECT_EQ(frames.size(), LabRecording::of(GetParam()).keeper->frames.size());
  ASSERT_FALSE(frames.empty());
  std::uint64_t number = 0;
  double last = 0;
  for (const json& frame : frames) {
    std::set<std::string> keys;
    for (const auto& item : frame.items()) keys.insert(item.key());
    std::set<std::string> wanted = {"n",      "t",      "node",   "interface", "direction",
                                    "packet", "length", "layers", "notes"};
    if (frame["direction"] == "out") wanted.insert("changes");
    if (number == 0) wanted.insert("schema");
    for (const char* optional : {"parent", "connection"}) keys.erase(optional);
    ASSERT_EQ(keys, wanted) << frame;
    EXPECT_EQ(frame["n"], ++number);
    EXPECT_GE(frame["t"].get<double>(), last);
    last = frame["t"];
    EXPECT_TRUE(frame["direction"] == "in" || frame["direction"] == "out");
    EXPECT_FALSE(frame["interface"].get<std::string>().empty());
    EXPECT_GT(frame["layers"].size(), 0u);
    for (const json& layer : frame["layers"]) EXPECT_TRUE(layer["layer"].is_string());
    for (const json& note : frame["notes"])
      EXPECT_TRUE(note["kind"].is_string() && note["text"].is_string()) << note;
  }
  EXPECT_EQ(frames[0]["schema"], 1);
}

TEST_P(FramesFile, WritesTimesWithTwelveDecimals) {
  for (const std::string& line :
       lines_of(read_text_file(LabRecording::of(GetParam()).folder.file("frames.jsonl")))) {
    const std::size_t t = line.find("\"t\":"), dot = line.find('.', t), end = line.find(',', t);
    ASSERT_EQ(end - dot, 13u) << line;
  }
}

TEST_P(FramesFile, NoFieldIsWrittenTwiceInALayer) {
  for (const std::string& line :
       lines_of(read_text_file(LabRecording::of(GetParam()).folder.file("frames.jsonl")))) {
    std::vector<std::set<std::string>> open;
    const json::parser_callback_t each = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) open.emplace_back();
      if (event == json::parse_event_t::key) {
        EXPECT_TRUE(open.back().insert(value.get<std::string>()).second)
            << value << " twice in " << line;
      }
      if (event == json::parse_event_t::object_end) open.pop_back();
      return true;
    };
    ASSERT_FALSE(json::parse(line, each, false).is_discarded());
  }
}

// Direct routing is what its header says: the same packet with other MACs (and one hop less to
// live).
TEST(FramesOfDirectRouting, ChangeTheMacsTheTtlAndItsChecksumAndNothingElse) {
  std::map<std::uint64_t, bool> entered;
  int hops = 0;
  for (const json& frame : frames_of(kLabB)) {
    if (frame["node"] != "director" || !frame.contains("connection")) continue;
    if (frame["direction"] == "in") {
      entered[frame["packet"]] = true;
      continue;
    }
    ASSERT_TRUE(entered.contains(frame["packet"]))
        << "the director makes no packet of a connection itself";
    std::vector<std::string> changed;
    for (const json& change : frame["changes"]) {
      ASSERT_EQ(change.size(), 3u);
      EXPECT_NE(change[1], change[2]);
      changed.push_back(change[0]);
    }
    EXPECT_THAT(changed, UnorderedElementsAre("eth.src", "eth.dst", "ip.ttl", "ip.checksum"));
    EXPECT_FALSE(frame["notes"].empty()) << "why it was sent there";
    ++hops;
  }
  EXPECT_GT(hops, 4);
}

TEST(FramesOfDirectRouting, TheRepliesGoAroundTheDirector) {
  bool replied = false;
  for (const json& frame : frames_of(kLabB)) {
    const json& ip = frame["layers"].size() > 1 ? frame["layers"][1] : frame["layers"][0];
    if (ip["layer"] != "ip" || ip["src"] != "192.168.57.126") continue;
    EXPECT_NE(frame["node"], "director");
    replied = replied || frame["node"] == "client";
  }
  EXPECT_TRUE(replied);
}

TEST(ConsoleFile, HoldsEveryCommandOfTheScriptsWithItsHost) {
  const auto lines = lines_of(read_text_file(LabRecording::of(kLabB).folder.file("console.jsonl")));
  ASSERT_EQ(lines.size(), 4u + 6u + 6u) << "the director's commands and each real server's";
  for (const std::string& line : lines) {
    const json entry = json::parse(line, nullptr, false);
    ASSERT_TRUE(entry.is_object()) << line;
    for (const char* key : {"t", "host", "command", "status", "stdout", "stderr"})
      EXPECT_TRUE(entry.contains(key)) << key << " in " << line;
    EXPECT_EQ(entry["status"], 0) << line;
  }
  EXPECT_EQ(json::parse(lines[0])["schema"], 1);
}

}  // namespace
}  // namespace lvslab::trace
