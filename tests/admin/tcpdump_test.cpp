// tcpdump: frames printed as the real tool prints them, filters that let pass what libpcap's let
// pass, and a command that watches until it is stopped.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "admin/commands/packet_filter.h"
#include "admin/commands/tcpdump_print.h"
#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

struct Recording {
  std::vector<std::string> frames;
  std::vector<std::pair<std::string, std::string>> runs;  ///< options, output
};

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

Recording recording() {
  std::ifstream file(std::string(LVSLAB_TEST_DATA) + "/admin/tcpdump_output.txt");
  Recording result;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("frame "))
      result.frames.push_back(from_hex(line.substr(6)));
    else if (line.starts_with("run"))
      result.runs.emplace_back(line.substr(3), "");
    else if (!result.runs.empty())
      result.runs.back().second += line + "\n";
  }
  return result;
}

FrameBytes bytes_of(const std::string& frame) {
  const auto size = static_cast<std::uint32_t>(frame.size());
  return {reinterpret_cast<const std::uint8_t*>(frame.data()), size, size, size};
}

DumpOptions options_of(const std::string& text, std::size_t& count) {
  DumpOptions options;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "-n") options.numeric = true;
    if (word == "-v") ++options.verbose;
    if (word == "-e") options.link_header = true;
    if (word == "-q") options.quick = true;
    if (word == "-S") options.absolute = true;
    if (word == "-t") ++options.time;
    if (word == "-#") options.numbered = true;
    if (word == "-X") ++options.hex_ascii;
    if (word == "-x") ++options.hex;
    if (word == "-A") options.ascii = true;
    if (word == "-c") words >> count;
  }
  return options;
}

TEST(Tcpdump, PrintsFramesAsTheRealToolDoes) {
  const Recording record = recording();
  ASSERT_GT(record.frames.size(), 100u);
  ASSERT_GT(record.runs.size(), 9u);
  const Machine machine("m", 1, 0);
  for (const auto& [text, expected] : record.runs) {
    std::size_t count = record.frames.size();
    FramePrinter printer(machine, options_of(text, count));
    std::istringstream lines(expected);
    for (std::size_t i = 0; i < count; ++i) {
      const auto n = static_cast<std::int64_t>(i);
      const Instant time = Instant::start() + Duration::seconds(n) + Duration::microseconds(10 * n);
      std::istringstream printed(
          printer.frame(time, bytes_of(record.frames[i]), DumpLink::kEthernet, {}));
      for (std::string line, wanted; std::getline(printed, line);) {
        std::getline(lines, wanted);
        ASSERT_EQ(line, wanted) << "options" << text << ", frame " << i;
      }
    }
    std::string rest;
    EXPECT_FALSE(std::getline(lines, rest)) << rest;
  }
}

TEST(Tcpdump, FiltersLetPassWhatLibpcapLetsPass) {
  const Recording record = recording();
  const Machine machine("m", 1, 0);
  std::ifstream file(std::string(LVSLAB_TEST_DATA) + "/admin/tcpdump_filters.txt");
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t arrow = line.rfind(" => ");
    ASSERT_NE(arrow, std::string::npos) << line;
    std::string error;
    const PacketFilter filter = PacketFilter::parse(machine, line.substr(0, arrow), error);
    int passed = 0;
    for (const std::string& frame : record.frames) {
      const FilterFrame seen = filter_frame(bytes_of(frame), true, false);
      if (seen.vlan < 0 && filter.passes(seen)) ++passed;
    }
    EXPECT_EQ(error.empty() ? std::to_string(passed) : error, line.substr(arrow + 4)) << line;
    ++cases;
  }
  EXPECT_GT(cases, 80);
}

// A VLAN tag is no part of a frame captured live; `vlan` still asks for it.
TEST(Tcpdump, FiltersLookThroughAVlanTag) {
  const Machine machine("m", 1, 0);
  std::string error, frame = from_hex("0200000000020200000000018100000a0800");
  frame += from_hex("4500001c00074000400126c20a0000010a0000020800f7fa00000005");
  const auto passes = [&](std::string_view text) {
    return PacketFilter::parse(machine, text, error)
        .passes(filter_frame(bytes_of(frame), true, false));
  };
  EXPECT_TRUE(passes("ip"));
  EXPECT_TRUE(passes("vlan"));
  EXPECT_TRUE(passes("vlan 10"));
  EXPECT_FALSE(passes("vlan 11"));
}

