#include "wire/tcp.h"

#include <algorithm>
#include <string_view>

#include "wire/checksum.h"
#include "wire/ipv4.h"

namespace lvslab::wire {
namespace {

constexpr auto kTcp = static_cast<std::uint8_t>(Protocol::kTcp);
constexpr std::uint32_t kMaxOptions = 40;
constexpr std::uint8_t kOptionEnd = 0, kOptionNop = 1, kOptionMss = 2, kOptionWindowScale = 3,
                       kOptionSackPermitted = 4, kOptionSack = 5, kOptionTimestamps = 8,
                       kOptionToa = 254;

void read_sack(const std::uint8_t* p, std::uint32_t length, TcpOptions& options) {
  const std::uint32_t blocks = (length - 2) / 8;
  if (length < 10 || (length - 2) % 8 != 0 || blocks > 4) return;
  options.sack_count = static_cast<std::uint8_t>(blocks);
  for (std::uint32_t i = 0; i < blocks; ++i) {
    options.sack[i] = {load32(p + 2 + i * 8), load32(p + 6 + i * 8)};
  }
}

/// One option of `length` bytes, kind and length included; a known kind of a wrong length is
/// skipped.
void read_option(const std::uint8_t* p, std::uint32_t length, TcpOptions& options) {
  switch (p[0]) {
    case kOptionMss:
      if (length == 4) options.mss = load16(p + 2);
      break;
    case kOptionWindowScale:
      if (length == 3) options.window_scale = p[2];
      break;
    case kOptionSackPermitted:
      if (length == 2) options.sack_permitted = true;
      break;
    case kOptionSack:
      read_sack(p, length, options);
      break;
    case kOptionTimestamps:
      if (length == 10) {
        options.timestamps = true;
        options.timestamp = load32(p + 2);
        options.timestamp_echo = load32(p + 6);
      }
      break;
    case kOptionToa:
      if (length == 8) options.toa = Endpoint{Ipv4::load(p + 4), load16(p + 2)};
      break;
    default:
      break;
  }
}

/// How many SACK blocks fit behind `used` bytes of options (RFC 2018, 3).
std::uint32_t sack_blocks(const TcpOptions& options, std::uint32_t used) {
  if (options.sack_count == 0 || used + 12 > kMaxOptions) return 0;
  return std::min<std::uint32_t>({options.sack_count, 4, (kMaxOptions - used - 4) / 8});
}

/// NOPs that bring the option behind them to a word boundary.
std::uint8_t* emit_nops(std::uint8_t* p, int count) {
  while (count-- > 0) *p++ = kOptionNop;
  return p;
}

std::uint8_t* emit_sack_permitted(std::uint8_t* p) {
  *p++ = kOptionSackPermitted;
  *p++ = 2;
  return p;
}

std::uint8_t* emit_timestamps(std::uint8_t* p, const TcpOptions& options) {
  p[0] = kOptionTimestamps;
  p[1] = 10;
  store32(p + 2, options.timestamp);
  store32(p + 6, options.timestamp_echo);
  return p + 10;
}

std::uint8_t* emit_toa(std::uint8_t* p, const Endpoint& client) {
  p[0] = kOptionToa;
  p[1] = 8;
  store16(p + 2, client.port);
  client.address.store(p + 4);
  return p + 8;
}

std::uint8_t* emit_syn_options(std::uint8_t* p, const TcpOptions& options) {
  if (options.mss) {
    p[0] = kOptionMss;
    p[1] = 4;
    store16(p + 2, *options.mss);
    p += 4;
  }
  if (options.timestamps) {
    p = options.sack_permitted ? emit_sack_permitted(p) : emit_nops(p, 2);
    p = emit_timestamps(p, options);
  } else if (options.sack_permitted) {
    p = emit_sack_permitted(emit_nops(p, 2));
  }
  if (options.window_scale) {
    p = emit_nops(p, 1);
    p[0] = kOptionWindowScale;
    p[1] = 3;
    p[2] = *options.window_scale;
    p += 3;
  }
  return p;
}

constexpr std::uint64_t words(std::uint32_t value) { return (value >> 16) + (value & 0xffff); }

/// Checksum sum of the options at `p`. Nearly every segment carries timestamps alone; these are
/// added up from their values, since reading back what was just written byte by byte makes the
/// processor wait for its own stores.
std::uint64_t options_sum(const std::uint8_t* p, std::uint32_t length, const TcpOptions& options,
                          bool syn) {
  if (!syn && length == 12 && options.timestamps) {
    return 0x0101 + 0x080a + words(options.timestamp) + words(options.timestamp_echo);
  }
  return sum_words({p, length});
}

}  // namespace

TcpOptions parse_tcp_options(std::span<const std::uint8_t> bytes) {
  TcpOptions options;
  std::size_t at = 0;
  while (at < bytes.size() && bytes[at] != kOptionEnd) {
    if (bytes[at] == kOptionNop) {
      ++at;
      continue;
    }
    if (bytes.size() - at < 2) break;
    const std::uint32_t length = bytes[at + 1];
    if (length < 2 || length > bytes.size() - at) break;
    read_option(bytes.data() + at, length, options);
    at += length;
  }
  return options;
}

std::uint32_t tcp_options_length(const TcpOptions& options, bool syn) {
  std::uint32_t length = options.toa ? 8 : 0;
  if (options.timestamps) length += 12;
  if (syn) {
    if (options.mss) length += 4;
    if (options.sack_permitted && !options.timestamps) length += 4;
    if (options.window_scale) length += 4;
    return length;
  }
  const std::uint32_t blocks = sack_blocks(options, length);
  return blocks == 0 ? length : length + 4 + blocks * 8;
}

std::uint32_t emit_tcp_options(std::uint8_t* p, const TcpOptions& options, bool syn) {
  const std::uint8_t* const begin = p;
  if (options.toa) p = emit_toa(p, *options.toa);
  if (syn) return static_cast<std::uint32_t>(emit_syn_options(p, options) - begin);
  if (options.timestamps) p = emit_timestamps(emit_nops(p, 2), options);
  const std::uint32_t blocks = sack_blocks(options, static_cast<std::uint32_t>(p - begin));
  if (blocks > 0) {
    p = emit_nops(p, 2);
    *p++ = kOptionSack;
    *p++ = static_cast<std::uint8_t>(2 + blocks * 8);
    for (std::uint32_t i = 0; i < blocks; ++i, p += 8) {
      store32(p, options.sack[i].left);
      store32(p + 4, options.sack[i].right);
    }
  }
  return static_cast<std::uint32_t>(p - begin);
}

void push_tcp(Packet& packet, Ipv4 source, Ipv4 destination, const TcpHeader& header) {
  std::uint64_t sum = sum_words(packet.bytes());
  const bool syn = (header.flags & kSyn) != 0;
  const std::uint32_t options_length = tcp_options_length(header.options, syn);
  std::uint8_t* p = packet.push(kTcpHeader + options_length);
  const auto offset_and_flags =
      static_cast<std::uint16_t>((kTcpHeader + options_length) << 10 | header.flags);
  store16(p, header.source_port);
  store16(p + 2, header.destination_port);
  store32(p + 4, header.sequence);
  store32(p + 8, header.acknowledgement);
  store16(p + 12, offset_and_flags);
  store16(p + 14, header.window);
  store16(p + 18, 0);  // urgent pointer
  emit_tcp_options(p + kTcpHeader, header.options, syn);
  sum += pseudo_header_sum(source, destination, kTcp, packet.length());
  sum += std::uint64_t{header.source_port} + header.destination_port + offset_and_flags +
         header.window + words(header.sequence) + words(header.acknowledgement) +
         options_sum(p + kTcpHeader, options_length, header.options, syn);
  store16(p + 16, finish_sum(sum));
}

bool tcp_checksum_ok(const Packet& segment, Ipv4 source, Ipv4 destination) {
  if (segment.real_size() < kTcpHeader) return false;
  return finish_sum(sum_words(segment.bytes(),
                              pseudo_header_sum(source, destination, kTcp, segment.length()))) == 0;
}

std::string tcp_flags_text(std::uint8_t flags) {
  static constexpr std::string_view kNames[8] = {"FIN", "SYN", "RST", "PSH",
                                                 "ACK", "URG", "ECE", "CWR"};
  std::string text;
  for (int bit = 0; bit < 8; ++bit) {
    if ((flags >> bit & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += kNames[bit];
  }
  return text.empty() ? "<None>" : text;
}

}  // namespace lvslab::wire
