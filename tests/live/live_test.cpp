// Real code: the director of the simulator between a real client and real servers, on the packet
// sockets of network namespaces. Skipped with its reason where these are not to be had.
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <vector>

#include "live/bed.h"
#include "support/process.h"

namespace lvslab::testing {
namespace {

using Words = std::vector<std::string>;

// The same file runs in the simulator: what the real client sees must be what the simulated one
// does. The real servers' scripts are typed on the kernel's hosts as well.
const std::string kNatServer1 =
    "ip addr add 10.0.2.11/24 dev eth0\nip route add default via 10.0.2.1\n";
const std::string kNatServer2 =
    "ip addr add 10.0.3.11/24 dev eth0\nip route add default via 10.0.3.1\n";
// DR and TUN: the VIP is theirs and kept quiet; answers go to the client by the cross cable.
const std::string kQuietVip =
    "ip addr add 10.0.1.100/32 dev lo\n"
    "echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore\n"
    "echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce\n";
const std::string kDirectServer1 =
    "ip addr add 10.0.2.11/24 dev eth0\nip addr add 10.0.4.11/24 dev eth1\n" + kQuietVip +
    "ip route add 10.0.1.0/24 via 10.0.4.10\n";
const std::string kDirectServer2 =
    "ip addr add 10.0.3.11/24 dev eth0\nip addr add 10.0.5.11/24 dev eth1\n" + kQuietVip +
    "ip route add 10.0.1.0/24 via 10.0.5.10\n";

std::string indented(const std::string& script) {
  std::string text;
  for (const std::string& line : lines_of(script)) text += "      " + line + "\n";
  return text;
}

struct Mode {
  std::string option;  ///< of ipvsadm -a
  std::string server1, server2;
  std::string service;  ///< commands after those that add the servers
  std::string modules = "[]";
};

std::string scenario(const Mode& mode) {
  return "lvslab: 1\n"
         "title: Client, director and two real servers on cables\n"
         "names: {VIP: 10.0.1.100}\n"
         "hosts:\n"
         "  client:\n"
         "    interfaces:\n"
         "      eth0: {address: 10.0.1.10/24}\n"
         "      eth1: {address: 10.0.4.10/24}\n"
         "      eth2: {address: 10.0.5.10/24}\n"
         "  lvs:\n"
         "    role: director\n"
         "    interfaces:\n"
         "      eth0: {address: 10.0.1.1/24}\n"
         "      eth1: {address: 10.0.2.1/24}\n"
         "      eth2: {address: 10.0.3.1/24}\n"
         "    sysctl: {net.ipv4.ip_forward: 1}\n"
         "    run: |\n"
         "      ip addr add $VIP/32 dev eth0\n"
         "      ipvsadm -A -t $VIP:80 -s rr\n"
         "      ipvsadm -a -t $VIP:80 -r 10.0.2.11:80 " +
         mode.option + "\n      ipvsadm -a -t $VIP:80 -r 10.0.3.11:80 " + mode.option + "\n" +
         indented(mode.service) + "  rs1:\n    modules: " + mode.modules + "\n    run: |\n" +
         indented(mode.server1) + "    serve: [{tcp: 80, reply: \"rs1\"}]\n" +
         "  rs2:\n    modules: " + mode.modules + "\n    run: |\n" + indented(mode.server2) +
         "    serve: [{tcp: 80, reply: \"rs2\"}]\n"
         "links:\n"
         "  - [client:eth0, lvs:eth0]\n"
         "  - [lvs:eth1, rs1:eth0]\n"
         "  - [lvs:eth2, rs2:eth0]\n"
         "  - [rs1:eth1, client:eth1]\n"
         "  - [rs2:eth1, client:eth2]\n"
         "traffic:\n"
         "  web: {from: client, to: $VIP:80, connections: 4, arrivals: every 1s, request: "
         "\"GET\"}\n"
         "expect:\n"
         "  - {connections: web, completed: 4, order: [rs2, rs1, rs2, rs1]}\n";
}

class Live : public LiveBed {
 protected:
  // The director as the file describes it, in its namespace; returns once it is ready.
  void start_director(const std::string& yaml, const Words& more = {}) {
    Words words{LVSLAB_PROGRAM, "live", write("lab.yaml", yaml), "--host", "lvs"};
    words.insert(words.end(), more.begin(), more.end());
    children_["lvs"] = Child(on("lvs", words), file("lvs"));
    ASSERT_TRUE(children_["lvs"].says("lvs is ready")) << children_["lvs"].output();
  }