TEST(Tcpdump, HostileFiltersAndFramesAreBounded) {
  const Machine machine("m", 1, 0);
  std::string error;
  PacketFilter::parse(machine, std::string(100'000, '('), error);
  EXPECT_EQ(error, "can't parse filter expression: syntax error");
  std::string nots;
  for (int i = 0; i < 1'000; ++i) nots += "not ";
  PacketFilter::parse(machine, nots + "arp", error);
  EXPECT_EQ(error, "can't parse filter expression: syntax error");
  for (const std::string& frame : recording().frames) {
    FramePrinter printer(machine, {.link_header = true, .verbose = 2});
    for (std::size_t size = 0; size < frame.size() && size < 120; ++size)
      printer.frame(Instant::start(), bytes_of(frame.substr(0, size)), DumpLink::kEthernet, {});
  }
}

void two_hosts(ShellBed& bed) {
  bed.type("ip addr add 10.0.0.1/24 dev eth0\n", 0);
  bed.type("ip addr add 10.0.0.2/24 dev eth0\n", 1);
}

TEST(Tcpdump, WatchesInTheBackgroundUntilItHasCounted) {
  ShellBed bed(2);
  two_hosts(bed);
  bed.console(1).entries.clear();
  bed.type("tcpdump -ni eth0 -c 3 &\n", 1);
  bed.type("ping -c 1 10.0.0.2\n", 0);
  ASSERT_EQ(bed.console(1).entries.size(), 1u);
  const ConsoleEntry& entry = bed.console(1).entries[0];
  EXPECT_EQ(entry.command, "tcpdump -ni eth0 -c 3");
  EXPECT_EQ(entry.status, 0);
  EXPECT_EQ(
      entry.err,
      "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on "
      "eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n3 packets captured\n3 "
      "packets received by filter\n0 packets dropped by kernel\n");
  EXPECT_NE(entry.out.find(" ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n"),
            std::string::npos);
  EXPECT_NE(entry.out.find(" ARP, Reply 10.0.0.2 is-at 02:00:00:00:00:02, length 28\n"),
            std::string::npos);
  EXPECT_NE(entry.out.find(" IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id "), std::string::npos);
}

TEST(Tcpdump, WithoutACountHoldsUpNoScriptAndEndsWithTheRun) {
  ShellBed bed(2);
  two_hosts(bed);
  bed.type("tcpdump -n -t icmp\necho next\n", 1);
  EXPECT_FALSE(bed.machine(1).shell_busy());
  EXPECT_EQ(bed.console(1).entries.back().out, "next\n");
  bed.type("ping -c 1 10.0.0.2\n", 0);
  EXPECT_EQ(bed.console(1).entries.back().out, "next\n") << "it has not ended";
  bed.call(1, [&](Turn& turn) { bed.machine(1).hang_up(turn); });
  const ConsoleEntry& entry = bed.console(1).entries.back();
  EXPECT_EQ(entry.command, "tcpdump -n -t icmp");
  EXPECT_TRUE(entry.out.ends_with("length 64\n\n")) << entry.out;  // interrupted: an empty line
  EXPECT_NE(entry.err.find("2 packets captured\n"), std::string::npos);
}

TEST(Tcpdump, KillTimeoutAndPkillEndIt) {
  ShellBed bed(2);
  two_hosts(bed);
  bed.type("tcpdump -n -t arp > /tmp/a &\nsleep 1\nkill %1\n", 1);
  EXPECT_EQ(bed.output("cat /tmp/a\n", 1), "\n");
  bed.console(1).entries.clear();
  bed.start("timeout 5 tcpdump -n -t icmp\n", 1);
  bed.type("ping -c 1 10.0.0.2\n", 0);
  bed.run_for(Duration::seconds(6));
  ASSERT_FALSE(bed.console(1).entries.empty());
  EXPECT_EQ(bed.console(1).entries.back().status, 124);
  EXPECT_NE(bed.console(1).entries.back().out.find("ICMP echo reply"), std::string::npos);
  bed.type("tcpdump -n -t arp &\n", 1);
  EXPECT_EQ(bed.status("pkill tcpdump\n", 1), 0);
  EXPECT_EQ(bed.status("pkill tcpdump\n", 1), 1);
  EXPECT_EQ(bed.output("killall tcpdump\n", 1), "tcpdump: no process found\n");
}

TEST(Tcpdump, ItsPipelineReadsWhatItPrinted) {
  ShellBed bed(2);
  two_hosts(bed);
  bed.type("tcpdump -n -t -l | grep reply\n", 1);
  EXPECT_FALSE(bed.machine(1).shell_busy());
  EXPECT_EQ(bed.output("echo on\n", 1), "on\n");
  bed.type("ping -c 1 10.0.0.2\n", 0);
  bed.console(1).entries.clear();
  bed.call(1, [&](Turn& turn) { bed.machine(1).hang_up(turn); });
  ASSERT_EQ(bed.console(1).entries.size(), 1u);
  EXPECT_NE(bed.console(1).entries[0].out.find("ICMP echo reply"), std::string::npos);
  EXPECT_EQ(bed.console(1).entries[0].out.find("ARP"), std::string::npos);
}

TEST(Tcpdump, LoopbackFramesAreSeenOnce) {
  ShellBed bed;
  bed.type("tcpdump -n -t -i lo -c 2 &\nping -c 1 127.0.0.1\n");
  bool found = false;
  for (const auto& entry : bed.console().entries) {
    if (!entry.command.starts_with("tcpdump")) continue;
    found = true;
    EXPECT_NE(entry.out.find("echo request"), std::string::npos);
    EXPECT_NE(entry.out.find("echo reply"), std::string::npos);
  }
  EXPECT_TRUE(found);
}

TEST(Tcpdump, MistakesGetTheRealTexts) {
  ShellBed bed;
  EXPECT_EQ(bed.output("tcpdump -i nope\n"),
            "tcpdump: nope: No such device exists\n(No such device exists)\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
  EXPECT_EQ(bed.output("tcpdump -n -i eth0 foo\n"),
            "tcpdump: can't parse filter expression: syntax error\n");
  EXPECT_EQ(bed.output("tcpdump -c x\n"), "tcpdump: invalid packet count x\n");
}

}  // namespace
}  // namespace lvslab::admin
