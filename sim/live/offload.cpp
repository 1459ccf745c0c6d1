#include "live/offload.h"

#include <algorithm>

#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace lvslab::live {
namespace {

constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint32_t kUdpChecksumOffset = 6;

// The field holds the folded pseudo header sum, so summing over it too gives the whole. RFC 768: a
// UDP checksum that comes to zero is sent as all ones.
bool complete_checksum(std::span<std::uint8_t> frame, const Offload& offload) {
  const std::size_t field = std::size_t{offload.checksum_start} + offload.checksum_offset;
  if (offload.checksum_start >= frame.size() || field + 2 > frame.size()) return false;
  std::uint16_t sum = wire::checksum(frame.subspan(offload.checksum_start));
  const bool udp = offload.checksum_offset == kUdpChecksumOffset &&
                   frame.size() - offload.checksum_start >= kUdpHeader;
  if (udp && sum == 0) sum = 0xffff;
  wire::store16(frame.data() + field, sum);
  return true;
}

// Where the IPv4 header of a frame begins; 0: it has none.
std::uint32_t ipv4_offset(std::span<const std::uint8_t> frame) {
  std::uint32_t at = wire::kEthernetHeader;
  if (frame.size() < at) return 0;
  std::uint16_t type = wire::load16(frame.data() + at - 2);
  if (type == static_cast<std::uint16_t>(wire::EtherType::kVlan)) {
    at += wire::kVlanTag;
    if (frame.size() < at) return 0;
    type = wire::load16(frame.data() + at - 2);
  }
  const bool fits = type == static_cast<std::uint16_t>(wire::EtherType::kIpv4) &&
                    frame.size() >= at + wire::kIpv4Header;
  return fits ? at : 0;
}

// Lengths, number in the row and checksums of a segment cut out of a longer one.
void finish_segment(std::span<std::uint8_t> segment, std::uint32_t ip_at, std::uint32_t tcp_at,
                    std::uint16_t number) {
  std::uint8_t* ip = segment.data() + ip_at;
  std::uint8_t* tcp = segment.data() + tcp_at;
  wire::store16(ip + 2, static_cast<std::uint16_t>(segment.size() - ip_at));
  wire::store16(ip + 4, static_cast<std::uint16_t>(wire::load16(ip + 4) + number));
  wire::store16(ip + 10, 0);
  wire::store16(ip + 10, wire::checksum(segment.subspan(ip_at, tcp_at - ip_at)));
  const wire::Ipv4View view{ip};
  wire::store16(tcp + 16, 0);
  const std::uint64_t pseudo =
      wire::pseudo_header_sum(view.source(), view.destination(), view.protocol(),
                              static_cast<std::uint32_t>(segment.size() - tcp_at));
  wire::store16(tcp + 16, wire::finish_sum(wire::sum_words(segment.subspan(tcp_at), pseudo)));
}

}  // namespace

bool Restorer::restore(std::span<std::uint8_t> frame, const Offload& offload, const Take& take) {
  switch (offload.joined) {
    case Offload::Joined::kOther:
      return false;
    case Offload::Joined::kTcp4:
      return split_tcp(frame, offload, take);
    case Offload::Joined::kNo:
      break;
  }
  if (offload.checksum_begun && !complete_checksum(frame, offload)) return false;
  take_tagged(frame, offload, take);
  return true;
}

// As a NIC with segmentation offload cuts (RFC 793 sequence numbers go on; FIN and PSH belong to
// the last segment, CWR to the first; the IP id counts up).
bool Restorer::split_tcp(std::span<const std::uint8_t> frame, const Offload& offload,
                         const Take& take) {
  const std::uint32_t ip_at = ipv4_offset(frame);
  if (ip_at == 0 || offload.segment_payload == 0) return false;
  const wire::Ipv4View ip{frame.data() + ip_at};
  const std::uint32_t tcp_at = ip_at + ip.header_length();
  if (ip.header_length() < wire::kIpv4Header || frame.size() < tcp_at + wire::kTcpHeader ||
      ip.protocol() != static_cast<std::uint8_t>(wire::Protocol::kTcp))
    return false;
  const wire::TcpView tcp{frame.data() + tcp_at};
  const std::uint32_t payload_at = tcp_at + tcp.header_length();
  if (tcp.header_length() < wire::kTcpHeader || frame.size() <= payload_at) return false;

  const std::span<const std::uint8_t> payload = frame.subspan(payload_at);
  std::uint16_t number = 0;
  for (std::size_t from = 0; from < payload.size(); from += offload.segment_payload, ++number) {
    const std::size_t bytes = std::min<std::size_t>(offload.segment_payload, payload.size() - from);
    const bool last = from + bytes == payload.size();
    segment_.assign(frame.begin(), frame.begin() + payload_at);
    segment_.insert(segment_.end(), payload.begin() + static_cast<std::ptrdiff_t>(from),
                    payload.begin() + static_cast<std::ptrdiff_t>(from + bytes));
    std::uint8_t* header = segment_.data() + tcp_at;
    wire::store32(header + 4, tcp.sequence() + static_cast<std::uint32_t>(from));
    std::uint8_t off = 0;
    if (!last) off |= wire::kFin | wire::kPsh;
    if (number != 0) off |= wire::kCwr;
    header[13] = static_cast<std::uint8_t>(header[13] & ~off);
    finish_segment(segment_, ip_at, tcp_at, number);
    take_tagged(segment_, offload, take);
  }
  return true;
}

void Restorer::take_tagged(std::span<const std::uint8_t> frame, const Offload& offload,
                           const Take& take) {
  constexpr std::uint32_t kAddresses = 12;
  if (!offload.tagged || frame.size() < kAddresses) return take(frame);
  tagged_.assign(frame.begin(), frame.begin() + kAddresses);
  tagged_.resize(kAddresses + wire::kVlanTag);
  wire::store16(tagged_.data() + kAddresses, offload.tag_type);
  wire::store16(tagged_.data() + kAddresses + 2, offload.tag);
  tagged_.insert(tagged_.end(), frame.begin() + kAddresses, frame.end());
  take(tagged_);
}

}  // namespace lvslab::live
