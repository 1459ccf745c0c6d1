// ICMP as tcpdump prints it.
#include <algorithm>
#include <utility>

#include "admin/commands/tcpdump_print.h"
#include "wire/icmp.h"

namespace lvslab::admin {

/// What an ICMP error says of the packet it quotes.
std::string FramePrinter::unreachable(const FrameBytes& bytes) const {
  const FrameBytes quoted = bytes.from(wire::kIcmpHeader);
  const std::string to = address({quoted.at32(16)});
  const std::uint8_t protocol = quoted.at(9);
  switch (bytes.at(1)) {
    case 2:
      return to + " protocol " + std::to_string(protocol) + " unreachable";
    case 3: {
      const std::uint16_t number = quoted.at16((quoted.at(0) & 0x0fu) * 4 + 2);
      if (protocol == 6) return to + " tcp port " + port(number, true) + " unreachable";
      if (protocol == 17) return to + " udp port " + port(number, false) + " unreachable";
      return to + dump_format(" protocol %u port %u unreachable", protocol, number);
    }
    case 4: {
      const std::uint16_t mtu = bytes.at16(6);
      return to + " unreachable - need to frag" + (mtu != 0 ? dump_format(" (mtu %u)", mtu) : "");
    }
    case 5:
      return to + " unreachable - source route failed";
    default:
      break;
  }
  static constexpr std::pair<bool, std::string_view> kReasons[] = {
      {true, ""},
      {false, ""},
      {false, ""},
      {false, ""},
      {false, ""},
      {false, ""},
      {true, " - unknown"},
      {false, " - unknown"},
      {false, " - isolated"},
      {true, " - admin prohibited"},
      {false, " - admin prohibited"},
      {true, " - tos prohibited"},
      {false, " - tos prohibited"},
      {false, " - admin prohibited filter"},
      {false, " - host precedence violation"},
      {false, " - precedence cutoff"}};
  const std::uint8_t code = bytes.at(1);
  if (code >= std::size(kReasons)) return to + dump_format(" unreachable - #%u", code);
  return (kReasons[code].first ? "net " : "host ") + to + " unreachable" +
         std::string(kReasons[code].second);
}

std::string FramePrinter::icmp(const FrameBytes& bytes, bool more_fragments) {
  if (!bytes.has(wire::kIcmpHeader)) return "[|icmp]";
  const std::uint8_t type = bytes.at(0), code = bytes.at(1);
  const FrameBytes quoted = bytes.from(wire::kIcmpHeader);
  std::string what;
  if (type == 0 || type == 8) {
    what = dump_format("echo %s, id %u, seq %u", type == 8 ? "request" : "reply", bytes.at16(4),
                       bytes.at16(6));
  } else if (type == 3) {
    what = unreachable(bytes);
  } else if (type == 4) {
    what = "source quench";
  } else if (type == 5) {
    const char* kind = code == 0   ? "redirect %s to net"
                       : code == 1 ? "redirect %s to host"
                       : code == 2 ? "redirect-tos %s to net"
                                   : "redirect-tos %s to host";
    std::string sentence{kind};
    sentence.replace(sentence.find("%s"), 2, address({quoted.at32(16)}));
    what = sentence + " " + address({bytes.at32(4)});
  } else if (type == 11) {
    what = code == 0   ? "time exceeded in-transit"
           : code == 1 ? "ip reassembly time exceeded"
                       : dump_format("time exceeded-#%u", code);
  } else if (type == 12) {
    what = code != 0 ? dump_format("parameter problem - code %u", code)
                     : dump_format("parameter problem - octet %u", bytes.at(4));
  } else {
    what = dump_format("type-#%u", type);
  }
  std::string text = "ICMP " + what + ", length " + std::to_string(bytes.length);
  if (options_.verbose == 0) return text;
  if (!more_fragments && bytes.captured >= bytes.length) {
    const std::uint16_t sum = sum_of(bytes, 0);
    const std::uint16_t present = bytes.at16(2);
    if (sum != 0)
      text += dump_format(" (wrong icmp cksum %x (->%x)!)", present, right_checksum(present, sum));
  }
  if (!wire::icmp_is_error(type)) return text;
  FrameBytes inner = quoted;
  inner.length = std::max<std::uint32_t>(quoted.length, quoted.at16(2));
  return text + "\n\t" + ip(inner);
}

}  // namespace lvslab::admin
