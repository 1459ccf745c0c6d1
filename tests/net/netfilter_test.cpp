// The packet filter without connection tracking: order of hooks and tables, chains, marks, REJECT.
#include "net/netfilter/netfilter.h"

#include <gtest/gtest.h>

#include <sstream>

#include "arp_lab.h"
#include "net/netfilter/rule_text.h"
#include "wire/tcp.h"

namespace lvslab::net {
namespace {

using hook::Hook;
using netfilter::Chain;
using netfilter::Rule;
using netfilter::Table;
using wire::ipv4;
using wire::Ipv4;

constexpr Ipv4 kHere = ipv4(10, 0, 0, 1), kPeer = ipv4(10, 0, 0, 9), kForeign = ipv4(10, 5, 1, 2);

std::optional<std::uint16_t> no_port(std::string_view, wire::Protocol) { return {}; }
std::string_view no_name(std::uint16_t, wire::Protocol) { return {}; }
constexpr netfilter::Names kNoNames{no_port, no_name};

/// A hook that keeps what it saw.
class Spy final : public hook::PacketHook {
 public:
  hook::Verdict inspect(Turn&, wire::Datagram&, const hook::PacketInfo& info,
                        const hook::RouteLookup&) override {
    marks.push_back(info.mark);
    out_devices.push_back(info.out_device);
    return hook::Verdict::accept();
  }
  std::vector<std::uint32_t> marks;
  std::vector<InterfaceIndex> out_devices;
};

class Netfilter : public testing::Test, public ArpLab {
 public:
  Netfilter() : host(add_host("lvs")), filter(host) {
    eth0 = add_nic(host, "eth0", "10.0.0.1/24");
    set_neighbour(host, eth0, kPeer, wire::Mac{0x0200000000aa}, NeighbourState::kPermanent);
  }
  Table& table(const std::string& name) { return filter.table(*netfilter::find_table_kind(name)); }
  /// "-p tcp -j mark --set-mark 1": the words of extensions; protocol and target by hand.
  void add(const std::string& where, const std::string& chain, const std::string& target,
           const std::string& options = "", std::uint8_t protocol = 0) {
    Rule rule;
    rule.protocol = protocol;
    rule.target_name = target;
    if (const auto* entry = netfilter::find_target(target)) {
      auto made = entry->make();
      read(*made, options, protocol);
      rule.target = std::move(made);
    } else if (!options.empty()) {
      auto match = netfilter::find_match("tcp")->make();
      read(*match, options, protocol);
      rule.matches.push_back({"tcp", std::move(match)});
    }
    Table& t = table(where);
    t.find(chain)->rules.push_back(rule);
    ASSERT_EQ(t.link(), Table::LinkError::kNone);
    filter.changed(t);
  }
  static void read(netfilter::Extension& extension, const std::string& options,
                   std::uint8_t protocol) {
    std::istringstream in(options);
    std::vector<std::string> list;
    for (std::string word; in >> word;) list.push_back(word);
    netfilter::Words words(list, kNoNames);
    words.protocol = protocol;
    while (words.more()) {
      words.begin(words.take(), false, {});
      ASSERT_TRUE(extension.read(words)) << words.option();
    }
    extension.finish(words);
    ASSERT_EQ(words.error(), "");
  }
  /// A SYN from the peer, of 40 bytes.
  void syn(Ipv4 to, std::uint16_t port = 80) {
    Packet packet = pool.make(64);
    wire::push_tcp(
        packet, kPeer, to,
        {.source_port = 1234, .destination_port = port, .sequence = 7, .flags = wire::kSyn});
    inject_ip(std::move(packet), to, 6);
  }
  void inject_ip(Packet packet, Ipv4 to, std::uint8_t protocol) {
    wire::emit_ipv4(packet.push(wire::kIpv4Header), {.source = kPeer,
                                                     .destination = to,
                                                     .protocol = protocol,
                                                     .payload_length = packet.length()});
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), host.interface(eth0).mac,
                        wire::Mac{0x0200000000aa}, 0x0800);
    const std::vector<std::uint8_t> bytes(packet.bytes().begin(), packet.bytes().end());
    pool.retire(std::move(packet));
    inject_bytes(host, eth0, bytes);
  }
  std::uint64_t packets(const std::string& where, const std::string& chain, std::size_t rule) {
    return table(where).find(chain)->rules[rule].count.packets;
  }

