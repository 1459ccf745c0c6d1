#include "app/client_state.h"

namespace lvslab::app {

using transport::SocketError;
using transport::SocketId;

void Client::State::tcp_open(Turn& turn, std::uint32_t slot) {
  const ClientSession& s = sessions_[slot];
  opening_ = slot;
  const auto socket =
      sockets_.tcp_connect(turn, source(s), plan(s).target, &client_, s.tag, ip_options(s));
  if (opening_ == kNone) return;  // a callback came first and did the rest
  opening_ = kNone;
  if (!socket) return fail(turn, slot, failure_status(socket.error()));
  tcp_opened(turn, slot, *socket);
}

void Client::State::tcp_opened(Turn& turn, std::uint32_t slot, SocketId socket) {
  ClientSession& s = sessions_[slot];
  s.socket = socket;
  if (place_of(socket) >= tcp_slots_.size()) tcp_slots_.resize(place_of(socket) + 1, kNone);
  tcp_slots_[place_of(socket)] = slot;
  const wire::Endpoint local = sockets_.tcp_local(socket);
  turn.report({.kind = NoteKind::kAppOpened,
               .a = local.address.value,
               .b = plan(s).target.address.value,
               .x = local.port,
               .y = plan(s).target.port,
               .tag = s.tag});
}

/// The session of a socket. A host that connects to itself hears of the socket before tcp_connect
/// returns.
std::uint32_t Client::State::tcp_find(Turn& turn, SocketId socket) {
  if (place_of(socket) < tcp_slots_.size()) {
    const std::uint32_t slot = tcp_slots_[place_of(socket)];
    if (slot != kNone && sessions_[slot].socket == socket) return slot;
  }
  if (opening_ == kNone || !(sockets_.tcp_tag(socket) == sessions_[opening_].tag)) return kNone;
  const std::uint32_t slot = opening_;
  opening_ = kNone;
  tcp_opened(turn, slot, socket);
  return slot;
}

SocketId Client::State::tcp_detach(std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const SocketId socket = s.socket;
  if (!socket.valid()) return socket;
  s.retransmissions += sockets_.tcp_retransmissions(socket);
  tcp_slots_[place_of(socket)] = kNone;
  s.socket = {};
  return socket;
}

void Client::State::tcp_connected(Turn& turn, SocketId socket) {
  const std::uint32_t slot = tcp_find(turn, socket);
  if (slot == kNone || sessions_[slot].phase != Phase::kConnecting) return;
  turn.report({.kind = NoteKind::kAppEstablished, .tag = sessions_[slot].tag});
  advance(turn, slot);
}

/// A reply is complete with PSH: a server writes each as one.
void Client::State::tcp_data(Turn& turn, SocketId socket, const transport::Chunk& chunk) {
  const std::uint32_t slot = tcp_find(turn, socket);
  if (slot == kNone) return;
  ClientSession& s = sessions_[slot];
  s.down += chunk.length();
  if (s.phase != Phase::kTalking || !s.outstanding() || chunk.length() == 0) return;
  if (s.reply_bytes == 0) {
    turn.report(
        {.kind = NoteKind::kAppFirstByte, .tag = {s.tag.traffic, s.tag.connection, s.replied + 1}});
  }
  s.reply_bytes += chunk.length();
  if (chunk.push) got_reply(turn, slot);
}

/// A FIN ends the reply that is coming in. A server that closes with an answer owing has let us
/// down.
void Client::State::tcp_peer_closed(Turn& turn, SocketId socket) {
  const std::uint32_t slot = tcp_find(turn, socket);
  if (slot == kNone) return;
  ClientSession& s = sessions_[slot];
  s.peer_closed = true;
  if (s.phase == Phase::kAwaitingFin || s.phase == Phase::kHolding) return close_now(turn, slot);
  if (s.phase != Phase::kTalking && s.phase != Phase::kThinking) return;
  const bool last =
      s.requests_left == 0 && s.sends_done == plan(s).send.size() && s.tag.request == s.replied + 1;
  if (last && s.reply_bytes > 0) return got_reply(turn, slot);
  const SocketId detached = tcp_detach(slot);
  fail(turn, slot, "reset");
  sockets_.tcp_close(turn, detached);
}

void Client::State::tcp_closed(Turn& turn, SocketId socket, SocketError error) {
  const std::uint32_t slot = tcp_find(turn, socket);
  if (slot == kNone) return;
  const bool settled = sessions_[slot].phase == Phase::kClosing;
  tcp_detach(slot);
  if (settled) return conclude(turn, slot, "completed");
  fail(turn, slot, failure_status(error));
}

}  // namespace lvslab::app
