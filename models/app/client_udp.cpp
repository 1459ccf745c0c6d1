#include <algorithm>
#include <span>

#include "app/client_state.h"

namespace lvslab::app {

using transport::SocketError;
using transport::SocketId;

void Client::State::udp_open(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const auto socket = sockets_.udp_bind(turn, source(s), &client_);
  if (!socket) return fail(turn, slot, failure_status(socket.error()));
  s.socket = *socket;
  if (place_of(*socket) >= udp_slots_.size()) udp_slots_.resize(place_of(*socket) + 1, kNone);
  udp_slots_[place_of(*socket)] = slot;
  wire::Endpoint local = sockets_.udp_local(*socket);
  const wire::Endpoint& target = plan(s).target;
  if (local.address.is_zero()) local.address = host().route_output({}, target.address).source;
  turn.report({.kind = NoteKind::kAppOpened,
               .a = local.address.value,
               .b = target.address.value,
               .x = local.port,
               .y = target.port,
               .tag = s.tag});
  advance(turn, slot);
}

void Client::State::udp_send(Turn& turn, std::uint32_t slot, std::string_view text,
                             std::uint64_t zero_bytes) {
  const ClientSession& s = sessions_[slot];
  const std::uint32_t serial = s.serial;
  constexpr std::uint64_t kLargest = 0xffff;  // more does not fit in any case
  const auto zeros = static_cast<std::uint32_t>(std::min(zero_bytes, kLargest));
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const SocketError error =
      sockets_.udp_send(turn, s.socket, plan(s).target, bytes, zeros, s.tag, ip_options(s));
  if (error != SocketError::kNone && same(slot, serial)) give_up(turn, slot, failure_status(error));
}

void Client::State::udp_close(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  if (!s.socket.valid()) return;
  udp_slots_[place_of(s.socket)] = kNone;
  sockets_.close(turn, s.socket);
  s.socket = {};
}

std::uint32_t Client::State::udp_find(SocketId socket) const {
  if (place_of(socket) >= udp_slots_.size()) return kNone;
  const std::uint32_t slot = udp_slots_[place_of(socket)];
  return slot != kNone && sessions_[slot].socket == socket ? slot : kNone;
}

void Client::State::udp_datagram(Turn& turn, SocketId socket, const transport::Chunk& chunk) {
  const std::uint32_t slot = udp_find(socket);
  if (slot == kNone) return;
  ClientSession& s = sessions_[slot];
  s.down += chunk.length();
  if (s.phase != Phase::kTalking || !s.outstanding()) return;
  turn.report(
      {.kind = NoteKind::kAppFirstByte, .tag = {s.tag.traffic, s.tag.connection, s.replied + 1}});
  s.reply_bytes = chunk.length();
  got_reply(turn, slot);
}

/// An ICMP error reaches an application that is waiting for an answer.
void Client::State::udp_error(Turn& turn, SocketId socket, SocketError error) {
  const std::uint32_t slot = udp_find(socket);
  if (slot == kNone || !sessions_[slot].outstanding()) return;
  give_up(turn, slot, failure_status(error));
}

}  // namespace lvslab::app
