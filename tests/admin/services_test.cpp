// Modules, services, NetworkManager, power, and the network sequences of the articles.
#include <gtest/gtest.h>

#include "admin/network_manager.h"
#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

TEST(Modules, LoadingIsSilentAndMakesWhatTheModuleMakes) {
  ShellBed bed;
  EXPECT_EQ(bed.output("modprobe ipip; modprobe ipip; modprobe dummy numdummies=1; modprobe -a "
                       "ip_vs ip_vs_rr\n"),
            "");
  EXPECT_NE(bed.machine().host().find_interface("tunl0"), nullptr);
  EXPECT_NE(bed.machine().host().find_interface("dummy0"), nullptr);
  EXPECT_TRUE(bed.machine().host().ipip_loaded());
  ASSERT_NE(bed.machine().director(), nullptr);
  EXPECT_EQ(bed.output("lsmod | grep '^ip_vs '\n"), "ip_vs                 196608  1 ip_vs_rr\n");
  EXPECT_EQ(bed.output("modprobe xyz\n"),
            "modprobe: FATAL: Module xyz not found in directory /lib/modules/6.1.0\n");
}

TEST(Modules, UnloadingTakesItAwayUnlessInUse) {
  ShellBed bed;
  EXPECT_EQ(bed.output("modprobe ipip; ipvsadm -A -t 10.0.0.1:80 -s rr; modprobe -r ip_vs\n"),
            "modprobe: FATAL: Module ip_vs is in use.\n");
  EXPECT_EQ(bed.output("ipvsadm -C; modprobe -r ip_vs_rr ip_vs ipip\n"), "");
  EXPECT_EQ(bed.machine().director(), nullptr);
  EXPECT_EQ(bed.machine().host().find_interface("tunl0"), nullptr);
  EXPECT_TRUE(bed.machine().modules().empty());
}

TEST(Services, TheTextServedFollowsTheFileThatIsWrittenAfterwards) {
  ShellBed bed(2);
  bed.type(
      "ip addr add 10.0.0.1/24 dev eth0\ndnf install httpd -y\nsystemctl start httpd\necho RS1 "
      "10.0.0.1 > /var/www/html/index.html\n",
      0);
  bed.type("ip addr add 10.0.0.2/24 dev eth0\n", 1);
  EXPECT_EQ(bed.output("curl 10.0.0.1\n", 1), "RS1 10.0.0.1\n");
  EXPECT_EQ(bed.output("curl -s http://10.0.0.1/index.html > /tmp/f; cat /tmp/f\n", 1),
            "RS1 10.0.0.1\n");
  bed.type("systemctl stop httpd\n", 0);
  EXPECT_EQ(bed.output("curl 10.0.0.1\n", 1).substr(0, 49),
            "curl: (7) Failed to connect to 10.0.0.1 port 80 a");
  EXPECT_EQ(bed.console(1).entries.back().status, 7);
  EXPECT_NE(bed.console(1).entries.back().err.find("Couldn't connect to server"),
            std::string::npos);
  bed.type("systemctl enable --now httpd\n", 0);
  EXPECT_EQ(bed.output("curl 10.0.0.1\n", 1), "RS1 10.0.0.1\n");
}

TEST(Services, WhatServeGivesIsNotReplaced) {
  ShellBed bed;
  bed.call(0, [&](Turn& turn) {
    app::ServeSpec spec;
    spec.port = 80;
    spec.reply = app::ServeSpec::Reply::kText;
    spec.text = "given\n";
    EXPECT_EQ(bed.machine().serve(turn, spec), transport::SocketError::kNone);
  });
  EXPECT_EQ(bed.output("systemctl start nginx; systemctl is-active nginx; curl 127.0.0.1\n"),
            "active\ngiven\n");
  EXPECT_TRUE(bed.machine().serves(wire::Protocol::kTcp, 80));
  bed.call(0, [&](Turn& turn) {
    EXPECT_TRUE(bed.machine().change_server(turn, wire::Protocol::kTcp, 80,
                                            {.state = app::ServerState::kClosed}));
  });
  EXPECT_EQ(bed.status("curl 127.0.0.1\n"), 7);
}

