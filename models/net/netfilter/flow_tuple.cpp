#include "net/netfilter/flow_tuple.h"

#include <array>

namespace lvslab::net::netfilter {
namespace {

constexpr auto kIcmp = static_cast<std::uint8_t>(wire::Protocol::kIcmp);

bool has_ports(std::uint8_t protocol) {
  constexpr std::uint8_t kDccp = 33, kUdpLite = 136;
  switch (static_cast<wire::Protocol>(protocol)) {
    case wire::Protocol::kTcp:
    case wire::Protocol::kUdp:
    case wire::Protocol::kSctp:
      return true;
    default:
      return protocol == kDccp || protocol == kUdpLite;
  }
}

std::optional<Tuple> read(const wire::Ipv4View& ip, const std::uint8_t* transport,
                          std::uint32_t size) {
  if (ip.fragment_offset() != 0) return std::nullopt;
  Tuple tuple{{ip.source(), 0}, {ip.destination(), 0}, ip.protocol()};
  if (has_ports(tuple.protocol)) {
    if (size < 8) return std::nullopt;
    tuple.source.port = wire::load16(transport);
    tuple.destination.port = wire::load16(transport + 2);
  } else if (tuple.protocol == kIcmp) {
    if (size < wire::kIcmpHeader) return std::nullopt;
    tuple.source.port = wire::load16(transport + 4);
    tuple.destination.port = wire::load16(transport);
  }
  return tuple;
}

// Questions and their answers (RFC 792, 950).
struct Pair {
  std::uint8_t question, answer;
};
constexpr auto kPairs = std::to_array<Pair>({{8, 0}, {13, 14}, {15, 16}, {17, 18}});

std::optional<std::uint8_t> opposite(std::uint8_t type) {
  for (const Pair& pair : kPairs) {
    if (pair.question == type) return pair.answer;
    if (pair.answer == type) return pair.question;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Tuple> tuple_of(const wire::Datagram& datagram) {
  return read(datagram.ip(), datagram.transport(), datagram.transport_real_size());
}

std::optional<Tuple> tuple_of_quote(const std::uint8_t* header, std::uint32_t size) {
  if (size < wire::kIpv4Header) return std::nullopt;
  const wire::Ipv4View ip{header};
  const std::uint32_t length = ip.header_length();
  if (ip.version() != 4 || length < wire::kIpv4Header || length > size) return std::nullopt;
  return read(ip, header + length, size - length);
}

std::optional<Tuple> reply_to(const Tuple& t) {
  if (t.protocol != kIcmp) return Tuple{t.destination, t.source, t.protocol};
  const auto type = opposite(static_cast<std::uint8_t>(t.destination.port >> 8));
  if (!type) return std::nullopt;
  const auto kind = static_cast<std::uint16_t>((*type << 8) | (t.destination.port & 0xff));
  return Tuple{{t.destination.address, t.source.port}, {t.source.address, kind}, t.protocol};
}

}  // namespace lvslab::net::netfilter
