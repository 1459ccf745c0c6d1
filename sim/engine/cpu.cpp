#include "engine/cpu.h"

#include "wire/ipv4.h"

namespace lvslab::engine {
namespace {

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[at + i];
  return value;
}

}  // namespace

// Of IPv4, behind a VLAN tag too; fragments and other protocols by their addresses alone. What is
// not IPv4 goes to the first core.
std::uint32_t Cpu::core_of(const Packet& frame) const {
  if (cores_.size() < 2) return 0;
  const std::span<const std::uint8_t> bytes = frame.bytes();
  std::size_t at = 12;
  const auto type_is = [&](std::uint8_t high, std::uint8_t low) {
    return bytes.size() >= at + 2 && bytes[at] == high && bytes[at + 1] == low;
  };
  if (type_is(0x81, 0x00)) at += 4;
  if (!type_is(0x08, 0x00)) return 0;
  at += 2;
  if (bytes.size() < at + wire::kIpv4Header) return 0;
  const std::uint64_t addresses =
      std::uint64_t{word_at(bytes, at + 12)} << 32 | word_at(bytes, at + 16);
  std::uint32_t ports = 0;
  const std::size_t header = (bytes[at] & 0x0fU) * 4U;
  const bool fragment = ((bytes[at + 6] & 0x3fU) | bytes[at + 7]) != 0;
  const std::uint8_t protocol = bytes[at + 9];
  if ((protocol == 6 || protocol == 17) && !fragment && bytes.size() >= at + header + 4)
    ports = word_at(bytes, at + header);
  return static_cast<std::uint32_t>(mix(addresses, ports) % cores_.size());
}

}  // namespace lvslab::engine
