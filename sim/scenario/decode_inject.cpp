// inject: a frame that nobody's network stack made, as a whole Ethernet frame.
#include <algorithm>
#include <charconv>

#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"
#include "wire/arp.h"
#include "wire/ethernet.h"

namespace lvslab::scenario {
namespace {

std::optional<wire::Mac> decode_mac(Context& context, const Node* node) {
  const std::optional<std::string> text = context.text(node, "a MAC address");
  return text ? context.find_mac(node->mark, *text) : std::nullopt;
}

/// [address, MAC]
bool decode_pair(Context& context, const Node* node, std::string_view what, wire::Ipv4& address,
                 wire::Mac& mac) {
  if (node == nullptr) return false;
  if (!node->is_list() || node->items.size() != 2) {
    context.error(node->mark, std::string(what) + " must be an address and a MAC",
                  "Write [192.168.1.10, 02:00:00:00:00:01] or [192.168.1.10, host:eth0]");
    return false;
  }
  const bool good = context.read(node->items[0], address, parse_address);
  const auto found = decode_mac(context, node->items[1]);
  if (found) mac = *found;
  return good && found;
}

bool decode_operation(Context& context, const Node* node, std::uint16_t& operation) {
  const std::optional<std::string> text = context.text(node, "an operation");
  if (!text) return false;
  if (*text == "request" || *text == "reply") {
    operation = *text == "request" ? wire::kArpRequest : wire::kArpReply;
    return true;
  }
  const Result<std::uint64_t> number = parse_count(*text, 0, 65'535);
  if (number) {
    operation = static_cast<std::uint16_t>(*number);
    return true;
  }
  const bool digits = !text->empty() && (*text)[0] >= '0' && (*text)[0] <= '9';
  context.error(node->mark,
                digits ? number.error().what : shown(*text) + " is not an ARP operation",
                digits ? number.error().hint : "Write request, reply, or a number");
  return false;
}

std::vector<std::uint8_t> decode_arp(Context& context, const Fields& inject) {
  const Fields fields(context, inject.get("arp"), kArpKeys, inject.key_mark("arp"));
  wire::Arp arp;
  bool good = decode_operation(context, fields.get("op"), arp.operation);
  good &= decode_pair(context, fields.get("sender"), "sender", arp.sender_ip, arp.sender_mac);
  good &= decode_pair(context, fields.get("target"), "target", arp.target_ip, arp.target_mac);
  // As a host would: to the target when it is known, to everybody when asking.
  const bool to_all = arp.operation == wire::kArpRequest || arp.target_mac.is_zero();
  wire::Mac source = arp.sender_mac;
  wire::Mac destination = to_all ? wire::kBroadcastMac : arp.target_mac;
  const Fields ethernet(context, inject.get("ethernet"), kEthernetKeys,
                        inject.key_mark("ethernet"));
  if (const Node* node = ethernet.get("source")) {
    const auto mac = decode_mac(context, node);
    good &= mac.has_value();
    if (mac) source = *mac;
  }
  if (const Node* node = ethernet.get("destination")) {
    const auto mac = decode_mac(context, node);
    good &= mac.has_value();
    if (mac) destination = *mac;
  }
  if (!good) return {};
  std::vector<std::uint8_t> frame(wire::kEthernetHeader + wire::kArpSize);
  wire::emit_ethernet(frame.data(), destination, source,
                      static_cast<std::uint16_t>(wire::EtherType::kArp));
  wire::emit_arp(frame.data() + wire::kEthernetHeader, arp);
  return frame;
}

std::vector<std::uint8_t> decode_raw(Context& context, const Node* node) {
  const std::optional<std::string> text = context.text(node, "a frame in hexadecimal");
  if (!text) return {};
  std::string digits;
  for (const char c : *text) {
    if (c != ' ' && c != ':' && c != '\n' && c != '\t') digits += c;
  }
  const std::size_t bad = digits.find_first_not_of("0123456789abcdefABCDEF");
  if (bad != std::string::npos) {
    context.error(node->mark, shown(digits.substr(bad, 1)) + " is not a hexadecimal digit",
                  "Write the frame's bytes: \"ffffffffffff 020000000001 0806 ...\"");
    return {};
  }
  if (digits.size() % 2 != 0) {
    context.error(node->mark, "the frame has half a byte", "Each byte has two hexadecimal digits");
    return {};
  }
  std::vector<std::uint8_t> frame(digits.size() / 2);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, frame[i], 16);
  }
  if (frame.size() < wire::kEthernetHeader || frame.size() > limits::kFrameBytes) {
    context.error(
        node->mark, "the frame has " + std::to_string(frame.size()) + " bytes",
        "From 14 to " + std::to_string(limits::kFrameBytes) + " are allowed, without checksum");
    return {};
  }
  return frame;
}

}  // namespace

std::optional<InjectAction> decode_inject(Context& context, const Node* node) {
  const Fields fields(context, node, kInjectKeys, node->mark);
  if (!fields.is_map()) return std::nullopt;
  InjectAction action;
  bool placed = false;
  if (const auto name = context.text(fields.get("interface"), "host:interface")) {
    if (const auto found = context.find_interface(fields.get("interface")->mark, *name)) {
      action.host = context.scenario.hosts[found->host].name;
      action.interface = found->interface;
      placed = true;
    }
  }
  if (fields.has("arp") == fields.has("raw")) {
    context.error(node->mark,
                  fields.has("arp") ? "arp and raw exclude each other" : "the frame says nothing",
                  "Write arp: {op: reply, sender: [...], target: [...]} or raw: \"...\"");
    return std::nullopt;
  }
  if (fields.has("raw") && fields.has("ethernet")) {
    context.error(fields.key_mark("ethernet"), "a raw frame has its own Ethernet header",
                  "Leave `ethernet` out");
  }
  action.frame =
      fields.has("raw") ? decode_raw(context, fields.get("raw")) : decode_arp(context, fields);
  if (!placed || action.frame.empty()) return std::nullopt;
  return action;
}

}  // namespace lvslab::scenario
