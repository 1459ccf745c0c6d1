// FULLNAT's local addresses (LIP) and what every FULLNAT connection keeps beside its entry: the
// local end it was given, how far its sequence numbers are shifted, and an index by the other
// direction, since replies come from RIP:rport to LIP:lport and do not name the client. Addresses
// are taken in turn, ports by counting up from 5001 within 5000 ... 65535; one port of a LIP serves
// any number of real servers, one connection with each. Source: the behaviour of alibaba/LVS.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "lvs/connection.h"

namespace lvslab::lvs {

/// One address of one service's pool.
struct LocalAddress {
  wire::Ipv4 address;
  std::uint32_t counter = 0;      ///< ports tried so far
  std::uint64_t conflicts = 0;    ///< tries that met a port in use towards that real server
  std::uint64_t refused = 0;      ///< connections that found no free port
  std::uint32_t connections = 0;  ///< that have an end here
  bool in_pool = false;           ///< false: taken from the service, or a free place
};

/// What one FULLNAT connection keeps beside its entry in the connection table.
struct LocalEnd {
  wire::Endpoint local;  ///< LIP:lport
  wire::Endpoint real;   ///< RIP:rport
  std::uint32_t connection = kNoSlot;
  std::uint32_t first = 0;        ///< sequence number of the SYN towards the real server
  std::uint32_t shift = 0;        ///< added to the client's sequence numbers
  std::uint32_t first_reply = 0;  ///< the sequence number behind the server's SYN
  std::uint32_t next = kNoSlot;   ///< chain of its bucket
  std::uint32_t hash = 0;
  std::uint32_t address = 0;  ///< place of its LocalAddress
  wire::Protocol protocol = wire::Protocol::kTcp;
  bool shifted = false;   ///< a SYN was seen: `shift` holds
  bool answered = false;  ///< the server's SYN was seen: `first_reply` holds
  bool in_use = false;
};

class LocalPool {
 public:
  static constexpr std::uint32_t kNone = kNoSlot;
  static constexpr std::uint16_t kFirstPort = 5000, kLastPort = 65535;
  static constexpr int kMostTries = 10'000;

  /// `secret` keys the initial sequence numbers towards real servers.
  explicit LocalPool(std::uint64_t secret) : secret_(secret), heads_(kFewestBuckets, kNone) {}

  // --- a service's addresses, in the order in which they were added ----------------------------
  bool add_address(Service& service, wire::Ipv4 address);     ///< false: it is there
  bool remove_address(Service& service, wire::Ipv4 address);  ///< false: it is not
  /// What uses them keeps them.
  void remove_all(Service& service);
  const LocalAddress& address(std::uint32_t place) const { return addresses_[place]; }

  // --- ends of connections ---------------------------------------------------------------------
  /// The service's next address and its next port that is free towards `real`; kNone when the
  /// service has no address or that one no port.
  std::uint32_t take(Service& service, wire::Protocol protocol, const wire::Endpoint& real,
                     Instant now);
  void release(std::uint32_t end);
  /// The end a reply is addressed to.
  std::uint32_t find(wire::Protocol protocol, const wire::Endpoint& real,
                     const wire::Endpoint& local) const;
  LocalEnd& at(std::uint32_t end) { return ends_[end]; }
  const LocalEnd& at(std::uint32_t end) const { return ends_[end]; }
  std::size_t size() const { return count_; }

 private:
  static constexpr std::size_t kFewestBuckets = 64;
  static constexpr std::uint32_t kMany = 512;
  static constexpr std::uint32_t kPorts = kLastPort - kFirstPort + 1;
  /// The ports of one local address in use towards one real server, bit by bit once they are many:
  /// a search over a full range looks at words, not at ports.
  struct Ports {
    std::uint32_t used = 0;
    std::vector<std::uint64_t> bits;  ///< empty while `used` is below kMany
    bool has(std::uint32_t port) const { return (bits[port / 64] >> (port % 64) & 1) != 0; }
    void flip(std::uint32_t port) { bits[port / 64] ^= std::uint64_t{1} << (port % 64); }
  };
  struct Towards {
    wire::Ipv4 address;  ///< services may share one
    wire::Protocol protocol;
    wire::Endpoint real;
    auto operator<=>(const Towards&) const = default;
  };
  static std::uint32_t port_of(const LocalEnd& end) { return end.local.port - kFirstPort; }
  static Towards towards(const LocalEnd& end) {
    return {end.local.address, end.protocol, end.real};
  }
  static std::uint32_t tries_to_free(const Ports& ports, std::uint32_t counter);
  std::uint32_t tries_among_few(const Towards& to, std::uint32_t counter) const;
  void count_taken(Ports& ports, const LocalEnd& end);
  void count_released(const LocalEnd& end);
  /// RFC 6528: a keyed value of its ends plus a clock, so that a port that comes round again lies
  /// ahead of its last life.
  std::uint32_t initial_sequence(const LocalEnd& end, Instant now) const;
  std::uint32_t free_end();
  void grow();
  void forget_if_unused(std::uint32_t place);

  std::uint64_t secret_;
  std::vector<LocalAddress> addresses_;
  std::vector<std::uint32_t> free_addresses_;
  std::vector<LocalEnd> ends_;
  std::vector<std::uint32_t> free_ends_;
  std::vector<std::uint32_t> heads_;  ///< a power of two
  std::map<Towards, Ports> ports_;    ///< of every pair that has a connection
  std::size_t count_ = 0;
};

}  // namespace lvslab::lvs
