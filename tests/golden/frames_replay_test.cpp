// LVS frame by frame against a real Linux 6.1: what was recorded of NAT, DR and TUN, in order and
// out of order, is run again. At every interface the same frames must come in the same order, it
// must end alike for the client, and leave the same tables and counters. Free: times, IP ids,
// windows, how many pure ACKs there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "recorded_scenario.h"
#include "replay_end.h"
#include "replay_lab.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;

std::vector<Frame> select(const std::vector<Frame>& frames, bool pure_acks) {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (frame.pure_ack == pure_acks) found.push_back(frame);
  }
  return found;
}

std::string line(const std::vector<Frame>& frames, std::size_t index) {
  return index < frames.size() ? (frames[index].out ? "out " : "in  ") + frames[index].text
                               : "(no frame)";
}

/// The first difference, or empty.
std::string difference(const std::string& point, const std::vector<Frame>& recorded,
                       const std::vector<Frame>& ours) {
  for (std::size_t i = 0; i < std::max(recorded.size(), ours.size()); ++i) {
    if (line(recorded, i) == line(ours, i)) continue;
    std::string text = point + ", frame " + std::to_string(i + 1) + " of " +
                       std::to_string(recorded.size()) + " recorded and " +
                       std::to_string(ours.size()) + " of ours:\n";
    for (std::size_t k = i < 2 ? 0 : i - 2; k < i; ++k)
      text += "    both:     " + line(ours, k) + "\n";
    text += "    recorded: " + line(recorded, i) + "\n    ours:     " + line(ours, i) + "\n";
    for (std::size_t k = i + 1; k < i + 3; ++k) {
      text += "    then recorded: " + line(recorded, k) + "\n    then ours:     " + line(ours, k) +
              "\n";
    }
    return text;
  }
  return {};
}

/// How a big transfer is cut into segments, and what is sent twice, is not comparable: which bytes
/// of the stream were carried, and what each hop makes of the headers, is.
std::string carried(const std::vector<Frame>& frames) {
  std::map<std::string, std::set<std::uint64_t>> bytes;
  for (const Frame& frame : frames) {
    if (!frame.bulk) continue;
    std::set<std::uint64_t>& seen = bytes[(frame.out ? "out " : "in  ") + frame.heading];
    const std::uint64_t first = std::stoull(frame.sequence);
    for (std::uint64_t k = 0; k < frame.payload; ++k) seen.insert(first + k);
  }
  std::string text;
  for (const auto& [heading, seen] : bytes)
    text += "    " + heading + ": " + std::to_string(seen.size()) + " bytes from " +
            std::to_string(*seen.begin()) + "\n";
  return text;
}

std::vector<Frame> without_bulk(const std::vector<Frame>& frames) {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (!frame.bulk) found.push_back(frame);
  }
  return found;
}

bool ends_with(const std::string& text, const std::string& tail) {
  return text.size() >= tail.size() &&
         text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

/// Several frames that one softirq sent arrived together on the recording's virtual cables, and all
/// were taken in before the first was answered. There the two directions are compared apart.
bool taken_in_together(const json& record, const std::string& point) {
  const std::string name = record.at("name");
  return (name == "tun-remote-rs-down" && point == "director.eth0") ||
         (name == "dr-vip-on-eth0" && point == "router.eth1");
}

std::vector<Frame> one_way(const std::vector<Frame>& frames, bool out) {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (frame.out == out) found.push_back(frame);
  }
  return found;
}

std::string frame_differences(const json& record, const ReplayLab& lab) {
  std::map<std::string, std::vector<Frame>> recorded, ours;
  for (const json& frame : record.at("frames")) {
    const Frame described = recorded_frame(frame);
    recorded[described.point].push_back(described);
  }
  std::set<std::string> points;
  for (const auto& [point, mac] : record.at("macs").items()) points.insert(point);
  for (const auto& [point, frames] : recorded) points.insert(point);
  for (const Frame& frame : lab.frames) {
    points.insert(frame.point);
    ours[frame.point].push_back(frame);
  }
  const bool big = ends_with(record.at("name"), "-big");
  std::string text;
  for (const std::string& point : points) {
    std::vector<Frame> theirs = recorded[point], mine = ours[point];
    if (big) {
      if (carried(theirs) != carried(mine))
        text += point + " carried:\n" + carried(theirs) + "  ours:\n" + carried(mine);
      theirs = without_bulk(theirs);
      mine = without_bulk(mine);
    }
    const std::vector<Frame> all = select(theirs, false), my_all = select(mine, false);
    if (taken_in_together(record, point)) {
      text += difference(point, one_way(all, false), one_way(my_all, false));
      text += difference(point, one_way(all, true), one_way(my_all, true));
    } else {
      text += difference(point, all, my_all);
    }
    const std::vector<Frame> their_acks = select(theirs, true), my_acks = select(mine, true);
    if (!big && their_acks.size() == my_acks.size()) text += difference(point, their_acks, my_acks);
  }
  return text;
}

const std::vector<json>& records() {
  static const std::vector<json> all = [] {
    std::vector<json> found;
    for (const char* file : {"frames_nat", "frames_dr", "frames_tun", "frames_tun_remote",
                             "failures_nat", "failures_dr", "failures_tun"}) {
      for (json& record : read_records(std::string(file) + ".jsonl")) {
        record["file"] = std::string(file).substr(0, std::string(file).find('_'));
        found.push_back(std::move(record));
      }
    }
    return found;
  }();
  return all;
}

class RecordedFrames : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RecordedFrames, AreThoseOfLinuxAtEveryInterface) {
  const json& record = records()[GetParam()];
  ReplayLab lab;
  const std::string mistakes = lab.run(scenario_of(record));
  ASSERT_EQ(mistakes, "");
  EXPECT_EQ(frame_differences(record, lab), "");
  EXPECT_EQ(outcome_differences(record, lab), "");
  EXPECT_EQ(neighbour_differences(record, lab), "");
  EXPECT_EQ(director_differences(record, lab), "");
  EXPECT_EQ(counter_differences(record, lab), "");
}

INSTANTIATE_TEST_SUITE_P(Linux61, RecordedFrames,
                         ::testing::Range(std::size_t{0}, records().size()),
                         [](const auto& instance) {
                           const json& record = records()[instance.param];
                           std::string name = record.at("file").get<std::string>() + "_" +
                                              record.at("name").get<std::string>();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(RecordedFrameFiles, AreAllThere) { EXPECT_EQ(records().size(), 68u); }

}  // namespace
}  // namespace lvslab::golden
