// The bed the ARP recordings were made on, as far as one host sees it: client .10, director .2
// holding the VIP .100, real servers .11 and .12 on 192.168.1.0/24; frames from the others are
// injected.
#pragma once

#include <string>
#include <vector>

#include "arp_lab.h"

namespace lvslab::net {

using wire::Arp;
using wire::Ipv4;
using wire::ipv4;
using wire::Mac;

inline constexpr Ipv4 kVip = ipv4(192, 168, 1, 100), kClient = ipv4(192, 168, 1, 10),
                      kRip1 = ipv4(192, 168, 1, 11), kRip2 = ipv4(192, 168, 1, 12),
                      kFar = ipv4(172, 31, 9, 9), kOther = ipv4(192, 168, 1, 77);
inline constexpr Mac kStranger{0x0200000000aa};

inline Arp question(Ipv4 sender, Mac mac, Ipv4 target) {
  return {
      .operation = wire::kArpRequest, .sender_mac = mac, .sender_ip = sender, .target_ip = target};
}
inline Arp answer(Ipv4 sender, Mac mac, Ipv4 target, Mac target_mac) {
  return {.operation = wire::kArpReply,
          .sender_mac = mac,
          .sender_ip = sender,
          .target_mac = target_mac,
          .target_ip = target};
}

/// A real server with the VIP somewhere, and who asks for what.
class RealServer : public ArpLab {
 public:
  RealServer() : rs(add_host("rs1")) { eth0 = add_nic(rs, "eth0", "192.168.1.11/24"); }
  /// Where a `vip` row of a table puts it.
  void put_vip(const std::string& where) {
    if (where == "lo/32") {
      add_address(rs, 0, "192.168.1.100/32");
    } else if (where == "lo/32 host") {
      add_address(rs, 0, "192.168.1.100/32", Scope::kHost);
    } else if (where == "lo/24") {
      add_address(rs, 0, "192.168.1.100/24");
    } else if (where == "eth0/32") {
      add_address(rs, eth0, "192.168.1.100/32");
    } else if (where == "eth0/24") {
      add_address(rs, eth0, "192.168.1.100/24");
    } else if (where == "eth1/32") {
      add_address(rs, add_nic(rs, "eth1"), "192.168.1.100/32");
    } else if (where == "dummy0/32" || where == "tunl0/32") {
      Interface d;
      d.name = where.substr(0, where.find('/'));
      d.kind = d.name == "tunl0" ? InterfaceKind::kIpip : InterfaceKind::kDummy;
      d.up = true;
      add_address(rs, *rs.add_virtual(turn, d), "192.168.1.100/32");
    } else {
      ASSERT_EQ(where, "none");
    }
  }
  InterfaceConf& conf(const std::string& of) {
    if (of == "all") return rs.conf_all();
    if (of == "default") return rs.conf_default();
    return rs.edit_interface(rs.find_interface(of)->index).conf;
  }
  /// Whether eth0 answers a broadcast question.
  bool answers(Ipv4 sender, Ipv4 target) {
    arps.clear();
    Packet frame = pool.make(64);
    wire::emit_arp(frame.append(wire::kArpSize), question(sender, kStranger, target));
    wire::emit_ethernet(frame.push(wire::kEthernetHeader), wire::kBroadcastMac, kStranger, 0x0806);
    const std::vector<std::uint8_t> bytes(frame.bytes().begin(), frame.bytes().end());
    pool.retire(std::move(frame));
    inject_bytes(rs, eth0, bytes);
    const auto seen = replies();
    for (const SeenArp& s : seen) {
      EXPECT_EQ(s.arp.sender_ip, target);
      EXPECT_EQ(s.arp.sender_mac, rs.interface(eth0).mac);
      EXPECT_EQ(s.arp.target_ip, sender);
      EXPECT_EQ(s.arp.target_mac, kStranger);
      EXPECT_EQ(s.destination, kStranger);
    }
    return !seen.empty();
  }
  Host& rs;
  InterfaceIndex eth0;
};

inline constexpr Mac kDirector{0x0200000000d0}, kThief{0x0200000000b1};

class Client : public ArpLab {
 public:
  Client() : client(add_host("client")) { eth0 = add_nic(client, "eth0", "192.168.1.10/24"); }
  /// The entry for the VIP as a row says, with the clock far enough on.
  void prepare(const std::string& before) {
    run_to(ms(10'000));
    if (before == "none") return;
    if (before == "failed") {
      ping(client, kClient, kVip);
      run_to(ms(20'000));
    } else if (before == "permanent") {
      set_neighbour(client, eth0, kVip, kDirector, NeighbourState::kPermanent);
    } else if (before == "stale") {
      set_neighbour(client, eth0, kVip, kDirector, NeighbourState::kStale);
      run_for(Duration::seconds(3));
    } else {
      set_neighbour(client, eth0, kVip, kDirector, NeighbourState::kReachable);
      run_for(before == "fresh" ? Duration::milliseconds(300) : Duration::seconds(3));
    }
  }
  void hear(const std::string& what) {
    const Mac mine = client.interface(eth0).mac;
    if (what == "garp request") {
      inject(question(kVip, kThief, kVip), wire::kBroadcastMac);
    } else if (what == "arping -U") {
      Arp arp = question(kVip, kThief, kVip);
      arp.target_mac = wire::kBroadcastMac;
      inject(arp, wire::kBroadcastMac);
    } else if (what == "arping -A") {
      inject(answer(kVip, kThief, kVip, kThief), wire::kBroadcastMac);
    } else if (what == "garp reply ff") {
      inject(answer(kVip, kThief, kVip, wire::kBroadcastMac), wire::kBroadcastMac);
    } else if (what == "unicast reply") {
      inject(answer(kVip, kThief, kClient, mine), mine);
    } else if (what == "request for us") {
      inject(question(kVip, kThief, kClient), wire::kBroadcastMac);
    } else {
      ASSERT_EQ(what, "request for other");
      inject(question(kVip, kThief, kOther), wire::kBroadcastMac);
    }
    run_for(Duration::microseconds(1));
  }
  std::string entry() const {
    const Mac known = mac(client, eth0, kVip);
    const std::string who = known == kThief ? "thief " : known == kDirector ? "director " : "";
    return who + state(client, eth0, kVip);
  }
  Host& client;
  InterfaceIndex eth0;
};

}  // namespace lvslab::net
