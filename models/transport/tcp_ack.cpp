// What an acknowledgement changes: the send window, the round-trip estimate (RFC 6298), the
// congestion window (RFC 5681, Reno), and what is taken for lost (RFC 6675 with SACK, RFC 6582
// without).
#include <algorithm>

#include "transport/tcp.h"

namespace lvslab::transport {
namespace {

constexpr std::uint32_t kMinRto = 200'000, kMaxRto = 120'000'000;
constexpr std::uint32_t kMostWindow = 1u << 30;
constexpr std::uint8_t kDupThreshold = 3;
/// Forward progress keeps the ARP entry fresh; what is fresh for 15 s need not be told at every
/// segment.
constexpr Duration kConfirmEvery = Duration::milliseconds(100);

/// Bytes of [from, to) that are not SACKed.
std::uint32_t unsacked(const TcpTrouble& t, std::uint32_t from, std::uint32_t to) {
  if (!before(from, to)) return 0;
  std::uint32_t bytes = to - from;
  for (const wire::SackBlock& b : t.sacked) {
    const std::uint32_t left = before(b.left, from) ? from : b.left;
    const std::uint32_t right = after(b.right, to) ? to : b.right;
    if (before(left, right)) bytes -= right - left;
  }
  return bytes;
}

std::uint32_t later(std::uint32_t a, std::uint32_t b) { return after(a, b) ? a : b; }
std::uint32_t earlier(std::uint32_t a, std::uint32_t b) { return before(a, b) ? a : b; }

}  // namespace

/// Bytes believed to be in the network: not SACKed, and not lost unless sent again since.
std::uint32_t Tcp::pipe(const TcpConnection& c) const {
  if (!c.trouble) return c.outstanding();
  const TcpTrouble& t = *c.trouble;
  std::uint32_t bytes = 0;
  if (c.recovery == Recovery::kNone) {
    bytes = unsacked(t, c.snd_una, c.snd_nxt);
  } else {
    const std::uint32_t lost = earlier(later(t.lost_until, c.snd_una), c.snd_nxt);
    const std::uint32_t again = earlier(later(t.resent_until, c.snd_una), lost);
    bytes = unsacked(t, c.snd_una, again) + unsacked(t, lost, c.snd_nxt);
  }
  // Without SACK each duplicate stands for one full segment that has left the network.
  const std::uint32_t gone = c.sack ? 0 : std::uint32_t{c.dupacks} * c.mss;
  return bytes > gone ? bytes - gone : 0;
}

// --- round trip ---------------------------------------------------------------------------------

void Tcp::sample(TcpConnection& c, std::uint32_t microseconds) {
  const std::uint32_t m = std::min(std::max(microseconds, 1u), kMaxRto);
  if (c.srtt == 0) {
    c.srtt = m;
    c.rttvar = m / 2;
  } else {
    const std::uint32_t difference = c.srtt > m ? c.srtt - m : m - c.srtt;
    c.rttvar = c.rttvar - c.rttvar / 4 + difference / 4;
    c.srtt = c.srtt - c.srtt / 8 + m / 8;
  }
}

/// Takes a sample if this acknowledgement ends one, and sets the timeout back from its backed-off
/// value.
void Tcp::measure(Turn& turn, TcpConnection& c, const Segment& s) {
  if (c.timing && !before(s.acknowledgement, c.timed_sequence)) {
    c.timing = false;
    const std::int64_t us = (turn.now() - c.timed_at).ps() / 1'000'000;
    sample(c, static_cast<std::uint32_t>(std::min<std::int64_t>(us, kMaxRto)));
  } else if (!c.timing && c.timestamps && s.timestamps && s.timestamp_echo != 0) {
    const auto now = static_cast<std::uint32_t>(turn.now().ps() / 1'000'000'000);
    const std::uint32_t ms = now + c.ts_offset - s.timestamp_echo;
    if (ms < kMaxRto / 1'000) sample(c, ms * 1'000);
  }
  if (c.srtt != 0) {
    c.rto = std::min(c.srtt + std::max(4 * c.rttvar, kMinRto), kMaxRto);
  } else {
    c.rto = c.retries > 0 ? 3'000'000 : 1'000'000;  // RFC 6298, 5.7
  }
}

// --- acknowledgements ---------------------------------------------------------------------------

bool Tcp::acknowledge(Turn& turn, TcpConnection& c, const Segment& s) {
  const std::uint32_t ack = s.acknowledgement;
  if (before(ack, c.snd_una - c.max_window)) {  // RFC 5961, 5.2
    challenge(turn, c, "acknowledgement far too old");
    return true;
  }
  const std::uint32_t window = std::uint32_t{s.window} << c.snd_scale;
  const bool same_window = window == c.snd_wnd;
  if (!before(ack, c.snd_una) &&
      (before(c.snd_wl1, s.sequence) || (c.snd_wl1 == s.sequence && !before(ack, c.snd_wl2)))) {
    c.snd_wl1 = s.sequence;
    c.snd_wl2 = ack;
    c.snd_wnd = window;
    c.max_window = std::max(c.max_window, window);
  }
  if (s.header_length > wire::kTcpHeader + 12 && c.sack) take_sack(c, s);
  const std::uint32_t acked = ack - c.snd_una;
  if (after(ack, c.snd_una)) {
    new_data_acknowledged(turn, c, s, acked);
    if (c.state == TcpState::kClosed) return false;
  } else if (ack == c.snd_una && c.outstanding() > 0 && s.length == 0 && !s.has(wire::kFin) &&
             (same_window || (c.trouble && !c.trouble->sacked.empty()))) {
    if (c.dupacks < 255) ++c.dupacks;
    event(turn, c, "duplicate ack");
    detect_loss(turn, c);
  }
  if (c.persisting && c.snd_wnd > 0) {
    c.persisting = false;
    c.retries = 0;
    c.retransmit_at = Instant::never();
  } else if (c.persisting) {
    c.retries = 0;  // it answers: the socket lives however long the window stays shut
  }
  return true;
}

void Tcp::new_data_acknowledged(Turn& turn, TcpConnection& c, const Segment& s,
                                std::uint32_t acked) {
  const std::uint32_t flight = c.outstanding();
  const bool fin = c.fin_sent && s.acknowledgement == c.snd_nxt;
  const std::uint64_t data = std::min<std::uint64_t>(acked - (fin ? 1 : 0), c.send.size());
  if (data > 0) c.send.drop_front(send_pool_, data);
  c.snd_una = s.acknowledgement;
  if (turn.now() - c.confirmed_at >= kConfirmEvery) {
    c.confirmed_at = turn.now();
    host_.confirm_neighbour(turn, c.local.address, c.remote.address);
  }
  measure(turn, c, s);
  c.retries = 0;
  c.soft_error = SocketError::kNone;

  if (c.trouble) {
    std::erase_if(c.trouble->sacked,
                  [&](const wire::SackBlock& b) { return !after(b.right, c.snd_una); });
  }
  if (c.recovery == Recovery::kNone) {
    c.dupacks = 0;
    grow_window(c, acked, flight);
    if (c.trouble && !c.trouble->sacked.empty()) detect_loss(turn, c);
  } else if (!before(c.snd_una, c.recover)) {
    if (c.recovery == Recovery::kFast) c.cwnd = c.ssthresh;
    c.recovery = Recovery::kNone;
    c.dupacks = 0;
    if (c.trouble) c.trouble->lost_until = c.trouble->resent_until = c.snd_una;
  } else {
    TcpTrouble& t = trouble(c);
    // One of the segments acknowledged was the hole, the others had each sent a duplicate.
    const std::uint32_t reported = acked / c.mss > 0 ? acked / c.mss - 1 : 0;
    c.dupacks = static_cast<std::uint8_t>(c.dupacks > reported ? c.dupacks - reported : 0);
    // A partial acknowledgement: the segment it stops at is missing too (RFC 6582).
    if (!c.sack || !after(t.resent_until, c.snd_una)) {
      t.force = c.recovery == Recovery::kFast;
      t.resent_until = c.snd_una;
      t.lost_until = later(t.lost_until, earlier(c.snd_una + c.mss, c.snd_nxt));
    }
    if (c.recovery == Recovery::kLoss) {
      grow_window(c, acked, c.cwnd);
    } else {
      mark_lost_by_sack(c);
    }
  }
  restart_retransmission(turn, c);

  if (c.fin_acknowledged()) {
    if (c.state == TcpState::kFinWait1) {
      set_state(turn, c, TcpState::kFinWait2);
      arm_retransmit(turn, c, Duration::seconds(std::max(host_.global().tcp_fin_timeout, 1)));
    } else if (c.state == TcpState::kClosing) {
      enter_time_wait(turn, c);
      tell_closed(turn, c, SocketError::kNone);
    } else if (c.state == TcpState::kLastAck) {
      return finish(turn, c, SocketError::kNone);
    }
  } else if (data > 0 && c.send.size() == 0 && !c.fin_queued && c.accepted && c.owner != nullptr) {
    c.owner->on_drained(turn, c.id());
  }
}

void Tcp::restart_retransmission(Turn& turn, TcpConnection& c) {
  c.retransmit_at = Instant::never();
  if (c.outstanding() > 0) arm_retransmission(turn, c);
}

void Tcp::grow_window(TcpConnection& c, std::uint32_t acked, std::uint32_t flight) {
  if (c.cwnd < c.ssthresh) {
    // Slow start, unless the app and not the window was the limit.
    if (flight * 2 >= c.cwnd) c.cwnd = std::min(c.cwnd + acked, kMostWindow);
  } else if (flight + c.mss >= c.cwnd) {
    c.cwnd_credit += acked;
    if (c.cwnd_credit >= c.cwnd) {
      c.cwnd_credit -= c.cwnd;
      c.cwnd = std::min(c.cwnd + c.mss, kMostWindow);
    }
  }
}

// --- losses -------------------------------------------------------------------------------------

void Tcp::take_sack(TcpConnection& c, const Segment& s) {
  const wire::TcpOptions o = wire::parse_tcp_options(
      {s.packet->data() + wire::kTcpHeader, s.header_length - wire::kTcpHeader});
  for (std::uint32_t i = 0; i < o.sack_count; ++i) {
    wire::SackBlock block = o.sack[i];
    if (!before(block.left, block.right) || !after(block.right, c.snd_una) ||
        before(block.left, c.snd_una) || after(block.right, c.snd_nxt)) {
      continue;  // old, or nonsense
    }
    std::vector<wire::SackBlock>& sacked = trouble(c).sacked;
    auto first = sacked.begin();
    while (first != sacked.end() && before(first->right, block.left)) ++first;
    auto last = first;
    while (last != sacked.end() && !after(last->left, block.right)) {
      block.left = earlier(block.left, last->left);
      block.right = later(block.right, last->right);
      ++last;
    }
    if (first != last) {
      *first = block;
      sacked.erase(first + 1, last);
    } else if (sacked.size() < TcpTrouble::kMostSacked) {
      sacked.insert(first, block);
    }
  }
}

/// RFC 6675: what has more than two full segments SACKed above it is lost.
void Tcp::mark_lost_by_sack(TcpConnection& c) {
  TcpTrouble& t = trouble(c);
  std::uint32_t above = 0;
  for (auto b = t.sacked.rbegin(); b != t.sacked.rend(); ++b) {
    above += b->right - b->left;
    if (above > (kDupThreshold - 1) * c.mss) {
      t.lost_until = later(t.lost_until, b->left);
      return;
    }
  }
}

void Tcp::detect_loss(Turn& turn, TcpConnection& c) {
  if (c.recovery != Recovery::kNone) {
    if (c.recovery == Recovery::kFast && c.trouble) mark_lost_by_sack(c);
    return mark_pending(c);
  }
  bool lost = c.dupacks >= kDupThreshold;
  if (!lost && c.trouble) {
    std::uint32_t above = 0;
    for (const wire::SackBlock& b : c.trouble->sacked) above += b.right - b.left;
    lost = above > (kDupThreshold - 1) * c.mss;
  }
  if (!lost || c.outstanding() == 0) return;
  event(turn, c, "fast retransmit");
  c.recovery = Recovery::kFast;
  c.recover = c.snd_nxt;
  c.ssthresh = std::max(c.outstanding() / 2, 2u * c.mss);
  c.cwnd = c.ssthresh;
  c.cwnd_credit = 0;
  TcpTrouble& t = trouble(c);
  t.resent_until = c.snd_una;
  t.lost_until = earlier(c.snd_una + c.mss, c.snd_nxt);
  t.force = true;
  mark_lost_by_sack(c);
}

}  // namespace lvslab::transport
