// Timers, and ICMP errors about what was sent. A connection has two deadlines: of the
// retransmission timer (which is also the persist timer and that of FIN-WAIT-2 and TIME-WAIT) and
// of the delayed acknowledgement.
#include <algorithm>

#include "base/kernel_timer.h"
#include "transport/icmp_errors.h"
#include "transport/tcp.h"

namespace lvslab::transport {
namespace {

constexpr std::int64_t kMaxRto = 120'000'000;  ///< microseconds
/// How long a call that sends data keeps its socket to itself.
constexpr Duration kCallHoldsSocket = Duration::microseconds(50);
constexpr int kOrphanRetries = 8;  ///< what tcp_orphan_retries 0 stands for

}  // namespace

/// At most one entry of this timer counts: the earliest. Moving the deadline later costs nothing.
void Tcp::schedule(TcpConnection& c) {
  if (c.retransmit_at >= c.entry_at) return;
  c.entry_at = c.retransmit_at;
  const TcpTimers::Kind kind = c.state == TcpState::kTimeWait ? TcpTimers::kTimeWait
                               : c.srtt == 0                  ? TcpTimers::kFirst
                                                              : TcpTimers::kRetransmit;
  timers_.push(c.retransmit_at, c.slot, kind);
}

void Tcp::arm_retransmit(Turn& turn, TcpConnection& c, Duration delay) {
  c.retransmit_at = kernel_timer_expiry(turn.now(), delay);
  schedule(c);
}

/// The timeout, doubled for every retransmission since the last progress.
void Tcp::arm_retransmission(Turn& turn, TcpConnection& c) {
  const std::int64_t us = std::int64_t{c.rto} << std::min<int>(c.retries, 20);
  arm_retransmit(turn, c, Duration::microseconds(std::min(us, kMaxRto)));
}

void Tcp::arm_ack(Turn& turn, TcpConnection& c, bool soon) {
  c.ack_at = soon ? turn.now() + Duration::microseconds(100)
                  : kernel_timer_expiry(turn.now(), Duration::milliseconds(40));
  timers_.push(c.ack_at, c.slot, TcpTimers::kAck);
}

void Tcp::wake(Turn& turn) {
  const Scope scope(*this, turn);
  while (timers_.next() <= turn.now()) {
    const TcpTimers::Entry entry = timers_.pop();
    TcpConnection& c = table_.at(entry.slot);
    if (entry.kind == TcpTimers::kAck) {
      if (c.ack_at == entry.when) send_ack(turn, c);
      continue;
    }
    if (c.entry_at != entry.when) continue;  // an earlier one replaced it, or another connection
    c.entry_at = Instant::never();
    if (c.retransmit_at <= turn.now()) on_timer(turn, c);
    schedule(c);
  }
}

void Tcp::on_timer(Turn& turn, TcpConnection& c) {
  c.retransmit_at = Instant::never();
  switch (c.state) {
    case TcpState::kClosed:
    case TcpState::kListen:
      return;
    case TcpState::kTimeWait:
      return release(turn, c);
    case TcpState::kFinWait2:  // an orphan whose peer never closes
      return finish(turn, c, SocketError::kNone);
    default:
      return retransmission_timeout(turn, c);
  }
}

bool Tcp::gave_up(const TcpConnection& c) const {
  const net::GlobalConf& conf = host_.global();
  int most = conf.tcp_retries2;
  if (c.state == TcpState::kSynSent) {
    most = conf.tcp_syn_retries;
  } else if (c.state == TcpState::kSynReceived) {
    most = conf.tcp_synack_retries;
  } else if (c.fin_queued) {
    most = conf.tcp_orphan_retries != 0 ? conf.tcp_orphan_retries : kOrphanRetries;
  }
  return c.retries >= most;
}

void Tcp::retransmission_timeout(Turn& turn, TcpConnection& c) {
  if (gave_up(c)) {
    if (c.state == TcpState::kSynSent) host_.count(net::Counter::kTcpAttemptFails);
    event(turn, c, "gave up");
    return finish(turn, c,
                  c.soft_error != SocketError::kNone ? c.soft_error : SocketError::kTimedOut);
  }
  ++c.retries;
  host_.count(net::Counter::kTcpExtTimeouts);
  if (c.state == TcpState::kSynSent || c.state == TcpState::kSynReceived) {
    event(turn, c, "retransmit");
    return send_syn(turn, c);
  }
  if (c.persisting || c.outstanding() == 0) {
    // The window is shut, or too small for a segment: what fits goes out, else a probe asks.
    if (c.send.size() == 0) return;
    const std::uint32_t fits = std::min<std::uint32_t>(c.snd_wnd, c.mss);
    c.persisting = true;
    if (fits > 0) {
      c.persisting = false;
      send_data(turn, c, c.snd_nxt, fits, c.fin_queued, false);
    } else {
      send_probe(turn, c);
    }
    return arm_retransmission(turn, c);
  }
  event(turn, c, "timeout");
  if (c.recovery != Recovery::kLoss || c.retries == 1) {
    c.ssthresh = std::max(c.outstanding() / 2, 2u * c.mss);
  }
  c.cwnd = c.mss;
  c.cwnd_credit = 0;
  c.recovery = Recovery::kLoss;
  c.recover = c.snd_nxt;
  c.dupacks = 0;
  TcpTrouble& t = trouble(c);
  t.resent_until = c.snd_una;
  t.lost_until = c.snd_nxt;
  t.force = true;
  retransmit_lost(turn, c);
  arm_retransmission(turn, c);
}

// --- ICMP ---------------------------------------------------------------------------------------

void Tcp::receive_error(Turn& turn, const net::IcmpError& error) {
  TcpConnection* c = table_.find(error.quoted.source, error.quoted.destination);
  if (c == nullptr || c->state == TcpState::kTimeWait) return;
  // The quoted segment must be one that is under way.
  if (before(error.quoted_sequence, c->snd_una) || after(error.quoted_sequence, c->snd_nxt)) return;
  const Scope scope(*this, turn);
  const bool unreachable = error.type == static_cast<std::uint8_t>(wire::IcmpType::kUnreachable);
  if (unreachable && error.code == wire::kFragmentationNeeded) {
    const std::uint32_t learnt = host_.path_mtu(c->remote.address, turn.now());
    const std::uint32_t told = error.mtu != 0 ? error.mtu : learnt;
    return lower_mss(turn, *c, std::min(told, learnt));
  }
  const SocketError what = socket_error_of(error.type, error.code);
  if (what == SocketError::kNone) return;
  if (c->state == TcpState::kSynSent) {
    host_.count(net::Counter::kTcpAttemptFails);
    return finish(turn, *c, what);
  }
  if (c->state == TcpState::kSynReceived && c->passive) {
    // A request whose SYN-ACK finds no way is forgotten; the peer's next SYN makes another.
    if (unreachable &&
        (error.code == wire::kNetUnreachable || error.code == wire::kHostUnreachable)) {
      host_.count(net::Counter::kTcpExtListenDrops);
      release(turn, *c);
    }
    return;
  }
  c->soft_error = what;  // remembered: it is the reason given should the connection time out
}

// A redirect counts when it quotes something under way on a connection of its own: not for a
// request that is still answered with SYN-ACKs, nor while the call that sent the data holds the
// socket.
bool Tcp::heeds_redirect(const net::IcmpError& redirect, Instant now) {
  const TcpConnection* c = table_.find(redirect.quoted.source, redirect.quoted.destination);
  if (c == nullptr || c->state == TcpState::kTimeWait) return false;
  if (c->state == TcpState::kSynReceived && c->passive) return false;
  if (before(redirect.quoted_sequence, c->snd_una) || after(redirect.quoted_sequence, c->snd_nxt))
    return false;
  const bool data = before(redirect.quoted_sequence, c->snd_nxt);
  return !data || c->last_sent + kCallHoldsSocket <= now;
}

}  // namespace lvslab::transport