  // Active and inactive connections of a real server, by the listing that the director ended with.
  static int connections(const std::string& said, const std::string& server) {
    const std::size_t row = said.find("-> " + server);
    if (row == std::string::npos) return -1;
    std::istringstream words(said.substr(row));
    std::string arrow, address, mode;
    int weight = 0, active = 0, inactive = 0;
    words >> arrow >> address >> mode >> weight >> active >> inactive;
    return active + inactive;
  }

  // The whole story of a mode: simulated, then live, with the same picks.
  void balance(const Mode& mode) {
    const std::string yaml = scenario(mode);
    const Finished simulated = run({LVSLAB_PROGRAM, "run", write("lab.yaml", yaml)});
    ASSERT_EQ(simulated.status, 0) << simulated.output;
    shell("rs1", mode.server1);
    shell("rs2", mode.server2);
    ASSERT_NO_FATAL_FAILURE(serve_web("rs1"));
    ASSERT_NO_FATAL_FAILURE(serve_web("rs2"));
    ASSERT_NO_FATAL_FAILURE(start_director(yaml));
    EXPECT_EQ(fetch({"/", "/", "/", "/", "/big", "/big"}),
              (Words{"rs2", "rs1", "rs2", "rs1", big_checksum(), big_checksum()}));
    EXPECT_EQ(children_["lvs"].stop(), 0);
    const std::string said = children_["lvs"].output();
    EXPECT_NE(said.find("TCP  10.0.1.100:80 rr"), std::string::npos) << said;
    EXPECT_EQ(connections(said, "10.0.2.11:80"), 3) << said;
    EXPECT_EQ(connections(said, "10.0.3.11:80"), 3) << said;
    EXPECT_EQ(said.find("error"), std::string::npos) << said;
  }
};

TEST_F(Live, NatBalancesBetweenRealServersOfTheKernel) {
  balance({.option = "-m", .server1 = kNatServer1, .server2 = kNatServer2, .service = {}});
}

TEST_F(Live, DirectRoutingBalancesAndTheAnswersGoByAnotherCable) {
  balance({.option = "-g", .server1 = kDirectServer1, .server2 = kDirectServer2, .service = {}});
}

TEST_F(Live, TunnellingBalancesThroughIpInIp) {
  for (const char* host : {"rs1", "rs2"}) {
    if (!make_tunnel(host)) GTEST_SKIP() << "neither the ipip module nor /dev/net/tun is here";
  }
  balance({.option = "-i",
           .server1 = kDirectServer1 + "ip link set tunl0 up\n",
           .server2 = kDirectServer2 + "ip link set tunl0 up\n",
           .service = {},
           .modules = "[ipip]"});
}

// The real servers see local addresses of the director, each on its own cable.
TEST_F(Live, FullNatBalancesAndTheRealServersSeeTheDirectorsAddresses) {
  balance({.option = "-b",
           .server1 = "ip addr add 10.0.2.11/24 dev eth0\nip route add 10.0.3.0/24 via 10.0.2.1\n",
           .server2 = "ip addr add 10.0.3.11/24 dev eth0\nip route add 10.0.2.0/24 via 10.0.3.1\n",
           .service = "ip addr add 10.0.2.201/32 dev eth1\n"
                      "ipvsadm -P -t $VIP:80 -z 10.0.2.201\n"});
  const std::string log = read_text_file(file("web-rs1")) + read_text_file(file("web-rs2"));
  EXPECT_NE(log.find("10.0.2.201"), std::string::npos) << log;
  EXPECT_EQ(log.find("10.0.1.10 "), std::string::npos) << log;
}

// A host without a director is a host all the same: here a client, whose peer is the kernel's.
TEST_F(Live, AHostsShareOfTheTrafficRunsAgainstARealServerAndThenItEnds) {
  shell("rs1", "ip addr add 10.0.2.11/24 dev eth0");
  ASSERT_NO_FATAL_FAILURE(serve_web("rs1"));
  const std::string lab = write("lab.yaml", R"(lvslab: 1
hosts:
  probe:
    interfaces: {eth1: {address: 10.0.2.1/24, mac: 02:00:00:00:77:01}}
  server: {interfaces: {eth0: {address: 10.0.2.11/24}}}
links:
  - [probe:eth1, server:eth0]
traffic:
  web:
    from: probe
    to: 10.0.2.11:80
    connections: 3
    arrivals: every 20ms
    request: "GET / HTTP/1.0\r\n\r\n"
)");
  const Finished done = run(on("lvs", {LVSLAB_PROGRAM, "live", lab, "--host", "probe", "--trace"}));
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_NE(done.output.find("probe is ready: eth1 02:00:00:00:77:01"), std::string::npos);
  EXPECT_NE(done.output.find("traffic web: 3 completed"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("[web/3]"), std::string::npos) << done.output;
}

// The script waits a moment with nothing on the cables, so that its end wakes nobody else.
TEST_F(Live, ADurationEndsItAndTheInterfacesCanBeMapped) {
  const std::string yaml = scenario(
      {.option = "-m", .server1 = kNatServer1, .server2 = kNatServer2, .service = "sleep 0.01\n"});
  shell("lvs", "ip link set eth1 down; ip link set eth1 name veth7; ip link set veth7 up");
  ASSERT_NO_FATAL_FAILURE(
      start_director(yaml, {"--map", "eth1=veth7", "--duration", "200ms", "--trace"}));
  EXPECT_EQ(children_["lvs"].wait(), 0);
  const std::string said = children_["lvs"].output();
  EXPECT_NE(said.find("eth1       veth7"), std::string::npos) << said;
  EXPECT_NE(said.find("# ipvsadm -A -t"), std::string::npos) << said;

  ASSERT_NO_FATAL_FAILURE(start_director(yaml, {"--map", "eth1=veth7", "--duration", "1h"}));
  EXPECT_EQ(children_["lvs"].stop(SIGINT), 130);
}

TEST_F(Live, ARemovedInterfaceEndsItAsASystemError) {
  ASSERT_NO_FATAL_FAILURE(start_director(
      scenario({.option = "-m", .server1 = kNatServer1, .server2 = kNatServer2, .service = {}})));
  shell("lvs", "ip link del eth2");
  EXPECT_EQ(children_["lvs"].wait(), 3);
  EXPECT_TRUE(children_["lvs"].says("an interface was removed")) << children_["lvs"].output();
}

TEST_F(Live, MistakesAreSaidWithAHint) {
  const std::string lab = write(
      "lab.yaml",
      scenario({.option = "-m", .server1 = kNatServer1, .server2 = kNatServer2, .service = {}}));
  const auto live = [&](const Words& more) {
    Words words{LVSLAB_PROGRAM, "live", lab};
    words.insert(words.end(), more.begin(), more.end());
    return run(on("lvs", words));
  };
  const auto expect = [&](const Words& more, int status, const std::string& text) {
    const Finished done = live(more);
    EXPECT_EQ(done.status, status) << done.output;
    EXPECT_NE(done.output.find(text), std::string::npos) << done.output;
  };
  expect({}, 2, "--host is required");
  expect({"--host", "lsv"}, 2, "Did you mean 'lvs'?");
  expect({"--host", "lvs", "--map", "eth1=veth9"}, 2,
         "there is no interface 'veth9' here for lvs:eth1");
  expect({"--host", "lvs", "--map", "eth9=eth1"}, 2, "lvs has no interface 'eth9' with a cable");
  expect({"--host", "lvs", "--map", "eth1"}, 2, "not INTERFACE=REAL");
  expect({"--host", "lvs", "--map", "eth1=lo"}, 2, "there is no Ethernet interface 'lo'");
  expect({"--host", "lvs", "--duration", "10"}, 2, "--duration 10");
  shell("lvs", "ip link set eth2 down");
  expect({"--host", "lvs"}, 3, "eth2 is down. Try: ip link set eth2 up");
}

TEST_F(Live, WithoutThePrivilegeItSaysWhatItNeeds) {
  if (!have_program("setpriv")) GTEST_SKIP() << "needs setpriv to give a privilege up";
  const std::string lab = write(
      "lab.yaml",
      scenario({.option = "-m", .server1 = kNatServer1, .server2 = kNatServer2, .service = {}}));
  const Finished done = run(on(
      "lvs", {"setpriv", "--bounding-set=-net_raw", LVSLAB_PROGRAM, "live", lab, "--host", "lvs"}));
  EXPECT_EQ(done.status, 3) << done.output;
  EXPECT_NE(done.output.find("packet sockets need root or CAP_NET_RAW"), std::string::npos)
      << done.output;
}

}  // namespace
}  // namespace lvslab::testing
