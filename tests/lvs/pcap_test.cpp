// Real code: a director without host, network or simulator, driven by what a packet capture holds.
// A real director's two interfaces were recorded while it balanced by NAT; what came in at one is
// given to ours, and what it answers must be, byte for byte, what the real one sent at the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "lvs/director.h"
#include "support/text_file.h"
#include "wire/ethernet.h"

namespace lvslab::lvs {
namespace {

struct Captured {
  Instant time;
  std::string datagram;  ///< bytes from the IP header on
};

// A pcap file with nanosecond stamps, little-endian: 24 bytes of head, then seconds, nanoseconds,
// captured and original length before each frame. ARP and the rest are left out.
std::vector<Captured> read_pcap(const std::string& name) {
  const std::string file =
      testing::read_text_file(LVSLAB_TEST_DATA "/lvs/data/pcap/" + name + ".pcap");
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4 && at + i < file.size(); ++i)
      value |= std::uint32_t{static_cast<std::uint8_t>(file[at + i])} << (8 * i);
    return value;
  };
  EXPECT_EQ(word(0), 0xa1b23c4du) << name;
  std::vector<Captured> frames;
  for (std::size_t at = 24, size = 0; at + 16 <= file.size(); at += 16 + size) {
    size = word(at + 8);
    const std::string frame = file.substr(at + 16, size);
    if (frame.size() <= wire::kEthernetHeader || frame.compare(12, 2, "\x08\x00", 2) != 0) continue;
    frames.push_back(
        {Instant::at(Duration::seconds(word(at) - word(24)) + Duration::nanoseconds(word(at + 4))),
         frame.substr(wire::kEthernetHeader)});
  }
  return frames;
}

struct Routes final : hook::RouteLookup {
  hook::RouteAnswer to(wire::Ipv4 destination) const override {
    return {.found = true, .local = is_local(destination), .next_hop = destination, .mtu = 1500};
  }
  bool is_local(wire::Ipv4 address) const override { return address == vip; }
  wire::Ipv4 vip = wire::ipv4(192, 168, 1, 100);
};

struct Recording {
  const char* name;
  wire::Protocol protocol;
  std::uint16_t vport, rport;
};

class PcapReplay : public ::testing::TestWithParam<Recording> {
 protected:
  void SetUp() override {
    turn_.begin(Instant::start(), WatchLevel::kNothing);
    const ServiceKey key{.protocol = GetParam().protocol,
                         .address = {routes_.vip, GetParam().vport}};
    ServiceOptions service;
    service.scheduler = "rr";
    ASSERT_EQ(director_.add_service(turn_, key, service), AdminError::kNone);
    for (const wire::Ipv4 rip : {wire::ipv4(10, 1, 1, 11), rip2_}) {
      ASSERT_EQ(director_.add_destination(turn_, key, {rip, GetParam().rport},
                                          {.method = Method::kMasq}, routes_),
                AdminError::kNone);
    }
  }

  // What the director makes of a datagram at a hook; `verdict` is its answer.
  std::string inspect(const Captured& in, hook::Hook where, hook::Verdict& verdict) {
    turn_.begin(in.time, WatchLevel::kNothing);
    if (director_.next_wake() <= in.time) director_.wake(turn_);
    Packet packet = pool_.copy_of(
        {reinterpret_cast<const std::uint8_t*>(in.datagram.data()), in.datagram.size()});
    wire::Datagram datagram;
    EXPECT_EQ(wire::Datagram::parse(packet, datagram), wire::Datagram::Problem::kNone);
    const bool forwarded = where == hook::Hook::kForward;
    if (forwarded) {  // the host has counted the hop before its FORWARD hook
      const auto ttl = static_cast<std::uint8_t>(datagram.ip().ttl() - 1);
      wire::set_ttl(datagram.edit_ip(), ttl);
    }
    auto hooks = director_.registrations();
    std::stable_sort(hooks.begin(), hooks.end(),
                     [](const auto& a, const auto& b) { return a.priority < b.priority; });
    for (const Director::Registration& hook : hooks) {
      if (hook.where != where || verdict.kind != hook::Verdict::Kind::kAccept) continue;
      const auto kind = forwarded ? hook::RouteKind::kUnicast : hook::RouteKind::kLocal;
      verdict = hook.object->inspect(turn_, datagram, {.hook = where, .route = kind}, routes_);
    }
    packet = datagram.take();
    const std::string out(reinterpret_cast<const char*>(packet.data()), packet.length());
    pool_.retire(std::move(packet));
    return out;
  }

  static wire::Ipv4 destination(const Captured& c) {
    return wire::Ipv4View{reinterpret_cast<const std::uint8_t*>(c.datagram.data())}.destination();
  }

  PacketPool pool_;
  Turn turn_{pool_};
  Routes routes_;
  Director director_{Random(1, "director")};
  const wire::Ipv4 client_ = wire::ipv4(10, 9, 0, 10), rip2_ = wire::ipv4(10, 1, 1, 12);
};

TEST_P(PcapReplay, WhatCameInAtOneSideGoesOutAtTheOtherAsRecorded) {
  const std::string name = GetParam().name;
  const auto front = read_pcap(name + ".eth0"), back = read_pcap(name + ".eth1");
  ASSERT_EQ(front.size(), back.size());
  ASSERT_GE(front.size(), 2u);
  // The two captures show the same datagrams in the same order: in at one, out at the other.
  for (std::size_t i = 0; i < front.size(); ++i) {
    hook::Verdict verdict;
    if (destination(front[i]) == routes_.vip) {
      EXPECT_EQ(inspect(front[i], hook::Hook::kLocalIn, verdict), back[i].datagram) << i;
      EXPECT_EQ(verdict.kind, hook::Verdict::Kind::kSendToward) << i;
      EXPECT_EQ(verdict.toward, rip2_) << i;  // the server added last is picked first
    } else {
      ASSERT_EQ(destination(back[i]), client_) << i;
      EXPECT_EQ(inspect(back[i], hook::Hook::kForward, verdict), front[i].datagram) << i;
      EXPECT_TRUE(verdict.kind == hook::Verdict::Kind::kAccept ||
                  verdict.kind == hook::Verdict::Kind::kReroute)
          << i;
    }
  }
  EXPECT_EQ(director_.connections().size(), 1u);
  EXPECT_EQ(pool_.leaked(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    RealDirector, PcapReplay,
    ::testing::Values(Recording{"nat-portmap-tcp", wire::Protocol::kTcp, 80, 8080},
                      Recording{"nat-tcp-server-closes", wire::Protocol::kTcp, 80, 80},
                      Recording{"nat-rs-not-listening", wire::Protocol::kTcp, 80, 80},
                      Recording{"nat-udp", wire::Protocol::kUdp, 53, 53}),
    [](const auto& recording) {
      std::string name = recording.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace lvslab::lvs
