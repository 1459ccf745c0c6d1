// One session's life, whatever its protocol: attempt, talk, hold, close, fail.
#include <algorithm>
#include <utility>

#include "app/client_state.h"

namespace lvslab::app {

using transport::SocketId;

void Client::State::begin(Turn& turn, std::uint32_t traffic_number, std::uint32_t connection) {
  const std::uint32_t slot = take();
  ClientSession& s = sessions_[slot];
  s.tag = {traffic_number, connection, 0};
  const ConnectionPlan& p = plan(s);
  s.intended = turn.now();
  s.retries_left = p.retry;
  ++open_;
  turn.report({.kind = NoteKind::kAppIntended,
               .a = p.target.address.value,
               .x = p.target.port,
               .z = static_cast<std::uint32_t>(traffic(s).protocol),
               .tag = s.tag});
  attempt(turn, slot);
}

void Client::State::attempt(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const ConnectionPlan& p = plan(s);
  const wire::Protocol protocol = traffic(s).protocol;
  s.tag.request = s.replied = s.sends_done = 0;
  s.requests_left = static_cast<std::uint32_t>(p.replies(protocol) - p.send.size());
  s.reply_bytes = 0;
  s.peer_closed = false;
  s.phase = Phase::kConnecting;
  s.deadline = later(turn.now(), p.timeout);
  plan_action(slot);
  schedule(slot);
  if (protocol == wire::Protocol::kTcp) return tcp_open(turn, slot);
  if (protocol == wire::Protocol::kUdp) return udp_open(turn, slot);
  ping_open(turn, slot);
}

/// While connecting and talking: the next message with a time of its own, or the planned close.
void Client::State::plan_action(std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const ConnectionPlan& p = plan(s);
  s.action = Instant::never();
  const bool ours = p.close == Closer::kClient || p.close == Closer::kReset;
  if (p.close_at_set && ours) s.action = later(ready_, p.close_at);
  if (s.phase == Phase::kTalking && s.sends_done < p.send.size())
    s.action = std::min(s.action, later(ready_, p.send[s.sends_done].at));
}

void Client::State::fire(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  if (s.action > turn.now()) {
    return s.phase == Phase::kThinking ? send_next(turn, slot, turn.now())
                                       : give_up(turn, slot, "timeout");
  }
  if (s.phase == Phase::kRetrying) return attempt(turn, slot);
  if (s.phase == Phase::kHolding) return close_now(turn, slot);
  const ConnectionPlan& p = plan(s);
  if (s.phase == Phase::kTalking && s.sends_done < p.send.size() &&
      later(ready_, p.send[s.sends_done].at) <= turn.now()) {
    const ConnectionPlan::Send& next = p.send[s.sends_done++];
    if (!s.outstanding()) s.deadline = later(turn.now(), p.timeout);
    return send(turn, slot, next.message.text, next.message.zeros, later(ready_, next.at));
  }
  close_early(turn, slot);
}

/// The next planned request.
void Client::State::send_next(Turn& turn, std::uint32_t slot, Instant intended) {
  ClientSession& s = sessions_[slot];
  const ConnectionPlan& p = plan(s);
  if (s.phase == Phase::kThinking) s.deadline = later(turn.now(), p.timeout);
  s.phase = Phase::kTalking;
  --s.requests_left;
  const Tag next{s.tag.traffic, s.tag.connection, s.tag.request + 1};
  send(turn, slot, p.request.text, plan_.request_zeros(p, next), intended);
}

void Client::State::send(Turn& turn, std::uint32_t slot, std::string_view text, std::uint64_t zeros,
                         Instant intended) {
  ClientSession& s = sessions_[slot];
  ++s.tag.request;
  s.up += text.size() + zeros;
  plan_action(slot);
  schedule(slot);
  turn.report({.kind = NoteKind::kAppRequestSent,
               .m = static_cast<std::uint64_t>(intended.ps()),
               .v = text.size() + zeros,
               .tag = s.tag});
  const wire::Protocol protocol = traffic(s).protocol;
  if (protocol == wire::Protocol::kTcp)
    return sockets_.tcp_write(turn, s.socket, text, zeros, s.tag);
  if (protocol == wire::Protocol::kUdp) return udp_send(turn, slot, text, zeros);
  ping_send(turn, slot, text, zeros);
}

void Client::State::got_reply(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  ++s.replied;
  turn.report({.kind = NoteKind::kAppReply,
               .v = std::exchange(s.reply_bytes, 0),
               .tag = {s.tag.traffic, s.tag.connection, s.replied}});
  if (s.replied > plan(s).replies(traffic(s).protocol) - plan(s).send.size())
    s.deadline = later(turn.now(), plan(s).timeout);
  advance(turn, slot);
}

/// After the connect and after each reply: what is next.
void Client::State::advance(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const ConnectionPlan& p = plan(s);
  s.phase = Phase::kTalking;
  if (!s.outstanding() && s.requests_left > 0) {
    if (s.tag.request == 0) return send_next(turn, slot, s.intended);
    const Duration pause = plan_.think(p, s.tag);
    if (pause.ps() == 0) return send_next(turn, slot, turn.now());
    s.phase = Phase::kThinking;
    s.deadline = later(turn.now(), pause);
    plan_action(slot);
    return schedule(slot);
  }
  if (!s.outstanding() && s.sends_done == p.send.size()) return finish(turn, slot);
  if (!s.outstanding()) s.deadline = Instant::never();
  plan_action(slot);
  schedule(slot);
}

/// Everything planned was answered: close by plan, now or later.
void Client::State::finish(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const ConnectionPlan& p = plan(s);
  const bool tcp = traffic(s).protocol == wire::Protocol::kTcp;
  if (p.close == Closer::kNever) {
    if (tcp) tcp_detach(slot);
    return conclude(turn, slot, "open");
  }
  const Instant when =
      p.close_at_set ? later(ready_, p.close_at) : later(turn.now(), plan_.hold(p, s.tag));
  if (tcp && p.close == Closer::kServer && !s.peer_closed) {
    s.phase = Phase::kAwaitingFin;
    s.action = Instant::never();
    s.deadline = later(std::max(when, turn.now()), p.timeout);
    return schedule(slot);
  }
  if (when <= turn.now() || s.peer_closed) return close_now(turn, slot);
  s.phase = Phase::kHolding;
  s.action = when;
  s.deadline = Instant::never();
  schedule(slot);
}

void Client::State::close_now(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const wire::Protocol protocol = traffic(s).protocol;
  if (protocol == wire::Protocol::kUdp) udp_close(turn, slot);
  if (protocol == wire::Protocol::kIcmp) ping_close(slot);
  if (protocol != wire::Protocol::kTcp) return conclude(turn, slot, "completed");
  if (plan(s).close == Closer::kReset) {
    const SocketId socket = tcp_detach(slot);
    conclude(turn, slot, "completed");
    return sockets_.tcp_abort(turn, socket);
  }
  s.phase = Phase::kClosing;
  s.action = s.deadline = Instant::never();
  unschedule(slot);
  settled_one(turn.now(), s.tag);
  sockets_.tcp_close(turn, s.socket);
}

/// The planned moment of closing came. What was not answered by then will not be waited for.
void Client::State::close_early(Turn& turn, std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  const bool talking = s.phase == Phase::kTalking || s.phase == Phase::kThinking;
  if (talking && !s.outstanding()) return close_now(turn, slot);
  if (traffic(s).protocol == wire::Protocol::kTcp && s.phase == Phase::kTalking &&
      plan(s).close == Closer::kClient) {
    const SocketId socket = tcp_detach(slot);
    conclude(turn, slot, "timeout");
    return sockets_.tcp_close(turn, socket);
  }
  s.retries_left = 0;
  give_up(turn, slot, "timeout");
}

/// Lets go of the socket, then fails.
void Client::State::give_up(Turn& turn, std::uint32_t slot, std::string_view status) {
  const wire::Protocol protocol = traffic(sessions_[slot]).protocol;
  if (protocol == wire::Protocol::kTcp) {
    const SocketId socket = tcp_detach(slot);
    fail(turn, slot, status);
    if (socket.valid()) sockets_.tcp_abort(turn, socket);
    return;
  }
  if (protocol == wire::Protocol::kUdp) udp_close(turn, slot);
  if (protocol == wire::Protocol::kIcmp) ping_close(slot);
  fail(turn, slot, status);
}

/// The session has no socket any more. Another attempt, or the end.
void Client::State::fail(Turn& turn, std::uint32_t slot, std::string_view status) {
  ClientSession& s = sessions_[slot];
  if (s.retries_left == 0) return conclude(turn, slot, status);
  --s.retries_left;
  s.phase = Phase::kRetrying;
  s.action = turn.now();
  s.deadline = Instant::never();
  schedule(slot);
}

void Client::State::conclude(Turn& turn, std::uint32_t slot, std::string_view status) {
  const ClientSession& s = sessions_[slot];
  if (s.phase != Phase::kClosing) settled_one(turn.now(), s.tag);
  turn.report({.kind = NoteKind::kAppClosed,
               .x = s.retransmissions,
               .m = s.down,
               .v = s.up,
               .word = status,
               .tag = {s.tag.traffic, s.tag.connection, 0}});
  release(slot);
}

/// The planned source; with `first_port` each connection has a port of its own, round and round.
wire::Endpoint Client::State::source(const ClientSession& s) const {
  wire::Endpoint from = plan(s).source;
  if (const std::uint32_t population = traffic(s).population; population != 0) {
    const Tag connection{s.tag.traffic, s.tag.connection, 0};
    from.address = plan_.populations[population - 1].draw(plan_.chance(connection, "client"));
  }
  const std::uint32_t first = traffic(s).first_port;
  if (first != 0 && (from.port == 0 || traffic(s).arrivals != Arrivals::kListed))
    from.port = static_cast<std::uint16_t>(first + (s.tag.connection - 1) % (65'536 - first));
  return from;
}

transport::IpOptions Client::State::ip_options(const ClientSession& s) const {
  const ConnectionPlan& p = plan(s);
  return {.ttl = p.ttl,
          .tos = p.tos,
          .dont_fragment = p.dont_fragment,
          .must_not_fragment = p.must_not_fragment};
}

}  // namespace lvslab::app
