#include "wire/ipv4.h"

namespace lvslab::wire {

// The checksum is added up from the values: reading back what was just written byte by byte would
// make the processor wait for its own stores.
void emit_ipv4(std::uint8_t* p, const Ipv4Header& header) {
  const std::uint16_t version_and_tos = static_cast<std::uint16_t>(0x4500 | header.tos);
  const auto total = static_cast<std::uint16_t>(kIpv4Header + header.payload_length);
  std::uint32_t fragment = (header.fragment_offset / 8) & 0x1fff;
  if (header.dont_fragment) fragment |= 0x4000;
  if (header.more_fragments) fragment |= 0x2000;
  const auto ttl_and_protocol = static_cast<std::uint16_t>((header.ttl << 8) | header.protocol);
  const std::uint64_t sum = std::uint64_t{version_and_tos} + total + header.id + fragment +
                            pseudo_header_sum(header.source, header.destination, 0, 0) +
                            ttl_and_protocol;
  store16(p, version_and_tos);
  store16(p + 2, total);
  store16(p + 4, header.id);
  store16(p + 6, static_cast<std::uint16_t>(fragment));
  store16(p + 8, ttl_and_protocol);
  store16(p + 10, finish_sum(sum));
  header.source.store(p + 12);
  header.destination.store(p + 16);
}

}  // namespace lvslab::wire
