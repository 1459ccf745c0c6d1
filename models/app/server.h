// A server process: listens on a TCP or UDP port and answers each request with a text, so many
// bytes, or what it got. A request is complete when its last byte bears PSH (TCP) or with its
// datagram (UDP). A Server must outlive its connections: to be rid of one, set it kClosed and keep
// the object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/load.h"
#include "net/component.h"
#include "transport/sockets.h"

namespace lvslab::app {

enum class ServerState : std::uint8_t {
  kUp,
  kClosed,  ///< no listener: RST or port unreachable; connections that exist are closed
  kHung,    ///< the kernel accepts, the process never reads nor answers
  kPaused,  ///< stopped: neither accepts nor reads until up again
};

struct ServeSpec {
  wire::Protocol protocol = wire::Protocol::kTcp;
  wire::Ipv4 bind;  ///< 0: any
  std::uint16_t port = 0;
  enum class Reply : std::uint8_t { kText, kBytes, kEcho } reply = Reply::kEcho;
  std::string text;
  std::uint64_t bytes = 0;
  std::uint32_t backlog = 128;
  ServerState state = ServerState::kUp;
};

/// Who closes, and how many requests there are, is the client's to say: the server reads it from
/// the plan by the connection's tag (a connection without a plan, from curl or a live client: the
/// client closes). It is a component of its host by itself, for closing at planned moments.
class Server final : public transport::TcpOwner, public transport::UdpOwner, public net::Component {
 public:
  /// `plan` may be null. `spec.text` is kept here for the server's whole life.
  Server(transport::Sockets& sockets, ServeSpec spec, const LoadPlan* plan);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds (state kUp, kHung, kPaused). kNone when it listens. Also after the host was reset.
  transport::SocketError start(Turn& turn);
  void set_state(Turn& turn, ServerState state);
  const ServeSpec& spec() const { return spec_; }

  void wake(Turn& turn) override;
  void on_accepted(Turn& turn, transport::SocketId listener, transport::SocketId socket) override;
  void on_data(Turn& turn, transport::SocketId socket, const transport::Chunk& chunk) override;
  void on_peer_closed(Turn& turn, transport::SocketId socket) override;
  void on_closed(Turn& turn, transport::SocketId socket, transport::SocketError error) override;
  void on_datagram(Turn& turn, transport::SocketId socket, const wire::Endpoint& from,
                   wire::Ipv4 to, const transport::Chunk& chunk) override;

 private:
  struct Session;
  struct Waiting;
  struct Closing;
  Session* find(transport::SocketId socket);
  bool reads() const { return spec_.state == ServerState::kUp; }
  void apply_state(Turn& turn);
  void close_sessions(Turn& turn);
  void reply(Turn& turn, transport::SocketId socket, const Tag& tag);
  void plan_close(Turn& turn, transport::SocketId socket, const ConnectionPlan& plan,
                  bool after_reply);
  void close_at(Turn& turn, transport::SocketId socket, Instant when);
  void answer_datagram(Turn& turn, const wire::Endpoint& from, wire::Ipv4 to,
                       std::span<const std::uint8_t> bytes, std::uint32_t zeros, const Tag& tag);

  transport::Sockets& sockets_;
  ServeSpec spec_;
  const LoadPlan* plan_;
  transport::SocketId listener_;
  std::vector<Session> sessions_;  ///< by socket index
  std::vector<Closing> closings_;  ///< heap: planned closes, earliest first
  std::vector<Waiting> waiting_;   ///< datagrams of a paused process
  std::uint64_t waiting_bytes_ = 0;
};

}  // namespace lvslab::app
