// Any bytes through everything that reads frames: both link types, the datagram parser, TCP options
// and the difference of two frames. The first two input bytes choose how many zeros follow the
// frame.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/packet.h"
#include "wire/datagram.h"
#include "wire/dissect.h"
#include "wire/header_diff.h"
#include "wire/tcp.h"

namespace {

using namespace lvslab;

using Bytes = std::span<const std::uint8_t>;

void look_at(Bytes bytes, std::uint32_t zeros, wire::LinkType link) {
  const auto layers = wire::dissect(bytes, zeros, link);
  for (const wire::Layer& layer : layers) {
    LVSLAB_CHECK(layer.offset + layer.size <= bytes.size() + zeros);
    for (const wire::Field& field : layer.fields) {
      LVSLAB_CHECK(field.offset + field.size <= bytes.size() + zeros);
      static_cast<void>(wire::field_text(field));
    }
  }
  LVSLAB_CHECK(!wire::summary(layers).empty());
  LVSLAB_CHECK(wire::header_diff(layers, layers).empty());
}

void parse(Bytes bytes, std::uint32_t zeros) {
  static PacketPool pool;
  Packet packet = pool.copy_of(bytes.first(std::min<std::size_t>(bytes.size(), 60'000)), zeros);
  wire::Datagram datagram;
  if (wire::Datagram::parse(packet, datagram) == wire::Datagram::Problem::kNone) {
    LVSLAB_CHECK(datagram.packet().length() == datagram.ip().total_length());
    if (datagram.has_ports()) static_cast<void>(datagram.source_port());
    Packet segment = datagram.take();
    segment.pull(datagram.header_length());
    static_cast<void>(wire::udp_checksum_ok(segment, {1}, {2}));
    static_cast<void>(wire::tcp_checksum_ok(segment, {1}, {2}));
    static_cast<void>(wire::icmp_checksum_ok(segment));
    pool.retire(std::move(segment));
  } else {
    pool.retire(std::move(packet));
  }
  LVSLAB_CHECK(pool.alive() == 0);
}

void options(Bytes bytes) {
  const auto read = wire::parse_tcp_options(bytes.first(std::min<std::size_t>(bytes.size(), 40)));
  std::uint8_t written[40];
  for (const bool syn : {false, true}) {
    const std::uint32_t size = wire::emit_tcp_options(written, read, syn);
    LVSLAB_CHECK(size <= sizeof written && size == wire::tcp_options_length(read, syn));
  }
}

void difference(Bytes bytes) {
  const auto before = wire::dissect(bytes.first(bytes.size() / 2), 0, wire::LinkType::kEthernet);
  const auto after = wire::dissect(bytes.subspan(bytes.size() / 2), 0, wire::LinkType::kEthernet);
  static_cast<void>(wire::header_diff(before, after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint32_t zeros = wire::load16(data);
  const Bytes bytes(data + 2, size - 2);
  look_at(bytes, zeros, wire::LinkType::kEthernet);
  look_at(bytes, zeros, wire::LinkType::kRawIp);
  parse(bytes, zeros);
  if (bytes.size() > 14) parse(bytes.subspan(14), zeros);
  options(bytes);
  difference(bytes);
  return 0;
}
