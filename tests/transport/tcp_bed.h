// Two hosts with sockets, and apps that write down what they hear.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/wire_pair.h"
#include "transport/sockets.h"

namespace lvslab::test {

using namespace transport;  // NOLINT: a test's own header

inline const wire::Endpoint kServer{wire::ipv4(10, 0, 0, 2), 80};

/// Remembers everything; does what its hooks say.
class App : public TcpOwner {
 public:
  explicit App(Sockets& s) : sockets(s) {}
  void on_connected(Turn& turn, SocketId id) override {
    ++connected;
    socket = id;
    if (when_connected) when_connected(turn, id);
  }
  void on_accepted(Turn& turn, SocketId, SocketId id) override {
    ++accepted;
    socket = id;
    if (when_accepted) when_accepted(turn, id);
  }
  void on_data(Turn& turn, SocketId id, const Chunk& c) override {
    received += c.length();
    if (keep) {
      data.append(reinterpret_cast<const char*>(c.bytes.data()), c.bytes.size());
      data.append(c.zeros, '\0');
    }
    pushes += c.push ? 1 : 0;
    last_tag = c.tag;
    if (when_data) when_data(turn, id, c);
  }
  void on_peer_closed(Turn& turn, SocketId id) override {
    ++peer_closed;
    if (close_with_peer) sockets.tcp_close(turn, id);
  }
  void on_drained(Turn&, SocketId) override { ++drained; }
  void on_closed(Turn&, SocketId id, SocketError e) override {
    ++closed;
    error = e;
    retransmissions = sockets.tcp_retransmissions(id);
  }

  Sockets& sockets;
  SocketId socket;
  int connected = 0, accepted = 0, peer_closed = 0, drained = 0, closed = 0, pushes = 0;
  bool keep = true, close_with_peer = true;
  std::uint64_t received = 0;
  std::uint32_t retransmissions = 0;
  std::string data;
  Tag last_tag;
  SocketError error = SocketError::kNone;
  std::function<void(Turn&, SocketId)> when_connected, when_accepted;
  std::function<void(Turn&, SocketId, const Chunk&)> when_data;
};

class TcpBed : public testing::Test {
 protected:
  void listen(wire::Endpoint at = kServer, ListenOptions options = {}) {
    const auto result =
        pair.call(1, [&](Turn& t) { return sb.tcp_listen(t, at, &server, options); });
    ASSERT_TRUE(result.has_value());
    listener = *result;
  }
  SocketId connect(wire::Endpoint to = kServer, wire::Endpoint from = {}) {
    const auto result = pair.call(0, [&](Turn& t) {
      return sa.tcp_connect(t, from, to, &client, {1, 1, 0});
    });
    EXPECT_TRUE(result.has_value());
    return result.value_or(SocketId{});
  }
  /// A connection both apps know of, nothing sent on it.
  void establish() {
    listen();
    connect();
    pair.run_for(Duration::milliseconds(1));
    ASSERT_EQ(client.connected, 1);
    ASSERT_EQ(server.accepted, 1);
  }
  void write(int side, std::uint64_t zeros, Tag tag = {1, 1, 1}) {
    pair.call(side, [&](Turn& t) {
      (side == 0 ? sa : sb).tcp_write(t, (side == 0 ? client : server).socket, {}, zeros, tag);
    });
  }
  void close(int side) {
    pair.call(side, [&](Turn& t) {
      (side == 0 ? sa : sb).tcp_close(t, (side == 0 ? client : server).socket);
    });
  }
  void run(std::int64_t ms) { pair.run_for(Duration::milliseconds(ms)); }
  std::optional<TcpState> state(int side) {
    const auto view = (side == 0 ? sa : sb).tcp_view((side == 0 ? client : server).socket);
    return view ? std::optional(view->state) : std::nullopt;
  }
  /// A segment as if `remote` had sent it to `local` on host `i`.
  void inject(int i, wire::Endpoint local, wire::Endpoint remote, wire::TcpHeader header,
              std::uint32_t payload = 0) {
    Packet p = pair.pool().make(0);
    p.append_zeros(payload);
    header.source_port = remote.port;
    header.destination_port = local.port;
    wire::push_tcp(p, remote.address, local.address, header);
    push_ip(p, {.source = remote.address, .destination = local.address, .protocol = 6});
    pair.inject(i, std::move(p));
  }
  /// The client's end of the established connection, as a forger would need it.
  const SeenFrame& last(int from) {
    for (std::size_t i = pair.frames().size(); i-- > 0;) {
      if (pair.frames()[i].from == from) return pair.frames()[i];
    }
    ADD_FAILURE() << "nothing was sent";
    return pair.frames().front();
  }
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const SeenFrame& f : pair.frames()) all.push_back(f.text());
    return all;
  }

  WirePair pair;
  Sockets sa{pair.host(0)}, sb{pair.host(1)};
  App client{sa}, server{sb};
  SocketId listener;
};

}  // namespace lvslab::test
