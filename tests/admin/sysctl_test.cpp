// sysctl, and /proc/sys through echo and cat: names, texts, and what a write does to the host.
#include <gtest/gtest.h>

#include "admin/sysctl_paths.h"
#include "shell_bed.h"

namespace lvslab::admin {
namespace {

using test::ShellBed;

TEST(Sysctl, NamesWithDotsAndSlashes) {
  EXPECT_EQ(sysctl_path("net.ipv4.conf.all.arp_ignore"), "net/ipv4/conf/all/arp_ignore");
  EXPECT_EQ(sysctl_path("net.ipv4.conf.eth0/10.arp_ignore"), "net/ipv4/conf/eth0.10/arp_ignore");
  EXPECT_EQ(sysctl_path("net/ipv4/conf/eth0.10/arp_ignore"), "net/ipv4/conf/eth0.10/arp_ignore");
  EXPECT_EQ(sysctl_key("net/ipv4/conf/eth0.10/arp_ignore"), "net.ipv4.conf.eth0/10.arp_ignore");
}

TEST(Sysctl, EveryListedKeyCanBeReadAndMostWritten) {
  ShellBed bed;
  bed.call(0, [&](Turn& turn) { bed.machine().load_module(turn, "ip_vs"); });
  const auto paths = list_sysctls(bed.machine());
  EXPECT_GT(paths.size(), 150u);
  for (const std::string& path : paths) {
    std::string value;
    ASSERT_EQ(read_sysctl(bed.machine(), path, value), SysctlResult::kDone) << path;
    if (path == "kernel/hostname") continue;
    if (path == "net/netfilter/nf_conntrack_count") {  // a figure, not a setting
      EXPECT_NE(write_sysctl(bed.turn(), bed.machine(), path, value + "\n"), SysctlResult::kDone);
      continue;
    }
    ASSERT_EQ(write_sysctl(bed.turn(), bed.machine(), path, value + "\n"), SysctlResult::kDone)
        << path;
    std::string again;
    (void)read_sysctl(bed.machine(), path, again);
    EXPECT_EQ(again, value) << path;
  }
}

TEST(Sysctl, ReadingAndWritingAtThePrompt) {
  ShellBed bed;
  EXPECT_EQ(bed.output("sysctl net.ipv4.ip_forward\n"), "net.ipv4.ip_forward = 0\n");
  EXPECT_EQ(bed.output("sysctl -n net.ipv4.ip_default_ttl\n"), "64\n");
  EXPECT_EQ(bed.output("sysctl -w net.ipv4.conf.all.arp_ignore=9\n"),
            "net.ipv4.conf.all.arp_ignore = 9\n");
  EXPECT_EQ(bed.output("sysctl -qw net.ipv4.conf.all.arp_ignore=1; cat "
                       "/proc/sys/net/ipv4/conf/all/arp_ignore\n"),
            "1\n");
  EXPECT_EQ(bed.output("sysctl net.ipv4.conf.eth0 | grep -c arp\n"), "9\n");
}

TEST(Sysctl, ErrorTexts) {
  ShellBed bed;
  EXPECT_EQ(bed.output("sysctl net.ipv4.nope\n"),
            "sysctl: cannot stat /proc/sys/net/ipv4/nope: No such file or directory\n");
  EXPECT_EQ(bed.output("sysctl -w net.ipv4.conf.all.arp_ignore=x\n"),
            "sysctl: setting key \"net.ipv4.conf.all.arp_ignore\": Invalid argument\n");
  EXPECT_EQ(bed.output("sysctl -w net.ipv4.ip_forward\n"),
            "sysctl: command line(0): invalid syntax, continuing...\n");
  EXPECT_EQ(bed.output("sysctl -w net.ipv4.ip_forward = 1\n"),
            "sysctl: command line(0): invalid syntax, continuing...\n");
  EXPECT_EQ(bed.output("sysctl -a -r 'lo.*arp_ignore'\n"), "net.ipv4.conf.lo.arp_ignore = 0\n");
  EXPECT_EQ(bed.output("sysctl -b net.ipv4.ip_forward\n"), "0");
  EXPECT_EQ(bed.output("sysctl -p /x\n"),
            "sysctl: cannot open \"/x\": No such file or directory\n");
  EXPECT_EQ(bed.output("echo 1 > /proc/sys/net/ipv4/nope\n"),
            "bash: /proc/sys/net/ipv4/nope: No such file or directory\n");
  EXPECT_EQ(bed.output("echo x > /proc/sys/net/ipv4/ip_forward\n"),
            "bash: echo: write error: Invalid argument\n");
  EXPECT_EQ(bed.console().entries.back().status, 1);
  EXPECT_EQ(bed.status("sysctl -w net.ipv4.conf.lo:0.arp_ignore=1\n"), 1);
}

TEST(Sysctl, AFileIsLoadedLineByLineAndGoesOnAfterErrors) {
  ShellBed bed;
  bed.machine().files()["/etc/sysctl.conf"].text =
      "# comment\n; too\n\nnet.ipv4.conf.all.arp_ignore =1\nbroken line\nnet.ipv4.nope = "
      "1\n-net.ipv4.also_nope=1\nnet.ipv4.conf.lo.arp_announce =2\n";
  bed.type("sysctl -p\n");
  const auto& entry = bed.console().entries.back();
  EXPECT_EQ(entry.out, "net.ipv4.conf.all.arp_ignore = 1\nnet.ipv4.conf.lo.arp_announce = 2\n");
  EXPECT_EQ(entry.err,
            "sysctl: /etc/sysctl.conf(5): invalid syntax, continuing...\n"
            "sysctl: cannot stat /proc/sys/net/ipv4/nope: No such file or directory\n"
            "sysctl: cannot stat /proc/sys/net/ipv4/also_nope: No such file or directory\n");
  EXPECT_EQ(entry.status, 1);
  EXPECT_EQ(bed.machine().host().find_interface("lo")->conf.arp_announce, 2);
}

TEST(Sysctl, IpForwardReachesEveryInterfaceAndFlipsAcceptRedirects) {
  ShellBed bed;
  bed.type("echo 1 > /proc/sys/net/ipv4/ip_forward\n");
  EXPECT_EQ(bed.output("sysctl -n net.ipv4.conf.eth0.forwarding net.ipv4.conf.default.forwarding "
                       "net.ipv4.conf.all.accept_redirects\n"),
            "1\n1\n0\n");
}

TEST(Sysctl, DefaultIsATemplateThatAnAddressFreezes) {
  ShellBed bed;
  bed.type("sysctl -qw net.ipv4.conf.default.arp_ignore=1\n");
  EXPECT_EQ(bed.machine().host().find_interface("eth0")->conf.arp_ignore, 1);
  bed.type("ip addr add 10.0.0.1/24 dev eth0; sysctl -qw net.ipv4.conf.default.arp_ignore=2\n");
  EXPECT_EQ(bed.machine().host().find_interface("eth0")->conf.arp_ignore, 1);
  bed.type("ip link add dummy0 type dummy\n");
  EXPECT_EQ(bed.machine().host().find_interface("dummy0")->conf.arp_ignore, 2);
}

TEST(Sysctl, AWrittenKeyNoLongerFollowsDefault) {
  ShellBed bed;
  bed.type(
      "sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.neigh.eth0.gc_stale_time=60\n"
      "sysctl -qw net.ipv4.conf.default.rp_filter=2 net.ipv4.neigh.default.gc_stale_time=7 "
      "net.ipv4.neigh.default.ucast_solicit=5\n");
  const net::Interface& nic = *bed.machine().host().find_interface("eth0");
  EXPECT_EQ(nic.conf.rp_filter, 0);
  EXPECT_EQ(nic.neigh.gc_stale_time, 60);
  EXPECT_EQ(nic.neigh.ucast_solicit, 5);
}

TEST(Sysctl, DirectorKeysExistOnlyWithTheModule) {
  ShellBed bed;
  EXPECT_EQ(bed.status("sysctl -w net.ipv4.vs.conntrack=1\n"), 1);
  EXPECT_EQ(
      bed.output(
          "modprobe ip_vs; sysctl -w net.ipv4.vs.conntrack=1; sysctl net.ipv4.vs.sync_threshold\n"),
      "net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.sync_threshold = 3\t50\n");
  EXPECT_EQ(bed.machine().director()->settings().conntrack, 1);
  EXPECT_EQ(bed.status("sysctl -w net.ipv4.vs.drop_entry=4\n"), 1);
}

TEST(Sysctl, NumbersAreReadAsTheKernelReadsThem) {
  ShellBed bed;
  const auto write = [&](const char* text) {
    return write_sysctl(bed.turn(), bed.machine(), "net/ipv4/conf/all/medium_id", text);
  };
  const auto value = [&] { return bed.machine().host().conf_all().medium_id; };
  EXPECT_EQ(write("0x10\n"), SysctlResult::kDone);
  EXPECT_EQ(value(), 16);
  EXPECT_EQ(write(" -1 \n"), SysctlResult::kDone);
  EXPECT_EQ(value(), -1);
  for (const char* bad : {"", "\n", "1x", "--1", "99999999999", "-", "08"})
    EXPECT_EQ(write(bad), SysctlResult::kInvalid) << bad;
  EXPECT_EQ(value(), -1);
}

}  // namespace
}  // namespace lvslab::admin
