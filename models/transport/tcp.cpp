#include "transport/tcp.h"

#include <algorithm>
#include <utility>

namespace lvslab::transport {
namespace {

constexpr std::size_t kMostServedInOneTurn = 1'024;

}  // namespace

Tcp::Tcp(Sockets& sockets)
    : sockets_(sockets), host_(sockets.host()), key_(host_.random().bits()) {}

// --- what happens in a turn ---------------------------------------------------------------------

void Tcp::settle(Turn& turn) {
  for (std::size_t n = 0; pending_head_ < pending_.size() && n < kMostServedInOneTurn; ++n) {
    const std::uint32_t index = pending_[pending_head_++];
    if ((index & kListenerBit) != 0) {
      serve_listener(turn, index & ~kListenerBit);
    } else {
      serve(turn, table_.at(index));
    }
  }
  if (pending_head_ == pending_.size()) {
    pending_.clear();
    pending_head_ = 0;
  }
  // A released connection still in the pending list must not be reused before its turn there.
  std::size_t kept = 0;
  for (const std::uint32_t slot : released_) {
    TcpConnection& c = table_.at(slot);
    if (c.pending) {
      released_[kept++] = slot;
    } else {
      end_trouble(c);
      table_.recycle(c);
    }
  }
  released_.resize(kept);
  busy_ = false;
  update_wake(turn);
}

void Tcp::serve(Turn& turn, TcpConnection& c) {
  c.pending = false;
  if (c.state == TcpState::kClosed) return;
  if (c.tell_closed) return finish(turn, c, c.error);
  if (c.trouble && !c.trouble->waiting.empty() && c.accepted && c.reading) {
    if (!give_waiting(turn, c)) return;
    // A window that opens is worth telling.
    const std::uint32_t room = receive_room(c), promised = c.rcv_edge - c.rcv_nxt;
    if (room >= promised + std::min(c.rcv_space / 2, 2u * c.rcv_mss)) send_ack(turn, c);
  }
  const bool unread = c.trouble && !c.trouble->waiting.empty();
  if (c.peer_fin && !c.peer_fin_told && c.accepted && !c.fin_queued && !unread && c.owner) {
    c.peer_fin_told = true;
    c.owner->on_peer_closed(turn, c.id());
    if (c.state == TcpState::kClosed) return;
  }
  output(turn, c);
}

void Tcp::mark_pending(TcpConnection& c) {
  if (c.pending) return;
  c.pending = true;
  pending_.push_back(c.slot);
}

void Tcp::update_wake(Turn& turn) {
  sockets_.wake_at(pending_head_ < pending_.size() ? turn.now() : timers_.next());
}

void Tcp::reset() {
  for (std::uint32_t slot = 0; slot < table_.slots(); ++slot) {
    TcpConnection& c = table_.at(slot);
    if (c.released) continue;
    if (c.state != TcpState::kClosed) table_.unlink(c);
    end_trouble(c);
    c.send.clear(send_pool_);
    table_.recycle(c);
  }
  for (Listener& listener : listeners_) {
    listener = Listener{.generation = listener.generation + 1};
  }
  timers_.clear();
  pending_.clear();
  pending_head_ = 0;
  released_.clear();
  sockets_.wake_at(Instant::never());
}

// --- the life of a connection -------------------------------------------------------------------

void Tcp::set_state(Turn& turn, TcpConnection& c, TcpState state) {
  c.state = state;
  if (!turn.watched()) return;
  turn.note({.kind = NoteKind::kStateSocket,
             .a = c.local.address.value,
             .b = c.remote.address.value,
             .x = c.local.port,
             .y = c.remote.port,
             .z = static_cast<std::uint32_t>(wire::Protocol::kTcp),
             .word = state == TcpState::kClosed ? std::string_view{} : tcp_state_name(state),
             .tag = c.tag});
}

void Tcp::event(Turn& turn, const TcpConnection& c, std::string_view what) {
  if (!turn.watched()) return;
  turn.note({.kind = NoteKind::kTcpEvent,
             .a = c.local.address.value,
             .b = c.remote.address.value,
             .x = c.local.port,
             .y = c.remote.port,
             .word = what,
             .tag = c.tag});
}

TcpTrouble& Tcp::trouble(TcpConnection& c) {
  if (!c.trouble) {
    if (spare_troubles_.empty()) {
      c.trouble = std::make_unique<TcpTrouble>();
    } else {
      c.trouble = std::move(spare_troubles_.back());
      spare_troubles_.pop_back();
    }
  }
  return *c.trouble;
}

void Tcp::end_trouble(TcpConnection& c) {
  if (!c.trouble) return;
  c.trouble->clear();
  if (spare_troubles_.size() < 64) spare_troubles_.push_back(std::move(c.trouble));
  c.trouble.reset();
}

void Tcp::release(Turn& turn, TcpConnection& c) {
  if (c.state == TcpState::kClosed) return;
  leave_listener(c);
  set_state(turn, c, TcpState::kClosed);
  table_.unlink(c);
  c.retransmit_at = Instant::never();
  c.ack_at = Instant::never();
  c.send.clear(send_pool_);
  released_.push_back(c.slot);
}

void Tcp::tell_closed(Turn& turn, TcpConnection& c, SocketError error) {
  TcpOwner* owner = std::exchange(c.owner, nullptr);
  if (owner != nullptr && c.accepted) owner->on_closed(turn, c.id(), error);
}

void Tcp::finish(Turn& turn, TcpConnection& c, SocketError error) {
  if (c.state == TcpState::kClosed) return;
  release(turn, c);
  tell_closed(turn, c, error);
}

void Tcp::init_connection(TcpConnection& c, std::uint32_t path_mtu) {
  // 65535 bytes of IP are the most, whatever the loopback device's MTU.
  const std::uint32_t room = std::min(path_mtu, 65'535u) - 40;
  c.advertised_mss = static_cast<std::uint16_t>(
      std::min(std::max(room, static_cast<std::uint32_t>(host_.global().min_adv_mss)), 65'495u));
  c.ip_id = static_cast<std::uint16_t>(host_.random().bits());
  // One offset per pair of addresses: the clock goes on from one connection to the next, which is
  // what lets a new SYN replace a connection in TIME-WAIT.
  c.ts_offset = static_cast<std::uint32_t>(
      mix(key_, (std::uint64_t{c.local.address.value} << 32) | c.remote.address.value));
}

void Tcp::start_send_space(TcpConnection& c, std::uint32_t iss) {
  c.iss = iss;
  c.snd_una = iss;
  c.snd_nxt = iss;
}

}  // namespace lvslab::transport
