#include "wire/udp.h"

#include <algorithm>

#include "wire/checksum.h"
#include "wire/ipv4.h"

namespace lvslab::wire {
namespace {

constexpr auto kUdp = static_cast<std::uint8_t>(Protocol::kUdp);

}  // namespace

// The header is added up from its values: reading back what was just written byte by byte would
// make the processor wait for its own stores.
void push_udp(Packet& packet, const Endpoint& source, const Endpoint& destination) {
  std::uint64_t sum = sum_words(packet.bytes());
  std::uint8_t* p = packet.push(kUdpHeader);
  const std::uint32_t length = packet.length();
  sum += pseudo_header_sum(source.address, destination.address, kUdp, length);
  sum += std::uint64_t{source.port} + destination.port + static_cast<std::uint16_t>(length);
  const std::uint16_t checksum = finish_sum(sum);
  store16(p, source.port);
  store16(p + 2, destination.port);
  store16(p + 4, static_cast<std::uint16_t>(length));
  // 0 in the field means "no checksum", so a sum of 0 goes out as its other representation.
  store16(p + 6, checksum == 0 ? std::uint16_t{0xffff} : checksum);
}

bool udp_checksum_ok(const Packet& segment, Ipv4 source, Ipv4 destination) {
  if (segment.real_size() < kUdpHeader) return false;
  const UdpView udp{segment.data()};
  const std::uint32_t length = udp.length();
  if (length < kUdpHeader || length > segment.length()) return false;
  if (udp.checksum() == 0) return true;
  const auto covered = segment.bytes().first(std::min(length, segment.real_size()));
  return finish_sum(sum_words(covered, pseudo_header_sum(source, destination, kUdp, length))) == 0;
}

}  // namespace lvslab::wire
