// The recorded pick records of fwmark services as scenario files: mark, policy rule and local route
// are typed as they were recorded, and every connection must be where Linux 6.1 had it.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "replay_lab.h"

namespace lvslab::golden {
namespace {

struct Recording {
  std::string name;
  bool by_address = false;  ///< many destinations behind one mark, none of them configured
  std::vector<std::string> lines;
};

void PrintTo(const Recording& recording, std::ostream* out) { *out << recording.name; }

std::vector<Recording> recordings() {
  std::ifstream file(std::string(LVSLAB_TEST_DATA) + "/lvs/data/picks.txt");
  std::vector<Recording> all;
  bool wanted = false;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("scenario ", 0) == 0) {
      const std::string name = line.substr(9, line.find(' ', 9) - 9);
      const bool by_address = name.find("-dests-") != std::string::npos;
      wanted = by_address || name.find("fwmark") != std::string::npos;
      if (wanted) all.push_back({name, by_address, {}});
    } else if (wanted && line.rfind("after", 0) != 0) {
      all.back().lines.push_back(line);
    }
  }
  return all;
}

struct Connection {
  long start = 0, end = -1;  ///< ms; -1: stays open
  std::string source, destination, result, pick, how = "client";
};

struct Script {
  std::string scenario;
  std::map<std::string, Connection> connections;
};

constexpr const char* kAsked = "ipvsadm -Lnc";
constexpr const char* kServers =
    "10.1.0.1/24, 10.1.0.2/24, 10.1.0.3/24, 10.1.0.4/24, 10.1.0.5/24, "
    "10.1.0.6/24";

std::string hosts(const Recording& recording) {
  const std::string rules =
      recording.by_address
          ? "      iptables -t mangle -A PREROUTING -d 10.5.0.0/16 -p tcp --dport 80 -j MARK "
            "--set-mark 1\n      ip rule add fwmark 1 lookup 100\n"
            "      ip route add local 0.0.0.0/0 dev lo table 100\n"
          : "      iptables -t mangle -A PREROUTING -d 10.0.0.100 -p tcp -m multiport --dports "
            "80,443 -j MARK --set-mark 1\n";
  return "hosts:\n  c:\n    interfaces: {eth0: {address: [10.0.0.11/24, 10.0.0.12/24, "
         "10.0.0.13/24, 10.0.0.14/24]}, lo: {address: [10.0.7.21/32, 10.0.7.22/32, 10.0.9.5/32, "
         "172.16.3.9/32]}}\n    run: ip route add 10.5.0.0/16 via 10.0.0.1\n"
         "  s:\n    interfaces: {eth0: {address: [" +
         std::string(kServers) +
         "]}}\n    run: ip route add default via 10.1.0.254\n"
         "    serve: [{tcp: 80, reply_bytes: 0B}, {tcp: 443, reply_bytes: 0B}]\n"
         "  d:\n    interfaces: {eth0: {address: [10.0.0.1/24, 10.0.0.100/32]}, eth1: {address: "
         "10.1.0.254/24}}\n    sysctl: {net.ipv4.ip_forward: 1}\n    run: |\n"
         "      for a in 10.0.7.21 10.0.7.22 10.0.9.5 172.16.3.9; do ip route add $a via "
         "10.0.0.11; "
         "done\n" +
         rules;
}

Script script_of(const Recording& recording) {
  Script script;
  std::string setup, timeline;
  long now = 0;
  for (const std::string& line : recording.lines) {
    std::istringstream words(line);
    std::string kind, when, id;
    words >> kind >> when;
    if (kind == "cmd") {
      std::string command;
      std::getline(words >> std::ws, command);
      if (script.connections.empty()) {
        setup += "      " + command + "\n";
      } else {
        timeline += "  - {at: " + std::to_string(now) + "ms, host: d, run: \"" + command + "\"}\n";
      }
    } else if (kind == "connect") {
      Connection c;
      std::string protocol, mark;
      words >> id >> protocol >> mark >> c.source >> c.destination >> c.result >> c.pick;
      c.start = now;
      if (c.result == "ETIMEDOUT") now += 2'000;
      script.connections[id] = c;
    } else if (kind == "close") {
      words >> id;
      Connection& c = script.connections.at(id);
      words >> c.how;
      c.end = now;
    }
    now += 20;
  }
  std::string traffic = "traffic:\n";
  for (const auto& [id, c] : script.connections) {
    traffic += "  t" + id + ": {from: c, to: " + c.destination +
               ", connections: [{at: " + std::to_string(c.start) + "ms, source: \"" + c.source +
               "\", request_bytes: 0B, timeout: 1900ms, " +
               (c.end < 0 ? "close: never"
                          : "close: {at: " + std::to_string(c.end) + "ms, by: " + c.how + "}") +
               "}]}\n";
  }
  const std::string end = std::to_string(now);
  script.scenario =
      "lvslab: 1\ntitle: fwmark\nduration: " + std::to_string(now + 10) + "ms\n" +
      hosts(recording) + setup + "links:\n  - [c:eth0, d:eth0]\n  - [d:eth1, s:eth0]\n" + traffic +
      "timeline:\n" + timeline + "  - {at: " + end + "ms, host: d, run: \"" + kAsked + "\"}\n";
  return script;
}

class FwmarkReplay : public testing::TestWithParam<Recording> {};

TEST_P(FwmarkReplay, EveryConnectionIsWhereLinuxHadIt) {
  const Script script = script_of(GetParam());
  ReplayLab lab;
  ASSERT_EQ(lab.run(script.scenario), "") << script.scenario;
  std::map<std::string, std::string> picked;  // client and destination -> real
  std::istringstream table(lab.answer("d", kAsked));
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string protocol, expires, state, source, destination, real;
    words >> protocol >> expires >> state >> source >> destination >> real;
    if (protocol == "TCP") picked[source + " " + destination] = real;
  }
  ASSERT_FALSE(picked.empty());
  for (const auto& [id, c] : script.connections) {
    const auto found = picked.find(c.source + " " + c.destination);
    const std::string real = found == picked.end() ? "-" : found->second;
    EXPECT_EQ(real, c.pick == "-" ? "-" : "10.1.0." + c.pick)
        << "connection " << id << " of " << c.source << " to " << c.destination;
  }
}

std::string test_name(const testing::TestParamInfo<Recording>& recording) {
  std::string name = recording.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, FwmarkReplay, testing::ValuesIn(recordings()), test_name);

}  // namespace
}  // namespace lvslab::golden
