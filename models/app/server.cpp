#include "app/server.h"

#include <algorithm>
#include <utility>

#include "app/arrivals.h"
#include "app/server_state.h"
#include "base/check.h"

namespace lvslab::app {
namespace {

using transport::SocketError;
using transport::SocketId;

/// What an echoing server keeps of one request; the rest is echoed as zeros of the same length.
constexpr std::size_t kLargestEcho = std::size_t{1} << 20;
/// net.core.rmem_default, and what a datagram costs of it besides its bytes.
constexpr std::uint64_t kReceiveBuffer = 212'992, kDatagramOverhead = 768;
constexpr std::uint64_t kLargestDatagram = 65'507;

std::span<const std::uint8_t> as_bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Real bytes and then zeros; real bytes behind zeros make those real too, within the bound.
void gather(std::vector<std::uint8_t>& bytes, std::uint64_t& zeros, const transport::Chunk& chunk) {
  if (!chunk.bytes.empty()) {
    if (bytes.size() + zeros + chunk.bytes.size() > kLargestEcho) {
      zeros += chunk.bytes.size();
    } else {
      bytes.resize(bytes.size() + static_cast<std::size_t>(zeros));
      zeros = 0;
      bytes.insert(bytes.end(), chunk.bytes.begin(), chunk.bytes.end());
    }
  }
  zeros += chunk.zeros;
}

}  // namespace

Server::Server(transport::Sockets& sockets, ServeSpec spec, const LoadPlan* plan)
    : sockets_(sockets),
      spec_(std::move(spec)),
      plan_(plan),
      work_(spec_.discipline, spec_.workers, spec_.speed),
      chance_(mix(plan == nullptr ? 1 : plan->seed,
                  mix(hash_name(sockets.host().name()), spec_.port))) {
  sockets_.host().add_component(this);
}

Server::~Server() { sockets_.host().remove_component(this); }

SocketError Server::start(Turn& turn) {
  sessions_.clear();
  echoes_.clear();
  closings_.clear();
  waiting_.clear();
  waiting_bytes_ = 0;
  drop_jobs(turn);
  next_wake_ = Instant::never();
  listener_ = {};
  if (spec_.state == ServerState::kClosed) return SocketError::kNone;
  const wire::Endpoint local{spec_.bind, spec_.port};
  const auto bound = spec_.protocol == wire::Protocol::kUdp
                         ? sockets_.udp_bind(turn, local, this)
                         : sockets_.tcp_listen(turn, local, this, {.backlog = spec_.backlog});
  if (!bound) return bound.error();
  listener_ = *bound;
  apply_state(turn);
  return SocketError::kNone;
}

void Server::set_state(Turn& turn, ServerState state) {
  if (state == spec_.state) return;
  const bool listened = spec_.state != ServerState::kClosed;
  spec_.state = state;
  if (state == ServerState::kClosed) {
    if (listener_.valid()) sockets_.close(turn, std::exchange(listener_, {}));
    drop_jobs(turn);
    close_sessions(turn);
    waiting_.clear();
    waiting_bytes_ = 0;
  } else if (!listened) {
    start(turn);
  } else {
    apply_state(turn);
  }
}

/// A hung process has accepted long ago and reads nothing; a stopped one does not even accept.
void Server::apply_state(Turn& turn) {
  apply_speed(turn.now());
  if (!listener_.valid()) return;
  if (spec_.protocol == wire::Protocol::kUdp) {
    if (!reads()) return;
    const auto waiting = std::exchange(waiting_, {});
    waiting_bytes_ = 0;
    for (const Waiting& w : waiting) take_datagram(turn, w.from, w.to, w.bytes, w.zeros, w.tag);
    return;
  }
  for (std::uint32_t i = 0; i < sessions_.size(); ++i) {
    if (!sessions_[i].open) continue;
    const SocketId socket{i, sessions_[i].generation};
    sockets_.tcp_set_reading(turn, socket, reads());
    const Session* s = find(socket);
    if (reads() && s != nullptr && s->peer_closed && s->jobs == 0) sockets_.tcp_close(turn, socket);
  }
  sockets_.tcp_set_accepting(turn, listener_, spec_.state != ServerState::kPaused);
}

void Server::close_sessions(Turn& turn) {
  for (std::uint32_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i].open) sockets_.tcp_close(turn, {i, sessions_[i].generation});
}

