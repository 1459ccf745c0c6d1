#include "app/client.h"

#include <algorithm>
#include <utility>

#include "app/client_state.h"
#include "base/prefetch.h"

namespace lvslab::app {
namespace {

using transport::SocketError;
using transport::SocketId;

/// A turn's frames are bounded: after so many steps the client asks to be woken again at once.
constexpr int kStepsPerWake = 64;

/// Heap order of arrival processes, the earliest on top.
bool comes_later(const ArrivalProcess& a, const ArrivalProcess& b) {
  if (a.at() != b.at()) return a.at() > b.at();
  if (a.traffic() != b.traffic()) return a.traffic() > b.traffic();
  return a.connection() > b.connection();
}

}  // namespace

Client::State::State(Client& client, transport::Sockets& sockets, std::uint32_t node,
                     const LoadPlan& plan)
    : client_(client), sockets_(sockets), plan_(plan), node_(node) {
  for (std::uint32_t t = 1; t <= plan.traffics.size(); ++t) {
    const TrafficPlan& traffic = *plan.traffic(t);
    for (std::uint32_t i = 0; i < traffic.clients.size(); ++i) {
      if (traffic.clients[i] != node) continue;
      ArrivalProcess process(plan, t, i);
      const bool closed = traffic.arrivals == Arrivals::kClosed;
      if (process.exhausted() && !closed) continue;
      if (traffic.protocol == wire::Protocol::kIcmp) listening_ = true;
      if (closed) continue;
      sources_.push_back(std::move(process));
    }
  }
  std::make_heap(sources_.begin(), sources_.end(), comes_later);
  if (listening_) host().add_listener(&client_);
}

Client::State::~State() {
  if (listening_) host().remove_listener(&client_);
}

Instant Client::State::next_wake() const {
  if (ready_.is_never()) return Instant::never();
  const Instant timer = timers_.empty() ? Instant::never() : sessions_[timers_.front()].wake();
  const Instant arrival =
      sources_.empty() ? Instant::never() : later(ready_, sources_.front().at());
  const Instant user = users_.empty() ? Instant::never() : users_.front().at;
  return std::min({timer, arrival, user});
}

void Client::State::start(Instant ready) {
  ready_ = ready;
  start_users();
}

void Client::State::wake(Turn& turn) {
  for (int steps = 0; steps < kStepsPerWake && next_wake() <= turn.now(); ++steps) {
    if (!timers_.empty() && sessions_[timers_.front()].wake() <= turn.now()) {
      fire(turn, timers_.front());
      continue;
    }
    if (!users_.empty() && users_.front().at <= turn.now()) {
      const UserStart next = users_.front();
      std::pop_heap(users_.begin(), users_.end());
      users_.pop_back();
      begin(turn, next.traffic, next.connection);
      continue;
    }
    std::pop_heap(sources_.begin(), sources_.end(), comes_later);
    ArrivalProcess& source = sources_.back();
    const std::uint32_t traffic = source.traffic(), connection = source.connection();
    source.advance();
    if (source.exhausted())
      sources_.pop_back();
    else
      std::push_heap(sources_.begin(), sources_.end(), comes_later);
    begin(turn, traffic, connection);
  }
}

void Client::State::fetch_ahead() const {
  for (const void* at :
       {static_cast<const void*>(sources_.data()), static_cast<const void*>(timers_.data()),
        static_cast<const void*>(udp_slots_.data())}) {
    prefetch(at);
  }
  if (!sessions_.empty()) {
    prefetch(&sessions_[0]);
    prefetch(&sessions_[0].deadline);  // the second line of it
  }
  prefetch(&open_);
}

void Client::fetch_ahead() const { state_->fetch_ahead(); }

Client::Client(transport::Sockets& sockets, std::uint32_t node, const LoadPlan& plan)
    : state_(std::make_unique<State>(*this, sockets, node, plan)) {
  sockets.host().add_component(this);
}

Client::~Client() { state_->host().remove_component(this); }

void Client::start(Turn& turn, Instant ready) {
  (void)turn;
  state_->start(ready);
  refresh();
}

void Client::refresh() {
  const Instant before = next_wake_;
  next_wake_ = state_->next_wake();
  if (next_wake_ < before) state_->host().component_changed(*this);
}

void Client::wake(Turn& turn) {
  state_->wake(turn);
  refresh();
}

bool Client::settled() const { return state_->settled(); }
std::uint64_t Client::open() const { return state_->open(); }

void Client::on_connected(Turn& turn, SocketId socket) {
  state_->tcp_connected(turn, socket);
  refresh();
}

void Client::on_data(Turn& turn, SocketId socket, const transport::Chunk& chunk) {
  state_->tcp_data(turn, socket, chunk);
  refresh();
}

void Client::on_peer_closed(Turn& turn, SocketId socket) {
  state_->tcp_peer_closed(turn, socket);
  refresh();
}

void Client::on_closed(Turn& turn, SocketId socket, SocketError error) {
  state_->tcp_closed(turn, socket, error);
  refresh();
}

void Client::on_datagram(Turn& turn, SocketId socket, const wire::Endpoint& from, wire::Ipv4 to,
                         const transport::Chunk& chunk) {
  (void)from, (void)to;
  state_->udp_datagram(turn, socket, chunk);
  refresh();
}

void Client::on_error(Turn& turn, SocketId socket, const wire::Endpoint& remote,
                      SocketError error) {
  (void)remote;
  state_->udp_error(turn, socket, error);
  refresh();
}

void Client::on_icmp(Turn& turn, const wire::Datagram& datagram, InterfaceIndex device) {
  (void)device;
  state_->icmp(turn, datagram);
  refresh();
}

}  // namespace lvslab::app
