// iptables with any words: lines of the input are typed one after the other on a gateway with two
// NICs, then packets of several kinds cross whatever tables came of it. Nothing may crash, listing
// and saving must always work, and what was saved must be restorable.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "admin/machine.h"
#include "typed.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace {

using lvslab::Packet;
using lvslab::wire::ipv4;
using lvslab::wire::Ipv4;

constexpr std::size_t kLongest = 4096;

void arrive(lvslab::Turn& turn, lvslab::admin::Machine& machine, Packet packet, Ipv4 from, Ipv4 to,
            std::uint8_t protocol) {
  lvslab::wire::emit_ipv4(
      packet.push(lvslab::wire::kIpv4Header),
      {.source = from, .destination = to, .protocol = protocol, .payload_length = packet.length()});
  const lvslab::net::Interface* nic = machine.host().find_interface("eth0");
  lvslab::wire::emit_ethernet(packet.push(lvslab::wire::kEthernetHeader), nic->mac,
                              lvslab::wire::Mac{0x020000000009}, 0x0800);
  machine.host().receive(turn, nic->port, std::move(packet));
}

void send_packets(lvslab::Turn& turn, lvslab::PacketPool& pool, lvslab::admin::Machine& machine) {
  constexpr Ipv4 kPeer = ipv4(10, 0, 0, 9);
  for (const Ipv4 to : {ipv4(10, 0, 0, 1), ipv4(198, 51, 100, 7)}) {
    for (const std::uint8_t flags : {lvslab::wire::kSyn, lvslab::wire::kAck, lvslab::wire::kRst}) {
      Packet segment = pool.make(64);
      lvslab::wire::push_tcp(
          segment, kPeer, to,
          {.source_port = 1234, .destination_port = 80, .sequence = 1, .flags = flags});
      arrive(turn, machine, std::move(segment), kPeer, to, 6);
    }
    Packet datagram = pool.make(64);
    datagram.append_zeros(10);
    lvslab::wire::push_udp(datagram, {kPeer, 1234}, {to, 53});
    arrive(turn, machine, std::move(datagram), kPeer, to, 17);
    Packet echo = pool.make(64);
    lvslab::wire::push_icmp(echo, 8, 0, 7);
    arrive(turn, machine, std::move(echo), kPeer, to, 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kLongest) return 0;
  lvslab::PacketPool pool;
  lvslab::Turn turn(pool);
  lvslab::admin::Machine machine("gw", 1, 0);
  turn.begin(lvslab::Instant::start(), lvslab::WatchLevel::kNothing);
  machine.host().add_ethernet(turn, "eth0", {0x020000000001}, 1500, true);
  machine.host().add_ethernet(turn, "eth1", {0x020000000002}, 1400, true);
  for (const char* line :
       {"ip addr add 10.0.0.1/24 dev eth0", "ip addr add 192.0.2.1/24 dev eth1",
        "ip route add default via 192.0.2.254", "sysctl -w net.ipv4.ip_forward=1"})
    lvslab::fuzz::type(turn, machine, line);
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lvslab::fuzz::type(turn, machine, lvslab::fuzz::quoted("iptables", text.substr(at, end - at)));
    at = end + 1;
  }
  send_packets(turn, pool, machine);
  for (const char* line :
       {"iptables -L -v", "iptables -t nat -L -n", "iptables -t mangle -S -v", "iptables -t raw -S",
        "iptables-save > /saved; iptables-restore < /saved", "iptables-save -c", "dmesg"})
    lvslab::fuzz::type(turn, machine, line);
  send_packets(turn, pool, machine);
  machine.set_power(turn, false);
  for (lvslab::Transmission& out : turn.transmissions()) pool.retire(std::move(out.packet));
  turn.clear();
  return 0;
}
