// A director on a test bench: hand-built datagrams are pushed through the hooks it registers, with
// a routing table that is a list of local addresses, and a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lvs/director.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/sctp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::lvs::test {

inline constexpr wire::Ipv4 kVip = wire::ipv4(10, 0, 0, 100);
inline constexpr wire::Endpoint kWeb{kVip, 80};

inline wire::Endpoint server(int n, std::uint16_t port = 80) {
  return {wire::ipv4(10, 1, 0, n), port};
}
inline wire::Endpoint client(int n, int port = 40000) {
  return {wire::ipv4(10, 9, n / 250, 1 + n % 250), static_cast<std::uint16_t>(port)};
}

class FakeRoutes final : public hook::RouteLookup {
 public:
  hook::RouteAnswer to(wire::Ipv4 destination) const override {
    hook::RouteAnswer answer;
    answer.found = unreachable.count(destination) == 0;
    answer.local = is_local(destination);
    answer.next_hop = destination;
    answer.mtu = mtu;
    answer.device = 1;
    return answer;
  }
  bool is_local(wire::Ipv4 address) const override { return local.count(address) != 0; }

  std::set<wire::Ipv4> local{kVip};
  std::set<wire::Ipv4> unreachable;
  std::uint32_t mtu = 1500;
};

struct Built {
  std::uint8_t ttl = 64;
  bool dont_fragment = true;
  std::uint32_t payload = 0;
  Tag tag{};
};

class Bed {
 public:
  Bed() { turn.begin(now, WatchLevel::kEverything); }
  ~Bed() {
    turn.clear();
    EXPECT_EQ(pool.leaked(), 0u);
    EXPECT_EQ(pool.alive(), 0u);
  }

  wire::Datagram tcp(wire::Endpoint from, wire::Endpoint to, std::uint8_t flags, Built b = {}) {
    Packet packet = pool.make(64);
    packet.append_zeros(b.payload);
    wire::TcpHeader header;
    header.source_port = from.port;
    header.destination_port = to.port;
    header.flags = flags;
    wire::push_tcp(packet, from.address, to.address, header);
    return with_ip(std::move(packet), from, to, wire::Protocol::kTcp, b);
  }
  /// With a header of the test's own; its ports are put in.
  wire::Datagram segment(wire::Endpoint from, wire::Endpoint to, wire::TcpHeader header,
                         Built b = {}) {
    Packet packet = pool.make(64);
    packet.append_zeros(b.payload);
    header.source_port = from.port;
    header.destination_port = to.port;
    wire::push_tcp(packet, from.address, to.address, header);
    return with_ip(std::move(packet), from, to, wire::Protocol::kTcp, b);
  }
  /// Chunks of these types, 4 bytes each, with a right checksum.
  wire::Datagram sctp(wire::Endpoint from, wire::Endpoint to,
                      const std::vector<wire::SctpChunk>& chunks, Built b = {}) {
    Packet packet = pool.make(64);
    std::uint8_t* p = packet.append(wire::kSctpHeader);
    wire::store16(p, from.port);
    wire::store16(p + 2, to.port);
    wire::store32(p + 4, 0x01020304);
    for (const wire::SctpChunk chunk : chunks) {
      wire::store32(packet.append(4), (static_cast<std::uint32_t>(chunk) << 24) | 4);
    }
    packet.append_zeros(b.payload);
    std::uint8_t* header = packet.edit();
    wire::store_sctp_checksum(header, wire::sctp_checksum(packet.bytes(), b.payload));
    return with_ip(std::move(packet), from, to, wire::Protocol::kSctp, b);
  }
  wire::Datagram udp(wire::Endpoint from, wire::Endpoint to, Built b = {}) {
    Packet packet = pool.make(64);
    packet.append_zeros(b.payload);
    wire::push_udp(packet, from, to);
    return with_ip(std::move(packet), from, to, wire::Protocol::kUdp, b);
  }
  /// An ICMP error from `sender` to `to` that quotes the first 28 bytes of `about`.
  wire::Datagram icmp(wire::Ipv4 sender, wire::Ipv4 to, std::uint8_t type, std::uint8_t code,
                      const wire::Datagram& about) {
    return icmp_quoting(sender, to, type, code, about.packet().bytes().first(28));
  }
  wire::Datagram icmp_quoting(wire::Ipv4 sender, wire::Ipv4 to, std::uint8_t type,
                              std::uint8_t code, std::span<const std::uint8_t> quote,
                              std::uint32_t rest = 0) {
    Packet packet = pool.copy_of(quote);
    wire::push_icmp(packet, type, code, rest);
    return with_ip(std::move(packet), {sender, 0}, {to, 0}, wire::Protocol::kIcmp, {});
  }

