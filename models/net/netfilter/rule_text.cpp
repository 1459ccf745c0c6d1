#include "net/netfilter/rule_text.h"

#include <array>

#include "net/netfilter/table.h"

namespace lvslab::net::netfilter {
namespace {

struct ProtocolName {
  std::string_view name;
  std::uint8_t number;
};
constexpr auto kProtocols = std::to_array<ProtocolName>({{"tcp", 6},
                                                         {"sctp", 132},
                                                         {"udp", 17},
                                                         {"udplite", 136},
                                                         {"icmp", 1},
                                                         {"icmpv6", 58},
                                                         {"ipv6-icmp", 58},
                                                         {"esp", 50},
                                                         {"ah", 51},
                                                         {"all", 0},
                                                         {"igmp", 2},
                                                         {"ipencap", 4},
                                                         {"gre", 47},
                                                         {"ospf", 89},
                                                         {"vrrp", 112},
                                                         {"dccp", 33}});

std::string address_option(std::string_view option, const AddressTest& test) {
  if (test.mask == 0 && !test.inverted) return {};
  return std::string(test.inverted ? " ! " : " ") + std::string(option) + " " +
         to_string(test.address) +
         (test.mask == 0xffffffff ? "/32"
          : test.mask == 0        ? "/0"
                                  : mask_text(test.mask));
}

std::string device_option(std::string_view option, const DeviceTest& test) {
  if (test.name.empty()) return {};
  return std::string(test.inverted ? " ! " : " ") + std::string(option) + " " + test.name;
}

}  // namespace

std::string mask_text(std::uint32_t mask) {
  if (mask == 0xffffffff) return {};
  if (const auto length = wire::mask_length({mask})) return "/" + std::to_string(*length);
  return "/" + to_string(wire::Ipv4{mask});
}

std::string_view protocol_name(std::uint8_t protocol) {
  for (const ProtocolName& known : kProtocols) {
    if (known.number == protocol) return known.name;
  }
  return {};
}

unsigned protocol_number(std::string_view text) {
  if (const auto number = read_number(text)) return *number > 255 ? 256 : *number;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const ProtocolName& known : kProtocols) {
    if (known.name == lower) return known.number;
  }
  return 256;
}

std::string Rule::save(bool with_count) const {
  std::string line = address_option("-s", source) + address_option("-d", destination) +
                     device_option("-i", in) + device_option("-o", out);
  if (protocol != 0) {
    const std::string_view name = protocol_name(protocol);
    line += std::string(protocol_inverted ? " ! -p " : " -p ") +
            (name.empty() ? std::to_string(protocol) : std::string(name));
  }
  if (fragment) line += fragment_inverted ? " ! -f" : " -f";
  for (const Use& use : matches) line += " -m " + std::string(use.name) + use.match->save();
  if (with_count)
    line += " -c " + std::to_string(count.packets) + " " + std::to_string(count.bytes);
  if (target_name.empty()) return line;
  line += (go_to ? " -g " : " -j ") + target_name;
  return target != nullptr ? line + target->save() : line;
}

}  // namespace lvslab::net::netfilter
