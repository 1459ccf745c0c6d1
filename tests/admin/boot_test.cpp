// Configuration files and what acts on them: sysctl files, ifcfg files, /etc/network/interfaces,
// rc.local, ipvsadm's rules, and what a boot does with all of them.
#include "admin/boot.h"

#include <gtest/gtest.h>

#include "admin/ifcfg.h"
#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

void put(ShellBed& bed, int i, const std::string& path, const std::string& text,
         std::uint32_t mode = 0644) {
  bed.machine(i).files()[path] = {text, mode, false};
}

std::string ifcfg(const std::string& name) {
  return "/etc/sysconfig/network-scripts/ifcfg-" + name;
}

std::string all_output(ShellBed& bed, int i = 0) {
  std::string all;
  for (const auto& entry : bed.console(i).entries) all += entry.out + entry.err;
  return all;
}

TEST(SysctlFiles, SystemAppliesFoldersInOrderOfNamesAndSysctlConfLast) {
  ShellBed bed;
  put(bed, 0, "/etc/sysctl.d/90-a.conf", "net.ipv4.ip_forward = 1\n");
  put(bed, 0, "/usr/lib/sysctl.d/10-b.conf", "net.ipv4.conf.all.rp_filter=2\n");
  put(bed, 0, "/usr/lib/sysctl.d/90-a.conf", "net.ipv4.ip_forward = 0\n");
  put(bed, 0, "/etc/sysctl.conf", "# last\n-net.ipv4.nope = 1\nnet.ipv4.ip_default_ttl = 60\n");
  EXPECT_EQ(bed.output("sysctl --system\n"),
            "* Applying /usr/lib/sysctl.d/10-b.conf ...\nnet.ipv4.conf.all.rp_filter = 2\n"
            "* Applying /etc/sysctl.d/90-a.conf ...\nnet.ipv4.ip_forward = 1\n"
            "* Applying /etc/sysctl.conf ...\nnet.ipv4.ip_default_ttl = 60\n"
            "sysctl: cannot stat /proc/sys/net/ipv4/nope: No such file or directory\n");
}

TEST(Ifcfg, AddressesTakeLengthsOfTheirOwnNumber) {
  const Ifcfg file{"eth0", "",
                   read_assignments("IPADDR=10.0.0.1\nPREFIX=24\nIPADDR1='10.0.0.2'\n"
                                    "NETMASK1=\"255.255.0.0\" # half\nIPADDR2=10.0.0.3")};
  const auto addresses = file.addresses();
  ASSERT_EQ(addresses.size(), 3u);
  EXPECT_EQ(addresses[0].length, 24);
  EXPECT_EQ(addresses[1].length, 16);
  EXPECT_EQ(addresses[2].length, 255);
}

// Page section 12: link up, duplicate check, address with its label, announcement, default route,
// zeroconf route, aliases.
TEST(Ifup, BringsAnInterfaceUpAsTheNetworkServiceDoes) {
  ShellBed bed(2);
  bed.type("ip addr add 10.0.0.9/24 dev eth0; ping -c 1 -W 1 10.0.0.1\n", 1);
  put(bed, 0, ifcfg("eth0"),
      "DEVICE=eth0\nBOOTPROTO=static\nONBOOT=yes\nIPADDR=10.0.0.1\nNETMASK=255.255.255.0\n"
      "GATEWAY=10.0.0.254\n");
  put(bed, 0, ifcfg("eth0:1"), "DEVICE=eth0:1\nIPADDR=10.0.0.100\nARPCHECK=no\n");
  put(bed, 0, ifcfg("lo:0"), "DEVICE=lo:0\nIPADDR=10.0.0.200\nNETMASK=255.255.255.255\n");
  EXPECT_EQ(bed.output("service network restart\n"), "");
  EXPECT_EQ(bed.console().entries.back().status, 0);
  EXPECT_EQ(
      bed.output("ip -4 -o addr show\n"),
      "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n"
      "1: lo    inet 10.0.0.200/32 scope global lo:0\\       valid_lft forever preferred_lft "
      "forever\n2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\\       valid_lft "
      "forever preferred_lft forever\n2: eth0    inet 10.0.0.100/24 brd 10.0.0.255 scope global "
      "secondary eth0:1\\       valid_lft forever preferred_lft forever\n");
  EXPECT_EQ(bed.output("ip route\n"),
            "default via 10.0.0.254 dev eth0 \n10.0.0.0/24 dev eth0 proto kernel scope link src "
            "10.0.0.1 \n169.254.0.0/16 dev eth0 scope link metric 1002 \n");
  EXPECT_EQ(bed.output("ifdown eth0:1; ifdown lo:0; ip -4 -o addr | grep -c 0.[12]00\n"), "0\n");
  EXPECT_EQ(bed.output("ifup eth9\n"),
            "/sbin/ifup: configuration for eth9 not found.\nUsage: ifup <configuration>\n");
}

