// What a Client keeps: the arrival processes still running and the sessions under way, with one
// timer each. Internal to models/app.
//
// A host may talk to itself, and then a write comes back as a callback before it returns. So every
// call of a socket is the last thing a step does with its session, or the session is looked up
// again after it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "app/arrivals.h"
#include "app/client.h"
#include "base/chunks.h"

namespace lvslab::app {

enum class Phase : std::uint8_t {
  kFree,
  kConnecting,   ///< TCP: SYN sent
  kTalking,      ///< something is outstanding or still to be sent
  kThinking,     ///< nothing is; the next request goes out at `deadline`
  kHolding,      ///< all replies came; closes when `action` comes
  kAwaitingFin,  ///< all replies came; the server is to close
  kClosing,      ///< settled; waits for the end of the closing handshake
  kRetrying,     ///< failed; starts again when `action` comes
};

/// A socket's place in a table of its kind: the two highest bits of an index tell the kinds apart.
constexpr std::uint32_t place_of(transport::SocketId socket) { return socket.index & 0x3fffffff; }

/// One connection (TCP), exchange (UDP) or echo (ping) under way.
struct ClientSession {
  Tag tag;  ///< request: sent so far
  Phase phase = Phase::kFree;
  bool peer_closed = false;
  std::uint16_t echo_id = 0;
  transport::SocketId socket;
  std::uint32_t replied = 0;
  std::uint32_t requests_left = 0;
  std::uint32_t sends_done = 0;  ///< of ConnectionPlan::send
  std::uint32_t retries_left = 0;
  std::uint32_t retransmissions = 0;
  std::uint32_t place = 0xffffffff;  ///< in the timer heap
  std::uint32_t serial = 0;          ///< another one each time the slot is used
  Instant intended;
  Instant deadline = Instant::never();
  Instant action = Instant::never();  ///< next planned step
  std::uint64_t reply_bytes = 0;      ///< of the reply that is coming in
  std::uint64_t up = 0, down = 0;
  Instant wake() const { return action < deadline ? action : deadline; }
  bool outstanding() const { return tag.request > replied; }
};
static_assert(sizeof(ClientSession) <= 112);

class Client::State {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  State(Client& client, transport::Sockets& sockets, std::uint32_t node, const LoadPlan& plan);
  ~State();

  // client.cpp
  void start(Instant ready);
  void wake(Turn& turn);
  Instant next_wake() const;
  void fetch_ahead() const;
  bool settled() const { return open_ == 0 && sources_.empty() && users_.empty(); }
  std::uint64_t open() const { return open_; }
  net::Host& host() { return sockets_.host(); }

  // client_tcp.cpp
  void tcp_connected(Turn& turn, transport::SocketId socket);
  void tcp_data(Turn& turn, transport::SocketId socket, const transport::Chunk& chunk);
  void tcp_peer_closed(Turn& turn, transport::SocketId socket);
  void tcp_closed(Turn& turn, transport::SocketId socket, transport::SocketError error);
  // client_udp.cpp
  void udp_datagram(Turn& turn, transport::SocketId socket, const transport::Chunk& chunk);
  void udp_error(Turn& turn, transport::SocketId socket, transport::SocketError error);
  // client_ping.cpp
  void icmp(Turn& turn, const wire::Datagram& datagram);

