// From folders to a scenario: what is guessed, that it is marked, and that hostile folders end in a
// message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "reading.h"
#include "support/process.h"

namespace lvslab::importer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string nic(const std::string& name, const std::string& mac, const std::string& address,
                int length) {
  return fmt::format(
      R"({{"ifname":"{}","flags":["UP"],"mtu":1500,"link_type":"ether","address":"{}",)"
      R"("addr_info":[{{"family":"inet","local":"{}","prefixlen":{},"scope":"global"}}]}})",
      name, mac, address, length);
}
std::string default_route(const std::string& gateway) {
  return R"([{"dst":"default","gateway":")" + gateway + R"(","dev":"eth0","flags":[]}])";
}

/// A director, one of its two servers, and their network; no gateway, no client.
std::map<std::string, std::string> half_a_site() {
  return {{"lvs/addr.json", "[" + nic("eth0", "02:00:00:00:00:01", "10.0.0.2", 24) + "," +
                                nic("eth1", "02:00:00:00:00:02", "10.1.0.1", 24) + "]"},
          {"lvs/route.json", default_route("10.0.0.254")},
          {"lvs/neigh.json",
           R"([{"dst":"10.0.0.254","dev":"eth0","lladdr":"02:00:00:00:00:fe","state":["STALE"]},
               {"dst":"10.1.0.11","dev":"eth1","lladdr":"02:00:00:00:00:11","state":["STALE"]}])"},
          {"lvs/sysctl.txt",
           "net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n"
           "net.ipv4.conf.eth0.arp_ignore = 1\n"},
          {"lvs/ipvsadm.txt",
           "-A -t 10.0.0.2:80 -s rr\n-a -t 10.0.0.2:80 -r 10.1.0.11:80 -m -w 1\n"
           "-a -t 10.0.0.2:80 -r 10.1.0.12:80 -m -w 1\n"},
          {"rs1.example/addr.json", "[" + nic("eth0", "02:00:00:00:00:11", "10.1.0.11", 24) + "]"},
          {"rs1.example/route.json", default_route("10.1.0.1")}};
}

TEST(Import, WhoMustBeThereIsGuessedAndMarked) {
  const Imported imported = import_files(half_a_site());
  ASSERT_TRUE(imported.errors.empty()) << imported.errors.front().what;
  EXPECT_TRUE(imported.warnings.empty());
  const std::string& text = imported.scenario;
  EXPECT_THAT(text, HasSubstr("  lvs:\n    role: director  # guess: it has services\n"));
  EXPECT_THAT(text,
              HasSubstr("  rs1:\n    role: real-server  # guess: 10.1.0.11 is a real server"));
  EXPECT_THAT(text,
              HasSubstr("  gw-10-0-0-254:  # guess: 10.0.0.254 is the default gateway of lvs"));
  EXPECT_THAT(text, HasSubstr("{address: 10.0.0.254/24, mac: \"02:00:00:00:00:fe\"}"));
  EXPECT_THAT(text, HasSubstr("  rs-10-1-0-12:  # guess:"));
  EXPECT_THAT(text, HasSubstr("  client:  # guess:"));
  EXPECT_THAT(text, HasSubstr("lan-10.1.0.0-24: {}  # guess: one switch for 10.1.0.0/24; "
                              "confirmed: lvs knows 10.1.0.11 as rs1:eth0"));
  EXPECT_THAT(text, HasSubstr("  tcp-10.0.0.2-80:  # guess:"));
}

TEST(Import, OnlySettingsOtherThanTheKernelsDefaultsAreSet) {
  const std::string text = import_files(half_a_site()).scenario;
  EXPECT_THAT(text, HasSubstr("sysctl -w net.ipv4.ip_forward=1\n"));
  EXPECT_THAT(text, HasSubstr("sysctl -w net.ipv4.conf.eth0.arp_ignore=1\n"));
  EXPECT_THAT(text, Not(HasSubstr("rp_filter")));
}

TEST(Import, IsTheSameEveryTime) {
  EXPECT_EQ(import_files(half_a_site()).scenario, import_files(half_a_site()).scenario);
}

TEST(Import, AServerThatDidNotAnswerIsNotMadeUp) {
  auto files = half_a_site();
  files["lvs/neigh.json"] = R"([{"dst":"10.1.0.12","dev":"eth1","state":["FAILED"]}])";
  const std::string text = import_files(files).scenario;
  EXPECT_THAT(text, Not(HasSubstr("rs-10-1-0-12:")));
  EXPECT_THAT(text, HasSubstr("# Note: the real server 10.1.0.12 did not answer"));
}