TEST(Ifup, StopsAtAnAddressThatSomebodyElseHas) {
  ShellBed bed(2);
  bed.type("ip addr add 10.0.0.100/24 dev eth0\n", 1);
  put(bed, 0, ifcfg("eth0"), "DEVICE=eth0\nIPADDR=10.0.0.100\nPREFIX=24\n");
  EXPECT_EQ(bed.output("ifup eth0\n"),
            "Error, some other host (02:00:00:00:00:02) already uses address 10.0.0.100.\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
  EXPECT_EQ(bed.output("ip -4 -o addr show dev eth0\n"), "");
}

// The classic poisoning: a VIP on a real server's eth0 is announced to everybody.
TEST(Ifup, AnnouncesAnAddressTwice) {
  ShellBed bed(2);
  bed.type("ip addr add 10.0.0.9/24 dev eth0\ntcpdump -n -t arp and host 10.0.0.100 &\n", 1);
  put(bed, 0, ifcfg("eth0"), "DEVICE=eth0\nIPADDR=10.0.0.100\nPREFIX=24\nARPCHECK=no\n");
  bed.type("ifup eth0\n");
  bed.run_for(Duration::seconds(5));
  bed.call(1, [&](Turn& turn) { bed.machine(1).hang_up(turn); });
  EXPECT_EQ(bed.console(1).entries.back().out,
            "ARP, Reply 10.0.0.100 is-at 02:00:00:00:00:01, length 28\n"
            "ARP, Request who-has 10.0.0.100 (ff:ff:ff:ff:ff:ff) tell 10.0.0.100, length 28\n\n");
}

TEST(Ifup, ReadsDebiansInterfacesFile) {
  ShellBed bed;
  put(bed, 0, "/etc/network/interfaces",
      "auto lo eth0\niface lo inet loopback\nauto lo:0\niface lo:0 inet static\n  address "
      "10.0.0.100\n  netmask 255.255.255.255\niface eth0 inet static\n  address 10.0.0.1/24\n  "
      "gateway 10.0.0.254\n  post-up echo 1 > /proc/sys/net/ipv4/ip_forward\n");
  EXPECT_EQ(bed.output("ifup -a\n"), "");
  EXPECT_EQ(
      bed.output("ip -4 -br addr; sysctl -n net.ipv4.ip_forward\n"),
      "lo               UNKNOWN        127.0.0.1/8 10.0.0.100/32 \neth0             UP             "
      "10.0.0.1/24 \n1\n");
  EXPECT_EQ(bed.output("ifdown lo:0; ip -4 -br addr show dev lo\n"),
            "lo               UNKNOWN        127.0.0.1/8 \n");
  EXPECT_EQ(bed.output("ifup eth7\n"), "ifup: unknown interface eth7\n");
}

TEST(Boot, RunsWhatFilesSayInOrder) {
  ShellBed bed;
  EXPECT_EQ(boot_script(bed.machine()), "");
  put(bed, 0, "/etc/modules-load.d/ipip.conf", "# tunnels\nipip\n");
  put(bed, 0, "/etc/sysctl.conf", "net.ipv4.ip_forward = 1\n");
  put(bed, 0, ifcfg("eth0"), "DEVICE=eth0\nIPADDR=10.0.0.1\nPREFIX=24\n");
  put(bed, 0, "/etc/rc.local", "#!/bin/sh\necho booted\n", 0755);
  bed.type("systemctl enable httpd\n");
  EXPECT_EQ(boot_script(bed.machine()),
            "modprobe -a ipip\nsysctl --system\nservice network start\nsystemctl start "
            "httpd\n/etc/rc.local start\n");
  bed.machine().files()["/etc/rc.local"].mode = 0644;
  EXPECT_EQ(boot_script(bed.machine()).find("rc.local"), std::string::npos);
}

TEST(Boot, WhatIsInFilesOutlivesAReboot) {
  ShellBed bed;
  put(bed, 0, "/etc/sysctl.conf", "net.ipv4.ip_forward = 1\nnet.ipv4.conf.tunl0.rp_filter = 0\n");
  put(bed, 0, ifcfg("eth0"), "DEVICE=eth0\nIPADDR=10.0.0.1\nPREFIX=24\n");
  put(bed, 0, "/etc/rc.d/rc.local", "modprobe ipip\nip link set tunl0 up\n", 0755);
  bed.type(
      "ip addr add 10.0.0.7/24 dev eth0\nsysctl -w net.ipv4.conf.all.arp_ignore=1\nipvsadm -A -t "
      "10.0.0.1:80 -s rr\nservice ipvsadm save\nsystemctl enable ipvsadm\n");
  bed.console().entries.clear();
  bed.type("reboot\necho never\n");
  const std::string all = all_output(bed);
  EXPECT_EQ(all.find("never"), std::string::npos);
  // The module is not there yet when the settings are applied.
  EXPECT_NE(all.find("sysctl: cannot stat /proc/sys/net/ipv4/conf/tunl0/rp_filter: No such file"),
            std::string::npos);
  EXPECT_EQ(bed.output("ip -4 -br addr; sysctl -n net.ipv4.ip_forward "
                       "net.ipv4.conf.all.arp_ignore; ipvsadm -Sn\n"),
            "lo               UNKNOWN        127.0.0.1/8 \neth0             UP             "
            "10.0.0.1/24 \n1\n0\n-A -t 10.0.0.1:80 -s rr\n");
}

TEST(Boot, ConnectionsMadeByNmcliAreKeyfiles) {
  ShellBed bed;
  bed.type(
      "nmcli con add type ethernet con-name lan ifname eth0 ipv4.method manual ipv4.addresses "
      "10.0.0.5/24 ipv4.gateway 10.0.0.254\n");
  EXPECT_EQ(bed.output("grep -c address1=10.0.0.5/24 "
                       "/etc/NetworkManager/system-connections/lan.nmconnection\n"),
            "1\n");
  bed.type("reboot\n");
  EXPECT_EQ(bed.output("ip -4 -br addr show dev eth0; ip route show default\n"),
            "eth0             UP             10.0.0.5/24 \ndefault via 10.0.0.254 dev eth0 proto "
            "static metric 100 \n");
}

TEST(Boot, AServiceOfTheScenarioStartsAgain) {
  ShellBed bed;
  app::ServeSpec spec;
  spec.port = 8080;
  bed.machine().set_boot_servers({spec});
  bed.call(0, [&](Turn& turn) { (void)bed.machine().serve(turn, spec); });
  bed.type("reboot\n");
  EXPECT_TRUE(bed.machine().serves(wire::Protocol::kTcp, 8080));
}

TEST(Services, RcLocalRunsOnlyWhenExecutable) {
  ShellBed bed;
  put(bed, 0, "/etc/rc.local", "echo 1 > /proc/sys/net/ipv4/ip_forward\n");
  EXPECT_EQ(bed.output("systemctl start rc-local; sysctl -n net.ipv4.ip_forward\n"), "0\n");
  EXPECT_EQ(bed.output("chmod +x /etc/rc.local; systemctl start rc-local; sysctl -n "
                       "net.ipv4.ip_forward\n"),
            "1\n");
}

TEST(Services, IpvsadmSavesRestoresAndClears) {
  ShellBed bed;
  bed.type("ipvsadm -A -t 10.0.0.1:80 -s wlc; service ipvsadm save; ipvsadm -C\n");
  EXPECT_EQ(bed.output("cat /etc/sysconfig/ipvsadm\n"), "-A -t 10.0.0.1:80 -s wlc\n");
  EXPECT_EQ(bed.output("service ipvsadm start; ipvsadm -Sn\n"), "-A -t 10.0.0.1:80 -s wlc\n");
  EXPECT_EQ(bed.output("service ipvsadm stop; ipvsadm -Sn\n"), "");
  EXPECT_EQ(bed.output("chkconfig ipvsadm on; chkconfig --list ipvsadm\n"),
            "ipvsadm        \t0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\n");
}

}  // namespace
}  // namespace lvslab::admin
