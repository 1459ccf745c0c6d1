// Listeners: who answers a SYN, and the two queues in front of an app. Half-open connections count
// against the SYN queue, complete ones that nobody accepted fill the accept queue; when that is
// full a SYN and the ACK that would complete a handshake are dropped without an answer, and the
// peer tries again.
#include <algorithm>
#include <utility>

#include "transport/tcp.h"

namespace lvslab::transport {
namespace {

constexpr std::uint32_t kMostHalfOpen = 65'536;

}  // namespace

tl::expected<SocketId, SocketError> Tcp::listen(Turn& turn, wire::Endpoint local, TcpOwner* owner,
                                                const ListenOptions& options) {
  if (!local.address.is_zero() && !host_.is_local(local.address) &&
      host_.global().ip_nonlocal_bind == 0) {
    return tl::unexpected(SocketError::kAddressNotAvailable);
  }
  // Servers set SO_REUSEADDR: only another listener stands in the way, on the same address or when
  // either is the wildcard.
  for (const Listener& l : listeners_) {
    if (l.open && l.local.port == local.port &&
        (l.local.address == local.address || l.local.address.is_zero() ||
         local.address.is_zero())) {
      return tl::unexpected(SocketError::kAddressInUse);
    }
  }
  if (local.port == 0) {
    const std::uint32_t port = pick_port(local, {});
    if (port == 0) return tl::unexpected(SocketError::kNoPorts);
    local.port = static_cast<std::uint16_t>(port);
  }
  std::uint32_t index = 0;
  while (index < listeners_.size() && (listeners_[index].open || listeners_[index].pending))
    ++index;
  if (index == listeners_.size()) listeners_.emplace_back();
  Listener& l = listeners_[index];
  const std::uint32_t generation = l.generation + 1;
  l = Listener{};
  l.generation = generation;
  l.local = local;
  l.owner = owner;
  l.open = true;
  l.backlog =
      std::min(options.backlog, static_cast<std::uint32_t>(std::max(host_.global().somaxconn, 0)));
  turn.note({.kind = NoteKind::kStateSocket,
             .a = local.address.value,
             .x = local.port,
             .z = static_cast<std::uint32_t>(wire::Protocol::kTcp),
             .word = tcp_state_name(TcpState::kListen)});
  return SocketId{index | kListenerBit, generation};
}

Tcp::Listener* Tcp::get_listener(SocketId id) {
  const std::uint32_t index = id.index & ~kListenerBit;
  if ((id.index & kListenerBit) == 0 || index >= listeners_.size()) return nullptr;
  Listener& l = listeners_[index];
  return l.open && l.generation == id.generation ? &l : nullptr;
}

// One bound to exactly the segment's address comes before one on every address.
Tcp::Listener* Tcp::find_listener(const wire::Endpoint& local, std::uint32_t* index) {
  Listener* any = nullptr;
  for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
    Listener& l = listeners_[i];
    if (!l.open || l.local.port != local.port) continue;
    if (l.local.address == local.address) {
      *index = i;
      return &l;
    }
    if (l.local.address.is_zero()) {
      *index = i;
      any = &l;
    }
  }
  return any;
}

Tcp::Listener* Tcp::listener_of(const TcpConnection& c) {
  if (!c.passive || c.listener >= listeners_.size()) return nullptr;
  Listener& l = listeners_[c.listener];
  return l.open && l.generation == c.listener_generation ? &l : nullptr;
}

DropReason Tcp::listener_segment(Turn& turn, Listener& listener, std::uint32_t index, Segment& s,
                                 std::uint32_t iss) {
  if (s.has(wire::kRst)) return DropReason::kTcpUnacceptable;
  if (s.has(wire::kAck)) {
    answer_with_reset(turn, s);
    return DropReason::kTcpUnacceptable;
  }
  if (!s.has(wire::kSyn) || s.has(wire::kFin)) return DropReason::kTcpUnacceptable;

  const net::GlobalConf& conf = host_.global();
  const bool queue_full = listener.accept_queue.size() > listener.backlog;
  // Without SYN cookies the SYN queue is as long as the accept queue may become, within
  // tcp_max_syn_backlog; with them a SYN beyond it is answered all the same.
  const std::uint32_t most =
      conf.tcp_syncookies != 0
          ? kMostHalfOpen
          : std::min(listener.backlog,
                     static_cast<std::uint32_t>(std::max(conf.tcp_max_syn_backlog, 1)));
  if (queue_full || listener.half_open >= most) {
    host_.count(queue_full ? net::Counter::kTcpExtListenOverflows
                           : net::Counter::kTcpExtListenDrops);
    if (queue_full) host_.count(net::Counter::kTcpExtListenDrops);
    return DropReason::kBacklogFull;
  }
  const net::Host::Path path = host_.route_output(s.local.address, s.remote.address);
  if (path.kind != hook::RouteKind::kUnicast && path.kind != hook::RouteKind::kLocal) {
    return DropReason::kNoRoute;  // no way back: the kernel forgets the request
  }
  TcpConnection& c = table_.create(s.local, s.remote);
  c.passive = true;
  c.listener = index;
  c.listener_generation = listener.generation;
  c.owner = listener.owner;
  c.tag = s.packet->tag();
  ++listener.half_open;
  init_connection(c, host_.path_mtu(s.remote.address, turn.now()));
  c.irs = s.sequence;
  c.rcv_nxt = c.rcv_acked = c.rcv_edge = s.sequence + 1;
  c.timestamps = conf.tcp_timestamps != 0;
  c.sack = conf.tcp_sack != 0;
  c.scaling = conf.tcp_window_scaling != 0;
  take_syn_options(c, s);
  const std::uint32_t unit = c.advertised_mss - (c.timestamps ? 12u : 0u);
  c.rcv_space = 65'535 / unit * unit;
  c.snd_wnd = c.max_window = s.window;
  start_send_space(c, iss != 0 ? iss : static_cast<std::uint32_t>(host_.random().bits()));
  set_state(turn, c, TcpState::kSynReceived);
  note_delivered(turn, s);
  send_syn(turn, c);
  return DropReason::kNone;
}

