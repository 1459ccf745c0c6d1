// Behaviour and texts of net-tools 2.10 on Linux.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "admin/network_console.h"

namespace lvslab::test {
namespace {

class ArpCommand : public testing::Test, public NetworkConsole {};

constexpr const char* kTitle =
    "Address                  HWtype  HWaddress           Flags Mask            Iface\n";

TEST_F(ArpCommand, EmptyTablePrintsNothing) {
  EXPECT_EQ(silent("arp -n"), "");
  EXPECT_EQ(silent("arp -a"), "");
}

TEST_F(ArpCommand, ColumnsShowWhatIsKnownAndHow) {
  EXPECT_EQ(silent("arp -s 192.168.0.77 02:00:00:00:00:77"), "");
  EXPECT_EQ(silent("arp -s 192.168.0.78 02:00:00:00:00:78 temp"), "");
  EXPECT_EQ(silent("ip neigh add 192.168.0.9 nud failed dev eth0"), "");
  EXPECT_EQ(silent("arp -Ds 192.168.0.83 eth0 pub"), "");
  EXPECT_EQ(
      out("arp -n"),
      std::string(kTitle) +
          "192.168.0.9                      (incomplete)                              eth0\n"
          "192.168.0.77             ether   02:00:00:00:00:77   CM                    eth0\n"
          "192.168.0.78             ether   02:00:00:00:00:78   C                     eth0\n"
          "192.168.0.83             *       <from_interface>    MP                    eth0\n");
  EXPECT_EQ(out("arp -an"),
            "? (192.168.0.9) at <incomplete> on eth0\n"
            "? (192.168.0.77) at 02:00:00:00:00:77 [ether] PERM on eth0\n"
            "? (192.168.0.78) at 02:00:00:00:00:78 [ether] on eth0\n"
            "? (192.168.0.83) at <from_interface> PERM PUB on eth0\n");
  EXPECT_EQ(out("arp -n -i lo"), "arp: in 4 entries no match found.\n");
  EXPECT_EQ(out("arp -n 192.168.0.99"), "192.168.0.99 (192.168.0.99) -- no entry\n");
  EXPECT_EQ(out("arp -a 192.168.0.99"), "arp: in 4 entries no match found.\n");
  EXPECT_EQ(out("arp -a 192.168.0.78"), "? (192.168.0.78) at 02:00:00:00:00:78 [ether] on eth0\n");
}

TEST_F(ArpCommand, StaticEntryIsPermanentAndReplacesWhatWasLearnt) {
  run("ip neigh add 192.168.0.100 lladdr 02:00:00:00:00:01 nud reachable dev eth0");
  EXPECT_EQ(silent("arp -s 192.168.0.100 00:0c:29:aa:bb:cc"), "");
  EXPECT_EQ(out("ip neigh"), "192.168.0.100 dev eth0 lladdr 00:0c:29:aa:bb:cc PERMANENT \n");
}

TEST_F(ArpCommand, DeletingTakesTheEntryOnce) {
  run("arp -s 192.168.0.77 02:00:00:00:00:77");
  EXPECT_EQ(silent("arp -i eth0 -d 192.168.0.77"), "");
  const Outcome again = run("arp -d 192.168.0.77");
  EXPECT_EQ(again.out, "No ARP entry for 192.168.0.77\n");
  EXPECT_EQ(again.status, 255);
  EXPECT_EQ(out("ip neigh"), "");
}

TEST_F(ArpCommand, PublishedEntriesAreProxies) {
  EXPECT_EQ(silent("arp -i eth0 -s 192.168.0.82 02:00:00:00:00:81 pub"), "");
  EXPECT_TRUE(host().neighbours().has_proxy(1, wire::ipv4(192, 168, 0, 82)));
  EXPECT_EQ(silent("arp -i eth0 -d 192.168.0.82 pub"), "");
  EXPECT_FALSE(host().neighbours().has_proxy(1, wire::ipv4(192, 168, 0, 82)));
}

TEST_F(ArpCommand, ErrorsHaveTheirTexts) {
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"arp -s 10.0.0.1 02:00:00:00:00:78", "SIOCSARP: Network is unreachable\n", 255},
           {"arp -s 192.168.0.79 zz", "arp: invalid hardware address\n", 255},
           {"arp -s 192.168.0.79", "arp: need hardware address\n", 255},
           {"arp -s", "arp: need host name\n", 255},
           {"arp -d", "arp: need host name\n", 255},
           {"arp -s zz 02:00:00:00:00:78", "zz: Host name lookup failure\n", 255},
           {"arp -i nope -s 192.168.0.81 02:00:00:00:00:81", "SIOCSARP: No such device\n", 255},
           {"arp -s 192.168.0.82 02:00:00:00:00:81 pub", "SIOCSARP: No such device\n", 255},
           {"arp -Ds 192.168.0.83 nope pub",
            "arp: cant get HW-Address for `nope': No such device.\n", 255},
           {"arp -f /nonexistent", "arp: cannot open etherfile /nonexistent !\n", 255}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
  }
  EXPECT_EQ(status("arp -s 192.168.0.80 02:00:00:00:00:78 bogus"), 3);
  EXPECT_EQ(status("arp --bogus"), 3);
}

TEST_F(ArpCommand, FileSetsEntriesLineByLine) {
  machine.files()["/etc/ethers"].text =
      "# static\n192.168.0.5 02:00:00:00:00:05\n\n192.168.0.6 02:00:00:00:00:06 temp\n";
  EXPECT_EQ(silent("arp -f"), "");
  EXPECT_EQ(out("ip neigh"),
            "192.168.0.5 dev eth0 lladdr 02:00:00:00:00:05 PERMANENT \n"
            "192.168.0.6 dev eth0 lladdr 02:00:00:00:00:06 STALE \n");
}

}  // namespace
}  // namespace lvslab::test
