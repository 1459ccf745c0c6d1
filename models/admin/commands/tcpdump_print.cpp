// Link headers, ARP, IP, UDP and DNS's header as tcpdump prints them. TCP and ICMP stand in
// tcpdump_tcp.cpp and tcpdump_icmp.cpp.
#include "admin/commands/tcpdump_print.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "admin/commands/ipvsadm_names.h"
#include "wire/arp.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"

namespace lvslab::admin {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800, kArp = 0x0806, kVlan = 0x8100;

/// What /etc/protocols calls an IP protocol.
std::string protocol_word(std::uint8_t protocol, bool numeric) {
  struct Name {
    std::uint8_t protocol;
    const char* name;
  };
  static constexpr Name kNames[] = {{1, "icmp"},   {2, "igmp"},       {4, "ipencap"}, {6, "tcp"},
                                    {17, "udp"},   {41, "ipv6"},      {47, "gre"},    {50, "esp"},
                                    {51, "ah"},    {58, "ipv6-icmp"}, {89, "ospf"},   {103, "pim"},
                                    {112, "vrrp"}, {132, "sctp"}};
  for (const Name& known : kNames) {
    if (!numeric && known.protocol == protocol) return known.name;
  }
  return dump_format("ip-proto-%u", protocol);
}

std::string ether_type(std::uint16_t type, bool quick = false) {
  const char* name = type == kIpv4    ? "IPv4"
                     : type == kArp   ? "ARP"
                     : type == kVlan  ? "802.1Q"
                     : type == 0x86dd ? "IPv6"
                     : type == 0x88cc ? "LLDP"
                     : type == 0x8035 ? "Reverse ARP"
                                      : "Unknown";
  if (quick && std::string_view(name) == "Unknown")
    return dump_format("Unknown Ethertype (0x%04x)", type);
  if (quick) return name;
  return dump_format("ethertype %s (0x%04x)", name, type);
}

std::string_view protocol_name(std::uint8_t protocol) {
  switch (protocol) {
    case 1:
      return "ICMP";
    case 2:
      return "IGMP";
    case 4:
      return "IPIP";
    case 6:
      return "TCP";
    case 17:
      return "UDP";
    case 47:
      return "GRE";
    case 50:
      return "ESP";
    case 51:
      return "AH";
    case 112:
      return "VRRP";
    case 132:
      return "SCTP";
    default:
      return "unknown";
  }
}

/// hh:mm:ss.ffffff
std::string clock(std::int64_t microseconds, bool wraps) {
  const std::int64_t seconds = microseconds / 1'000'000;
  const std::int64_t hours = seconds / 3'600;
  return dump_format(
      "%02lld:%02lld:%02lld.%06lld", static_cast<long long>(wraps ? hours % 24 : hours),
      static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60),
      static_cast<long long>(microseconds % 1'000'000));
}

std::string date(std::int64_t days) {  // since 1970-01-01; a run takes 100 days at most
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int month = 0;
  while (month < 11 && days >= kDays[month]) days -= kDays[month++];
  return dump_format("1970-%02d-%02d ", month + 1, static_cast<int>(days) + 1);
}

}  // namespace

