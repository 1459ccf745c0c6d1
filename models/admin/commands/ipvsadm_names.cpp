#include "admin/commands/ipvsadm_names.h"

#include <algorithm>
#include <sstream>

namespace lvslab::admin::ipvsadm {
namespace {

constexpr unsigned kTcpOnly = 1, kUdpOnly = 2, kSctpOnly = 4, kBoth = 3;

struct KnownPort {
  std::uint16_t port;
  unsigned protocols;
  std::string_view name;
};
constexpr KnownPort kKnownPorts[] = {
    {7, kBoth, "echo"},
    {9, kBoth, "discard"},
    {13, kBoth, "daytime"},
    {20, kTcpOnly, "ftp-data"},
    {21, kTcpOnly, "ftp"},
    {22, kTcpOnly, "ssh"},
    {23, kTcpOnly, "telnet"},
    {25, kTcpOnly, "smtp"},
    {37, kBoth, "time"},
    {43, kTcpOnly, "whois"},
    {49, kBoth, "tacacs"},
    {53, kBoth, "domain"},
    {67, kUdpOnly, "bootps"},
    {68, kUdpOnly, "bootpc"},
    {69, kUdpOnly, "tftp"},
    {70, kTcpOnly, "gopher"},
    {79, kTcpOnly, "finger"},
    {80, kTcpOnly, "http"},
    {88, kBoth, "kerberos"},
    {110, kTcpOnly, "pop3"},
    {111, kBoth, "sunrpc"},
    {113, kTcpOnly, "auth"},
    {119, kTcpOnly, "nntp"},
    {123, kUdpOnly, "ntp"},
    {137, kUdpOnly, "netbios-ns"},
    {138, kUdpOnly, "netbios-dgm"},
    {139, kTcpOnly, "netbios-ssn"},
    {143, kTcpOnly, "imap2"},
    {161, kBoth, "snmp"},
    {162, kBoth, "snmp-trap"},
    {179, kTcpOnly, "bgp"},
    {389, kBoth, "ldap"},
    {427, kBoth, "svrloc"},
    {443, kBoth, "https"},
    {445, kTcpOnly, "microsoft-ds"},
    {464, kBoth, "kpasswd"},
    {465, kTcpOnly, "submissions"},
    {500, kUdpOnly, "isakmp"},
    {514, kUdpOnly, "syslog"},
    {515, kTcpOnly, "printer"},
    {520, kUdpOnly, "route"},
    {546, kUdpOnly, "dhcpv6-client"},
    {547, kUdpOnly, "dhcpv6-server"},
    {554, kBoth, "rtsp"},
    {587, kTcpOnly, "submission"},
    {631, kTcpOnly, "ipp"},
    {636, kBoth, "ldaps"},
    {873, kTcpOnly, "rsync"},
    {989, kTcpOnly, "ftps-data"},
    {990, kTcpOnly, "ftps"},
    {992, kTcpOnly, "telnets"},
    {993, kTcpOnly, "imaps"},
    {995, kTcpOnly, "pop3s"},
    {1080, kTcpOnly, "socks"},
    {1194, kBoth, "openvpn"},
    {1433, kTcpOnly, "ms-sql-s"},
    {1434, kUdpOnly, "ms-sql-m"},
    {1812, kBoth, "radius"},
    {1813, kBoth, "radius-acct"},
    {2049, kBoth, "nfs"},
    {3306, kTcpOnly, "mysql"},
    {3389, kTcpOnly, "ms-wbt-server"},
    {5060, kBoth, "sip"},
    {5061, kBoth, "sip-tls"},
    {5432, kTcpOnly, "postgresql"},
    {5672, kTcpOnly | kSctpOnly, "amqp"},
    {6000, kTcpOnly, "x11"},
    {8080, kBoth, "http-alt"},
    {9418, kTcpOnly, "git"},
    {11211, kTcpOnly, "memcached"},
};

unsigned bit_of(wire::Protocol protocol) {
  if (protocol == wire::Protocol::kUdp) return kUdpOnly;
  return protocol == wire::Protocol::kSctp ? kSctpOnly : kTcpOnly;
}

bool is_digit(char c, int base) {
  if (base == 16) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  return c >= '0' && c < '0' + base;
}

/// One part of a dotted address: decimal, 0octal or 0xhex.
std::optional<std::uint64_t> parse_part(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c, base)) return std::nullopt;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
  }
  return value;
}

