// LVS/DR frame by frame against a real Linux 6.1: the recorded commands and traffic are run again,
// and at every interface the same frames must come in the same order. Free: times, IP ids, windows,
// how many pure ACKs there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "replay_lab.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;

std::string quoted(const std::string& text) { return json(text).dump(); }

std::string serve_text(const json& traffic) {
  std::string text;
  std::set<std::string> ports;
  for (const json& item : traffic) {
    const bool tcp = item.at("traffic") == "tcp";
    const std::string target = item.at("dst"), port = target.substr(target.find(':') + 1);
    if (item.value(tcp ? "connect" : "result", "") == "ECONNREFUSED" || !ports.insert(port).second)
      continue;
    if (!text.empty()) text += ", ";
    text += tcp ? "{tcp: " + port +
                      ", reply_bytes: " + std::to_string(item.at("reply_bytes").get<int>()) + "B}"
                : "{udp: " + port + ", reply: echo}";
  }
  return "[" + text + "]";
}

/// What was sent, a second apart. `hold` stands for the recorded programs' pause before they close.
std::string traffic_text(const json& traffic) {
  std::ostringstream text;
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    const json& item = traffic[i];
    const bool tcp = item.at("traffic") == "tcp";
    text << "  t" << i + 1 << ":\n    from: " << item.at("from").get<std::string>()
         << "\n    to: " << item.at("dst").get<std::string>()
         << "\n    protocol: " << (tcp ? "tcp" : "udp") << "\n    start: " << i
         << "s\n    source: " << item.at("src").get<std::string>()
         << "\n    request_bytes: " << item.at(tcp ? "request_bytes" : "bytes").get<int>() << "B\n";
    if (tcp)
      text << "    hold: 80ms\n    close: " << item.at("closes_first").get<std::string>() << "\n";
    if (item.contains("tos")) text << "    tos: " << item.at("tos").get<int>() << "\n";
    if (item.contains("ttl")) text << "    ttl: " << item.at("ttl").get<int>() << "\n";
    if (item.contains("df"))
      text << "    df: " << (item.at("df").get<bool>() ? "true" : "false") << "\n";
  }
  return text.str();
}

std::string scenario_text(const json& record) {
  std::vector<std::string> hosts;
  std::string links;
  std::set<std::string> switches;
  for (const json& link : record.at("links")) {
    const std::string node = link.at(0), nic = link.at(1);
    std::string peer = link.at(2);
    if (std::find(hosts.begin(), hosts.end(), node) == hosts.end()) hosts.push_back(node);
    const std::size_t slash = peer.find('/');
    if (slash == std::string::npos) {
      switches.insert(peer);
    } else {
      peer[slash] = ':';
    }
    links += "  - [" + node + ":" + nic + ", " + peer + "]\n";
  }
  std::string text = "lvslab: 1\ntitle: " + quoted(record.at("about")) + "\nduration: 4s\nhosts:\n";
  for (const std::string& host : hosts) {
    text += "  " + host + ":\n    interfaces:\n";
    for (const auto& [nic, mac] : record.at("macs").items()) {
      if (nic.compare(0, host.size() + 1, host + ".") != 0) continue;
      text +=
          "      " + nic.substr(host.size() + 1) + ": {mac: \"" + mac.get<std::string>() + "\"}\n";
    }
    if (host.compare(0, 2, "rs") == 0)
      text += "    serve: " + serve_text(record.at("traffic")) + "\n";
    text += "    run: |\n";
    for (const json& command : record.at("commands")) {
      if (command.at("on") == host) text += "      " + command.at("cmd").get<std::string>() + "\n";
    }
  }
  text += "switches:\n";
  for (const std::string& name : switches) text += "  " + name + ": {}\n";
  return text + "links:\n" + links + "traffic:\n" + traffic_text(record.at("traffic"));
}

using Points = std::map<std::string, std::vector<Frame>>;

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

/// How a big transfer is cut into segments is not comparable: what is carried in all, and what each
/// hop makes of the headers, is.
std::string carried(const std::vector<Frame>& frames) {
  std::map<std::string, std::uint64_t> bytes;
  for (const Frame& frame : frames) {
    if (frame.bulk) bytes[(frame.out ? "out " : "in  ") + frame.heading] += frame.payload;
  }
  std::string text;
  for (const auto& [heading, count] : bytes)
    text += "    " + heading + ": " + std::to_string(count) + " bytes\n";
  return text;
}

std::vector<Frame> without_bulk(const std::vector<Frame>& frames) {
  std::vector<Frame> found;
  for (const Frame& frame : frames) {
    if (!frame.bulk) found.push_back(frame);
  }
  return found;
}

const std::vector<json>& records() {
  static const std::vector<json> all = read_records("frames_dr.jsonl");
  return all;
}

class DirectRoutingFrames : public ::testing::TestWithParam<std::size_t> {};

TEST_P(DirectRoutingFrames, AreThoseOfLinuxAtEveryInterface) {
  const json& record = records()[GetParam()];
  const bool big = record.at("name") == "dr-big";
  ReplayLab lab;
  const std::string mistakes = lab.run(scenario_text(record));
  ASSERT_EQ(mistakes, "");
  Points recorded, ours;
  for (const json& frame : record.at("frames")) {
    const Frame described = recorded_frame(frame);
    recorded[described.point].push_back(described);
  }
  for (const Frame& frame : lab.frames) ours[frame.point].push_back(frame);
  for (const auto& [point, mac] : record.at("macs").items()) {
    std::vector<Frame> theirs = recorded[point], mine = ours[point];
    if (big) {
      EXPECT_EQ(carried(theirs), carried(mine)) << point;
      theirs = without_bulk(theirs);
      mine = without_bulk(mine);
    }
    EXPECT_EQ(difference(point, select(theirs, false), select(mine, false)), "");
    const std::vector<Frame> their_acks = select(theirs, true), my_acks = select(mine, true);
    if (!big && their_acks.size() == my_acks.size()) {
      EXPECT_EQ(difference(point, their_acks, my_acks), "");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, DirectRoutingFrames,
                         ::testing::Range(std::size_t{0}, records().size()),
                         [](const auto& instance) {
                           std::string name = records()[instance.param].at("name");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(DirectRoutingRecords, AreAllThere) { EXPECT_EQ(records().size(), 10u); }

}  // namespace
}  // namespace lvslab::golden
