// One entry of the director's connection table: a client's connection (or a persistence template)
// and the real server it was given.
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
  kHashed = 0x40,     ///< in the chains of the table: packets and listings find it
  kNoOutput = 0x80,   ///< no reply was seen and none is expected
  kInactive = 0x100,  ///< counted as inactive at its destination
  kNoClientPort = 0x800,
  kTemplate = 0x1000,
  kOnePacket = 0x2000,
  kTracked = 0x4000,  ///< its packets stay in the host's connection tracking (there 0x10000)
};

inline constexpr std::uint32_t kNoSlot = 0xffffffff;
inline constexpr std::uint32_t kNoTick = 0xffffffff;  ///< later than any Instant
inline constexpr std::uint16_t kNoMoment = 0xffff;

/// One line of the cache. What few packets ask for (its template, its local end, whose traffic it
/// is) the table keeps beside it.
struct alignas(64) Connection {
  wire::Endpoint client, service, real;            ///< CIP, VIP, RIP with ports
  Destination* destination = nullptr;              ///< null: bypass
  Instant expires;                                 ///< nominal end, as listings count down to
  std::uint32_t fires_tick = kNoTick;              ///< kernel tick at which its timer really fires
  std::uint32_t timeout_s = 3;                     ///< the state's; 0: being dropped by force
  std::uint32_t next = kNoSlot;                    ///< chain of its bucket
  std::uint32_t serial = 0;                        ///< order of insertion
  wire::Protocol protocol = wire::Protocol::kTcp;  ///< 0 ("IP"): template of a firewall mark
  ConnectionState state : 5 = ConnectionState::kNone;
  Method method : 3 = Method::kRoute;
  std::uint16_t flags = 0;
  std::uint16_t in_packets = 0;      ///< stays at the most it can hold
  std::uint16_t moment = kNoMoment;  ///< where the table has its timer; never after `fires_tick`

  void count_in_packet() {
    in_packets = static_cast<std::uint16_t>(in_packets + (in_packets != 0xffff));
  }
  bool is(ConnectionFlag flag) const { return (flags & flag) != 0; }
  void set(ConnectionFlag flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  void unset(ConnectionFlag flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }
};
static_assert(sizeof(Connection) == 64);
static_assert(static_cast<int>(ConnectionState::kCount) <= 1 << 5);

}  // namespace lvslab::lvs
