// How tcpdump 4.99.3 prints frames: what the command and its tests share. Formats are facts read
// off the tool's own output; what it would decode above TCP and UDP is limited to HTTP, FTP, SMTP
// and the header of DNS.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "admin/machine.h"
#include "base/packet.h"

namespace lvslab::admin {

/// Bytes of a frame: `real` ones in memory, zeros up to `captured`; `length` as the headers say.
struct FrameBytes {
  const std::uint8_t* p = nullptr;
  std::uint32_t real = 0, captured = 0, length = 0;

  static FrameBytes of(const Packet& packet) {
    return {packet.data(), packet.real_size(), packet.length(), packet.length()};
  }
  std::uint8_t at(std::uint32_t i) const { return i < real ? p[i] : 0; }
  std::uint16_t at16(std::uint32_t i) const {
    return static_cast<std::uint16_t>(at(i) << 8 | at(i + 1));
  }
  std::uint32_t at32(std::uint32_t i) const {
    return static_cast<std::uint32_t>(at16(i)) << 16 | at16(i + 2);
  }
  bool has(std::uint32_t n) const { return captured >= n; }
  FrameBytes from(std::uint32_t n) const;
  /// Not longer than `n`: what a header's length field says.
  FrameBytes cut(std::uint32_t n) const;
};

enum class DumpLink : std::uint8_t { kEthernet, kRaw, kCooked };

struct DumpOptions {
  bool link_header = false;  ///< -e
  bool numeric = false;      ///< -n
  bool quick = false;        ///< -q
  bool absolute = false;     ///< -S
  bool numbered = false;     ///< -#
  bool ascii = false;        ///< -A
  int verbose = 0;           ///< -v -vv -vvv
  int time = 0;              ///< how many -t
  int hex = 0;               ///< -x, -xx
  int hex_ascii = 0;         ///< -X, -XX
};

/// Prints frames one after the other; remembers the conversations it has seen, for relative
/// sequence numbers.
class FramePrinter {
 public:
  FramePrinter(const Machine& machine, DumpOptions options)
      : machine_(machine), options_(options) {}

  /// What stands before the network layer of a frame seen on the pseudo device "any".
  struct Cooked {
    std::string device;
    int ifindex = 0;
    std::string_view kind;  ///< In, Out, B, M, P
    bool raw = false;       ///< of a tunnel: no link header
  };
  /// The lines of a frame, with a newline at the end.
  std::string frame(Instant time, const FrameBytes& bytes, DumpLink link, const Cooked& cooked);

 private:
  std::string time_stamp(Instant time);
  std::string ethernet(const FrameBytes& bytes);
  std::string cooked_header(const FrameBytes& bytes, const Cooked& cooked);
  std::string network(std::uint16_t type, const FrameBytes& bytes, const FrameBytes& whole);
  std::string arp(const FrameBytes& bytes);
  std::string ip(FrameBytes bytes);
  std::string ip_header(const FrameBytes& bytes, std::uint32_t header_length) const;
  std::string transport(const FrameBytes& ip, const FrameBytes& bytes, bool more_fragments);
  std::string icmp(const FrameBytes& bytes, bool more_fragments);
  std::string unreachable(const FrameBytes& bytes) const;
  std::string udp(const FrameBytes& ip, const FrameBytes& bytes, bool more_fragments);
  // tcpdump_tcp.cpp
  std::string tcp(const FrameBytes& ip, const FrameBytes& bytes, bool more_fragments);
  std::string tcp_options(const FrameBytes& options, std::uint32_t acknowledged_base) const;
  std::string payload(const FrameBytes& data, std::uint16_t source,
                      std::uint16_t destination) const;
  std::string address(wire::Ipv4 address) const;
  std::string port(std::uint16_t port, bool tcp) const;
  std::string mac(const FrameBytes& bytes, std::uint32_t at) const;
  std::string hex_dump(const FrameBytes& bytes, bool ascii) const;

  const Machine& machine_;
  DumpOptions options_;
  std::uint32_t count_ = 0;
  Instant first_, last_;
  /// The ends of a conversation, the smaller first, and where their sequence numbers began.
  using Ends = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>;
  struct Bases {
    std::uint32_t sequence = 0, acknowledgement = 0;  ///< of the smaller end, of the larger
  };
  std::map<Ends, Bases> conversations_;
};

/// Internet checksum of the bytes, `seed` a sum of what stands before them; 0 when it is right.
std::uint16_t sum_of(const FrameBytes& bytes, std::uint32_t seed);
/// Of the pseudo header of TCP and UDP.
std::uint32_t pseudo_header(const FrameBytes& ip, std::uint32_t length);
/// The checksum that would have been right, given the one that stands there and what `sum_of` said.
std::uint16_t right_checksum(std::uint16_t present, std::uint16_t sum);
std::string dns_text(const FrameBytes& message);
std::string dump_format(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace lvslab::admin
