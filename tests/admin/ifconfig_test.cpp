// Behaviour and texts of net-tools 2.10 on Linux.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "admin/network_console.h"

namespace lvslab::test {
namespace {

class Ifconfig : public testing::Test, public NetworkConsole {
 protected:
  /// Addresses of eth0 as `ip -o` shows them, one per line, without lifetimes.
  std::string eth0() {
    std::string text;
    for (const net::Address& a : host().interface(1).addresses) {
      text += to_string(wire::Prefix{a.local, a.prefix_length}) + " " + to_string(a.broadcast) +
              " " + a.label + (a.secondary ? " secondary\n" : "\n");
    }
    return text;
  }
};

TEST_F(Ifconfig, BlockOfADeviceHasItsCounters) {
  net::Interface& nic = host().edit_interface(1);
  nic.rx_packets = 569;
  nic.rx_bytes = 49282;
  nic.tx_packets = 1152;
  nic.tx_bytes = 44822525;
  EXPECT_EQ(out("ifconfig eth0"),
            "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
            "        inet 192.168.0.21  netmask 255.255.255.0  broadcast 192.168.0.255\n"
            "        ether 02:00:00:00:00:a1  txqueuelen 1000  (Ethernet)\n"
            "        RX packets 569  bytes 49282 (48.1 KiB)\n"
            "        RX errors 0  dropped 0  overruns 0  frame 0\n"
            "        TX packets 1152  bytes 44822525 (42.7 MiB)\n"
            "        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n");
}

TEST_F(Ifconfig, BlockOfALabelHasNone) {
  EXPECT_EQ(
      silent("ifconfig eth0:0 192.168.0.100 broadcast 192.168.0.100 netmask 255.255.255.255 up"),
      "");
  EXPECT_EQ(out("ifconfig eth0:0"),
            "eth0:0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
            "        inet 192.168.0.100  netmask 255.255.255.255  broadcast 192.168.0.100\n"
            "        ether 02:00:00:00:00:a1  txqueuelen 1000  (Ethernet)\n\n");
  EXPECT_EQ(
      silent("ifconfig lo:0 192.168.0.100 netmask 255.255.255.255 broadcast 192.168.0.100 up"), "");
  EXPECT_EQ(out("ifconfig lo:0"),
            "lo:0: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n"
            "        inet 192.168.0.100  netmask 255.255.255.255\n"
            "        loop  txqueuelen 1000  (Local Loopback)\n\n");
  EXPECT_EQ(out("ifconfig eth0:7"),
            "eth0:7: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
            "        ether 02:00:00:00:00:a1  txqueuelen 1000  (Ethernet)\n\n");
}

TEST_F(Ifconfig, ListIsSortedByNameAndLeavesOutWhatIsDown) {
  run("ip link add dummy0 type dummy");
  run("ifconfig eth0:1 192.168.0.101");
  const std::string up = out("ifconfig"), all = out("ifconfig -a");
  EXPECT_EQ(up.find("dummy0"), std::string::npos);
  EXPECT_LT(all.find("dummy0: flags=130<BROADCAST,NOARP>"), all.find("eth0: "));
  EXPECT_LT(up.find("eth0: "), up.find("eth0:1: "));
  EXPECT_LT(up.find("eth0:1: "), up.find("lo: "));
  EXPECT_EQ(
      out("ifconfig -s lo"),
      "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
      "lo              65536        0      0      0 0             0      0      0      0 LRU\n");
}

TEST_F(Ifconfig, AddressStartsClassfulAndReplacesTheLabelsOld) {
  EXPECT_EQ(silent("ifconfig eth0:1 10.1.2.3"), "");
  EXPECT_EQ(silent("ifconfig eth0:2 172.16.1.2"), "");
  EXPECT_EQ(eth0(),
            "192.168.0.21/24 192.168.0.255 eth0\n10.1.2.3/8 10.255.255.255 eth0:1\n172.16.1.2/16 "
            "172.16.255.255 eth0:2\n");
  EXPECT_EQ(silent("ifconfig eth0:1 192.168.0.101"), "");
  EXPECT_EQ(silent("ifconfig eth0:2 0.0.0.0"), "");
  EXPECT_EQ(
      eth0(),
      "192.168.0.21/24 192.168.0.255 eth0\n192.168.0.101/24 192.168.0.255 eth0:1 secondary\n");
}

TEST_F(Ifconfig, HostMaskKeepsTheClassfulBroadcast) {
  EXPECT_EQ(silent("ifconfig eth0:0 192.168.0.100 netmask 255.255.255.255"), "");
  EXPECT_EQ(silent("ifconfig eth0:1 192.168.1.100/25"), "");
  EXPECT_EQ(eth0(),
            "192.168.0.21/24 192.168.0.255 eth0\n192.168.0.100/32 192.168.0.255 eth0:0\n"
            "192.168.1.100/25 192.168.1.127 eth0:1\n");
}

TEST_F(Ifconfig, WordsActFromLeftToRight) {
  EXPECT_EQ(silent("ifconfig eth0 netmask 255.255.0.0 10.1.2.9"), "");
  EXPECT_EQ(eth0(), "10.1.2.9/8 10.255.255.255 eth0\n") << "the address came after the mask";
}

TEST_F(Ifconfig, SameAddressUnderASecondLabelVanishesSilently) {
  EXPECT_EQ(silent("ifconfig eth0:3 9.9.9.9 netmask 255.255.255.255"), "");
  EXPECT_EQ(silent("ifconfig eth0:4 9.9.9.9 netmask 255.255.255.255"), "");
  EXPECT_EQ(eth0(), "192.168.0.21/24 192.168.0.255 eth0\n9.9.9.9/32 9.255.255.255 eth0:3\n");
}

TEST_F(Ifconfig, DownOnALabelRemovesItsAddressAndOnADeviceTheLink) {
  run("ifconfig eth0:0 192.168.0.100 netmask 255.255.255.255");
  EXPECT_EQ(silent("ifconfig eth0:0 down"), "");
  EXPECT_EQ(eth0(), "192.168.0.21/24 192.168.0.255 eth0\n");
  EXPECT_EQ(silent("ifconfig eth0 down"), "");
  EXPECT_FALSE(host().interface(1).up);
  EXPECT_EQ(eth0(), "192.168.0.21/24 192.168.0.255 eth0\n");
  EXPECT_EQ(silent("ifconfig eth0 192.168.0.22"), "");
  EXPECT_TRUE(host().interface(1).up) << "an address sets the device up";
}

TEST_F(Ifconfig, BroadcastOnALabelOfADownDeviceLosesTheLabel) {
  run("ifconfig eth0 down");
  EXPECT_EQ(silent("ifconfig eth0:0 192.168.0.100 broadcast 192.168.0.100"), "");
  EXPECT_EQ(eth0(), "192.168.0.21/24 192.168.0.255 eth0\n");
}

TEST_F(Ifconfig, PrefixOnLoopbackMakesAllOfItLocal) {
  run("ifconfig lo:0 192.168.7.100 netmask 255.255.255.0");
  EXPECT_TRUE(host().is_local(wire::ipv4(192, 168, 7, 77)));
  run("ifconfig lo:0 192.168.7.100 netmask 255.255.255.255");
  EXPECT_FALSE(host().is_local(wire::ipv4(192, 168, 7, 77)));
  EXPECT_TRUE(host().is_local(wire::ipv4(192, 168, 7, 100)));
}

TEST_F(Ifconfig, DeviceSettingsChange) {
  EXPECT_EQ(silent("ifconfig eth0 mtu 1400 -arp promisc hw ether 02:00:00:00:00:b1 txqueuelen 77"),
            "");
  const net::Interface& nic = host().interface(1);
  EXPECT_EQ(nic.mtu, 1400u);
  EXPECT_TRUE(nic.noarp);
  EXPECT_TRUE(nic.promiscuous);
  EXPECT_EQ(nic.mac, wire::Mac{0x0200000000b1});
  EXPECT_EQ(out("ifconfig eth0").substr(0, 73),
            "eth0: flags=4547<UP,BROADCAST,RUNNING,NOARP,PROMISC,MULTICAST>  mtu 1400\n");
}

TEST_F(Ifconfig, TunnelHasNeitherBroadcastNorHardwareAddress) {
  machine.load_module(turn, "ipip");
  EXPECT_EQ(
      silent("ifconfig tunl0 192.168.0.100 netmask 255.255.255.255 broadcast 192.168.0.100 up"),
      "");
  EXPECT_EQ(out("ifconfig tunl0").substr(0, 160),
            std::string("tunl0: flags=193<UP,RUNNING,NOARP>  mtu 1480\n"
                        "        inet 192.168.0.100  netmask 255.255.255.255\n"
                        "        tunnel   txqueuelen 1000  (IPIP Tunnel)\n"
                        "        RX packets 0  bytes 0 (0.0 B)\n")
                .substr(0, 160));
}

TEST_F(Ifconfig, ErrorsHaveTheirTexts) {
  struct Case {
    const char* line;
    const char* text;
    int status;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ifconfig nope 1.2.3.4",
            "SIOCSIFADDR: No such device\nnope: ERROR while getting interface flags: No such "
            "device\n",
            255},
           {"ifconfig nope up", "nope: ERROR while getting interface flags: No such device\n", 255},
           {"ifconfig eth9", "eth9: error fetching interface information: Device not found\n", 1},
           {"ifconfig eth0:0 down", "SIOCSIFFLAGS: Cannot assign requested address\n", 255},
           {"ifconfig eth0:7 netmask 255.255.255.0",
            "SIOCSIFNETMASK: Cannot assign requested address\n", 1},
           {"ifconfig eth0:7 broadcast 1.2.3.4",
            "SIOCSIFBRDADDR: Cannot assign requested address\nSIOCSIFFLAGS: Cannot assign "
            "requested address\n",
            255},
           {"ifconfig eth0 netmask 255.0.255.0", "SIOCSIFNETMASK: Invalid argument\n", 1},
           {"ifconfig eth0 300.1.1.1",
            "300.1.1.1: Unknown host\nifconfig: `--help' gives usage information.\n", 1},
           {"ifconfig eth0 bogus",
            "bogus: Host name lookup failure\nifconfig: `--help' gives usage information.\n", 1},
           {"ifconfig eth0 netmask zz", "zz: Host name lookup failure\n", 1},
           {"ifconfig eth0 224.0.0.1", "SIOCSIFADDR: Invalid argument\n", 1},
           {"ifconfig eth0 mtu 10", "SIOCSIFMTU: Invalid argument\n", 1},
           {"ifconfig eth0 hw ether zz", "zz: invalid ether address.\n", 1},
           {"ifconfig --bogus",
            "ifconfig: option `--bogus' not recognised.\nifconfig: `--help' gives usage "
            "information.\n",
            1},
           {"ifconfig aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaa: error fetching interface information: Device not found\n", 1}}) {
    const Outcome outcome = run(c.line);
    EXPECT_EQ(outcome.err, c.text) << c.line;
    EXPECT_EQ(outcome.status, c.status) << c.line;
    EXPECT_EQ(outcome.out, "") << c.line;
  }
}

TEST_F(Ifconfig, AnErrorDoesNotStopTheWordsBehindIt) {
  EXPECT_EQ(
      err("ifconfig dummy0 192.168.0.100 netmask 255.255.255.255 broadcast 192.168.0.100 up"),
      "SIOCSIFADDR: No such device\ndummy0: ERROR while getting interface flags: No such device\n"
      "SIOCSIFNETMASK: No such device\nSIOCSIFBRDADDR: No such device\n"
      "dummy0: ERROR while getting interface flags: No such device\n"
      "dummy0: ERROR while getting interface flags: No such device\n");
}

}  // namespace
}  // namespace lvslab::test
