// What a Linux host believes of the ARP it hears (rows recorded from a real kernel), and what it
// sends over time.
#include "arp_bed.h"

namespace lvslab::net {
namespace {

struct HeardRow {
  int accept;
  const char* heard;
  const char* before;
  const char* after;
};

std::ostream& operator<<(std::ostream& out, const HeardRow& row) {
  return out << row.accept << " " << row.heard << " on " << row.before;
}

class HeardRows : public testing::TestWithParam<HeardRow> {};

TEST_P(HeardRows, LeavesTheEntryTheRecordedClientHad) {
  const HeardRow& row = GetParam();
  Client lab;
  lab.client.conf_all().arp_accept = row.accept;
  lab.prepare(row.before);
  lab.hear(row.heard);
  EXPECT_EQ(lab.entry(), row.after);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, HeardRows,
    testing::Values(HeardRow{0, "garp request", "none", "none"},
                    HeardRow{0, "garp request", "old", "thief STALE"},
                    HeardRow{0, "garp request", "fresh", "thief STALE"},
                    HeardRow{0, "garp request", "stale", "thief STALE"},
                    HeardRow{0, "garp request", "permanent", "director PERMANENT"},
                    HeardRow{0, "garp request", "failed", "thief STALE"},
                    HeardRow{0, "arping -U", "old", "thief STALE"},
                    HeardRow{0, "arping -U", "failed", "thief STALE"},
                    HeardRow{0, "arping -A", "stale", "thief STALE"},
                    HeardRow{0, "arping -A", "failed", "thief STALE"},
                    HeardRow{0, "garp reply ff", "none", "none"},
                    HeardRow{0, "garp reply ff", "old", "thief STALE"},
                    HeardRow{0, "garp reply ff", "fresh", "director REACHABLE"},
                    HeardRow{0, "garp reply ff", "failed", "thief STALE"},
                    HeardRow{0, "unicast reply", "none", "none"},
                    HeardRow{0, "unicast reply", "permanent", "director PERMANENT"},
                    HeardRow{0, "unicast reply", "failed", "thief REACHABLE"},
                    HeardRow{0, "request for us", "none", "thief STALE"},
                    HeardRow{0, "request for us", "old", "thief STALE"},
                    HeardRow{0, "request for us", "fresh", "thief STALE"},
                    HeardRow{0, "request for us", "stale", "thief STALE"},
                    HeardRow{0, "request for us", "permanent", "director PERMANENT"},
                    HeardRow{0, "request for us", "failed", "thief STALE"},
                    HeardRow{0, "request for other", "none", "none"},
                    HeardRow{0, "request for other", "fresh", "director REACHABLE"},
                    HeardRow{0, "request for other", "stale", "thief STALE"},
                    HeardRow{0, "request for other", "permanent", "director PERMANENT"},
                    HeardRow{0, "request for other", "failed", "thief STALE"},
                    HeardRow{1, "garp request", "none", "thief STALE"},
                    HeardRow{1, "garp request", "fresh", "thief STALE"},
                    HeardRow{1, "arping -A", "none", "thief STALE"},
                    HeardRow{1, "arping -A", "old", "thief STALE"},
                    HeardRow{1, "garp reply ff", "fresh", "director REACHABLE"},
                    HeardRow{1, "garp reply ff", "stale", "thief STALE"},
                    HeardRow{1, "unicast reply", "none", "thief REACHABLE"},
                    HeardRow{1, "unicast reply", "old", "thief REACHABLE"},
                    HeardRow{1, "unicast reply", "fresh", "director REACHABLE"},
                    HeardRow{1, "unicast reply", "stale", "thief REACHABLE"},
                    HeardRow{1, "unicast reply", "failed", "thief REACHABLE"},
                    HeardRow{1, "request for other", "none", "none"},
                    HeardRow{1, "request for other", "old", "thief STALE"},
                    HeardRow{2, "garp request", "none", "thief STALE"}));

TEST(Heard, ArpAcceptTwoTakesOnlySendersOfTheDevicesSubnets) {
  Client lab;
  lab.client.conf_all().arp_accept = 2;
  lab.inject(question(kFar, kThief, kFar), wire::kBroadcastMac);
  lab.run_for(Duration::microseconds(1));
  EXPECT_EQ(lab.state(lab.client, lab.eth0, kFar), "none");
  lab.client.conf_all().arp_accept = 1;
  lab.inject(question(kFar, kThief, kFar), wire::kBroadcastMac);
  lab.run_for(Duration::microseconds(1));
  EXPECT_EQ(lab.state(lab.client, lab.eth0, kFar), "STALE");
}

TEST(Heard, FirstOfTwoAnswersStaysAndALaterConflictIsTakenAfterTheLockTime) {
  Client lab;
  lab.prepare("none");
  const Mac mine = lab.client.interface(lab.eth0).mac;
  lab.ping(lab.client, kClient, kVip);
  lab.inject(answer(kVip, kDirector, kClient, mine), mine);
  lab.run_for(Duration::microseconds(100));
  lab.inject(answer(kVip, kThief, kClient, mine), mine);
  lab.run_for(Duration::milliseconds(500));
  EXPECT_EQ(lab.entry(), "director REACHABLE");
  lab.hear("request for other");
  EXPECT_EQ(lab.entry(), "director REACHABLE");
  lab.run_for(Duration::milliseconds(1'000));
  lab.hear("request for other");
  EXPECT_EQ(lab.entry(), "thief STALE");
}

TEST(Heard, QuestionWeAnswerOverridesWithinTheLockTime) {
  Client lab;
  lab.prepare("fresh");
  lab.hear("request for us");
  EXPECT_EQ(lab.entry(), "thief STALE");
  EXPECT_EQ(lab.replies().size(), 1u);
}

TEST(Heard, RefusedQuestionTeachesNothing) {
  Client lab;
  lab.client.conf_all().arp_ignore = 8;
  lab.prepare("stale");
  lab.hear("request for us");
  EXPECT_EQ(lab.entry(), "director STALE");
  EXPECT_EQ(lab.dropped(DropReason::kArpIgnored), 1u);
}

TEST(Heard, DropGratuitousArpIgnoresAnnouncementsOnly) {
  Client lab;
  lab.client.conf_all().drop_gratuitous_arp = 1;
  lab.prepare("stale");
  lab.hear("garp request");
  EXPECT_EQ(lab.entry(), "director STALE");
  lab.hear("request for other");
  EXPECT_EQ(lab.entry(), "thief STALE");
}

TEST(Heard, ProbeWithSenderZeroIsAnsweredAndMakesNoEntry) {
  RealServer lab;
  EXPECT_TRUE(lab.answers({}, kRip1));
  EXPECT_EQ(std::as_const(lab.rs).neighbours().size(), 0u);
}

TEST(Heard, QuestionFromOneOfOurOwnAddressesIsNotAnswered) {
  RealServer lab;
  lab.put_vip("lo/32");
  EXPECT_FALSE(lab.answers(kVip, kRip1));
  EXPECT_EQ(lab.dropped(DropReason::kArpSourceInvalid), 1u);
  EXPECT_TRUE(lab.answers(kClient, kRip1));
  lab.rs.conf_all().accept_local = 1;
  EXPECT_TRUE(lab.answers(kVip, kRip1));
}

TEST(Heard, AnyAddressOfAPrefixOnLoIsOurOwnForReversePathFilter) {
  RealServer lab;
  lab.put_vip("lo/24");
  lab.rs.conf_all().rp_filter = 2;
  EXPECT_FALSE(lab.answers(kClient, kRip1)) << "every LAN sender counts as local";
}

TEST(Heard, UnicastQuestionForAnotherHostIsNotForUsAndMalformedFramesEndAsSuch) {
  Client lab;
  lab.inject(question(kRip2, kThief, kClient), kStranger);
  lab.run_for(Duration::microseconds(1));
  EXPECT_EQ(lab.dropped(DropReason::kOtherHost), 1u);
  Arp odd = question(kRip2, kThief, kClient);
  odd.operation = 3;
  lab.inject(odd, wire::kBroadcastMac);
  odd = question(kRip2, kThief, kClient);
  odd.hardware_type = 15;
  lab.inject(odd, wire::kBroadcastMac);
  lab.run_for(Duration::microseconds(1));
  EXPECT_EQ(lab.dropped(DropReason::kArpMalformed), 2u);
  std::vector<std::uint8_t> cut(30, 0);
  std::fill_n(cut.begin(), 6, std::uint8_t{0xff});
  wire::store16(cut.data() + 12, 0x0806);
  lab.inject_bytes(lab.client, lab.eth0, cut);
  EXPECT_EQ(lab.dropped(DropReason::kArpMalformed), 3u);
  EXPECT_TRUE(lab.replies().empty());
}

// --- time, proxy, announcements -----------------------------------------------------------------
TEST(Resolution, UnresolvableAddressIsAskedThreeTimesThenTheSenderHears) {
  Client lab;
  lab.ping(lab.client, kClient, kOther);
  lab.run_to(ms(10'000));
  std::vector<std::int64_t> times;
  for (const auto& s : lab.arps) times.push_back(s.when.since_start() / Duration::milliseconds(1));
  EXPECT_EQ(times, (std::vector<std::int64_t>{0, 1'024, 2'048}));
  EXPECT_EQ(lab.state(lab.client, lab.eth0, kOther), "FAILED");
  EXPECT_EQ(lab.dropped(DropReason::kNoNeighbour), 1u);
}

TEST(Resolution, QuestionIsAnsweredAndTheAskedEntersTheAskerAsStale) {
  ArpLab lab;
  Host& a = lab.add_host("a");
  Host& b = lab.add_host("b");
  const InterfaceIndex na = lab.add_nic(a, "eth0", "192.168.1.10/24");
  const InterfaceIndex nb = lab.add_nic(b, "eth0", "192.168.1.11/24");
  lab.ping(a, kClient, kRip1);
  lab.run_to(ms(1));
  EXPECT_EQ(lab.state(a, na, kRip1), "REACHABLE");
  EXPECT_EQ(lab.mac(a, na, kRip1), b.interface(nb).mac);
  EXPECT_EQ(lab.mac(b, nb, kClient), a.interface(na).mac);
  EXPECT_EQ(lab.arps.size(), 2u) << "the answering side does not ask back";
  EXPECT_EQ(lab.state(b, nb, kClient), "DELAY") << "entered STALE, used for the echo reply";
}

TEST(Resolution, DelayedEntryIsProbedByUnicastWithTheDevicesOwnAddress) {
  RealServer lab;
  lab.put_vip("lo/32");
  lab.set_neighbour(lab.rs, lab.eth0, kClient, kStranger, NeighbourState::kStale);
  lab.ping(lab.rs, kVip, kClient);
  lab.run_to(ms(20'000));
  ASSERT_EQ(lab.arps.size(), 3u);
  for (const auto& s : lab.arps) {
    EXPECT_EQ(s.destination, kStranger);
    EXPECT_EQ(s.arp.target_mac, Mac{});
    EXPECT_EQ(s.arp.sender_ip, kRip1) << "a probe has no packet to take the VIP from";
  }
  EXPECT_EQ(lab.state(lab.rs, lab.eth0, kClient), "FAILED");
}

TEST(ProxyArp, RouterAnswersLateForWhatItWouldForwardElsewhere) {
  ArpLab lab;
  Host& router = lab.add_host("router");
  const InterfaceIndex eth0 = lab.add_nic(router, "eth0", "192.168.1.1/24");
  lab.add_nic(router, "eth1", "10.0.0.1/24");
  const auto ask = [&](Mac destination) {
    lab.arps.clear();
    lab.inject(question(kClient, kStranger, ipv4(10, 0, 0, 9)), destination);
    lab.run_for(Duration::milliseconds(900));
    return lab.repliers();
  };
  EXPECT_TRUE(ask(wire::kBroadcastMac).empty());
  router.set_forwarding(true);
  EXPECT_TRUE(ask(wire::kBroadcastMac).empty());
  router.edit_interface(eth0).conf.proxy_arp = 1;
  const Instant asked = lab.turn.now();
  ASSERT_EQ(ask(wire::kBroadcastMac), std::vector<std::string>{"router.eth0"});
  EXPECT_GT(lab.arps[0].when, asked);
  EXPECT_EQ(lab.arps[0].arp.sender_ip, ipv4(10, 0, 0, 9));
  EXPECT_EQ(lab.arps[0].arp.sender_mac, router.interface(eth0).mac);
  const Instant unicast = lab.turn.now();
  ASSERT_EQ(ask(router.interface(eth0).mac).size(), 1u);
  EXPECT_LT(lab.arps[0].when, unicast + Duration::milliseconds(1));
  router.edit_interface(eth0).conf.proxy_arp = 0;
  EXPECT_TRUE(ask(wire::kBroadcastMac).empty());
  router.neighbours().add_proxy(eth0, ipv4(10, 0, 0, 9));
  EXPECT_EQ(ask(wire::kBroadcastMac).size(), 1u) << "an explicit proxy entry";
}

TEST(ProxyArp, PvlanAnswersBackOutOfTheSameDevice) {
  ArpLab lab;
  Host& router = lab.add_host("router");
  const InterfaceIndex eth0 = lab.add_nic(router, "eth0", "192.168.1.1/24");
  router.set_forwarding(true);
  router.edit_interface(eth0).conf.proxy_arp_pvlan = 1;
  router.edit_interface(eth0).neigh.proxy_delay = 0;
  lab.inject(question(kClient, kStranger, kOther), wire::kBroadcastMac);
  lab.inject(question(kClient, kStranger, kClient), wire::kBroadcastMac);
  lab.run_for(Duration::milliseconds(1));
  ASSERT_EQ(lab.arps.size(), 1u) << "not for a gratuitous question";
  EXPECT_EQ(lab.arps[0].arp.sender_ip, kOther);
}

TEST(Announcements, TheKernelIsSilentUnlessArpNotify) {
  for (const int notify : {0, 1}) {
    ArpLab lab;
    Host& host = lab.add_host("host");
    const InterfaceIndex eth0 = lab.add_nic(host, "eth0", "192.168.1.11/24");
    lab.add_address(host, eth0, "192.168.1.100/24");
    host.conf_all().arp_notify = notify;
    lab.run_to(ms(10));
    EXPECT_TRUE(lab.arps.empty()) << "adding an address announces nothing";
    host.set_mac(lab.turn, eth0, kStranger);
    lab.run_to(ms(20));
    EXPECT_EQ(lab.arps.size(), notify == 1 ? 2u : 0u);
    host.set_up(lab.turn, eth0, false);
    host.set_up(lab.turn, eth0, true);
    lab.run_to(ms(30));
    ASSERT_EQ(lab.arps.size(), notify == 1 ? 4u : 0u);
    for (const auto& s : lab.arps) {
      EXPECT_EQ(s.arp.operation, wire::kArpRequest);
      EXPECT_EQ(s.arp.sender_ip, s.arp.target_ip);
      EXPECT_EQ(s.arp.sender_mac, kStranger);
      EXPECT_EQ(s.arp.target_mac, Mac{});
      EXPECT_EQ(s.destination, wire::kBroadcastMac);
    }
  }
}

TEST(Noarp, DeviceWithoutArpNeitherAnswersNorAsks) {
  RealServer lab;
  lab.rs.set_noarp(lab.turn, lab.eth0, true);
  EXPECT_FALSE(lab.answers(kClient, kRip1));
  lab.ping(lab.rs, kRip1, kClient);
  EXPECT_TRUE(lab.arps.empty());
  EXPECT_EQ(lab.state(lab.rs, lab.eth0, kClient), "NOARP");
  EXPECT_EQ(lab.mac(lab.rs, lab.eth0, kClient), lab.rs.interface(lab.eth0).mac);
}

TEST(Listeners, HearEveryValidFrameOfTheirHost) {
  struct Ear : Listener {
    void on_arp(Turn&, const Arp& arp, bool unicast, InterfaceIndex) override {
      heard.push_back({arp, unicast});
    }
    std::vector<std::pair<Arp, bool>> heard;
  } ear;
  Client lab;
  lab.client.add_listener(&ear);
  lab.hear("request for other");
  lab.hear("unicast reply");
  ASSERT_EQ(ear.heard.size(), 2u);
  EXPECT_FALSE(ear.heard[0].second);
  EXPECT_TRUE(ear.heard[1].second);
}

}  // namespace
}  // namespace lvslab::net