TEST(Import, DefaultGatewaysOfSeveralNetworksAreOneRouter) {
  auto files = half_a_site();
  files["rs1.example/route.json"] = default_route("10.1.0.254");
  const std::string text = import_files(files).scenario;
  EXPECT_THAT(text, HasSubstr("  router:  # guess:"));
  EXPECT_THAT(text, HasSubstr("eth0: {address: 10.0.0.254/24, mac"));
  EXPECT_THAT(text, HasSubstr("eth1: {address: 10.1.0.254/24}"));
}

TEST(Import, TaggedAndUntaggedPortsOfAVlanMeet) {
  auto files = half_a_site();
  files["lvs/addr.json"] =
      "[" + nic("eth0", "02:00:00:00:00:01", "10.0.0.2", 24) +
      R"(,{"ifname":"eth0.10","link":"eth0","flags":["UP"],"mtu":1500,"link_type":"ether","addr_info":[
         {"family":"inet","local":"10.1.0.1","prefixlen":24,"scope":"global"}]}])";
  const Imported imported = import_files(files);
  EXPECT_THAT(imported.scenario, HasSubstr("[lvs:eth0, {port: lan-10.0.0.0-24, vlan: {access: 1, "
                                           "trunk: [10]}}]"));
  EXPECT_THAT(imported.scenario,
              HasSubstr("[rs1:eth0, {port: lan-10.0.0.0-24, vlan: {access: 10}}]"));
  EXPECT_TRUE(imported.warnings.empty());
}

TEST(Import, WhatLvslabRefusesIsSaid) {
  auto files = half_a_site();
  files["lvs/iptables.txt"] = "*filter\n-A INPUT -m hashlimit --hashlimit-name a -j DROP\nCOMMIT\n";
  const Imported imported = import_files(files);
  ASSERT_EQ(imported.warnings.size(), 1u);
  EXPECT_THAT(imported.warnings[0], HasSubstr("lvs: lvslab refuses"));
  EXPECT_THAT(imported.scenario, HasSubstr("    # lvslab refuses: "));
}

TEST(Import, BrokenFoldersEndInAMessage) {
  const auto error = [](const std::map<std::string, std::string>& files) {
    const Imported imported = import_files(files);
    EXPECT_EQ(imported.scenario.empty(), !imported.errors.empty());
    return imported.errors.empty() ? std::string() : imported.errors.front().what;
  };
  EXPECT_EQ(error({}), "there is no folder in it");
  EXPECT_EQ(error({{"a/readme", ""}}), "the folder has none of the files that are read");
  EXPECT_EQ(error({{"a/addr.json", std::string("[\0]", 3)}}), "this is not text");
  EXPECT_EQ(error({{"a/addr.json", "\xff"}}), "this is not text");
  EXPECT_EQ(error({{"a/addr.json", "["}}), "this is not JSON");
  EXPECT_EQ(error({{"a/sysctl.txt", std::string(5u << 20, 'a')}}), "the file is larger than 4 MiB");
  EXPECT_EQ(error({{"a/addr.json", "[]"}}), "");
  EXPECT_FALSE(import_folder("/nonexistent").errors.empty());
}

TEST(Import, EveryCutAndEveryFlippedByteEndsInAMessageOrAScenario) {
  const auto files = half_a_site();
  for (const auto& [name, text] : files) {
    for (std::size_t at = 0; at < text.size(); at += 13) {
      auto broken = files;
      broken[name] = text.substr(0, at);
      Imported imported = import_files(broken);
      EXPECT_NE(imported.scenario.empty(), imported.errors.empty()) << name << " cut at " << at;
      broken[name] = text;
      broken[name][at] = '"';
      imported = import_files(broken);
      EXPECT_NE(imported.scenario.empty(), imported.errors.empty()) << name << " quote at " << at;
      for (const scenario::Message& message : imported.errors)
        EXPECT_NE(message.place.file, "(imported)") << name << " at " << at << ": " << message.what;
    }
  }
}

TEST(Collect, TheScriptRunsWhereNoProgramIsThere) {
  const testing::ScratchFolder scratch("collect");
  std::ofstream(scratch.file("collect.sh")) << collect_script();
  const auto ran =
      testing::run_process("sh -n '" + scratch.file("collect.sh") + "' && sh '" +
                               scratch.file("collect.sh") + "' '" + scratch.file("out") + "'",
                           scratch.path().string());
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_FALSE(std::filesystem::is_empty(scratch.file("out")));
}

}  // namespace
}  // namespace lvslab::importer
