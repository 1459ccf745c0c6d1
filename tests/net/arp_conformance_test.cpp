// What a Linux host answers and with which address it asks: rows recorded from a real kernel.
#include "arp_bed.h"

namespace lvslab::net {
namespace {

struct IgnoreRow {
  const char* vip;
  int value;
  const char* set_on;
  bool vip_in_subnet, vip_far, vip_probe, rip, other;  ///< answered?
};

std::ostream& operator<<(std::ostream& out, const IgnoreRow& row) {
  return out << row.vip << " " << row.value << " on " << row.set_on;
}

class ArpIgnoreRows : public testing::TestWithParam<IgnoreRow> {};

TEST_P(ArpIgnoreRows, AnswersExactlyWhatTheRecordedHostAnswered) {
  const IgnoreRow& row = GetParam();
  RealServer lab;
  lab.put_vip(row.vip);
  lab.conf(row.set_on).arp_ignore = row.value;
  EXPECT_EQ(lab.answers(kClient, kVip), row.vip_in_subnet);
  EXPECT_EQ(lab.answers(kFar, kVip), row.vip_far);
  EXPECT_EQ(lab.answers({}, kVip), row.vip_probe);
  EXPECT_EQ(lab.answers(kClient, kRip1), row.rip);
  EXPECT_EQ(lab.answers(kClient, kOther), row.other);
}

// VIP on lo/24: the askers are inside the local prefix, which does not make them martian without
// rp_filter; only addresses that are configured one by one do.
INSTANTIATE_TEST_SUITE_P(
    Recorded, ArpIgnoreRows,
    testing::Values(IgnoreRow{"lo/32", 0, "all", true, true, true, true, false},
                    IgnoreRow{"lo/32", 1, "all", false, false, false, true, false},
                    IgnoreRow{"lo/32", 1, "eth0", false, false, false, true, false},
                    IgnoreRow{"lo/32", 1, "lo", true, true, true, true, false},
                    IgnoreRow{"lo/32", 1, "default", true, true, true, true, false},
                    IgnoreRow{"lo/32", 2, "all", false, false, false, true, false},
                    IgnoreRow{"lo/32", 3, "all", true, true, true, true, false},
                    IgnoreRow{"lo/32", 4, "all", true, true, true, true, false},
                    IgnoreRow{"lo/32", 8, "all", false, false, false, false, false},
                    IgnoreRow{"lo/32", 8, "eth0", false, false, false, false, false},
                    IgnoreRow{"lo/32", 9, "all", true, true, true, true, false},
                    IgnoreRow{"lo/32 host", 0, "eth0", true, true, true, true, false},
                    IgnoreRow{"lo/32 host", 1, "eth0", false, false, false, true, false},
                    IgnoreRow{"lo/32 host", 2, "all", false, false, false, true, false},
                    IgnoreRow{"lo/32 host", 3, "all", false, false, false, true, false},
                    IgnoreRow{"lo/32 host", 4, "all", true, true, true, true, false},
                    IgnoreRow{"lo/32 host", 8, "all", false, false, false, false, false},
                    IgnoreRow{"lo/32 host", 8, "lo", true, true, true, true, false},
                    IgnoreRow{"eth0/32", 0, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/32", 1, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/32", 2, "eth0", true, false, true, true, false},
                    IgnoreRow{"eth0/32", 2, "lo", true, true, true, true, false},
                    IgnoreRow{"eth0/32", 3, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/32", 8, "all", false, false, false, false, false},
                    IgnoreRow{"eth0/24", 0, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/24", 1, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/24", 2, "all", true, false, true, true, false},
                    IgnoreRow{"eth0/24", 3, "all", true, true, true, true, false},
                    IgnoreRow{"eth0/24", 8, "all", false, false, false, false, false},
                    IgnoreRow{"dummy0/32", 0, "all", true, true, true, true, false},
                    IgnoreRow{"dummy0/32", 1, "eth0", false, false, false, true, false},
                    IgnoreRow{"dummy0/32", 1, "dummy0", true, true, true, true, false},
                    IgnoreRow{"dummy0/32", 2, "eth0", false, false, false, true, false},
                    IgnoreRow{"dummy0/32", 3, "lo", true, true, true, true, false},
                    IgnoreRow{"dummy0/32", 8, "dummy0", true, true, true, true, false},
                    IgnoreRow{"tunl0/32", 0, "all", true, true, true, true, false},
                    IgnoreRow{"tunl0/32", 1, "all", false, false, false, true, false},
                    IgnoreRow{"tunl0/32", 3, "all", true, true, true, true, false},
                    IgnoreRow{"eth1/32", 0, "all", true, true, true, true, false},
                    IgnoreRow{"eth1/32", 1, "all", false, false, false, true, false},
                    IgnoreRow{"eth1/32", 3, "all", true, true, true, true, false},
                    IgnoreRow{"lo/24", 0, "all", true, true, true, true, true},
                    IgnoreRow{"lo/24", 1, "all", false, false, false, true, false},
                    IgnoreRow{"lo/24", 2, "all", false, false, false, true, false},
                    IgnoreRow{"lo/24", 3, "all", true, true, true, true, false},
                    IgnoreRow{"none", 0, "all", false, false, false, true, false},
                    IgnoreRow{"none", 1, "eth0", false, false, false, true, false},
                    IgnoreRow{"none", 2, "lo", false, false, false, true, false}));

struct AnnounceRow {
  const char* vip;
  int value;
  const char* set_on;
  bool leaks;
};

std::ostream& operator<<(std::ostream& out, const AnnounceRow& row) {
  return out << row.vip << " " << row.value << " on " << row.set_on;
}

class ArpAnnounceRows : public testing::TestWithParam<AnnounceRow> {};

TEST_P(ArpAnnounceRows, AsksWithTheSenderTheRecordedServerUsed) {
  const AnnounceRow& row = GetParam();
  RealServer lab;
  lab.put_vip(row.vip);
  lab.conf(row.set_on).arp_announce = row.value;
  lab.ping(lab.rs, kVip, kClient);
  ASSERT_EQ(lab.arps.size(), 1u);
  EXPECT_EQ(lab.arps[0].arp.sender_ip, row.leaks ? kVip : kRip1);
  EXPECT_EQ(lab.arps[0].arp.target_ip, kClient);
  EXPECT_EQ(lab.arps[0].arp.target_mac, Mac{});
  EXPECT_EQ(lab.arps[0].destination, wire::kBroadcastMac);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, ArpAnnounceRows,
    testing::Values(
        AnnounceRow{"lo/32", 0, "eth0", true}, AnnounceRow{"lo/32", 1, "eth0", true},
        AnnounceRow{"lo/32", 1, "all", true}, AnnounceRow{"lo/32", 2, "lo", true},
        AnnounceRow{"lo/32", 2, "all", false}, AnnounceRow{"lo/32", 2, "eth0", false},
        AnnounceRow{"eth0/32", 2, "all", false}, AnnounceRow{"eth0/32", 2, "lo", true},
        AnnounceRow{"eth0/32", 1, "all", true}, AnnounceRow{"eth0/24", 2, "all", false},
        AnnounceRow{"eth0/24", 1, "all", true}, AnnounceRow{"dummy0/32", 0, "all", true},
        AnnounceRow{"dummy0/32", 1, "all", true}, AnnounceRow{"dummy0/32", 2, "eth0", false},
        AnnounceRow{"dummy0/32", 2, "dummy0", true}, AnnounceRow{"tunl0/32", 2, "all", false}));

TEST(ArpAnnounce, OneSparesAVipOfAnotherSubnet) {
  for (const int value : {0, 1, 2}) {
    RealServer lab;
    lab.add_address(lab.rs, 0, "172.31.5.100/32");
    lab.rs.conf_all().arp_announce = value;
    lab.ping(lab.rs, ipv4(172, 31, 5, 100), kClient);
    ASSERT_EQ(lab.arps.size(), 1u);
    EXPECT_EQ(lab.arps[0].arp.sender_ip, value == 0 ? ipv4(172, 31, 5, 100) : kRip1) << value;
  }
}

TEST(ArpAnnounce, TwoStillLeaksAVipThatIsTheFirstAddressOfTheSubnet) {
  ArpLab lab;
  Host& rs = lab.add_host("rs1");
  const InterfaceIndex eth0 = lab.add_nic(rs, "eth0", "192.168.1.100/24");
  lab.add_address(rs, eth0, "192.168.1.11/24");
  rs.conf_all().arp_announce = 2;
  lab.ping(rs, kRip1, kClient);
  ASSERT_EQ(lab.arps.size(), 1u);
  EXPECT_EQ(lab.arps[0].arp.sender_ip, kVip);
}

TEST(ArpAnnounce, TwoStillLeaksWhenTheDeviceHasNoAddress) {
  ArpLab lab;
  Host& rs = lab.add_host("rs1");
  const InterfaceIndex eth0 = lab.add_nic(rs, "eth0");
  lab.add_address(rs, 0, "192.168.1.100/32");
  Route route;
  route.destination = *wire::parse_prefix("192.168.1.0/24");
  route.device = eth0;
  ASSERT_EQ(rs.add_route(lab.turn, route), ConfigError::kNone);
  rs.conf_all().arp_announce = 2;
  lab.ping(rs, kVip, kClient);
  ASSERT_EQ(lab.arps.size(), 1u);
  EXPECT_EQ(lab.arps[0].arp.sender_ip, kVip);
}

// --- two NICs on one LAN ------------------------------------------------------------------------
struct FluxRow {
  int ignore, filter, rp_filter;
  const char *for_21, *for_22, *for_50;  ///< who answers: "0", "1", "01", ""
};

std::ostream& operator<<(std::ostream& out, const FluxRow& row) {
  return out << row.ignore << row.filter << row.rp_filter;
}

class FluxRows : public testing::TestWithParam<FluxRow> {};

TEST_P(FluxRows, TheRecordedNicsAnswer) {
  const FluxRow& row = GetParam();
  ArpLab lab;
  Host& host = lab.add_host("host");
  lab.add_nic(host, "eth0", "192.168.1.21/24");
  lab.add_nic(host, "eth1", "192.168.1.22/24");
  lab.add_address(host, 0, "192.168.50.1/32");
  host.conf_all().arp_ignore = row.ignore;
  host.conf_all().arp_filter = row.filter;
  host.conf_all().rp_filter = row.rp_filter;
  const auto who = [&](Ipv4 target) {
    lab.arps.clear();
    lab.inject(question(kClient, kStranger, target), wire::kBroadcastMac);
    lab.run_for(Duration::microseconds(1));
    std::string nics;
    for (const std::string& name : lab.repliers()) nics += name.back();
    return nics;
  };
  EXPECT_EQ(who(ipv4(192, 168, 1, 21)), row.for_21);
  EXPECT_EQ(who(ipv4(192, 168, 1, 22)), row.for_22);
  EXPECT_EQ(who(ipv4(192, 168, 50, 1)), row.for_50);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, FluxRows,
    testing::Values(FluxRow{0, 0, 0, "01", "01", "01"}, FluxRow{0, 1, 0, "0", "0", "0"},
                    FluxRow{1, 0, 0, "0", "1", ""}, FluxRow{1, 1, 0, "0", "", ""},
                    FluxRow{2, 1, 0, "0", "", ""}, FluxRow{3, 0, 0, "01", "01", "01"},
                    FluxRow{3, 1, 0, "0", "0", "0"}, FluxRow{8, 0, 0, "", "", ""},
                    FluxRow{0, 0, 1, "0", "0", "0"}, FluxRow{0, 0, 2, "01", "01", "01"}));

TEST(Flux, WithSourceRoutingArpFilterLetsEachNicAnswerForItsOwn) {
  ArpLab lab;
  Host& host = lab.add_host("host");
  const InterfaceIndex nics[] = {lab.add_nic(host, "eth0", "192.168.1.21/24"),
                                 lab.add_nic(host, "eth1", "192.168.1.22/24")};
  for (int i = 0; i < 2; ++i) {
    Route route;
    route.destination = *wire::parse_prefix("192.168.1.0/24");
    route.device = nics[i];
    route.table = static_cast<std::uint32_t>(100 + i);
    ASSERT_EQ(host.add_route(lab.turn, route), ConfigError::kNone);
    host.routes().add_rule(
        {.from = wire::Prefix{ipv4(192, 168, 1, 21 + i), 32}, .table = route.table});
  }
  host.conf_all().arp_filter = 1;
  for (int i = 0; i < 2; ++i) {
    lab.arps.clear();
    lab.inject(question(kClient, kStranger, ipv4(192, 168, 1, 21 + i)), wire::kBroadcastMac);
    lab.run_for(Duration::microseconds(1));
    EXPECT_EQ(lab.repliers(), std::vector<std::string>{i == 0 ? "host.eth0" : "host.eth1"});
  }
}

}  // namespace
}  // namespace lvslab::net
