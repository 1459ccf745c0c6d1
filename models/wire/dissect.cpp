#include "wire/dissect.h"

#include <algorithm>
#include <charconv>

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/dissect_detail.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"

namespace lvslab::wire {
namespace detail {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void add_arp(Dissection& d, std::uint32_t at, std::uint32_t end) {
  if (end - at < 8) return dissect_undecoded(d, at, end, "ARP header cut short");
  const Reader& frame = d.frame;
  const bool known = frame.u16(at + 2) == 0x0800 && frame.u8(at + 4) == 6 && frame.u8(at + 5) == 4;
  const bool whole = known && end - at >= kArpSize;
  Layer& layer = d.add("arp", at, whole ? kArpSize : 8);
  layer.fields.reserve(12);
  Fields fields(frame, layer);
  fields.number16("hw.type", at);
  fields.hex16("proto.type", at + 2);
  fields.number8("hw.size", at + 4);
  fields.number8("proto.size", at + 5);
  fields.number16("opcode", at + 6);
  if (!known) return dissect_undecoded(d, at + 8, end, "ARP for other than Ethernet and IPv4");
  if (!whole) return dissect_undecoded(d, at + 8, end, "ARP packet cut short");
  // As in Wireshark these three are there only when true (RFC 5227, 1.1).
  const bool request = frame.u16(at + 6) == kArpRequest;
  const bool same = frame.u32(at + 14) == frame.u32(at + 24);
  if (same) fields.flag("isgratuitous", true, at, kArpSize);
  if (same && request && frame.mac(at + 18) == 0) {
    fields.flag("isannouncement", true, at, kArpSize);
  }
  if (!same && request && frame.u32(at + 14) == 0) fields.flag("isprobe", true, at, kArpSize);
  fields.mac("src.hw_mac", at + 8);
  fields.ipv4("src.proto_ipv4", at + 14);
  fields.mac("dst.hw_mac", at + 18);
  fields.ipv4("dst.proto_ipv4", at + 24);
}

/// Where the bytes of the network layer end: what follows is Ethernet padding or a trailer.
std::uint32_t network_end(const Reader& frame, std::uint16_t type, std::uint32_t at,
                          std::uint32_t end) {
  if (type == static_cast<std::uint16_t>(EtherType::kArp)) return std::min(end, at + kArpSize);
  if (type == static_cast<std::uint16_t>(EtherType::kIpv4) && end - at >= kIpv4Header) {
    const std::uint32_t length = frame.u16(at + 2);
    if (length >= kIpv4Header) return std::min(end, at + length);
  }
  return end;
}

/// Zeros up to the least frame size are padding, anything else behind the network layer a trailer.
void add_padding(Dissection& d, std::uint32_t at, std::uint32_t end) {
  if (at >= end) return;
  Fields fields(d.frame, d.layers.front());
  std::uint32_t padding_end = at < kMinFrame ? std::min(end, kMinFrame) : at;
  if (!d.frame.all_zero(at, padding_end)) padding_end = at;
  if (padding_end > at) fields.bytes("padding", at, padding_end);
  if (end > padding_end) fields.bytes("trailer", padding_end, end);
}

void add_ethernet(Dissection& d) {
  const Reader& frame = d.frame;
  const std::uint32_t end = frame.length();
  if (end < kEthernetHeader) return dissect_undecoded(d, 0, end, "Ethernet header cut short");
  Layer& eth = d.add("eth", 0, kEthernetHeader);
  eth.fields.reserve(3);
  Fields fields(frame, eth);
  fields.mac("dst", 0);
  fields.mac("src", 6);
  std::uint16_t type = frame.u16(12);
  if (type < 0x0600) {  // IEEE 802.3: a length, and LLC behind it
    fields.number16("len", 12);
    return dissect_undecoded(d, kEthernetHeader, end, "LLC is not decoded");
  }
  fields.hex16("type", 12);
  std::uint32_t at = kEthernetHeader;
  while (type == static_cast<std::uint16_t>(EtherType::kVlan) && d.layers.size() < kMostLayers) {
    if (end - at < kVlanTag) return dissect_undecoded(d, at, end, "VLAN tag cut short");
    Layer& vlan = d.add("vlan", at, kVlanTag);
    vlan.fields.reserve(4);
    Fields tag(frame, vlan);
    tag.number("priority", frame.u8(at) >> 5, at, 2);
    tag.flag("dei", (frame.u8(at) & 0x10) != 0, at, 2);
    tag.number("id", frame.u16(at) & 0x0fff, at, 2);
    tag.hex16("etype", at + 2);
    type = frame.u16(at + 2);
    at += kVlanTag;
  }
  const std::uint32_t network = network_end(frame, type, at, end);
  if (type == static_cast<std::uint16_t>(EtherType::kIpv4)) {
    dissect_ipv4(d, at, network);
  } else if (type == static_cast<std::uint16_t>(EtherType::kArp)) {
    add_arp(d, at, network);
  } else {
    dissect_undecoded(d, at, end, "EtherType is not decoded");
  }
  add_padding(d, network, end);
}

void add_ipv4_fields(const Reader& frame, Layer& layer, std::uint32_t at, std::uint32_t header) {
  layer.fields.reserve(20);
  Fields fields(frame, layer);
  fields.number("version", frame.u8(at) >> 4, at, 1);
  fields.number("hdr_len", header, at, 1);
  const std::uint8_t tos = frame.u8(at + 1);
  fields.add("dsfield", FieldType::kHex, tos, at + 1, 1);
  fields.number("dsfield.dscp", tos >> 2, at + 1, 1);
  fields.number("dsfield.ecn", tos & 3, at + 1, 1);
  fields.number16("len", at + 2);
  fields.hex16("id", at + 4);
  const std::uint8_t flags = frame.u8(at + 6);
  fields.add("flags", FieldType::kHex, flags >> 5, at + 6, 1);
  fields.flag("flags.rb", (flags & 0x80) != 0, at + 6, 1);
  fields.flag("flags.df", (flags & 0x40) != 0, at + 6, 1);
  fields.flag("flags.mf", (flags & 0x20) != 0, at + 6, 1);
  // Wireshark 4.0 prints bytes but keeps, filters and exports the field in units of 8 bytes.
  fields.number("frag_offset", frame.u16(at + 6) & 0x1fffu, at + 6, 2);
  fields.number8("ttl", at + 8);
  fields.number8("proto", at + 9);
  fields.hex16("checksum", at + 10);
  const bool good = finish_sum(frame.sum(at, at + header)) == 0;
  fields.number("checksum.status", good ? kChecksumGood : kChecksumBad, at + 10, 2);
  fields.ipv4("src", at + 12);
  fields.ipv4("dst", at + 16);
}

/// The kinds of the options (RFC 791, 3.1); a malformed list ends the reading.
void add_ipv4_options(const Reader& frame, Layer& layer, std::uint32_t at, std::uint32_t end) {
  Fields fields(frame, layer);
  while (at < end) {
    const std::uint8_t kind = frame.u8(at);
    fields.number8("opt.type", at);
    if (kind == 0) return;
    const std::uint32_t length = kind == 1 ? 1 : at + 1 < end ? frame.u8(at + 1) : 0;
    if (length == 0 || (kind != 1 && length < 2)) return;
    at += length;
  }
}

}  // namespace

std::uint64_t Reader::sum(std::uint32_t at, std::uint32_t end, std::uint64_t sum) const {
  const auto real_end = std::min<std::size_t>(end, bytes_.size());
  return at < real_end ? sum_words(bytes_.subspan(at, real_end - at), sum) : sum;
}

bool Reader::all_zero(std::uint32_t at, std::uint32_t end) const {
  for (; at < end && at < bytes_.size(); ++at) {
    if (bytes_[at] != 0) return false;
  }
  return true;
}

std::string Reader::hex(std::uint32_t at, std::uint32_t end) const {
  const std::uint32_t shown = std::min(end - at, kShownBytes);
  std::string text(shown == 0 ? 0 : shown * 3 - 1, ':');
  for (std::uint32_t i = 0; i < shown; ++i) {
    text[i * 3] = kHexDigits[u8(at + i) >> 4];
    text[i * 3 + 1] = kHexDigits[u8(at + i) & 15];
  }
  return text;
}

void dissect_undecoded(Dissection& d, std::uint32_t at, std::uint32_t end,
                       std::string_view reason) {
  Layer& layer = d.add("undecoded", at, end - at);
  Fields fields(d.frame, layer);
  fields.add("reason", FieldType::kText, 0, at, end - at, std::string(reason));
  fields.number("len", end - at, at, end - at);
  if (end > at) fields.bytes("data", at, end);
}

void dissect_data(Dissection& d, std::uint32_t at, std::uint32_t end) {
  if (at >= end) return;
  Layer& layer = d.add("data", at, end - at);
  Fields fields(d.frame, layer);
  fields.number("len", end - at, at, end - at);
  fields.bytes("data", at, end);
  const std::uint32_t shown = std::min(end - at, kShownBytes);
  std::string text;
  for (std::uint32_t i = 0; i < shown; ++i) {
    const char c = static_cast<char>(d.frame.u8(at + i));
    const bool printable = (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t';
    if (!printable) return;
    text += c;
  }
  fields.add("text", FieldType::kText, 0, at, shown, std::move(text));
}

void dissect_ipv4(Dissection& d, std::uint32_t at, std::uint32_t end) {
  const Reader& frame = d.frame;
  if (d.layers.size() >= kMostLayers) return dissect_undecoded(d, at, end, "too many layers");
  if (end - at < kIpv4Header) return dissect_undecoded(d, at, end, "IP header cut short");
  if (frame.u8(at) >> 4 != 4) return dissect_undecoded(d, at, end, "IP version is not 4");
  const std::uint32_t header = (frame.u8(at) & 15u) * 4;
  if (header < kIpv4Header) return dissect_undecoded(d, at, end, "IP header length below 20");
  if (header > end - at) return dissect_undecoded(d, at, end, "IP header cut short");
  Layer& layer = d.add("ip", at, header);
  add_ipv4_fields(frame, layer, at, header);
  if (header > kIpv4Header) add_ipv4_options(frame, layer, at + kIpv4Header, at + header);

  const std::uint32_t payload = at + header;
  const std::uint32_t total = frame.u16(at + 2);
  if (total < header) {
    return dissect_undecoded(d, payload, end, "IP total length below header length");
  }
  const bool cut = total > end - at;
  if (!cut) end = at + total;
  const bool fragment = (frame.u16(at + 6) & 0x3fff) != 0;
  if ((frame.u16(at + 6) & 0x1fff) != 0) return dissect_data(d, payload, end);
  const IpContext ip{.source = frame.u32(at + 12),
                     .destination = frame.u32(at + 16),
                     .payload_length = total - header,
                     .fragment = fragment,
                     .whole = !cut && !fragment && !d.quoted};
  switch (static_cast<Protocol>(frame.u8(at + 9))) {
    case Protocol::kTcp:
      return dissect_tcp(d, payload, end, ip);
    case Protocol::kUdp:
      return dissect_udp(d, payload, end, ip);
    case Protocol::kIcmp:
      return dissect_icmp(d, payload, end, ip);
    case Protocol::kIpip:
      return dissect_ipv4(d, payload, end);
    default:
      return dissect_undecoded(d, payload, end, "IP protocol is not decoded");
  }
}

}  // namespace detail

const Field* Layer::find(std::string_view field) const {
  for (const Field& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

std::vector<Layer> dissect(std::span<const std::uint8_t> bytes, std::uint32_t zeros,
                           LinkType link) {
  detail::Dissection d{.frame = {bytes, zeros}, .layers = {}};
  d.layers.reserve(8);
  if (link == LinkType::kEthernet) {
    detail::add_ethernet(d);
  } else {
    detail::dissect_ipv4(d, 0, d.frame.length());
  }
  return std::move(d.layers);
}

std::string field_text(const Field& field) {
  switch (field.type) {
    case FieldType::kIpv4:
      return to_string(Ipv4{static_cast<std::uint32_t>(field.value)});
    case FieldType::kMac:
      return to_string(Mac{field.value});
    case FieldType::kText:
    case FieldType::kBytes:
      return field.text;
    case FieldType::kFlag:
      return field.value != 0 ? "1" : "0";
    case FieldType::kHex: {
      std::string text = "0x";
      for (std::uint32_t digit = std::max(field.size, 1u) * 2; digit-- > 0;) {
        text += detail::kHexDigits[(field.value >> (digit * 4)) & 15];
      }
      return text;
    }
    case FieldType::kNumber:
      break;
  }
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, field.value).ptr;
  return std::string(text, end);
}

}  // namespace lvslab::wire