  Host& host;
  netfilter::Netfilter filter;
  InterfaceIndex eth0 = 0;
};

TEST_F(Netfilter, RawComesBeforeMangleBeforeFilter) {
  Spy before, between;
  host.add_hook(Hook::kPrerouting, -301, &before);
  host.add_hook(Hook::kPrerouting, -200, &between);
  add("raw", "PREROUTING", "MARK", "--set-mark 1");
  add("mangle", "PREROUTING", "MARK", "--or-mark 2");
  Spy after;
  host.add_hook(Hook::kPrerouting, -149, &after);
  Spy in;
  host.add_hook(Hook::kLocalIn, 99, &in);
  add("filter", "INPUT", "MARK", "--or-mark 4");
  syn(kHere);
  EXPECT_EQ(before.marks, std::vector<std::uint32_t>{0});
  EXPECT_EQ(between.marks, std::vector<std::uint32_t>{1});
  EXPECT_EQ(after.marks, std::vector<std::uint32_t>{3});
  EXPECT_EQ(in.marks, std::vector<std::uint32_t>{7});
}

TEST_F(Netfilter, FilterInputDropsBeforeIpvsSeesThePacket) {
  Spy ipvs;
  host.add_hook(Hook::kLocalIn, 98, &ipvs);
  add("filter", "INPUT", "DROP", "--dport 80", 6);
  syn(kHere, 80);
  EXPECT_TRUE(ipvs.marks.empty());
  EXPECT_EQ(dropped(DropReason::kFiltered), 1u);
  EXPECT_TRUE(noted(NoteKind::kRule, "filter INPUT: -p tcp -m tcp --dport 80 -j DROP"));
  syn(kHere, 81);
  EXPECT_EQ(ipvs.marks.size(), 1u);
  EXPECT_EQ(table("filter").find("INPUT")->policy_count.packets, 1u);
  EXPECT_EQ(table("filter").find("INPUT")->policy_count.bytes, 40u);
}

TEST_F(Netfilter, AMarkSetBeforeRoutingChoosesTheRoutingTable) {
  Spy in;
  host.add_hook(Hook::kLocalIn, 99, &in);
  host.routes().add_rule({.mark = 1, .table = 100});
  host.add_route(turn, {.destination = {Ipv4{}, 0},
                        .type = RouteType::kLocal,
                        .scope = Scope::kHost,
                        .device = 0,
                        .table = 100});
  syn(kForeign);
  EXPECT_TRUE(in.marks.empty());
  add("mangle", "PREROUTING", "MARK", "--set-mark 1");
  syn(kForeign);
  EXPECT_EQ(in.marks, std::vector<std::uint32_t>{1});
}

TEST_F(Netfilter, UserChainsReturnToTheirCallerAndGotoDoesNot) {
  Table& t = table("filter");
  t.add_chain("a");
  t.add_chain("b");
  add("filter", "INPUT", "a");
  add("filter", "INPUT", "");
  add("filter", "a", "RETURN", "--dport 80", 6);
  add("filter", "a", "b");
  add("filter", "b", "");
  syn(kHere, 80);
  EXPECT_EQ(packets("filter", "INPUT", 1), 1u);
  EXPECT_EQ(packets("filter", "b", 0), 0u);
  t.find("INPUT")->rules[0].go_to = true;
  syn(kHere, 81);
  EXPECT_EQ(packets("filter", "b", 0), 1u);
  EXPECT_EQ(packets("filter", "INPUT", 1), 1u) << "a goto ends with the policy";
  EXPECT_EQ(t.find("INPUT")->policy_count.packets, 2u);
}

