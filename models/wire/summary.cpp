#include <string>

#include "wire/arp.h"
#include "wire/dissect.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace lvslab::wire {
namespace {

/// Layers from `at` on, and the line that grows.
struct Line {
  const std::vector<Layer>& layers;
  std::string text = {};

  const Layer* layer(std::size_t at) const { return at < layers.size() ? &layers[at] : nullptr; }
};

std::uint64_t value_of(const Layer& layer, std::string_view field) {
  const Field* found = layer.find(field);
  return found == nullptr ? 0 : found->value;
}

std::string text_of(const Layer& layer, std::string_view field) {
  const Field* found = layer.find(field);
  return found == nullptr ? "?" : field_text(*found);
}

/// "192.168.0.1:40000 -> 10.0.0.1:80"
std::string ends(const Layer& ip, const Layer& transport) {
  return text_of(ip, "src") + ":" + text_of(transport, "srcport") + " -> " + text_of(ip, "dst") +
         ":" + text_of(transport, "dstport");
}

std::string ends(const Layer& ip) { return text_of(ip, "src") + " -> " + text_of(ip, "dst"); }

void append(std::string& line, std::string_view name, const std::string& value) {
  line += ' ';
  line += name;
  line += '=';
  line += value;
}

void append_bad_checksum(std::string& line, const Layer& layer) {
  const Field* status = layer.find("checksum.status");
  if (status != nullptr && status->value == 0) {
    line += " (bad ";
    line += layer.name;
    line += " checksum)";
  }
}

std::string arp_line(const Layer& arp) {
  const std::uint64_t operation = value_of(arp, "opcode");
  if (arp.find("src.proto_ipv4") == nullptr) return "ARP malformed";
  if (operation == kArpRequest) {
    std::string line =
        "ARP who-has " + text_of(arp, "dst.proto_ipv4") + " tell " + text_of(arp, "src.proto_ipv4");
    if (arp.find("isprobe") != nullptr) return line + " (probe)";
    return arp.find("isgratuitous") != nullptr ? line + " (gratuitous)" : line;
  }
  if (operation == kArpReply) {
    return "ARP " + text_of(arp, "src.proto_ipv4") + " is-at " + text_of(arp, "src.hw_mac");
  }
  return "ARP operation " + std::to_string(operation);
}

std::string tcp_line(const Layer& ip, const Layer& tcp) {
  std::string line = "TCP " + ends(ip, tcp);
  const Field* flags = tcp.find("flags");
  if (flags != nullptr)
    line += " [" + tcp_flags_text(static_cast<std::uint8_t>(flags->value)) + "]";
  append(line, "seq", text_of(tcp, "seq"));
  if (flags != nullptr && (flags->value & kAck) != 0) append(line, "ack", text_of(tcp, "ack"));
  if (tcp.find("len") != nullptr) append(line, "len", text_of(tcp, "len"));
  append_bad_checksum(line, tcp);
  return line;
}

std::string udp_line(const Layer& ip, const Layer& udp) {
  std::string line = "UDP " + ends(ip, udp);
  const std::uint64_t length = value_of(udp, "length");
  append(line, "len", std::to_string(length < 8 ? 0 : length - 8));
  append_bad_checksum(line, udp);
  return line;
}

/// The packet that an ICMP error quotes, in few words: "TCP a:b -> c:d".
std::string quoted(const Line& line, std::size_t at) {
  const Layer* ip = line.layer(at);
  if (ip == nullptr || ip->name != "ip") return "a packet that cannot be read";
  const Layer* next = line.layer(at + 1);
  if (next != nullptr && next->name == "tcp") return "TCP " + ends(*ip, *next);
  if (next != nullptr && next->name == "udp") return "UDP " + ends(*ip, *next);
  if (next != nullptr && next->name == "ip") {
    return "IPIP " + ends(*ip) + " | " + quoted(line, at + 1);
  }
  if (next != nullptr && next->name == "icmp") {
    return "ICMP " + text_of(*next, "type") + "/" + text_of(*next, "code") + " " + ends(*ip);
  }
  return "IP protocol " + text_of(*ip, "proto") + " " + ends(*ip);
}

std::string icmp_line(const Line& line, std::size_t at, const Layer& ip) {
  const Layer& icmp = line.layers[at];
  const auto type = static_cast<std::uint8_t>(value_of(icmp, "type"));
  const auto code = static_cast<std::uint8_t>(value_of(icmp, "code"));
  std::string text = "ICMP " + std::to_string(type) + "/" + std::to_string(code) + " ";
  text += icmp_brief(type, code);
  for (const std::string_view field : {"mtu", "redir_gw"}) {
    if (icmp.find(field) != nullptr) append(text, field, text_of(icmp, field));
  }
  if (icmp_is_error(type)) {
    text += " about " + quoted(line, at + 1) + " (" + ends(ip) + ")";
  } else {
    text += " " + ends(ip);
    if (icmp.find("ident") != nullptr) {
      append(text, "id", text_of(icmp, "ident"));
      append(text, "seq", text_of(icmp, "seq"));
    }
  }
  append_bad_checksum(text, icmp);
  return text;
}

std::string ip_line(const Line& line, std::size_t at) {
  const Layer& ip = line.layers[at];
  const std::uint64_t offset = value_of(ip, "frag_offset") * 8;
  const bool more = value_of(ip, "flags.mf") != 0;
  const Layer* next = line.layer(at + 1);
  std::string text;
  if (offset != 0) {
    text = "IP fragment " + ends(ip);
    append(text, "proto", text_of(ip, "proto"));
    append(text, "id", text_of(ip, "id"));
    append(text, "offset", std::to_string(offset));
    append(text, "len", std::to_string(value_of(ip, "len") - value_of(ip, "hdr_len")));
  } else if (next != nullptr && next->name == "tcp") {
    text = tcp_line(ip, *next);
  } else if (next != nullptr && next->name == "udp") {
    text = udp_line(ip, *next);
  } else if (next != nullptr && next->name == "icmp") {
    text = icmp_line(line, at + 1, ip);
  } else if (next != nullptr && next->name == "ip") {
    text = "IPIP outer " + ends(ip) + " | " + ip_line(line, at + 1);
  } else {
    text = "IP " + ends(ip);
    append(text, "proto", text_of(ip, "proto"));
    append(text, "len", text_of(ip, "len"));
    if (next != nullptr && next->name == "undecoded") text += " (" + text_of(*next, "reason") + ")";
  }
  if (offset == 0 && more) text += " (first fragment)";
  append_bad_checksum(text, ip);
  return text;
}

}  // namespace

std::string summary(const std::vector<Layer>& layers) {
  const Line line{.layers = layers};
  std::string tags;
  for (std::size_t at = 0; at < layers.size(); ++at) {
    const Layer& layer = layers[at];
    if (layer.name == "eth" && layers.size() > 1) continue;
    if (layer.name == "vlan" && at + 1 < layers.size()) {
      tags += "VLAN " + text_of(layer, "id") + " | ";
      continue;
    }
    if (layer.name == "arp") return tags + arp_line(layer);
    if (layer.name == "ip") return tags + ip_line(line, at);
    std::string text = "frame";
    if (layers.front().name == "eth") {
      text = "Ethernet " + ends(layers.front());
      if (layers.front().find("type") != nullptr)
        append(text, "type", text_of(layers.front(), "type"));
    }
    if (layer.name == "undecoded") text += " (" + text_of(layer, "reason") + ")";
    return tags + text;
  }
  return "empty frame";
}

}  // namespace lvslab::wire