  /// Through the hooks registered at `where`, in order of priority, until one does not accept.
  hook::Verdict push(wire::Datagram datagram, hook::Hook where = hook::Hook::kLocalIn) {
    hook::PacketInfo info;
    info.hook = where;
    info.route =
        where == hook::Hook::kForward ? hook::RouteKind::kUnicast : hook::RouteKind::kLocal;
    info.mark = mark;
    info.link = link;
    info.ipvs_done = done;
    info.locally_generated = where == hook::Hook::kLocalOut;
    std::vector<Director::Registration> hooks = director.registrations();
    std::stable_sort(hooks.begin(), hooks.end(),
                     [](const auto& a, const auto& b) { return a.priority < b.priority; });
    hook::Verdict verdict;
    for (const Director::Registration& r : hooks) {
      if (r.where != where || !director.active()) continue;
      verdict = r.object->inspect(turn, datagram, info, routes);
      if (verdict.kind != hook::Verdict::Kind::kAccept) break;
    }
    last.assign(datagram.packet().bytes().begin(), datagram.packet().bytes().end());
    last_zeros = datagram.packet().zeros();
    last_ttl = datagram.ip().ttl();
    last_checksum_ok = wire::checksum(datagram.packet().bytes().first(20)) == 0;
    pool.retire(datagram.take());
    return verdict;
  }
  hook::Verdict send(wire::Endpoint from, std::uint8_t flags, wire::Endpoint to = kWeb,
                     Built b = {}) {
    return push(tcp(from, to, flags, b));
  }

  /// SYN, ACK; the address of the server that was picked.
  wire::Ipv4 open(wire::Endpoint from, wire::Endpoint to = kWeb) {
    const hook::Verdict verdict = send(from, wire::kSyn, to);
    if (verdict.kind != hook::Verdict::Kind::kSendToward) return {};
    EXPECT_EQ(send(from, wire::kAck, to).toward, verdict.toward);
    return verdict.toward;
  }
  void close(wire::Endpoint from, wire::Endpoint to = kWeb) {
    send(from, wire::kFin | wire::kAck, to);
    send(from, wire::kAck, to);
  }

  /// Lets time pass; the director is woken whenever it asked to be.
  void pass(Duration time) {
    const Instant end = now + time;
    while (director.next_wake() <= end) {
      now = std::max(now, director.next_wake());
      turn.begin(now, WatchLevel::kEverything);
      director.wake(turn);
    }
    now = end;
    turn.begin(now, WatchLevel::kEverything);
  }

  ServiceKey web() const { return {.address = kWeb}; }
  void add_web(const std::string& scheduler, const std::vector<int>& weights,
               DestinationOptions options = {}, ServiceOptions service = {}) {
    service.scheduler = scheduler;
    ASSERT_EQ(director.add_service(turn, web(), service), AdminError::kNone);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      options.weight = weights[i];
      ASSERT_EQ(
          director.add_destination(turn, web(), server(static_cast<int>(i) + 1), options, routes),
          AdminError::kNone);
    }
  }
  const Connection* find(wire::Endpoint from, wire::Endpoint to = kWeb,
                         wire::Protocol protocol = wire::Protocol::kTcp) const {
    const std::uint32_t slot = director.connections().find_in(protocol, from, to);
    return slot == kNoSlot ? nullptr : &director.connections().at(slot);
  }
  const Destination& real(int n, const ServiceKey& key) const {
    for (const Destination* d : director.find_service(key)->destinations) {
      if (d->address.address == server(n).address) return *d;
    }
    ADD_FAILURE() << "no server " << n;
    return *director.find_service(key)->destinations.front();
  }
  const Destination& real(int n) const { return real(n, web()); }
  /// Notes of a kind since the start, in order.
  std::vector<Note> notes(NoteKind kind) const {
    std::vector<Note> found;
    for (const LogEntry& entry : const_cast<Turn&>(turn).log()) {
      if (entry.kind == LogEntry::Kind::kNote && entry.note.kind == kind)
        found.push_back(entry.note);
    }
    return found;
  }

  PacketPool pool;
  Turn turn{pool};
  FakeRoutes routes;
  Director director{Random(1, "director")};
  Instant now = Instant::at(Duration::milliseconds(1));
  std::uint32_t mark = 0;
  hook::LinkClass link = hook::LinkClass::kHost;
  bool done = false;
  std::vector<std::uint8_t> last;  ///< the bytes of the last packet as the hooks left it
  std::uint32_t last_zeros = 0;
  std::uint8_t last_ttl = 0;
  bool last_checksum_ok = false;

 private:
  wire::Datagram with_ip(Packet&& packet, wire::Endpoint from, wire::Endpoint to,
                         wire::Protocol protocol, const Built& b) {
    wire::Ipv4Header ip;
    ip.source = from.address;
    ip.destination = to.address;
    ip.protocol = static_cast<std::uint8_t>(protocol);
    ip.ttl = b.ttl;
    ip.dont_fragment = b.dont_fragment;
    ip.payload_length = packet.length();
    wire::emit_ipv4(packet.push(wire::kIpv4Header), ip);
    packet.set_tag(b.tag);
    return wire::Datagram::trusted(std::move(packet));
  }
};

using Kind = hook::Verdict::Kind;
inline constexpr std::uint8_t kSyn = wire::kSyn, kAck = wire::kAck, kFin = wire::kFin,
                              kRst = wire::kRst;

}  // namespace lvslab::lvs::test