TEST(Services, FirewallsStopSilentlyAndUnknownUnitsFail) {
  ShellBed bed;
  EXPECT_EQ(bed.output("systemctl disable --now firewalld.service; systemctl stop firewalld; "
                       "service iptables stop; setenforce 0; yum -y install ipvsadm\n"),
            "");
  EXPECT_EQ(bed.output("systemctl start nope\n"),
            "Failed to start nope.service: Unit nope.service not found.\n");
  EXPECT_EQ(bed.console().entries.back().status, 5);
}

TEST(Services, IpvsadmRestoresItsRules) {
  ShellBed bed;
  bed.type(
      "ipvsadm -A -t 192.168.60.200:80 -s rr\nipvsadm -a -t 192.168.60.200:80 -r "
      "192.168.182.210:80 -m\n"
      "ipvsadm -Sn > /etc/sysconfig/ipvsadm\nipvsadm -C\nsystemctl enable --now ipvsadm.service\n");
  const std::string rules = bed.output("ipvsadm -Sn\n");
  EXPECT_EQ(rules, bed.machine().files()["/etc/sysconfig/ipvsadm"].text);
  EXPECT_NE(rules.find("-a -t 192.168.60.200:80 -r 192.168.182.210:80 -m -w 1"), std::string::npos);
  EXPECT_EQ(bed.output("systemctl stop ipvsadm; ipvsadm -Sn\n"), "");
}

constexpr const char* kKeyfile =
    "[connection]\nid=eth0\ntype=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=manual\naddress1="
    "192.168.182.210/24,192.168.182.200\n";

TEST(NetworkManager, AKeyfileBecomesAddressesAndRoutes) {
  ShellBed bed;
  const std::string path = "/etc/NetworkManager/system-connections/eth0.nmconnection";
  bed.machine().files()[path] = {kKeyfile, 0644, false};
  EXPECT_EQ(bed.output("nmcli connection reload\nnmcli connection up eth0\n"),
            "Error: unknown connection 'eth0'.\n");
  EXPECT_EQ(bed.console().entries.back().status, 10);
  EXPECT_EQ(
      bed.output("chmod 600 " + path + "\nnmcli connection reload\nnmcli connection up eth0\n"),
      "Connection successfully activated (D-Bus active path: "
      "/org/freedesktop/NetworkManager/ActiveConnection/1)\n");
  EXPECT_EQ(bed.output("ip route\n"),
            "default via 192.168.182.200 dev eth0 proto static metric 100 \n"
            "192.168.182.0/24 dev eth0 proto kernel scope link src 192.168.182.210 metric 100 \n");
  const net::Address& address = bed.machine().host().find_interface("eth0")->addresses.at(0);
  EXPECT_TRUE(address.no_prefix_route);
  EXPECT_EQ(wire::to_string(address.broadcast), "192.168.182.255");
}

TEST(NetworkManager, ActivatingAgainReplacesWhatItHadPut) {
  ShellBed bed;
  const std::string path = "/etc/NetworkManager/system-connections/eth0.nmconnection";
  bed.machine().files()[path] = {kKeyfile, 0600, false};
  bed.type("ip addr add 10.9.9.9/24 dev eth0; nmcli c reload; nmcli c up eth0\n");
  bed.machine().files()[path].text =
      "[connection]\nid=eth0\ninterface-name=eth0\n[ipv4]\nmethod=manual\naddress1=10.1.0.1/16\n";
  bed.type("nmcli c reload; nmcli con up eth0\n");
  EXPECT_EQ(bed.output("ip route\n"),
            "10.1.0.0/16 dev eth0 proto kernel scope link src 10.1.0.1 metric 100 \n"
            "10.9.9.0/24 dev eth0 proto kernel scope link src 10.9.9.9 \n");
  bed.type("nmcli con down eth0\n");
  EXPECT_EQ(bed.output("ip route\n"),
            "10.9.9.0/24 dev eth0 proto kernel scope link src 10.9.9.9 \n");
}

