#include <algorithm>

#include "wire/checksum.h"
#include "wire/dissect_detail.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::wire::detail {
namespace {

std::uint64_t transport_status(const Reader& frame, std::uint32_t at, std::uint32_t end,
                               Protocol protocol, const IpContext& ip) {
  if (!ip.whole) return kChecksumUnverified;
  const std::uint64_t pseudo = pseudo_header_sum({ip.source}, {ip.destination},
                                                 static_cast<std::uint8_t>(protocol), end - at);
  return finish_sum(frame.sum(at, end, pseudo)) == 0 ? kChecksumGood : kChecksumBad;
}

/// Bits as Wireshark names them, highest first.
void add_tcp_flags(Fields& fields, const Reader& frame, std::uint32_t at) {
  static constexpr std::string_view kNames[] = {"flags.ae",    "flags.cwr", "flags.ece",
                                                "flags.urg",   "flags.ack", "flags.push",
                                                "flags.reset", "flags.syn", "flags.fin"};
  const std::uint32_t bits = frame.u16(at + 12) & 0x0fffu;
  fields.add("flags", FieldType::kHex, bits, at + 12, 2);
  fields.flag("flags.res", (bits >> 9) != 0, at + 12, 1);
  for (std::uint32_t i = 0; i < 9; ++i) {
    fields.flag(kNames[i], (bits >> (8 - i) & 1) != 0, i == 0 ? at + 12 : at + 13, 1);
  }
}

void add_tcp_option(Fields& fields, const Reader& frame, std::uint32_t at, std::uint32_t length) {
  switch (frame.u8(at)) {
    case 2:
      if (length == 4) fields.number16("options.mss_val", at + 2);
      break;
    case 3:
      if (length == 3) fields.number8("options.wscale.shift", at + 2);
      break;
    case 4:
      if (length == 2) fields.flag("options.sack_perm", true, at, 2);
      break;
    case 5:
      if ((length - 2) % 8 != 0) break;
      fields.number("options.sack.count", (length - 2) / 8, at + 1, 1);
      for (std::uint32_t block = at + 2; block < at + length; block += 8) {
        fields.number32("options.sack_le", block);
        fields.number32("options.sack_re", block + 4);
      }
      break;
    case 8:
      if (length != 10) break;
      fields.number32("options.timestamp.tsval", at + 2);
      fields.number32("options.timestamp.tsecr", at + 6);
      break;
    case 254:  // not Wireshark's: the client in front of a FULLNAT director
      if (length != 8) break;
      fields.number16("options.toa.port", at + 2);
      fields.ipv4("options.toa.ip", at + 4);
      break;
    default:
      break;
  }
}

void add_tcp_options(Fields& fields, const Reader& frame, std::uint32_t at, std::uint32_t end) {
  while (at < end && frame.u8(at) != 0) {
    if (frame.u8(at) == 1) {
      ++at;
      continue;
    }
    if (end - at < 2) return;
    const std::uint32_t length = frame.u8(at + 1);
    if (length < 2 || length > end - at) return;
    add_tcp_option(fields, frame, at, length);
    at += length;
  }
}

/// Ports and sequence number of a header of which only some bytes are there: an ICMP error need not
/// quote more than these eight (RFC 792).
void add_short_tcp(Dissection& d, std::uint32_t at, std::uint32_t end) {
  const std::uint32_t there = end - at;
  if (there < 4) return dissect_undecoded(d, at, end, "TCP header cut short");
  const std::uint32_t used = there < 8 ? 4 : 8;
  Layer& layer = d.add("tcp", at, used);
  Fields fields(d.frame, layer);
  fields.number16("srcport", at);
  fields.number16("dstport", at + 2);
  if (used == 8) fields.number32("seq", at + 4);
  if (!d.quoted || used < there) dissect_undecoded(d, at + used, end, "TCP header cut short");
}

}  // namespace