TEST_F(Netfilter, CirclesAndEndlessWalksAreRefused) {
  Table& t = table("filter");
  for (int i = 0; i < 40; ++i) t.add_chain("c" + std::to_string(10 + i));
  for (int i = 0; i < 39; ++i) {  // each chain jumps twice: 2^39 rules
    Rule rule;
    rule.target_name = "c" + std::to_string(11 + i);
    t.find("c" + std::to_string(10 + i))->rules = {rule, rule};
  }
  EXPECT_EQ(t.link(), Table::LinkError::kTooMuch);
  for (int i = 0; i < 40; ++i) t.find("c" + std::to_string(10 + i))->rules.clear();
  Rule rule;
  rule.target_name = "c10";
  t.find("c10")->rules.push_back(rule);
  EXPECT_EQ(t.link(), Table::LinkError::kLoop);
}

TEST_F(Netfilter, RejectTellsTheSenderByIcmpOrReset) {
  add("filter", "INPUT", "REJECT", "--reject-with tcp-reset", 6);
  add("filter", "INPUT", "REJECT", "--reject-with icmp-host-prohibited");
  Spy out;
  host.add_hook(Hook::kPostrouting, 0, &out);
  syn(kHere);
  EXPECT_EQ(out.marks.size(), 1u);
  EXPECT_EQ(host.counter(Counter::kIcmpOutDestUnreachs), 0u);
  Packet datagram = pool.make(16);
  datagram.append(8);
  inject_ip(std::move(datagram), kHere, 17);
  EXPECT_EQ(out.marks.size(), 2u);
  EXPECT_EQ(host.counter(Counter::kIcmpOutDestUnreachs), 1u);
  EXPECT_EQ(dropped(DropReason::kFiltered), 2u);
}

TEST_F(Netfilter, ADropInOutputIsToldToTheSender) {
  add("filter", "OUTPUT", "DROP");
  Outgoing out;
  out.packet = pool.make(8);
  out.packet.append(8);
  out.destination = kPeer;
  EXPECT_EQ(host.send(turn, std::move(out)), SendResult::kFiltered);
}

TEST_F(Netfilter, AMarkSetInOutputRoutesThePacketAnew) {
  const InterfaceIndex eth1 = add_nic(host, "eth1", "10.1.0.1/24");
  host.routes().add_rule({.mark = 5, .table = 7});
  host.add_route(turn,
                 {.destination = {kPeer, 32}, .scope = Scope::kLink, .device = eth1, .table = 7});
  Spy out;
  host.add_hook(Hook::kPostrouting, 0, &out);
  const auto send = [&] {
    Outgoing packet;
    packet.packet = pool.make(8);
    packet.packet.append(8);
    packet.destination = kPeer;
    host.send(turn, std::move(packet));
    run_for(Duration::microseconds(1));
  };
  send();
  add("mangle", "OUTPUT", "MARK", "--set-mark 5");
  send();
  EXPECT_EQ(out.out_devices, (std::vector<InterfaceIndex>{eth0, eth1}));
  EXPECT_EQ(out.marks, (std::vector<std::uint32_t>{0, 5}));
}

TEST_F(Netfilter, ATableWithoutRulesLeavesTheHooks) {
  add("filter", "INPUT", "");
  syn(kHere);
  EXPECT_EQ(table("filter").find("INPUT")->policy_count.packets, 1u);
  table("filter").find("INPUT")->rules.clear();
  filter.changed(table("filter"));
  syn(kHere);
  EXPECT_EQ(table("filter").find("INPUT")->policy_count.packets, 1u) << "nobody counts";
  table("filter").find("INPUT")->drops = true;
  filter.changed(table("filter"));
  syn(kHere);
  EXPECT_EQ(dropped(DropReason::kFiltered), 1u) << "a policy is enough";
}

}  // namespace
}  // namespace lvslab::net
