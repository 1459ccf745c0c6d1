// The parts of a frame-hop alone: the event queue by how much is pending, and what one frame costs
// at a switch, a router and an end host. A copy of the frame (clone) is in each of the last three.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "engine/heap.h"
#include "net/host.h"
#include "net/switch.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"

namespace lvslab::bench {
namespace {

/// Takes the first event and puts one back an exponential gap later: the hold model.
void EventQueue(benchmark::State& state) {
  engine::EventHeap heap;
  Random random(1, "hold");
  std::uint64_t key = 0;
  const auto later = [&](Instant now) {
    return engine::EventKey{
        now + Duration::picoseconds(static_cast<std::int64_t>(exponential(random.unit(), 1e6))),
        ++key};
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) heap.push(later(Instant::start()));
  for (auto _ : state) heap.replace_top(later(heap.top().time));
}

constexpr wire::Mac kFar{0x020000000001ULL}, kNear{0x020000000002ULL}, kNext{0x020000000003ULL};

Packet udp_frame(PacketPool& pool, wire::Mac to, wire::Mac from, wire::Ipv4 source,
                 wire::Ipv4 destination) {
  Packet packet = pool.make(wire::kIpv4Header + 28);
  std::uint8_t* payload = packet.append(28);
  for (int i = 0; i < 28; ++i) payload[i] = 0;
  wire::emit_ipv4(packet.push(wire::kIpv4Header),
                  {.source = source,
                   .destination = destination,
                   .protocol = static_cast<std::uint8_t>(wire::Protocol::kUdp),
                   .ttl = 64,
                   .payload_length = 28});
  wire::emit_ethernet(packet.push(wire::kEthernetHeader), to, from,
                      static_cast<std::uint16_t>(wire::EtherType::kIpv4));
  return packet;
}

/// Sends the same frame to a node again and again; what the node sends out ends at once.
void drive(benchmark::State& state, Node& node, PacketPool& pool, const Packet& frame) {
  Turn turn(pool);
  std::int64_t now = 1'000'000;
  for (auto _ : state) {
    turn.begin(Instant::at(Duration::nanoseconds(++now)), WatchLevel::kNothing);
    node.receive(turn, 0, pool.clone(frame));
    for (Transmission& out : turn.transmissions()) pool.retire(std::move(out.packet));
    turn.transmissions().clear();
  }
}

void SwitchForward(benchmark::State& state) {
  PacketPool pool;
  Turn turn(pool);
  net::Switch lan("lan", Duration::seconds(300));
  lan.add_port();
  lan.add_port();
  lan.receive(turn, 1,
              udp_frame(pool, kFar, kNear, wire::ipv4(10, 0, 0, 2), wire::ipv4(10, 0, 0, 1)));
  for (Transmission& out : turn.transmissions()) pool.retire(std::move(out.packet));
  turn.transmissions().clear();
  Packet frame = udp_frame(pool, kNear, kFar, wire::ipv4(10, 0, 0, 1), wire::ipv4(10, 0, 0, 2));
  drive(state, lan, pool, frame);
  pool.retire(std::move(frame));
}

/// A host with a NIC on 10.0.0.0/24 and one on 10.1.0.0/24, and what it needs to know to send on at
/// once.
void drive_host(benchmark::State& state, wire::Ipv4 destination) {
  PacketPool pool;
  Turn turn(pool);
  net::Host host("router", 1);
  for (const int net : {0, 1}) {
    const InterfaceIndex nic =
        host.add_ethernet(turn, net == 0 ? "eth0" : "eth1", kNear, 1500, true);
    host.add_address(turn, nic, {.local = wire::ipv4(10, net, 0, 1), .prefix_length = 24});
  }
  host.set_forwarding(true);
  host.neighbours().update(turn, 2, wire::ipv4(10, 1, 0, 2), kNext, net::NeighbourState::kPermanent,
                           net::kAdmin, true);
  Packet frame = udp_frame(pool, kNear, kFar, wire::ipv4(10, 0, 0, 2), destination);
  drive(state, host, pool, frame);
  pool.retire(std::move(frame));
}
void RouterForward(benchmark::State& state) { drive_host(state, wire::ipv4(10, 1, 0, 2)); }
/// Delivered to this host, where nobody has a socket for it: the way up to the transport, and an
/// ICMP limit's refusal.
void HostReceive(benchmark::State& state) { drive_host(state, wire::ipv4(10, 0, 0, 1)); }

BENCHMARK(EventQueue)->Arg(1)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(SwitchForward);
BENCHMARK(RouterForward);
BENCHMARK(HostReceive);

}  // namespace
}  // namespace lvslab::bench
