// Payload. When an acknowledgement is sent (what Linux does, reduced to what can be seen):
//   1. the kernel decides when the segment arrives, before the app hears of it;
//   2. at once: the first data of a connection's direction (unless the peer closes with it), data
//      out of order, a repetition, data that fills a hole, a FIN that ends both directions;
//   3. at once: when more than one full segment is unacknowledged (a FIN counts as a byte);
//   4. else within 40 ms, and whatever is sent before then carries it, as the FIN of an app that
//      closes when its peer does;
//   5. but each of the first 16 full segments within 100 us: what comes in one burst is handed up
//   and
//      acknowledged together, and a sender's first windows wait for no timer. A side that answers
//      what it was sent leaves this for good: its answers carry the acknowledgements.
#include <algorithm>
#include <utility>

#include "transport/tcp.h"

namespace lvslab::transport {
namespace {

constexpr std::uint32_t kLargestBuffer = 3u << 20;  ///< half of tcp_rmem's 6 MB: what windows reach

std::uint32_t later(std::uint32_t a, std::uint32_t b) { return after(a, b) ? a : b; }
std::uint32_t earlier(std::uint32_t a, std::uint32_t b) { return before(a, b) ? a : b; }

/// Real bytes and zeros of a part of the segment's payload.
struct Part {
  std::span<const std::uint8_t> bytes;
  std::uint32_t zeros = 0;
};
Part part_of(const Segment& s, std::uint32_t offset, std::uint32_t length) {
  const std::span<const std::uint8_t> real = s.packet->bytes().subspan(s.header_length);
  Part part;
  if (offset < real.size()) {
    part.bytes = real.subspan(offset, std::min<std::size_t>(length, real.size() - offset));
  }
  part.zeros = length - static_cast<std::uint32_t>(part.bytes.size());
  return part;
}

void cut_front(HeldData& piece, std::uint32_t n) {
  const auto real = static_cast<std::uint32_t>(std::min<std::size_t>(n, piece.bytes.size()));
  piece.bytes.erase(piece.bytes.begin(), piece.bytes.begin() + real);
  piece.zeros -= n - real;
  piece.sequence += n;
}

}  // namespace

/// Room in the receive buffer; zero rather than a silly sliver (RFC 1122, 4.2.3.3).
std::uint32_t Tcp::receive_room(const TcpConnection& c) const {
  const std::uint32_t used = arriving_ + (c.trouble ? c.trouble->waiting_bytes : 0);
  const std::uint32_t room = c.rcv_space > used ? c.rcv_space - used : 0;
  return room < std::min<std::uint32_t>(c.rcv_space / 2, c.rcv_mss) ? 0 : room;
}

// --- order --------------------------------------------------------------------------------------

DropReason Tcp::receive_payload(Turn& turn, TcpConnection& c, const Segment& s, Arrival& arrival) {
  const std::uint32_t data_end = s.sequence + s.length;
  if (c.peer_fin) {  // all of it was here before
    arrival.at_once = true;
    return DropReason::kNone;
  }
  if (after(s.sequence, c.rcv_nxt)) {
    event(turn, c, "out of order");
    keep_out_of_order(c, s);
    arrival.at_once = true;
    return DropReason::kNone;
  }
  if (s.length > 0) {
    if (!after(data_end, c.rcv_nxt)) {
      event(turn, c, "duplicate data");
      arrival.at_once = true;
    } else if (c.rcv_edge == c.rcv_nxt ||
               (c.trouble && c.trouble->waiting.size() >= TcpTrouble::kMostHeld)) {
      event(turn, c, "zero window");
      arrival.at_once = true;
      return DropReason::kSocketBufferFull;
    } else {
      take_in_order(c, s, arrival);
    }
  }
  arrival.fin = (s.has(wire::kFin) && data_end == c.rcv_nxt) ||
                (c.trouble && c.trouble->fin_ahead && c.trouble->fin_sequence == c.rcv_nxt);
  return DropReason::kNone;
}

void Tcp::take_in_order(TcpConnection& c, const Segment& s, Arrival& arrival) {
  arrival.offset = c.rcv_nxt - s.sequence;
  arrival.length = s.length - arrival.offset;
  arrival.at_once = !c.data_seen && !s.has(wire::kFin);
  c.data_seen = true;
  const std::uint32_t before_it = c.rcv_nxt;
  c.rcv_nxt += arrival.length;
  c.rcv_mss = static_cast<std::uint16_t>(std::max<std::uint32_t>(c.rcv_mss, s.length));
  arrival.soon = c.quick_acks > 0 && s.length >= c.rcv_mss;
  if (arrival.soon) --c.quick_acks;
  if (c.reading && c.accepted && s.length >= c.rcv_mss) {
    // The buffer grows faster than a sender's window can, as long as the app keeps up.
    const std::uint32_t most = c.rcv_scale > 0 ? kLargestBuffer : 65'535;
    c.rcv_space = std::max(c.rcv_space, std::min(c.rcv_space + 2 * s.length, most));
  }
  if (c.trouble && !c.trouble->out_of_order.empty()) {
    arrival.at_once = true;
    release_in_order(c, arrival);
  }
  // Nobody takes it at once: the window announced now is already smaller.
  arriving_ = c.accepted && c.reading ? 0 : c.rcv_nxt - before_it;
}

void Tcp::keep_out_of_order(TcpConnection& c, const Segment& s) {
  TcpTrouble& t = trouble(c);
  std::uint32_t left = s.sequence, right = s.sequence + s.length;
  if (s.has(wire::kFin)) {
    t.fin_ahead = true;
    t.fin_sequence = right;
  }
  auto place = t.out_of_order.begin();
  if (!t.out_of_order.empty() && !before(left, t.out_of_order.back().sequence)) {
    place = t.out_of_order.end() - 1;  // nearly always
  }
  while (place != t.out_of_order.end() && !after(place->sequence + place->length(), left)) ++place;
  if (place != t.out_of_order.end() && !after(place->sequence, left)) {
    left = place->sequence + place->length();
    ++place;
  }
  if (place != t.out_of_order.end()) right = earlier(right, place->sequence);
  if (!before(left, right) || t.out_of_order.size() >= TcpTrouble::kMostHeld) return;
  const Part part = part_of(s, left - s.sequence, right - left);
  HeldData piece{.sequence = left, .zeros = part.zeros, .tag = s.packet->tag()};
  piece.bytes.assign(part.bytes.begin(), part.bytes.end());
  piece.push = s.has(wire::kPsh) && right == s.sequence + s.length;
  t.out_of_order.insert(place, std::move(piece));
  report_block(t, {left, right});
}

/// The block that was added to last comes first (RFC 2018, 4).
void Tcp::report_block(TcpTrouble& t, wire::SackBlock block) {
  std::uint8_t kept = 0;
  for (std::uint8_t i = 0; i < t.report_count; ++i) {
    const wire::SackBlock& b = t.report[i];
    if (before(block.right, b.left) || before(b.right, block.left)) {
      t.report[kept++] = b;
    } else {
      block.left = earlier(block.left, b.left);
      block.right = later(block.right, b.right);
    }
  }
  kept = std::min<std::uint8_t>(kept, 3);
  for (std::uint8_t i = kept; i > 0; --i) t.report[i] = t.report[i - 1];
  t.report[0] = block;
  t.report_count = static_cast<std::uint8_t>(kept + 1);
}

void Tcp::release_in_order(TcpConnection& c, Arrival& arrival) {
  TcpTrouble& t = *c.trouble;
  for (HeldData& piece : t.out_of_order) {
    if (after(piece.sequence, c.rcv_nxt)) break;
    cut_front(piece, std::min(c.rcv_nxt - piece.sequence, piece.length()));
    c.rcv_nxt += piece.length();
    ++arrival.released;
  }
  std::uint8_t kept = 0;
  for (std::uint8_t i = 0; i < t.report_count; ++i) {
    if (after(t.report[i].right, c.rcv_nxt)) t.report[kept++] = t.report[i];
  }
  t.report_count = kept;
}

// --- FIN, acknowledgement -----------------------------------------------------------------------

void Tcp::peer_closed(Turn& turn, TcpConnection& c, Arrival& arrival) {
  c.rcv_nxt += 1;
  c.peer_fin = true;
  if (c.trouble) c.trouble->fin_ahead = false;
  switch (c.state) {
    case TcpState::kEstablished:
      return set_state(turn, c, TcpState::kCloseWait);
    case TcpState::kFinWait1:  // both closed at the same time
      arrival.at_once = true;
      return set_state(turn, c, TcpState::kClosing);
    case TcpState::kFinWait2:
      arrival.at_once = true;
      return enter_time_wait(turn, c);
    default:
      return;
  }
}

void Tcp::decide_ack(Turn& turn, TcpConnection& c, const Arrival& arrival) {
  const bool owed = c.rcv_acked != c.rcv_nxt;
  if (arrival.at_once && (owed || arrival.length == 0)) return send_ack(turn, c);
  if (!owed) return;
  if (c.rcv_nxt - c.rcv_acked > c.rcv_mss) return send_ack(turn, c);
  if (c.ack_at.is_never()) arm_ack(turn, c, arrival.soon);
}

// --- handing over -------------------------------------------------------------------------------

bool Tcp::give(Turn& turn, TcpConnection& c, std::span<const std::uint8_t> bytes,
               std::uint32_t zeros, bool push, const Tag& tag) {
  if (c.fin_queued || c.owner == nullptr) return true;  // closed meanwhile: nobody reads it
  if (c.accepted && c.reading && (!c.trouble || c.trouble->waiting.empty())) {
    c.owner->on_data(turn, c.id(), {.bytes = bytes, .zeros = zeros, .push = push, .tag = tag});
    return c.state != TcpState::kClosed;
  }
  TcpTrouble& t = trouble(c);
  HeldData piece{.zeros = zeros, .tag = tag, .push = push};
  piece.bytes.assign(bytes.begin(), bytes.end());
  t.waiting_bytes += piece.length();
  t.waiting.push_back(std::move(piece));
  return true;
}

bool Tcp::hand_over(Turn& turn, TcpConnection& c, const Segment& s, const Arrival& arrival) {
  arriving_ = 0;
  if (arrival.length > 0) {
    const Part part = part_of(s, arrival.offset, arrival.length);
    if (!give(turn, c, part.bytes, part.zeros, s.has(wire::kPsh), s.packet->tag())) return false;
  }
  if (arrival.released > 0 && c.trouble) {
    std::vector<HeldData>& held = c.trouble->out_of_order;
    const auto end = held.begin() + static_cast<std::ptrdiff_t>(
                                        std::min<std::size_t>(arrival.released, held.size()));
    const std::vector<HeldData> pieces(std::make_move_iterator(held.begin()),
                                       std::make_move_iterator(end));
    held.erase(held.begin(), end);
    for (const HeldData& p : pieces) {
      if (p.length() > 0 && !give(turn, c, p.bytes, p.zeros, p.push, p.tag)) return false;
    }
  }
  if (!arrival.fin) return true;
  if (c.state == TcpState::kTimeWait) {
    tell_closed(turn, c, SocketError::kNone);
  } else {
    mark_pending(c);  // on_peer_closed, when nothing waits to be read
  }
  return c.state != TcpState::kClosed;
}

bool Tcp::give_waiting(Turn& turn, TcpConnection& c) {
  std::vector<HeldData> pieces;
  pieces.swap(c.trouble->waiting);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (c.fin_queued || c.owner == nullptr) break;
    if (!c.reading) {  // changed its mind meanwhile
      TcpTrouble& t = trouble(c);
      t.waiting.insert(t.waiting.begin(),
                       std::make_move_iterator(pieces.begin() + static_cast<std::ptrdiff_t>(i)),
                       std::make_move_iterator(pieces.end()));
      return true;
    }
    const HeldData& p = pieces[i];
    c.trouble->waiting_bytes -= p.length();
    c.owner->on_data(turn, c.id(),
                     {.bytes = p.bytes, .zeros = p.zeros, .push = p.push, .tag = p.tag});
    if (c.state == TcpState::kClosed) return false;
  }
  if (c.trouble && c.trouble->waiting.empty()) c.trouble->waiting_bytes = 0;
  return true;
}

}  // namespace lvslab::transport
