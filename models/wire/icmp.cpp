#include "wire/icmp.h"

#include "wire/checksum.h"

namespace lvslab::wire {
namespace {

struct IcmpName {
  std::uint8_t type;
  int code;  ///< -1: any code of the type that has no line of its own
  std::string_view text;
  std::string_view brief;
};

// A type's general line comes behind its codes.
constexpr IcmpName kIcmpNames[] = {
    {0, -1, "Echo (ping) reply", "echo reply"},
    {3, 0, "Destination unreachable (Network unreachable)", "network unreachable"},
    {3, 1, "Destination unreachable (Host unreachable)", "host unreachable"},
    {3, 2, "Destination unreachable (Protocol unreachable)", "protocol unreachable"},
    {3, 3, "Destination unreachable (Port unreachable)", "port unreachable"},
    {3, 4, "Destination unreachable (Fragmentation needed)", "fragmentation needed"},
    {3, 5, "Destination unreachable (Source route failed)", "source route failed"},
    {3, 6, "Destination unreachable (Destination network unknown)", "network unknown"},
    {3, 7, "Destination unreachable (Destination host unknown)", "host unknown"},
    {3, 9, "Destination unreachable (Network administratively prohibited)", "network prohibited"},
    {3, 10, "Destination unreachable (Host administratively prohibited)", "host prohibited"},
    {3, 11, "Destination unreachable (Network unreachable for TOS)", "network unreachable for tos"},
    {3, 12, "Destination unreachable (Host unreachable for TOS)", "host unreachable for tos"},
    {3, 13, "Destination unreachable (Communication administratively filtered)",
     "administratively filtered"},
    {3, -1, "Destination unreachable", "unreachable"},
    {4, -1, "Source quench (flow control)", "source quench"},
    {5, 0, "Redirect (Redirect for network)", "redirect for network"},
    {5, 1, "Redirect (Redirect for host)", "redirect for host"},
    {5, 2, "Redirect (Redirect for TOS and network)", "redirect for tos and network"},
    {5, 3, "Redirect (Redirect for TOS and host)", "redirect for tos and host"},
    {5, -1, "Redirect", "redirect"},
    {8, -1, "Echo (ping) request", "echo request"},
    {9, -1, "Router advertisement", "router advertisement"},
    {10, -1, "Router solicitation", "router solicitation"},
    {11, 0, "Time-to-live exceeded (Time to live exceeded in transit)", "ttl exceeded"},
    {11, 1, "Time-to-live exceeded (Fragment reassembly time exceeded)",
     "reassembly time exceeded"},
    {11, -1, "Time-to-live exceeded", "time exceeded"},
    {12, -1, "Parameter problem", "parameter problem"},
    {13, -1, "Timestamp request", "timestamp request"},
    {14, -1, "Timestamp reply", "timestamp reply"},
};

const IcmpName* icmp_name(std::uint8_t type, std::uint8_t code) {
  for (const IcmpName& name : kIcmpNames) {
    if (name.type == type && (name.code == code || name.code == -1)) return &name;
  }
  return nullptr;
}

}  // namespace

bool icmp_is_error(std::uint8_t type) {
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

void push_icmp(Packet& packet, std::uint8_t type, std::uint8_t code, std::uint32_t rest) {
  std::uint8_t* p = packet.push(kIcmpHeader);
  p[0] = type;
  p[1] = code;
  store16(p + 2, 0);
  store32(p + 4, rest);
  store16(p + 2, checksum(packet.bytes()));
}

bool icmp_checksum_ok(const Packet& message) {
  return message.real_size() >= kIcmpHeader && checksum(message.bytes()) == 0;
}

std::string_view icmp_text(std::uint8_t type, std::uint8_t code) {
  const IcmpName* name = icmp_name(type, code);
  return name == nullptr ? "Unknown ICMP type" : name->text;
}

std::string_view icmp_brief(std::uint8_t type, std::uint8_t code) {
  const IcmpName* name = icmp_name(type, code);
  return name == nullptr ? "unknown" : name->brief;
}

}  // namespace lvslab::wire
