// One TCP connection's state: plain data that the functions of Tcp work on. Names follow RFC 793
// (snd_una, rcv_nxt, ...). What only a connection in trouble needs (holes, losses, a reader that
// sleeps) lives apart in TcpTrouble, so that an idle connection takes 248 bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "transport/send_buffer.h"
#include "transport/sockets.h"
#include "wire/tcp.h"

namespace lvslab::transport {

/// Sequence numbers are compared modulo 2^32.
constexpr bool before(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) < 0;
}
constexpr bool after(std::uint32_t a, std::uint32_t b) { return before(b, a); }

/// Data that came but cannot be handed to the app yet. Zeros stay a length.
struct HeldData {
  std::uint32_t sequence = 0;
  std::uint32_t zeros = 0;
  std::vector<std::uint8_t> bytes;
  Tag tag;
  bool push = false;
  std::uint32_t length() const { return static_cast<std::uint32_t>(bytes.size()) + zeros; }
};

struct TcpTrouble {
  static constexpr std::size_t kMostHeld = 8'192;    ///< pieces out of order, pieces not read
  static constexpr std::size_t kMostSacked = 1'024;  ///< ranges the peer reported

  // Receiver.
  std::vector<HeldData> out_of_order;  ///< ascending, disjoint, all beyond rcv_nxt
  std::vector<HeldData> waiting;       ///< in order; the app does not read
  std::uint32_t waiting_bytes = 0;
  wire::SackBlock report[4];  ///< SACK blocks to send, latest first
  std::uint8_t report_count = 0;
  bool fin_ahead = false;  ///< a FIN came before the data in front of it
  std::uint32_t fin_sequence = 0;
  // Sender.
  std::vector<wire::SackBlock> sacked;  ///< ascending, disjoint, beyond snd_una
  std::uint32_t lost_until = 0;         ///< what is not SACKed below this is taken for lost
  std::uint32_t resent_until = 0;       ///< and was sent again up to here
  bool force = false;                   ///< the first retransmission does not ask the window

  bool idle() const {
    return out_of_order.empty() && waiting.empty() && sacked.empty() && !fin_ahead;
  }
  void clear();
};

enum class Recovery : std::uint8_t { kNone, kFast, kLoss };

struct TcpConnection {
  // Who.
  wire::Endpoint local, remote;
  TcpOwner* owner = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint32_t listener = 0;  ///< passive side: index and generation of its listener
  std::uint32_t listener_generation = 0;
  Tag tag;

  TcpState state = TcpState::kClosed;
  Recovery recovery = Recovery::kNone;
  SocketError error = SocketError::kNone;       ///< why it ended, while that is still to be told
  SocketError soft_error = SocketError::kNone;  ///< an ICMP error that did not end it
  std::uint8_t ttl = 0, tos = 0;
  std::uint8_t snd_scale = 0, rcv_scale = 0;
  std::uint8_t retries = 0;  ///< of the retransmission timer since the last progress
  std::uint8_t dupacks = 0;
  std::uint8_t quick_acks = 16;  ///< full segments that are still acknowledged soon

  bool passive : 1 = false;
  bool accepted : 1 = false;  ///< the owner knows it
  bool reading : 1 = true;
  bool timestamps : 1 = false;
  bool sack : 1 = false;
  bool scaling : 1 = false;
  bool fin_queued : 1 = false;  ///< the app closed
  bool fin_sent : 1 = false;
  bool peer_fin : 1 = false;  ///< its FIN came, all data before it too
  bool peer_fin_told : 1 = false;
  bool data_seen : 1 = false;    ///< the peer sent data before
  bool timing : 1 = false;       ///< timed_sequence is being timed
  bool pending : 1 = false;      ///< in Tcp's list of connections with something to do
  bool tell_closed : 1 = false;  ///< on_closed is still to be called
  bool persisting : 1 = false;   ///< the retransmission timer is the persist timer
  bool released : 1 = false;     ///< waits for reuse

  std::uint16_t ip_id = 0;
  std::uint16_t mss = 536;       ///< payload of a full segment
  std::uint16_t peer_mss = 536;  ///< what its SYN said
  std::uint16_t advertised_mss = 1460;
  std::uint16_t rcv_mss = 536;  ///< largest segment seen

  // Send sequence space.
  std::uint32_t iss = 0, snd_una = 0, snd_nxt = 0, snd_wnd = 0, snd_wl1 = 0, snd_wl2 = 0;
  std::uint32_t max_window = 0;
  std::uint32_t cwnd = 0, ssthresh = 0x7fffffff, cwnd_credit = 0;
  std::uint32_t recover = 0;
  // Receive sequence space.
  std::uint32_t irs = 0, rcv_nxt = 0;
  std::uint32_t rcv_acked = 0;  ///< rcv_nxt as last told to the peer
  std::uint32_t rcv_edge = 0;   ///< right edge of the window as last told
  std::uint32_t rcv_space = 0;  ///< receive buffer
  // Timestamps (RFC 7323) and round trip (RFC 6298), microseconds.
  std::uint32_t ts_recent = 0, ts_offset = 0;
  std::uint32_t srtt = 0, rttvar = 0, rto = 1'000'000;
  std::uint32_t timed_sequence = 0;
  std::uint32_t retransmissions = 0;
  Instant timed_at;
  Instant last_sent;
  ///< Answers to segments out of window: one in 0.5 s.
  Instant last_challenge = Instant::at(Duration::seconds(-1));
  // Timers. Tcp's queue holds an entry for entry_at, which is not later than retransmit_at.
  Instant retransmit_at = Instant::never();  ///< also persist, FIN-WAIT-2 and TIME-WAIT
  Instant ack_at = Instant::never();
  Instant entry_at = Instant::never();
  Instant confirmed_at = Instant::at(Duration::seconds(-1));  ///< the neighbour, last

  SendBuffer send;
  std::unique_ptr<TcpTrouble> trouble;

  std::uint32_t outstanding() const { return snd_nxt - snd_una; }
  bool fin_acknowledged() const { return fin_sent && snd_una == snd_nxt; }
  SocketId id() const { return {slot, generation}; }
};
static_assert(sizeof(TcpConnection) <= 248);

/// What Tcp reads out of an arriving segment, once.
struct Segment {
  wire::Endpoint local, remote;  ///< this host's end and the peer's
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint32_t length = 0;  ///< payload: real bytes and zeros
  std::uint16_t window = 0;
  std::uint8_t flags = 0;
  std::uint8_t tos = 0;
  bool timestamps = false;
  std::uint32_t timestamp = 0, timestamp_echo = 0;
  std::uint32_t header_length = 0;
  Packet* packet = nullptr;  ///< begins with the TCP header

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  /// Sequence number after payload, SYN and FIN.
  std::uint32_t end() const {
    return sequence + length + ((flags & wire::kSyn) != 0 ? 1u : 0u) +
           ((flags & wire::kFin) != 0 ? 1u : 0u);
  }
};

}  // namespace lvslab::transport