 private:
  // client_session.cpp: one session's life, protocol apart
  void begin(Turn& turn, std::uint32_t traffic, std::uint32_t connection);
  void attempt(Turn& turn, std::uint32_t slot);
  void fire(Turn& turn, std::uint32_t slot);
  void plan_action(std::uint32_t slot);
  void send(Turn& turn, std::uint32_t slot, std::string_view text, std::uint64_t zeros,
            Instant intended);
  void send_next(Turn& turn, std::uint32_t slot, Instant intended);
  void got_reply(Turn& turn, std::uint32_t slot);
  void advance(Turn& turn, std::uint32_t slot);
  void finish(Turn& turn, std::uint32_t slot);
  void close_now(Turn& turn, std::uint32_t slot);
  void close_early(Turn& turn, std::uint32_t slot);
  void give_up(Turn& turn, std::uint32_t slot, std::string_view status);
  void fail(Turn& turn, std::uint32_t slot, std::string_view status);
  void conclude(Turn& turn, std::uint32_t slot, std::string_view status);
  // client_users.cpp: closed loops
  struct UserStart {
    Instant at;
    std::uint32_t traffic, connection;
    bool operator<(const UserStart& o) const {  // for std heaps, whose top is the largest
      if (at != o.at) return at > o.at;
      return traffic != o.traffic ? traffic > o.traffic : connection > o.connection;
    }
  };
  void start_users();
  /// A connection is settled: its user thinks before the next one.
  void settled_one(Instant now, const Tag& tag);
  void plan_user(Instant from, std::uint32_t traffic, std::uint64_t connection);
  // client_state.cpp: slots and timers
  std::uint32_t take();
  void release(std::uint32_t slot);
  void schedule(std::uint32_t slot);
  void unschedule(std::uint32_t slot);
  bool before(std::uint32_t a, std::uint32_t b) const;
  void settle_place(std::uint32_t place);
  // client_tcp.cpp
  void tcp_open(Turn& turn, std::uint32_t slot);
  void tcp_opened(Turn& turn, std::uint32_t slot, transport::SocketId socket);
  std::uint32_t tcp_find(Turn& turn, transport::SocketId socket);
  /// Forgets the session's socket and returns it.
  transport::SocketId tcp_detach(std::uint32_t slot);
  // client_udp.cpp
  void udp_open(Turn& turn, std::uint32_t slot);
  void udp_send(Turn& turn, std::uint32_t slot, std::string_view text, std::uint64_t zeros);
  void udp_close(Turn& turn, std::uint32_t slot);
  std::uint32_t udp_find(transport::SocketId socket) const;
  // client_ping.cpp
  void ping_open(Turn& turn, std::uint32_t slot);
  void ping_send(Turn& turn, std::uint32_t slot, std::string_view text, std::uint64_t zeros);
  void ping_close(std::uint32_t slot);
  std::uint32_t ping_find(std::uint16_t id, wire::Ipv4 target) const;

  const TrafficPlan& traffic(const ClientSession& s) const { return *plan_.traffic(s.tag.traffic); }
  const ConnectionPlan& plan(const ClientSession& s) const {
    return *plan_.connection(s.tag.traffic, s.tag.connection);
  }
  wire::Endpoint source(const ClientSession& s) const;
  transport::IpOptions ip_options(const ClientSession& s) const;
  bool same(std::uint32_t slot, std::uint32_t serial) const {
    return sessions_[slot].serial == serial;
  }

  Client& client_;
  transport::Sockets& sockets_;
  const LoadPlan& plan_;
  std::uint32_t node_;
  Instant ready_ = Instant::never();
  bool listening_ = false;               ///< hears ICMP: some traffic of ours is ping
  std::vector<ArrivalProcess> sources_;  ///< heap, the next arrival on top
  std::vector<UserStart> users_;         ///< heap of closed loops' users that think
  Chunks<ClientSession, 8> sessions_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> timers_;     ///< heap of slots by (wake, traffic, connection)
  std::vector<std::uint32_t> tcp_slots_;  ///< by socket index
  std::vector<std::uint32_t> udp_slots_;
  std::vector<std::uint32_t> echo_slots_;  ///< by ICMP identifier
  std::uint16_t next_echo_id_ = 1;
  std::uint32_t opening_ = kNone;  ///< session whose tcp_connect has not returned
  std::uint32_t next_serial_ = 1;
  std::uint64_t open_ = 0;
};

/// "refused" "reset" "timeout" "unreachable".
std::string_view failure_status(transport::SocketError error);

}  // namespace lvslab::app