/// Calls `visit(address, names)` for each line of /etc/hosts until it answers true.
template <typename Visit>
void each_host(const Machine& machine, Visit visit) {
  const auto file = machine.files().find("/etc/hosts");
  if (file == machine.files().end()) return;
  std::istringstream lines(file->second.text);
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.size(), line.find('#')));
    std::istringstream words(line);
    std::string address, name;
    words >> address;
    const auto parsed = wire::parse_ipv4(address);
    if (!parsed) continue;
    while (words >> name)
      if (visit(*parsed, name)) return;
  }
}

}  // namespace

std::optional<wire::Ipv4> parse_loose_ipv4(std::string_view text) {
  std::uint32_t value = 0;
  for (int parts = 1; parts <= 4; ++parts) {
    const std::size_t dot = text.find('.');
    const auto part = parse_part(text.substr(0, dot));
    if (!part) return std::nullopt;
    if (dot == std::string_view::npos) {
      const std::uint64_t room = std::uint64_t{1} << (8 * (5 - parts));
      if (*part >= room) return std::nullopt;
      return wire::Ipv4{value | static_cast<std::uint32_t>(*part)};
    }
    if (*part > 255) return std::nullopt;
    value |= static_cast<std::uint32_t>(*part) << (8 * (4 - parts));
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

bool is_ipv6_literal(std::string_view text) {
  int groups = 0;
  bool gap = false;
  std::size_t i = 0;
  if (text.size() < 2 || (text[0] == ':' && text[1] != ':')) return false;
  while (i < text.size()) {
    if (text.substr(i, 2) == "::") {
      if (gap) return false;
      gap = true;
      i += 2;
      continue;
    }
    if (i > 0 && text[i] == ':' && ++i == text.size()) return false;
    const std::size_t end = std::min(text.find(':', i), text.size());
    const std::string_view group = text.substr(i, end - i);
    if (end == text.size() && group.find('.') != std::string_view::npos) {
      if (!wire::parse_ipv4(group)) return false;
      groups += 2;
    } else {
      if (group.empty() || group.size() > 4) return false;
      if (!std::all_of(group.begin(), group.end(), [](char c) { return is_digit(c, 16); }))
        return false;
      ++groups;
    }
    i = end;
  }
  return gap ? groups < 8 : groups == 8;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t min,
                                          std::int64_t max) {
  const std::size_t first = text.find_first_not_of(" \t\n\v\f\r");
  if (first == std::string_view::npos) return std::nullopt;
  text.remove_prefix(first);
  const bool minus = text[0] == '-';
  if (minus || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c, 10)) return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > (std::int64_t{1} << 40)) return std::nullopt;
  }
  if (minus) value = -value;
  if (value < min || value > max) return std::nullopt;
  return value;
}

std::optional<wire::Ipv4> resolve_host(const Machine& machine, std::string_view name) {
  if (const auto address = parse_loose_ipv4(name)) return address;
  std::optional<wire::Ipv4> found;
  each_host(machine, [&](wire::Ipv4 address, const std::string& known) {
    if (known == name) found = address;
    return found.has_value();
  });
  if (!found && name == "localhost") found = wire::ipv4(127, 0, 0, 1);
  return found;
}

std::string host_text(const Machine& machine, wire::Ipv4 address) {
  std::string text;
  each_host(machine, [&](wire::Ipv4 known, const std::string& name) {
    if (known == address) text = name;
    return !text.empty();
  });
  return text.empty() ? wire::to_string(address) : text;
}

std::optional<std::uint16_t> service_port(std::string_view name, wire::Protocol protocol) {
  for (const KnownPort& known : kKnownPorts)
    if (known.name == name && (known.protocols & bit_of(protocol)) != 0) return known.port;
  return std::nullopt;
}

std::string_view service_name(std::uint16_t port, wire::Protocol protocol) {
  for (const KnownPort& known : kKnownPorts)
    if (known.port == port && (known.protocols & bit_of(protocol)) != 0) return known.name;
  return {};
}

}  // namespace lvslab::admin::ipvsadm