void dissect_tcp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip) {
  if (end - at < kTcpHeader) return add_short_tcp(d, at, end);
  const Reader& frame = d.frame;
  const std::uint32_t header = (frame.u8(at + 12) >> 4) * 4u;
  const bool fits = header >= kTcpHeader && header <= end - at;
  Layer& layer = d.add("tcp", at, fits ? header : kTcpHeader);
  layer.fields.reserve(32);
  Fields fields(frame, layer);
  fields.number16("srcport", at);
  fields.number16("dstport", at + 2);
  fields.number32("seq", at + 4);
  if (!d.quoted) fields.number32("seq_raw", at + 4);
  fields.number32("ack", at + 8);
  fields.number32("ack_raw", at + 8);
  fields.number("hdr_len", header, at + 12, 1);
  add_tcp_flags(fields, frame, at);
  fields.number16("window_size_value", at + 14);
  fields.hex16("checksum", at + 16);
  fields.number("checksum.status", transport_status(frame, at, end, Protocol::kTcp, ip), at + 16,
                2);
  fields.number16("urgent_pointer", at + 18);
  if (!fits) {
    const std::string_view reason =
        header < kTcpHeader ? "TCP header length below 20" : "TCP options cut short";
    return dissect_undecoded(d, at + kTcpHeader, end, reason);
  }
  add_tcp_options(fields, frame, at + kTcpHeader, at + header);
  if (!d.quoted && !ip.fragment) {
    fields.number("len", std::max(ip.payload_length, header) - header, at, 0);
  }
  dissect_data(d, at + header, end);
}

void dissect_udp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip) {
  if (end - at < kUdpHeader) return dissect_undecoded(d, at, end, "UDP header cut short");
  const Reader& frame = d.frame;
  const std::uint32_t length = frame.u16(at + 4);
  Layer& layer = d.add("udp", at, kUdpHeader);
  layer.fields.reserve(5);
  Fields fields(frame, layer);
  fields.number16("srcport", at);
  fields.number16("dstport", at + 2);
  fields.number16("length", at + 4);
  fields.hex16("checksum", at + 6);
  const bool fits = length >= kUdpHeader && length <= end - at;
  std::uint64_t status = kChecksumUnverified;
  if (frame.u16(at + 6) == 0) {
    status = kChecksumNotPresent;
  } else if (fits) {
    status = transport_status(frame, at, at + length, Protocol::kUdp, ip);
  }
  fields.number("checksum.status", status, at + 6, 2);
  if (length < kUdpHeader) {
    return dissect_undecoded(d, at + kUdpHeader, end, "UDP length below 8");
  }
  // Bytes behind the UDP length belong to nobody; a fragment holds less than the length says.
  dissect_data(d, at + kUdpHeader, std::min(end, at + length));
}

void dissect_icmp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip) {
  if (end - at < kIcmpHeader) return dissect_undecoded(d, at, end, "ICMP header cut short");
  const Reader& frame = d.frame;
  const std::uint8_t type = frame.u8(at);
  {
    Layer& layer = d.add("icmp", at, kIcmpHeader);
    layer.fields.reserve(6);
    Fields fields(frame, layer);
    fields.number8("type", at);
    fields.number8("code", at + 1);
    fields.hex16("checksum", at + 2);
    std::uint64_t status = kChecksumUnverified;
    if (ip.whole) status = finish_sum(frame.sum(at, end)) == 0 ? kChecksumGood : kChecksumBad;
    fields.number("checksum.status", status, at + 2, 2);
    if (type == 0 || type == 8 || (type >= 13 && type <= 18)) {
      fields.number16("ident", at + 4);
      fields.number16("seq", at + 6);
    } else if (type == 3 && frame.u8(at + 1) == kFragmentationNeeded) {
      fields.number16("mtu", at + 6);
    } else if (type == 5) {
      fields.ipv4("redir_gw", at + 4);
    } else if (type == 12) {
      fields.number8("pointer", at + 4);
    }
  }
  const std::uint32_t data = at + kIcmpHeader;
  if (!icmp_is_error(type)) return dissect_data(d, data, end);
  if (data == end) return;
  const bool outer_quoted = d.quoted;
  d.quoted = true;
  dissect_ipv4(d, data, end);
  d.quoted = outer_quoted;
}

}  // namespace lvslab::wire::detail
