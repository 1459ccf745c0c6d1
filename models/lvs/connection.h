// One entry of the director's connection table: a client's connection (or a persistence template)
// and the real server it was given. Layout: what every packet touches comes first.
#pragma once

#include <cstdint>
#include <string_view>

#include "lvs/service.h"

namespace lvslab::lvs {

enum class ConnectionState : std::uint8_t {
  kNone,
  kEstablished,
  kSynSent,
  kSynRecv,
  kFinWait,
  kTimeWait,
  kClose,
  kCloseWait,
  kLastAck,
  kListen,
  kSynAck,  // TCP, in the order of the state tables
  kUdp,
  kAssured,  // a template one of whose connections was established
  // SCTP, in the order of its state tables, which begin with kNone
  kSctpInit1,
  kSctpInit,
  kSctpCookieSent,
  kSctpCookieReplied,
  kSctpCookieWait,
  kSctpCookie,
  kSctpCookieEchoed,
  kSctpEstablished,
  kSctpShutdownSent,
  kSctpShutdownReceived,
  kSctpShutdownAckSent,
  kSctpRejected,
  kSctpClosed,
  kCount
};
inline constexpr std::size_t kTcpStateCount = 11;
inline constexpr std::size_t kSctpStateCount = 14;
std::string_view connection_state_name(ConnectionState s);  ///< "ESTABLISHED" ... as listings show

/// Values are the kernel's.
enum ConnectionFlag : std::uint16_t {
  kNoOutput = 0x80,   ///< no reply was seen and none is expected
  kInactive = 0x100,  ///< counted as inactive at its destination
  kNoClientPort = 0x800,
  kTemplate = 0x1000,
  kOnePacket = 0x2000,
  kTracked = 0x4000,  ///< its packets stay in the host's connection tracking (there 0x10000)
};

inline constexpr std::uint32_t kNoSlot = 0xffffffff;

struct alignas(128) Connection {
  wire::Endpoint client, service, real;            ///< CIP, VIP, RIP with ports
  wire::Protocol protocol = wire::Protocol::kTcp;  ///< 0 ("IP"): template of a firewall mark
  ConnectionState state = ConnectionState::kNone;
  Method method = Method::kRoute;
  bool in_use = false;
  std::uint32_t next = kNoSlot;  ///< chain of its bucket
  std::uint16_t flags = 0;
  std::uint32_t timeout_s = 3;         ///< the state's; 0: being dropped by force
  Destination* destination = nullptr;  ///< null: bypass
  Instant expires;                     ///< nominal end, as listings count down to
  Instant fires;                       ///< when its timer really fires (never before `expires`)

  Instant armed;                      ///< earliest live entry in the table's timer heap
  std::uint64_t armed_order = 0;      ///< which entry that is
  std::uint64_t serial = 0;           ///< order of insertion
  std::uint32_t local_end = kNoSlot;  ///< FULLNAT: its place in the director's LocalPool
  std::uint32_t in_packets = 0;
  std::uint32_t mark = 0;              ///< of the packet that made it
  std::uint32_t controller = kNoSlot;  ///< slot of its template
  std::uint32_t controlled = 0;        ///< entries that this template controls
  std::uint32_t hash = 0;
  Tag tag;  ///< of the packet that made it

  bool is(ConnectionFlag flag) const { return (flags & flag) != 0; }
  void set(ConnectionFlag flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  void unset(ConnectionFlag flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }
};

}  // namespace lvslab::lvs