Server::Session* Server::find(SocketId socket) {
  if (socket.index >= sessions_.size()) return nullptr;
  Session& s = sessions_[socket.index];
  return s.open && s.generation == socket.generation ? &s : nullptr;
}

Server::Echo& Server::echo_of(SocketId socket) {
  if (socket.index >= echoes_.size()) echoes_.resize(socket.index + 1);
  return echoes_[socket.index];
}

void Server::take_echo(SocketId socket, Job& job) {
  Echo& echo = echo_of(socket);
  job.bytes = std::exchange(echo.bytes, {});
  job.zeros = std::exchange(echo.zeros, 0);
}

void Server::on_accepted(Turn& turn, SocketId listener, SocketId socket) {
  (void)listener;
  while (socket.index >= sessions_.size()) sessions_.emplace_back();
  Session& s = sessions_[socket.index];
  s.generation = socket.generation;
  s.open = true;
  s.peer_closed = false;
  s.jobs = 0;
  s.replies = 0;
  if (spec_.reply == ServeSpec::Reply::kEcho) {
    echo_of(socket).bytes.clear();  // keeps its storage
    echo_of(socket).zeros = 0;
  }
  s.tag = sockets_.tcp_tag(socket);
  s.tag.request = 0;
  const wire::Endpoint local = sockets_.tcp_local(socket);
  turn.report(
      {.kind = NoteKind::kAppServed, .a = local.address.value, .x = local.port, .tag = s.tag});
  const ConnectionPlan* plan = plan_ ? plan_->connection(s.tag.traffic, s.tag.connection) : nullptr;
  if (!reads()) sockets_.tcp_set_reading(turn, socket, false);
  if (plan != nullptr && find(socket) != nullptr) plan_close(turn, socket, *plan, false);
}

void Server::on_data(Turn& turn, SocketId socket, const transport::Chunk& chunk) {
  Session* s = find(socket);
  if (s == nullptr) return;
  const bool echo = spec_.reply == ServeSpec::Reply::kEcho;
  if (echo) gather(echo_of(socket).bytes, echo_of(socket).zeros, chunk);
  if (!chunk.push) return;
  if (!takes_time()) return reply(turn, socket, chunk.tag);
  ++s->jobs;
  Job job{.socket = socket, .tag = chunk.tag};
  if (echo) take_echo(socket, job);
  enqueue(turn, std::move(job));
}

std::uint64_t Server::reply_bytes(const Tag& tag) {
  if (spec_.reply_size.is_fixed()) return spec_.bytes;
  const Random chance =
      tag.traffic != 0 && plan_ != nullptr ? plan_->chance(tag, "reply") : Random(chance_.bits());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(spec_.reply_size.sample(chance), 1));
}

/// Answers the request just read.
void Server::reply(Turn& turn, SocketId socket, const Tag& tag) {
  LVSLAB_CHECK(find(socket) != nullptr);
  Job job{.tag = tag};
  const bool echo = spec_.reply == ServeSpec::Reply::kEcho;
  if (echo) take_echo(socket, job);
  write_reply(turn, socket, job);
  if (echo && find(socket) != nullptr && echo_of(socket).bytes.empty()) {
    job.bytes.clear();
    echo_of(socket).bytes = std::move(job.bytes);  // keeps its storage for the next request
  }
}

/// Writes one reply. A write may deliver to this same host at once, so the session is looked up
/// again after.
void Server::write_reply(Turn& turn, SocketId socket, const Job& job) {
  Session* s = find(socket);
  const Tag& tag = job.tag;
  const bool echo = spec_.reply == ServeSpec::Reply::kEcho;
  const std::uint64_t zeros =
      echo ? job.zeros : (spec_.reply == ServeSpec::Reply::kBytes ? reply_bytes(tag) : 0);
  const std::uint64_t length =
      zeros +
      (echo ? job.bytes.size() : (spec_.reply == ServeSpec::Reply::kText ? spec_.text.size() : 0));
  ++s->replies;
  report_reply(turn, job, length);
  if (echo) {
    sockets_.tcp_write_copy(turn, socket, job.bytes, zeros, tag);
  } else if (length > 0) {
    const bool text = spec_.reply == ServeSpec::Reply::kText;
    sockets_.tcp_write(turn, socket, text ? std::string_view(spec_.text) : std::string_view(),
                       zeros, tag);
  }
  if ((s = find(socket)) == nullptr || plan_ == nullptr) return;
  const ConnectionPlan* plan = plan_->connection(s->tag.traffic, s->tag.connection);
  if (plan != nullptr) plan_close(turn, socket, *plan, true);
}

