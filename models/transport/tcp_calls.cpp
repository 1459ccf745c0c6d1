// Calls of apps: connect, write, close, abort; ports; and what there is.
#include <algorithm>
#include <utility>

#include "transport/tcp.h"

namespace lvslab::transport {

// --- ports --------------------------------------------------------------------------------------

bool Tcp::listens_on(std::uint16_t port) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&](const Listener& l) { return l.open && l.local.port == port; });
}

std::uint32_t Tcp::pick_port(wire::Endpoint local, const wire::Endpoint& remote) {
  const int low = host_.global().port_range_low, high = host_.global().port_range_high;
  if (low < 1 || high > 65'535 || low > high) return 0;
  const auto count = static_cast<std::uint32_t>(high - low + 1);
  auto port = static_cast<std::uint32_t>(host_.random().below(count));
  for (std::uint32_t i = 0; i < count; ++i, port = port + 1 == count ? 0 : port + 1) {
    local.port = static_cast<std::uint16_t>(port + static_cast<std::uint32_t>(low));
    if (!listens_on(local.port) && table_.find(local, remote) == nullptr) return local.port;
  }
  return 0;
}

SocketError Tcp::choose_port(wire::Endpoint& local, const wire::Endpoint& remote) {
  if (local.port == 0) {
    const std::uint32_t port = pick_port(local, remote);
    if (port == 0) return SocketError::kNoPorts;
    local.port = static_cast<std::uint16_t>(port);
    return SocketError::kNone;
  }
  for (const Listener& l : listeners_) {
    if (l.open && l.local.port == local.port &&
        (l.local.address.is_zero() || l.local.address == local.address)) {
      return SocketError::kAddressInUse;
    }
  }
  // A pair of endpoints that is still there, TIME-WAIT included, cannot be used again.
  if (table_.find(local, remote) != nullptr) return SocketError::kAddressNotAvailable;
  return SocketError::kNone;
}

// --- calls of apps ------------------------------------------------------------------------------

tl::expected<SocketId, SocketError> Tcp::connect(Turn& turn, wire::Endpoint local,
                                                 wire::Endpoint remote, TcpOwner* owner,
                                                 const Tag& tag, const IpOptions& ip) {
  const bool foreign = !local.address.is_zero() && !host_.is_local(local.address);
  if (foreign && host_.global().ip_nonlocal_bind == 0) {
    return tl::unexpected(SocketError::kAddressNotAvailable);
  }
  const net::Host::Path path = host_.route_output(local.address, remote.address);
  if (path.kind != hook::RouteKind::kUnicast && path.kind != hook::RouteKind::kLocal) {
    SocketError error = SocketError::kNetUnreachable;
    if (path.kind == hook::RouteKind::kNone && path.route != nullptr) {
      error = path.route->type == net::RouteType::kUnreachable ? SocketError::kHostUnreachable
              : path.route->type == net::RouteType::kProhibit  ? SocketError::kNotPermitted
                                                               : SocketError::kInvalid;
    }
    return tl::unexpected(error);
  }
  local.address = path.source;
  const SocketError error = choose_port(local, remote);
  if (error != SocketError::kNone) return tl::unexpected(error);

  const Scope scope(*this, turn);
  host_.count(net::Counter::kTcpActiveOpens);
  TcpConnection& c = table_.create(local, remote);
  c.owner = owner;
  c.accepted = true;
  c.tag = tag;
  c.ttl = ip.ttl;
  c.tos = ip.tos;
  init_connection(c, host_.path_mtu(remote.address, turn.now()));
  c.rcv_space = 65'535 / c.advertised_mss * c.advertised_mss;
  c.timestamps = host_.global().tcp_timestamps != 0;
  c.sack = host_.global().tcp_sack != 0;
  c.scaling = host_.global().tcp_window_scaling != 0;
  start_send_space(c, static_cast<std::uint32_t>(host_.random().bits()));
  set_state(turn, c, TcpState::kSynSent);
  const SocketId id = c.id();
  send_syn(turn, c);
  return id;
}

SendBuffer* Tcp::writable(SocketId socket) {
  TcpConnection* c = table_.get(socket);
  if (c == nullptr || c->fin_queued || c->tell_closed) return nullptr;
  switch (c->state) {
    case TcpState::kSynSent:
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
    case TcpState::kCloseWait:
      return &c->send;
    default:
      return nullptr;
  }
}

void Tcp::wrote(Turn& turn, SocketId socket) {
  TcpConnection* c = table_.get(socket);
  if (c == nullptr || c->state == TcpState::kSynSent) return;
  // Sent at the end of the call, so that a close() that follows puts its FIN on the last segment.
  mark_pending(*c);
  if (!busy_) update_wake(turn);
}

void Tcp::close(Turn& turn, SocketId socket) {
  TcpConnection* c = table_.get(socket);
  if (c == nullptr || c->fin_queued || c->tell_closed || c->owner == nullptr) return;
  const Scope scope(*this, turn);
  mark_pending(*c);
  if (c->trouble &&
      !c->trouble->waiting.empty()) {  // closing with unread data resets (RFC 2525, 2.17)
    send_reset(turn, *c);
    c->error = SocketError::kReset;
    c->tell_closed = true;
    return;
  }
  c->fin_queued = true;
  switch (c->state) {
    case TcpState::kSynReceived:
      return;  // goes on when the handshake is complete
    case TcpState::kEstablished:
      return set_state(turn, *c, TcpState::kFinWait1);
    case TcpState::kCloseWait:
      return set_state(turn, *c, TcpState::kLastAck);
    default:  // SYN-SENT: nothing to say to anybody
      c->error = SocketError::kNone;
      c->tell_closed = true;
  }
}

void Tcp::abort(Turn& turn, SocketId socket) {
  TcpConnection* c = table_.get(socket);
  if (c == nullptr || c->owner == nullptr || c->state == TcpState::kClosed) return;
  const Scope scope(*this, turn);
  switch (c->state) {
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
    case TcpState::kFinWait1:
    case TcpState::kFinWait2:
    case TcpState::kCloseWait:
      send_reset(turn, *c);
      break;
    default:
      break;
  }
  c->owner = nullptr;
  release(turn, *c);
}

void Tcp::set_reading(Turn& turn, SocketId socket, bool reading) {
  TcpConnection* c = table_.get(socket);
  if (c == nullptr || c->state == TcpState::kClosed || c->reading == reading) return;
  c->reading = reading;
  if (!reading) return;
  mark_pending(*c);
  if (!busy_) update_wake(turn);
}

// --- what there is ------------------------------------------------------------------------------

namespace {

SocketView view_of(const TcpConnection& c) {
  const auto queue = std::min<std::uint64_t>(
      c.send.size() + (c.outstanding() > 0 && c.send.size() == 0), 0xffffffff);
  return {.protocol = wire::Protocol::kTcp,
          .state = c.state,
          .local = c.local,
          .remote = c.remote,
          .send_queue = static_cast<std::uint32_t>(queue),
          .receive_queue = c.trouble ? c.trouble->waiting_bytes : 0};
}

}  // namespace

std::optional<SocketView> Tcp::view(SocketId socket) {
  if ((socket.index & kListenerBit) == 0) {
    const TcpConnection* c = table_.get(socket);
    if (c == nullptr || c->state == TcpState::kClosed) return std::nullopt;
    return view_of(*c);
  }
  const Listener* l = get_listener(socket);
  if (l == nullptr) return std::nullopt;
  return SocketView{.protocol = wire::Protocol::kTcp,
                    .state = TcpState::kListen,
                    .local = l->local,
                    .send_queue = l->backlog,
                    .receive_queue = static_cast<std::uint32_t>(l->accept_queue.size())};
}

wire::Endpoint Tcp::local(SocketId socket) {
  if ((socket.index & kListenerBit) != 0) {
    const Listener* l = get_listener(socket);
    return l != nullptr ? l->local : wire::Endpoint{};
  }
  const TcpConnection* c = table_.get(socket);
  return c != nullptr ? c->local : wire::Endpoint{};
}

void Tcp::list(std::vector<SocketView>& to) {
  for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
    if (listeners_[i].open) to.push_back(*view({i | kListenerBit, listeners_[i].generation}));
  }
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot) {
    const TcpConnection& c = table_.at(slot);
    if (!c.released && c.state != TcpState::kClosed) to.push_back(view_of(c));
  }
}

}  // namespace lvslab::transport