TEST(NetworkManager, TheVipOnLoAndOtherVerbs) {
  ShellBed bed;
  bed.machine().files()["/etc/NetworkManager/system-connections/lo.nmconnection"] = {
      "[connection]\nid=lo\ntype=loopback\ninterface-name=lo\n[ipv4]\nmethod=manual\naddress1=127."
      "0.0.1/8\naddress2=192.168.182.100/32 #vip\n",
      0600, false};
  bed.type("nmcli connection reload; nmcli connection up lo\n");
  EXPECT_TRUE(bed.machine().host().is_local(wire::ipv4(192, 168, 182, 100)));
  EXPECT_TRUE(bed.machine().host().is_local(wire::ipv4(127, 0, 0, 1)));
  EXPECT_EQ(bed.status("nmcli connetcion show\n"), 2);
  const std::string uuid = bed.machine().network_manager().find("lo")->uuid;
  EXPECT_EQ(bed.output("nmcli c delete " + uuid + "\n"),
            "Connection 'lo' (" + uuid + ") successfully deleted.\n");
  EXPECT_FALSE(bed.machine().host().is_local(wire::ipv4(192, 168, 182, 100)));
  EXPECT_EQ(
      bed.status(
          "nmcli con add type ethernet con-name x ifname eth0 ip4 10.0.0.5/24 gw4 10.0.0.1\n"),
      0);
  EXPECT_TRUE(bed.machine().host().is_local(wire::ipv4(10, 0, 0, 5)));
  EXPECT_EQ(
      bed.status("nmcli con mod x ipv4.addresses 10.0.0.6/24 ipv4.method manual; nmcli con up x\n"),
      0);
  EXPECT_FALSE(bed.machine().host().is_local(wire::ipv4(10, 0, 0, 5)));
}

TEST(Power, OffLosesEverythingButFiles) {
  ShellBed bed;
  bed.machine().set_variable("VIP", "10.0.0.100");
  bed.type(
      "ip addr add 10.0.0.1/24 dev eth0; ip route add default via 10.0.0.254; modprobe ipip; "
      "ipvsadm -A -t 10.0.0.100:80\n"
      "echo x > /tmp/f; sysctl -w net.ipv4.conf.all.arp_ignore=1; systemctl start httpd; sleep 100 "
      "&\n");
  bed.start("sleep 1000; echo never\n");
  bed.call(0, [&](Turn& turn) { bed.machine().set_power(turn, false); });
  EXPECT_FALSE(bed.machine().shell_busy());
  EXPECT_EQ(bed.machine().director(), nullptr);
  bed.call(0, [&](Turn& turn) { bed.machine().set_power(turn, true); });
  bed.run_for(Duration::seconds(2'000));
  EXPECT_EQ(bed.output("ip route; lsmod; cat /tmp/f; sysctl -n net.ipv4.conf.all.arp_ignore; ss "
                       "-tlnH; echo $VIP\n"),
            "Module                  Size  Used by\nx\n0\n10.0.0.100\n");
  EXPECT_TRUE(bed.machine().host().find_interface("eth0")->up);
  EXPECT_TRUE(bed.machine().host().is_local(wire::ipv4(127, 0, 0, 1)));
  EXPECT_EQ(bed.output("systemctl start httpd; curl 127.0.0.1\n"), "HTTP Server Test Page\n");
}

TEST(Sockets, SsAndNetstatListThem) {
  ShellBed bed;
  bed.type("systemctl start httpd\n");
  EXPECT_EQ(bed.output("ss -tln\n"),
            "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
            "LISTEN 0      511          0.0.0.0:80        0.0.0.0:*\n");
  EXPECT_EQ(bed.output("netstat -tln\n"),
            "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address         "
            "  Foreign Address         State      \n"
            "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n");
}

}  // namespace
}  // namespace lvslab::admin