DropReason Tcp::complete_handshake(Turn& turn, TcpConnection& c, const Segment& s) {
  if (!after(s.acknowledgement, c.snd_una) || after(s.acknowledgement, c.snd_nxt)) {
    answer_with_reset(turn, s);
    return DropReason::kTcpUnacceptable;
  }
  Listener* listener = listener_of(c);
  if (c.passive && listener == nullptr) {  // the listener was closed meanwhile
    answer_with_reset(turn, s);
    release(turn, c);
    return DropReason::kNoSocket;
  }
  if (listener != nullptr && listener->accept_queue.size() > listener->backlog) {
    host_.count(net::Counter::kTcpExtListenOverflows);
    return DropReason::kBacklogFull;
  }
  note_delivered(turn, s);
  c.snd_una = c.iss + 1;
  c.snd_wl1 = s.sequence;
  c.snd_wl2 = s.acknowledgement;
  c.snd_wnd = std::uint32_t{s.window} << c.snd_scale;
  c.max_window = std::max(c.max_window, c.snd_wnd);
  c.cwnd = (c.retransmissions > 1 ? 1u : 10u) * c.mss;
  measure(turn, c, s);
  c.retries = 0;
  c.retransmit_at = Instant::never();
  c.last_sent = turn.now();
  c.confirmed_at = turn.now();
  host_.confirm_neighbour(turn, c.local.address, c.remote.address);
  set_state(turn, c, TcpState::kEstablished);
  if (listener == nullptr) {  // simultaneous open: our own connect() succeeded
    if (c.owner != nullptr && !c.fin_queued) c.owner->on_connected(turn, c.id());
    if (c.fin_queued && c.state == TcpState::kEstablished) set_state(turn, c, TcpState::kFinWait1);
    return DropReason::kNone;
  }
  host_.count(net::Counter::kTcpPassiveOpens);
  --listener->half_open;
  if (listener->accepting && listener->accept_queue.empty()) {
    accept(turn, *listener, c.listener, c);
  } else {
    listener->accept_queue.push_back(c.slot);
  }
  return DropReason::kNone;
}

void Tcp::accept(Turn& turn, Listener& listener, std::uint32_t index, TcpConnection& c) {
  c.accepted = true;
  listener.owner->on_accepted(turn, {index | kListenerBit, listener.generation}, c.id());
}

void Tcp::set_accepting(Turn& turn, SocketId id, bool accepting) {
  Listener* listener = get_listener(id);
  if (listener == nullptr) return;
  listener->accepting = accepting;
  if (!accepting || listener->accept_queue.empty() || listener->pending) return;
  listener->pending = true;
  pending_.push_back(id.index);
  if (!busy_) update_wake(turn);
}

void Tcp::serve_listener(Turn& turn, std::uint32_t index) {
  listeners_[index].pending = false;
  // An app may stop accepting, close the listener or open others while it is told of a connection.
  for (std::size_t n = listeners_[index].accept_queue.size(); n > 0; --n) {
    Listener& l = listeners_[index];
    if (!l.open || !l.accepting || l.accept_queue.empty()) return;
    TcpConnection& c = table_.at(l.accept_queue.front());
    l.accept_queue.erase(l.accept_queue.begin());
    accept(turn, l, index, c);
    if (c.state != TcpState::kClosed) mark_pending(c);
  }
}

// A connection that ends before its listener's owner knew of it.
void Tcp::leave_listener(TcpConnection& c) {
  if (!c.passive || c.accepted) return;
  Listener* listener = listener_of(c);
  if (listener == nullptr) return;
  if (c.state == TcpState::kSynReceived) {
    --listener->half_open;
  } else {
    std::erase(listener->accept_queue, c.slot);
  }
}

void Tcp::close_listener(Turn& turn, SocketId id) {
  Listener* listener = get_listener(id);
  if (listener == nullptr) return;
  const Scope scope(*this, turn);
  const std::vector<std::uint32_t> queue = std::exchange(listener->accept_queue, {});
  listener->open = false;
  turn.note({.kind = NoteKind::kStateSocket,
             .a = listener->local.address.value,
             .x = listener->local.port,
             .z = static_cast<std::uint32_t>(wire::Protocol::kTcp)});
  for (const std::uint32_t slot : queue) {  // complete but never accepted: reset
    TcpConnection& c = table_.at(slot);
    send_reset(turn, c);
    release(turn, c);
  }
}

}  // namespace lvslab::transport