std::string dump_format(const char* format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

FrameBytes FrameBytes::from(std::uint32_t n) const {
  const auto less = [n](std::uint32_t all) { return all > n ? all - n : 0; };
  return {p + std::min(n, real), less(real), less(captured), less(length)};
}

FrameBytes FrameBytes::cut(std::uint32_t n) const {
  return {p, std::min(real, n), std::min(captured, n), std::min(length, n)};
}

std::uint16_t sum_of(const FrameBytes& bytes, std::uint32_t seed) {
  std::uint64_t sum = seed;
  for (std::uint32_t i = 0; i < bytes.real; i += 2)  // zeros add nothing
    sum += i + 1 < bytes.real ? bytes.at16(i) : static_cast<std::uint32_t>(bytes.at(i)) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::uint32_t pseudo_header(const FrameBytes& ip, std::uint32_t length) {
  return ip.at16(12) + ip.at16(14) + ip.at16(16) + ip.at16(18) + ip.at(9) + length;
}

std::uint16_t right_checksum(std::uint16_t present, std::uint16_t sum) {
  std::uint32_t right = present + std::uint32_t{sum};
  while (right >> 16 != 0) right = (right & 0xffff) + (right >> 16);
  return static_cast<std::uint16_t>(right);
}

std::string FramePrinter::address(wire::Ipv4 address) const {
  return options_.numeric ? to_string(address) : ipvsadm::host_text(machine_, address);
}

std::string FramePrinter::port(std::uint16_t port, bool tcp) const {
  const std::string_view name =
      options_.numeric
          ? ""
          : ipvsadm::service_name(port, tcp ? wire::Protocol::kTcp : wire::Protocol::kUdp);
  return name.empty() ? std::to_string(port) : std::string(name);
}

// Without -n the maker of the card is looked up; made-up addresses have none.
std::string FramePrinter::mac(const FrameBytes& bytes, std::uint32_t at) const {
  std::string text;
  bool broadcast = true;
  for (std::uint32_t i = at; i < at + 6; ++i) {
    text += dump_format(i == at ? "%02x" : ":%02x", bytes.at(i));
    broadcast = broadcast && bytes.at(i) == 0xff;
  }
  if (options_.numeric) return text;
  return broadcast ? "Broadcast" : text + " (oui Unknown)";
}

std::string FramePrinter::time_stamp(Instant time) {
  const auto us = [](Duration d) { return d / Duration::microseconds(1); };
  const std::int64_t now = us(time.since_start());
  // To the real tool a reference of exactly 0 is none yet.
  if (us(first_.since_start()) == 0) first_ = time;
  if (us(last_.since_start()) == 0) last_ = time;
  const std::int64_t since_last = now - us(last_.since_start());
  last_ = time;
  switch (options_.time) {
    case 0:
      return clock(now, true) + " ";
    case 1:
      return "";
    case 2:
      return dump_format("%lld.%06lld ", static_cast<long long>(now / 1'000'000),
                         static_cast<long long>(now % 1'000'000));
    case 3:
      return " " + clock(since_last, false) + " ";
    case 4:
      return date(now / 86'400'000'000) + clock(now, true) + " ";
    default:
      return " " + clock(now - us(first_.since_start()), false) + " ";
  }
}

std::string FramePrinter::frame(Instant time, const FrameBytes& bytes, DumpLink link,
                                const Cooked& cooked) {
  ++count_;
  std::string text = options_.numbered ? dump_format("%5u  ", count_) : "";
  text += time_stamp(time);
  std::uint32_t header = 0;
  if (link == DumpLink::kRaw) {
    text += (options_.link_header ? "ip: " : "") + ip(bytes);
  } else if (link == DumpLink::kEthernet) {
    text += ethernet(bytes);
    header = wire::kEthernetHeader;
  } else {
    text += cooked_header(bytes, cooked);
    header = wire::kEthernetHeader;
  }
  const bool with_link = options_.hex > 1 || options_.hex_ascii > 1;
  if (options_.hex > 0 || options_.hex_ascii > 0)
    text += hex_dump(with_link ? bytes : bytes.from(header), options_.hex_ascii > 0);
  if (options_.ascii) {
    const FrameBytes shown = bytes.from(header);
    text += '\n';
    for (std::uint32_t i = 0; i < shown.captured && i < 65'536; ++i) {
      const char c = static_cast<char>(shown.at(i));
      if (c == '\r' && shown.at(i + 1) == '\n') continue;
      text += (c >= ' ' && c <= '~') || c == '\n' || c == '\t' ? c : '.';
    }
  }
  return text + "\n";
}

std::string FramePrinter::ethernet(const FrameBytes& bytes) {
  if (!bytes.has(wire::kEthernetHeader)) return "[|ether]";
  std::uint16_t type = bytes.at16(12);
  std::string text;
  const std::string ends = mac(bytes, 6) + " > " + mac(bytes, 0) + ", ";
  if (options_.link_header)
    text =
        ends + ether_type(type, options_.quick) + ", length " + std::to_string(bytes.length) + ": ";
  FrameBytes rest = bytes.from(wire::kEthernetHeader);
  if (type == kVlan && rest.has(wire::kVlanTag)) {
    const std::uint16_t tag = rest.at16(0);
    type = rest.at16(2);
    if (options_.link_header) {
      text += dump_format("vlan %u, p %u%s, ", tag & 0xfffu, tag >> 13u,
                          (tag & 0x1000) != 0 ? ", DEI" : "");
      text += ether_type(type, options_.quick) + ", ";
    }
    rest = rest.from(wire::kVlanTag);
  }
  if (type != kIpv4 && type != kArp && !options_.link_header)
    text +=
        ends + ether_type(type, options_.quick) + ", length " + std::to_string(bytes.length) + ": ";
  return text + network(type, rest, bytes);
}

std::string FramePrinter::cooked_header(const FrameBytes& bytes, const Cooked& cooked) {
  constexpr std::uint32_t kCookedHeader = 20;
  std::string text = dump_format("%-5s %-3s ", cooked.device.c_str(), cooked.kind.data());
  if (!cooked.raw && !bytes.has(wire::kEthernetHeader)) return text + "[|ether]";
  const std::uint16_t type = cooked.raw ? kIpv4 : bytes.at16(12);
  const FrameBytes rest = cooked.raw ? bytes : bytes.from(wire::kEthernetHeader);
  if (options_.link_header) {
    text += dump_format("ifindex %d ", cooked.ifindex);
    if (!cooked.raw) text += mac(bytes, 6) + " ";
    text += ether_type(type) + ", length " + std::to_string(rest.length + kCookedHeader) + ": ";
  }
  return text + network(type, rest, rest);
}

std::string FramePrinter::network(std::uint16_t type, const FrameBytes& bytes,
                                  const FrameBytes& whole) {
  if (type == kIpv4) return ip(bytes);
  if (type == kArp) return arp(bytes);
  if (options_.quick) return "";
  return hex_dump(whole.from(whole.length - bytes.length), true);
}

std::string FramePrinter::arp(const FrameBytes& bytes) {
  std::string text = options_.link_header ? "" : "ARP, ";
  if (!bytes.has(wire::kArpSize)) return text + " [|arp]";
  if (options_.verbose > 0) text += "Ethernet (len 6), IPv4 (len 4), ";
  const std::uint16_t operation = bytes.at16(6);
  const wire::Ipv4 sender{bytes.at32(14)}, target{bytes.at32(24)};
  bool named = false;
  for (std::uint32_t i = 18; i < 24; ++i) named = named || bytes.at(i) != 0;
  if (operation == wire::kArpRequest) {
    text += "Request who-has " + address(target) + (named ? " (" + mac(bytes, 18) + ")" : "") +
            " tell " + address(sender);
  } else if (operation == wire::kArpReply) {
    text += "Reply " + address(sender) + " is-at " + mac(bytes, 8);
  } else if (operation == 3) {
    text += "Reverse Request who-is " + mac(bytes, 18) + " tell " + mac(bytes, 8);
  } else if (operation == 4) {
    text += "Reverse Reply " + mac(bytes, 18) + " at " + address(target);
  } else {
    text += dump_format("Unknown (%u)", operation);
  }
  return text + ", length " + std::to_string(bytes.length);
}

std::string FramePrinter::ip_header(const FrameBytes& bytes, std::uint32_t header_length) const {
  static constexpr std::string_view kCongestion[] = {"", ",ECT(1)", ",ECT(0)", ",CE"};
  const std::uint8_t tos = bytes.at(1);
  const std::uint16_t fragment = bytes.at16(6);
  std::string flags;
  const auto flag = [&](std::uint16_t bit, std::string_view name) {
    if ((fragment & bit) != 0) flags += (flags.empty() ? "" : ", ") + std::string(name);
  };
  flag(0x2000, "+");
  flag(0x4000, "DF");
  flag(0x8000, "rsvd");
  std::string text = dump_format("(tos 0x%x", tos) + std::string(kCongestion[tos & 3]);
  if (bytes.at(8) >= 1) text += ", ttl " + std::to_string(bytes.at(8));
  text += dump_format(", id %u, offset %u, flags [%s], proto %s (%u), length %u", bytes.at16(4),
                      (fragment & 0x1fffu) * 8, flags.empty() ? "none" : flags.c_str(),
                      protocol_name(bytes.at(9)).data(), bytes.at(9), bytes.at16(2));
  if (header_length > wire::kIpv4Header) text += ", options (unknown)";
  const std::uint16_t sum = sum_of(bytes.cut(header_length), 0);
  if (sum != 0) {
    const std::uint16_t present = bytes.at16(10);
    text += dump_format(", bad cksum %x (->%x)!", present, right_checksum(present, sum));
  }
  return text + ")\n    ";
}

std::string FramePrinter::ip(FrameBytes bytes) {
  std::string text = options_.link_header ? "" : "IP ";
  if (!bytes.has(wire::kIpv4Header)) return text + "[|ip]";
  const std::uint32_t header = (bytes.at(0) & 0x0fu) * 4;
  const std::uint32_t total = bytes.at16(2);
  if (bytes.at(0) >> 4 != 4) return text + dump_format("unknown ip %u", bytes.at(0) >> 4u);
  if (header < wire::kIpv4Header) return text + dump_format("bad-hlen %u", header);
  if (bytes.length < total)
    text += dump_format("truncated-ip - %u bytes missing! ", total - bytes.length);
  if (total < header) return text + dump_format("bad-len %u", total);
  bytes = bytes.cut(total);
  bytes.length = total;
  if (options_.verbose > 0) text += ip_header(bytes, header);
  const std::uint16_t fragment = bytes.at16(6);
  if ((fragment & 0x1fff) == 0)
    return text + transport(bytes, bytes.from(header), (fragment & 0x2000) != 0);
  return text + address({bytes.at32(12)}) + " > " + address({bytes.at32(16)}) + ": " +
         protocol_word(bytes.at(9), options_.numeric);
}

std::string FramePrinter::transport(const FrameBytes& ip_bytes, const FrameBytes& bytes,
                                    bool more_fragments) {
  const std::uint8_t protocol = ip_bytes.at(9);
  if (protocol == 6) return tcp(ip_bytes, bytes, more_fragments);
  if (protocol == 17) return udp(ip_bytes, bytes, more_fragments);
  const std::string ends =
      address({ip_bytes.at32(12)}) + " > " + address({ip_bytes.at32(16)}) + ": ";
  if (protocol == 1) return ends + icmp(bytes, more_fragments);
  if (protocol == 4) return ends + ip(bytes);
  return ends + " " + protocol_word(protocol, options_.numeric) + " " +
         std::to_string(bytes.length);
}

std::string dns_text(const FrameBytes& message) {
  if (message.length < 12) return dump_format("domain [length %u < 12] (invalid)", message.length);
  static constexpr std::string_view kOperations[] = {
      "",         " inv_q",    " stat",     " op3",     " notify",  " update",
      " op6",     " op7",      " op8",      " updateA", " updateD", " updateDA",
      " updateM", " updateMA", " zoneInit", " zoneRef"};
  const std::uint16_t flags = message.at16(2);
  const std::uint16_t questions = message.at16(4), answers = message.at16(6),
                      servers = message.at16(8), more = message.at16(10);
  std::string text = std::to_string(message.at16(0)) + std::string(kOperations[flags >> 11 & 15]);
  const auto count = [&](std::uint16_t number, char letter) {
    text += " [" + std::to_string(number) + letter + "]";
  };
  if ((flags & 0x8000) != 0) {
    text += (flags & 0x0400) != 0 ? "*" : "";
    text += (flags & 0x0080) != 0 ? "" : "-";
    text += (flags & 0x0200) != 0 ? "|" : "";
    if (questions != 1) count(questions, 'q');
    text += dump_format(" %u/%u/%u", answers, servers, more);
    if (answers != 0) return text + " [|domain]";
  } else {
    if ((flags & 0x0100) != 0) text += '+';
    if ((flags & 0x0010) != 0) text += '%';
    if ((flags & 0x06cf) != 0) text += dump_format(" [b2&3=0x%x]", flags);
    if (answers != 0) count(answers, 'a');
    if (questions != 1) count(questions, 'q');
    if (servers != 0) count(servers, 'n');
    if (more != 0) text += " [" + std::to_string(more) + "au]";
    if (questions != 0) return text + " [|domain]";  // names are not read
  }
  return text + " (" + std::to_string(message.length) + ")";
}

std::string FramePrinter::udp(const FrameBytes& ip_bytes, const FrameBytes& bytes,
                              bool more_fragments) {
  const std::string source = address({ip_bytes.at32(12)}), target = address({ip_bytes.at32(16)});
  if (!bytes.has(8)) return source + " > " + target + ": [|udp]";
  const std::uint16_t from = bytes.at16(0), to = bytes.at16(2);
  std::string text =
      source + "." + port(from, false) + " > " + target + "." + port(to, false) + ": ";
  const std::uint32_t said = bytes.at16(4);
  const std::uint32_t length = said >= 8 && (said <= bytes.length || more_fragments)
                                   ? (more_fragments ? bytes.length : said) - 8
                                   : bytes.length - 8;
  if (options_.quick) return text + "UDP, length " + std::to_string(length);
  if (options_.verbose > 1 && !more_fragments && bytes.captured >= bytes.length) {
    const std::uint16_t present = bytes.at16(6);
    const std::uint16_t sum = sum_of(bytes, pseudo_header(ip_bytes, bytes.length));
    text += present == 0 ? "[no cksum] "
            : sum == 0   ? "[udp sum ok] "
                         : dump_format("[bad udp cksum 0x%04x -> 0x%04x!] ", present,
                                       right_checksum(present, sum));
  }
  if (from == 53 || to == 53) {
    FrameBytes message = bytes.from(8);
    message.length = length;
    return text + dns_text(message);
  }
  return text + "UDP, length " + std::to_string(length);
}

std::string FramePrinter::hex_dump(const FrameBytes& bytes, bool ascii) const {
  constexpr std::uint32_t kRow = 16, kWidth = 39, kMost = 65'536;
  std::string text;
  for (std::uint32_t row = 0; row < bytes.captured && row < kMost; row += kRow) {
    std::string digits, letters;
    for (std::uint32_t i = row; i < std::min(row + kRow, bytes.captured); ++i) {
      if (i > row && i % 2 == 0) digits += ' ';
      digits += dump_format("%02x", bytes.at(i));
      const char c = static_cast<char>(bytes.at(i));
      letters += c > ' ' && c <= '~' ? c : '.';
    }
    text += dump_format("\n\t0x%04x:  ", row) + digits;
    if (ascii) text += std::string(kWidth - digits.size() + 2, ' ') + letters;
  }
  return text;
}

}  // namespace lvslab::admin
