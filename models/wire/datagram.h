// A packet known to begin with a valid IPv4 header: parsed once per hop and passed on.
#pragma once

#include <utility>

#include "base/packet.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::wire {

class Datagram {
 public:
  Datagram() = default;

  enum class Problem : std::uint8_t { kNone, kHeader, kChecksum };
  /// Takes a packet whose link header is gone. On success trims link padding behind the IP total
  /// length. RFC 1122 3.2.1.1-2: version 4, header length >= 20 and within the packet, total length
  /// >= header length and <= packet, header checksum right. On a problem the packet stays in
  /// `packet`.
  static Problem parse(Packet& packet, Datagram& datagram);
  /// For a packet that this host has just built.
  static Datagram trusted(Packet&& packet) {
    Datagram d;
    d.packet_ = std::move(packet);
    d.header_length_ = static_cast<std::uint8_t>(Ipv4View{d.packet_.data()}.header_length());
    return d;
  }

  Packet& packet() { return packet_; }
  const Packet& packet() const { return packet_; }
  Packet take() { return std::move(packet_); }

  Ipv4View ip() const { return {packet_.data()}; }
  std::uint8_t* edit_ip() { return packet_.edit(); }
  std::uint32_t header_length() const { return header_length_; }
  /// Transport header and payload, real bytes (present only in the first fragment).
  const std::uint8_t* transport() const { return packet_.data() + header_length_; }
  std::uint8_t* edit_transport() { return packet_.edit() + header_length_; }
  std::uint32_t transport_real_size() const { return packet_.real_size() - header_length_; }
  std::uint32_t transport_length() const { return packet_.length() - header_length_; }
  Protocol protocol() const { return static_cast<Protocol>(ip().protocol()); }
  bool first_fragment() const { return ip().fragment_offset() == 0; }

  /// Whether a TCP/UDP header (ports at least) can be read: first fragment and enough real bytes.
  bool has_ports() const { return first_fragment() && transport_real_size() >= 4; }
  std::uint16_t source_port() const { return load16(transport()); }
  std::uint16_t destination_port() const { return load16(transport() + 2); }

  /// After a forwarder pushed or pulled an outer header.
  void reparse() { header_length_ = static_cast<std::uint8_t>(ip().header_length()); }

 private:
  Packet packet_;
  std::uint8_t header_length_ = 0;
};

}  // namespace lvslab::wire
