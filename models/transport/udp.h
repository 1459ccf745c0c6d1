// UDP of one host (RFC 768): bound sockets, the lookup (an address of its own before the wildcard),
// port unreachable for a closed port. DF as Linux sets it by default: on datagrams that fit the
// path.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "transport/sockets.h"

namespace lvslab::transport {

class Udp final : public net::ProtocolHandler {
 public:
  explicit Udp(Sockets& sockets);

  void receive_datagram(Turn& turn, wire::Datagram&& datagram, const net::InputInfo& info) override;
  void receive_error(Turn& turn, const net::IcmpError& error) override;

  tl::expected<SocketId, SocketError> bind(Turn& turn, wire::Endpoint local, UdpOwner* owner);
  SocketError send(Turn& turn, SocketId socket, wire::Endpoint to,
                   std::span<const std::uint8_t> bytes, std::uint32_t zeros, const Tag& tag,
                   const IpOptions& ip, wire::Ipv4 source);
  void close(Turn& turn, SocketId socket);
  wire::Endpoint local(SocketId socket) const;
  void list(std::vector<SocketView>& to) const;
  void reset();

  /// UDP sockets are told from TCP's by this bit of SocketId::index.
  static constexpr std::uint32_t kUdpBit = 0x40000000;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::size_t kBuckets = 64;
  struct Socket {
    wire::Endpoint local;
    UdpOwner* owner = nullptr;  ///< null: free
    std::uint32_t generation = 0;
    std::uint32_t next = kNone;  ///< in the bucket of its port, or in the free list
  };
  /// A socket on `local` exactly or on the wildcard; kNone.
  std::uint32_t find(const wire::Endpoint& local) const;
  bool conflicts(const wire::Endpoint& local) const;
  const Socket* get(SocketId id) const;
  void note_state(Turn& turn, const Socket& socket, std::string_view word) const;

  net::Host& host_;
  std::vector<Socket> slots_;
  std::uint32_t free_ = kNone;
  std::array<std::uint32_t, kBuckets> buckets_;  ///< by low bits of the port
};

}  // namespace lvslab::transport