/// Asked when the connection was accepted and after each reply: closes when it is the server's turn
/// to.
void Server::plan_close(Turn& turn, SocketId socket, const ConnectionPlan& plan, bool after_reply) {
  if (plan.close != Closer::kServer || !reads()) return;
  if (plan.close_at_set) {
    if (after_reply) return;  // planned when it was accepted
    const bool known = plan_->ready != Instant::never();
    return close_at(turn, socket, known ? plan_->ready + plan.close_at : turn.now());
  }
  if (find(socket)->replies >= plan.replies(wire::Protocol::kTcp))
    close_at(turn, socket, later(turn.now(), plan_->hold(plan, find(socket)->tag)));
}

void Server::close_at(Turn& turn, SocketId socket, Instant when) {
  if (when <= turn.now()) return sockets_.tcp_close(turn, socket);
  const Tag& tag = find(socket)->tag;
  closings_.push_back({when, (std::uint64_t{tag.traffic} << 32) | tag.connection, socket});
  std::push_heap(closings_.begin(), closings_.end());
  plan_wake();
}

void Server::wake(Turn& turn) {
  serve_due(turn);
  while (!closings_.empty() && closings_.front().when <= turn.now()) {
    const SocketId socket = closings_.front().socket;
    std::pop_heap(closings_.begin(), closings_.end());
    closings_.pop_back();
    if (find(socket) != nullptr) sockets_.tcp_close(turn, socket);
  }
  plan_wake();
}

void Server::on_peer_closed(Turn& turn, SocketId socket) {
  Session* s = find(socket);
  if (s == nullptr) return;
  s->peer_closed = true;
  if (reads() && s->jobs == 0) sockets_.tcp_close(turn, socket);
}

void Server::on_closed(Turn& turn, SocketId socket, SocketError error) {
  (void)turn, (void)error;
  if (Session* s = find(socket)) s->open = false;
}

void Server::on_datagram(Turn& turn, SocketId socket, const wire::Endpoint& from, wire::Ipv4 to,
                         const transport::Chunk& chunk) {
  if (!(socket == listener_)) return;
  if (spec_.state == ServerState::kHung) return;
  if (spec_.state == ServerState::kPaused) {
    const std::uint64_t cost = chunk.length() + kDatagramOverhead;
    if (waiting_bytes_ + cost > kReceiveBuffer) return;
    waiting_bytes_ += cost;
    waiting_.push_back(
        {from, to, {chunk.bytes.begin(), chunk.bytes.end()}, chunk.zeros, chunk.tag});
    return;
  }
  take_datagram(turn, from, to, chunk.bytes, chunk.zeros, chunk.tag);
}

void Server::take_datagram(Turn& turn, const wire::Endpoint& from, wire::Ipv4 to,
                           std::span<const std::uint8_t> bytes, std::uint32_t zeros,
                           const Tag& tag) {
  if (tag.request <= 1) {
    turn.report({.kind = NoteKind::kAppServed,
                 .a = to.value,
                 .x = spec_.port,
                 .tag = {tag.traffic, tag.connection, 0}});
  }
  if (!takes_time())
    return answer_datagram(turn, {.tag = tag, .from = from, .to = to, .zeros = zeros}, bytes);
  const bool echo = spec_.reply == ServeSpec::Reply::kEcho;
  if (!echo) bytes = {};
  enqueue(turn, {.tag = tag,
                 .from = from,
                 .to = to,
                 .bytes = {bytes.begin(), bytes.end()},
                 .zeros = echo ? zeros : 0});
}

/// From the address that was asked, as a server on several addresses must.
void Server::answer_datagram(Turn& turn, const Job& job, std::span<const std::uint8_t> bytes) {
  auto zeros = static_cast<std::uint32_t>(job.zeros);
  if (spec_.reply == ServeSpec::Reply::kText) {
    bytes = as_bytes(spec_.text);
    zeros = 0;
  } else if (spec_.reply == ServeSpec::Reply::kBytes) {
    bytes = {};
    zeros = static_cast<std::uint32_t>(std::min(reply_bytes(job.tag), kLargestDatagram));
  }
  report_reply(turn, job, bytes.size() + zeros);
  sockets_.udp_send(turn, listener_, job.from, bytes, zeros, job.tag, {}, job.to);
}

}  // namespace lvslab::app
