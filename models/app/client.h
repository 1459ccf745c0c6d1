// A client host's share of the load: starts each connection at its intended moment whatever became
// of the others (open loop), sends, waits for replies, closes. Latency is counted from the intended
// start.
#pragma once

#include <memory>
#include <vector>

#include "app/load.h"
#include "net/component.h"
#include "transport/sockets.h"

namespace lvslab::app {

/// A connection's timeout counts from its intended start (a retry's from the retry) and covers the
/// connect and the planned requests; a message sent at a time of its own has the whole timeout
/// again, and so has the wait for a FIN that the server is to send. A connection with nothing
/// outstanding does not time out.
class Client final : public net::Component,
                     public transport::TcpOwner,
                     public transport::UdpOwner,
                     public net::Listener {
 public:
  /// `node`: this host's number, as TrafficPlan::clients names it. The plan must outlive the
  /// client. Adds itself to the host as a component.
  Client(transport::Sockets& sockets, std::uint32_t node, const LoadPlan& plan);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Traffic times count from here.
  void start(Turn& turn, Instant ready);
  void wake(Turn& turn) override;
  void fetch_ahead() const override;

  /// All of this client's connections are settled: failed, or everything planned came and the close
  /// was begun; one that is never closed, when its last reply came. A planned hold or close still
  /// to come counts.
  bool settled() const;
  std::uint64_t open() const;  ///< started and not settled

  void on_connected(Turn& turn, transport::SocketId socket) override;
  void on_data(Turn& turn, transport::SocketId socket, const transport::Chunk& chunk) override;
  void on_peer_closed(Turn& turn, transport::SocketId socket) override;
  void on_closed(Turn& turn, transport::SocketId socket, transport::SocketError error) override;
  void on_datagram(Turn& turn, transport::SocketId socket, const wire::Endpoint& from,
                   wire::Ipv4 to, const transport::Chunk& chunk) override;
  void on_error(Turn& turn, transport::SocketId socket, const wire::Endpoint& remote,
                transport::SocketError error) override;
  void on_icmp(Turn& turn, const wire::Datagram& datagram, InterfaceIndex device) override;

 private:
  class State;
  void refresh();
  std::unique_ptr<State> state_;
};

}  // namespace lvslab::app
