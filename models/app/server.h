// A server process: listens on a TCP or UDP port and answers each request with a text, so many
// bytes, or what it got, at once or when its workers have served it. A request is complete when its
// last byte bears PSH (TCP) or with its datagram (UDP). A Server must outlive its connections: to
// be rid of one, set it kClosed and keep the object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/load.h"
#include "app/work_queue.h"
#include "base/chunks.h"
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
  Distribution reply_size;  ///< kBytes: when it is drawn, in place of `bytes`
  std::uint32_t backlog = 128;
  /// Zero: requests are answered at once, whatever there is of workers.
  Distribution service;
  std::uint32_t workers = 1;
  Discipline discipline = Discipline::kFcfs;
  std::uint64_t speed = WorkQueue::kNormalSpeed;  ///< in millionths
  ServerState state = ServerState::kUp;
};

/// What is done to a server while it runs; absent: stays as it is.
struct ServerChange {
  std::optional<ServerState> state;
  std::optional<std::uint64_t> speed;
  std::optional<Distribution> service;
};

/// Who closes, and how many requests there are, is the client's to say: the server reads it from
/// the plan by the connection's tag (a connection without a plan, from curl or a live client: the
/// client closes). It is a component of its host by itself, for workers and planned closes.
///
/// What a request takes of a worker is drawn for that request, whoever serves it; requests without
/// a tag draw from a stream of this server. Work whose connection went away is done all the same.
/// Reports, when requests take time: kAppServed with the request's tag and y 1 when it has come,
/// kAppServerReply (z: port, x<<32|y: when it had come, m: work drawn, both in ps) when it is
/// through, kAppServed with y 2 (m: when it had come) when it will not be answered.
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
  /// A new service time is that of requests to come, a new speed that of all.
  void change(Turn& turn, const ServerChange& change);
  /// The machine lost power: sockets are gone, requests in service too.
  void lose_power(Turn& turn);
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
  struct Echo;
  struct Waiting;
  struct Closing;
  struct Job;
  Session* find(transport::SocketId socket);
  Echo& echo_of(transport::SocketId socket);
  void take_echo(transport::SocketId socket, Job& job);
  bool reads() const { return spec_.state == ServerState::kUp; }
  bool takes_time() const { return !spec_.service.is_zero(); }
  void apply_state(Turn& turn);
  void close_sessions(Turn& turn);
  void reply(Turn& turn, transport::SocketId socket, const Tag& tag);
  void write_reply(Turn& turn, transport::SocketId socket, const Job& job);
  std::uint64_t reply_bytes(const Tag& tag);
  // server_work.cpp
  void enqueue(Turn& turn, Job job);
  void serve_due(Turn& turn);
  void answer(Turn& turn, Job& job);
  void drop_jobs(Turn& turn);
  void report_reply(Turn& turn, const Job& job, std::uint64_t length);
  void report_given_up(Turn& turn, const Job& job);
  void apply_speed(Instant now);
  void plan_wake();
  Duration draw_service(const Tag& tag);
  void plan_close(Turn& turn, transport::SocketId socket, const ConnectionPlan& plan,
                  bool after_reply);
  void close_at(Turn& turn, transport::SocketId socket, Instant when);
  void take_datagram(Turn& turn, const wire::Endpoint& from, wire::Ipv4 to,
                     std::span<const std::uint8_t> bytes, std::uint32_t zeros, const Tag& tag);
  /// `bytes`: of the request.
  void answer_datagram(Turn& turn, const Job& job, std::span<const std::uint8_t> bytes);

  transport::Sockets& sockets_;
  ServeSpec spec_;
  const LoadPlan* plan_;
  transport::SocketId listener_;
  Chunks<Session, 16> sessions_;   ///< by socket index
  std::vector<Echo> echoes_;       ///< the same, when requests are echoed
  std::vector<Closing> closings_;  ///< heap: planned closes, earliest first
  std::vector<Waiting> waiting_;   ///< datagrams of a paused process
  std::uint64_t waiting_bytes_ = 0;
  WorkQueue work_;
  std::vector<Job> jobs_;  ///< requests in service or waiting for it
  std::vector<std::uint32_t> free_jobs_;
  Random chance_;  ///< for requests without a tag
};

}  // namespace lvslab::app
