// Segments leave: what the windows let out, retransmissions, acknowledgements, resets.
#include <algorithm>
#include <utility>

#include "transport/tcp.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"

namespace lvslab::transport {
namespace {

constexpr std::uint32_t kMostInOneCall = 256;   ///< segments; the rest at the next wake
constexpr std::uint32_t kLargestReal = 65'000;  ///< payload bytes in one packet's storage
constexpr std::uint32_t kOptionRoom = 40;
constexpr std::uint32_t kInitialWindow = 10;  ///< segments (RFC 6928)

bool may_send(TcpState s) {
  switch (s) {
    case TcpState::kEstablished:
    case TcpState::kCloseWait:
    case TcpState::kFinWait1:
    case TcpState::kClosing:
    case TcpState::kLastAck:
      return true;
    default:
      return false;
  }
}

/// An empty packet with room in front for the TCP header besides the layers below it.
Packet make_packet(Turn& turn, std::uint32_t real) {
  Packet packet = turn.packets().make(wire::kTcpHeader + kOptionRoom + real);
  packet.append(wire::kTcpHeader + kOptionRoom + real);
  packet.pull(wire::kTcpHeader + kOptionRoom);
  return packet;
}

std::uint32_t milliseconds(Instant now) {
  return static_cast<std::uint32_t>(now.ps() / 1'000'000'000);
}

}  // namespace

// --- one segment --------------------------------------------------------------------------------

/// The window to announce in the scale's unit: room is rounded up, what is left of an earlier
/// promise down.
std::uint16_t Tcp::window_field(TcpConnection& c, bool syn) {
  const std::uint32_t room = receive_room(c);
  if (syn) {
    const std::uint32_t field = std::min(room, 65'535u);
    c.rcv_edge = c.rcv_nxt + field;
    return static_cast<std::uint16_t>(field);
  }
  const std::uint32_t promised = after(c.rcv_edge, c.rcv_nxt) ? c.rcv_edge - c.rcv_nxt : 0;
  const std::uint32_t window = room >= promised ? room + (1u << c.rcv_scale) - 1 : promised;
  const std::uint32_t field = std::min(window >> c.rcv_scale, 65'535u);
  const std::uint32_t edge = c.rcv_nxt + (field << c.rcv_scale);
  if (after(edge, c.rcv_edge)) c.rcv_edge = edge;
  return static_cast<std::uint16_t>(field);
}

/// SYNs and acknowledgements that report holes.
void Tcp::push_header(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint8_t flags,
                      Packet& packet) {
  const bool syn = (flags & wire::kSyn) != 0;
  wire::TcpHeader header;
  header.source_port = c.local.port;
  header.destination_port = c.remote.port;
  header.sequence = sequence;
  header.acknowledgement = (flags & wire::kAck) != 0 ? c.rcv_nxt : 0;
  header.flags = flags;
  header.window = window_field(c, syn);
  wire::TcpOptions& o = header.options;
  if (c.timestamps) {
    o.timestamps = true;
    o.timestamp = milliseconds(turn.now()) + c.ts_offset;
    o.timestamp_echo = c.ts_recent;
  }
  if (syn) {
    o.mss = std::min<std::uint16_t>(c.advertised_mss, 65'495);
    o.sack_permitted = c.sack;
    if (c.scaling) o.window_scale = std::uint8_t{7};
  } else {
    const std::uint8_t most = c.timestamps ? 3 : 4;
    o.sack_count = std::min(c.trouble->report_count, most);
    std::copy_n(c.trouble->report, o.sack_count, o.sack);
  }
  wire::push_tcp(packet, c.local.address, c.remote.address, header);
}

/// All other segments, straight into place: no options but timestamps.
void Tcp::push_plain_header(Turn& turn, TcpConnection& c, std::uint32_t sequence,
                            std::uint8_t flags, Packet& packet) {
  const std::uint32_t size = wire::kTcpHeader + (c.timestamps ? 12u : 0u);
  std::uint8_t* p = packet.push(size);
  wire::store16(p, c.local.port);
  wire::store16(p + 2, c.remote.port);
  wire::store32(p + 4, sequence);
  wire::store32(p + 8, c.rcv_nxt);
  p[12] = static_cast<std::uint8_t>(size << 2);
  p[13] = flags;
  wire::store16(p + 14, window_field(c, false));
  wire::store32(p + 16, 0);
  if (c.timestamps) {
    wire::store32(p + 20, 0x0101080a);
    wire::store32(p + 24, milliseconds(turn.now()) + c.ts_offset);
    wire::store32(p + 28, c.ts_recent);
  }
  const std::uint64_t sum =
      wire::pseudo_header_sum(c.local.address, c.remote.address,
                              static_cast<std::uint8_t>(wire::Protocol::kTcp), packet.length());
  wire::store16(p + 16, wire::finish_sum(wire::sum_words(packet.bytes(), sum)));
}

void Tcp::transmit(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint8_t flags,
                   Packet&& payload, const Tag& tag) {
  const bool syn = (flags & wire::kSyn) != 0;
  payload.set_tag(tag);
  const bool report = c.trouble && c.trouble->report_count > 0 && c.sack && payload.length() == 0;
  if (syn || report) [[unlikely]] {
    push_header(turn, c, sequence, flags, payload);
  } else {
    push_plain_header(turn, c, sequence, flags, payload);
  }
  if ((flags & wire::kAck) != 0) {
    c.rcv_acked = c.rcv_nxt;
    c.ack_at = Instant::never();
  }
  host_.count(net::Counter::kTcpOutSegs);
  // A SYN-ACK and what is sent out of TIME-WAIT carry IP id 0; a socket counts its own.
  std::optional<std::uint16_t> id;
  if (!(syn && (flags & wire::kAck) != 0) && c.state != TcpState::kTimeWait) id = c.ip_id++;
  const net::SendResult result = host_.send(turn, {.packet = std::move(payload),
                                                   .source = c.local.address,
                                                   .destination = c.remote.address,
                                                   .protocol = wire::Protocol::kTcp,
                                                   .ttl = c.ttl,
                                                   .tos = c.tos,
                                                   .dont_fragment = true,
                                                   .id = id});
  if (result == net::SendResult::kMessageTooLong) [[unlikely]] {  // the device's MTU was lowered
    lower_mss(turn, c, host_.path_mtu(c.remote.address, turn.now()));
  }
}

void Tcp::send_syn(Turn& turn, TcpConnection& c) {
  const bool answer = c.state == TcpState::kSynReceived;
  const std::uint8_t flags = answer ? wire::kSyn | wire::kAck : wire::kSyn;
  const bool again = c.snd_nxt != c.iss;
  c.snd_nxt = c.iss + 1;
  if (again) {
    ++c.retransmissions;
    host_.count(net::Counter::kTcpRetransSegs);
    c.timing = false;
  } else {
    c.timing = true;
    c.timed_sequence = c.snd_nxt;
    c.timed_at = turn.now();
  }
  transmit(turn, c, c.iss, flags, make_packet(turn, 0), c.tag);
  arm_retransmission(turn, c);
}

void Tcp::send_ack(Turn& turn, TcpConnection& c) {
  const std::uint32_t sequence = c.state == TcpState::kSynReceived ? c.iss + 1 : c.snd_nxt;
  transmit(turn, c, sequence, wire::kAck, make_packet(turn, 0), c.tag);
}

void Tcp::challenge(Turn& turn, TcpConnection& c, std::string_view why) {
  if (turn.now() - c.last_challenge < Duration::milliseconds(500)) return;
  c.last_challenge = turn.now();
  event(turn, c, why);
  send_ack(turn, c);
}

// An old sequence number and no data: the peer must answer with its window.
void Tcp::send_probe(Turn& turn, TcpConnection& c) {
  event(turn, c, "window probe");
  transmit(turn, c, c.snd_una - 1, wire::kAck, make_packet(turn, 0), c.tag);
}

void Tcp::send_reset(Turn& turn, TcpConnection& c) {
  event(turn, c, "rst sent");
  host_.count(net::Counter::kTcpOutRsts);
  transmit(turn, c, c.snd_nxt, wire::kRst | wire::kAck, make_packet(turn, 0), c.tag);
}

// RFC 793, 3.4: with an ACK its number is the RST's sequence number, without one the RST
// acknowledges the segment. No options, window 0, from the address the segment was sent to.
void Tcp::answer_with_reset(Turn& turn, const Segment& s) {
  if (s.has(wire::kRst)) return;
  wire::TcpHeader header;
  header.source_port = s.local.port;
  header.destination_port = s.remote.port;
  header.flags = wire::kRst;
  if (s.has(wire::kAck)) {
    header.sequence = s.acknowledgement;
  } else {
    header.flags |= wire::kAck;
    header.acknowledgement = s.end();
  }
  if (turn.watched()) {
    turn.note(*s.packet, {.kind = NoteKind::kTcpEvent,
                          .a = s.local.address.value,
                          .b = s.remote.address.value,
                          .x = s.local.port,
                          .y = s.remote.port,
                          .word = "rst sent"});
  }
  Packet packet = make_packet(turn, 0);
  packet.set_tag(s.packet->tag());
  wire::push_tcp(packet, s.local.address, s.remote.address, header);
  host_.count(net::Counter::kTcpOutSegs);
  host_.count(net::Counter::kTcpOutRsts);
  host_.send(turn, {.packet = std::move(packet),
                    .source = s.local.address,
                    .destination = s.remote.address,
                    .protocol = wire::Protocol::kTcp,
                    .tos = s.tos,
                    .dont_fragment = true});
}

/// `limit` bytes at most from `sequence` on; a FIN goes with them when they end the stream.
void Tcp::send_data(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint32_t limit,
                    bool fin, bool again) {
  const std::uint64_t offset = sequence - c.snd_una;
  SendBuffer::Slice slice;
  if (limit > 0) slice = c.send.slice(offset, std::min(limit, kLargestReal));
  std::uint8_t flags = wire::kAck;
  if (slice.push) flags |= wire::kPsh;
  const bool ends = fin && offset + slice.length == c.send.size();
  if (ends) flags |= wire::kFin;
  Packet packet = make_packet(turn, slice.real);
  if (slice.real > 0) c.send.copy(offset, slice.real, packet.edit());
  packet.append_zeros(slice.length - slice.real);
  const std::uint32_t end = sequence + slice.length + (ends ? 1 : 0);
  if (again) {
    ++c.retransmissions;
    host_.count(net::Counter::kTcpRetransSegs);
    event(turn, c, "retransmit");
    c.timing = false;
  } else {
    c.snd_nxt = end;
    if (ends) c.fin_sent = true;
    if (!c.timing) {
      c.timing = true;
      c.timed_sequence = end;
      c.timed_at = turn.now();
    }
  }
  if (c.trouble && again) c.trouble->resent_until = end;
  c.last_sent = turn.now();
  transmit(turn, c, sequence, flags, std::move(packet), slice.length > 0 ? slice.tag : c.tag);
}

// --- what the windows let out -------------------------------------------------------------------

void Tcp::output(Turn& turn, TcpConnection& c) {
  if (!may_send(c.state)) return;
  if (c.recovery != Recovery::kNone) retransmit_lost(turn, c);
  if (!c.fin_sent && (c.send.size() > c.outstanding() || c.fin_queued)) send_new(turn, c);
  if (c.outstanding() > 0 && !c.persisting) {
    if (c.retransmit_at.is_never()) arm_retransmission(turn, c);
  } else if (c.send.size() > 0 && c.retransmit_at.is_never()) {
    c.persisting = true;  // all of it waits for the window to open
    event(turn, c, "zero window");
    arm_retransmission(turn, c);
  }
}

void Tcp::retransmit_lost(Turn& turn, TcpConnection& c) {
  TcpTrouble& t = trouble(c);
  for (std::uint32_t n = 0; n < kMostInOneCall; ++n) {
    std::uint32_t next = after(t.resent_until, c.snd_una) ? t.resent_until : c.snd_una;
    std::uint32_t end = c.snd_nxt - (c.fin_sent ? 1 : 0);  // of the data
    for (const wire::SackBlock& b : t.sacked) {
      if (after(b.left, next)) {
        if (before(b.left, end)) end = b.left;
        break;
      }
      if (after(b.right, next)) next = b.right;
    }
    if (!before(next, t.lost_until) || !before(next, c.snd_nxt)) return;
    const std::uint32_t limit = before(next, end) ? std::min<std::uint32_t>(end - next, c.mss) : 0;
    if (!t.force && pipe(c) + limit > c.cwnd) return;
    t.force = false;
    send_data(turn, c, next, limit, c.fin_sent, true);
  }
  mark_pending(c);
}

void Tcp::send_new(Turn& turn, TcpConnection& c) {
  if (c.outstanding() == 0) {
    // After a pause longer than the timeout the window is what a new connection's is (RFC
    // 5681, 4.1).
    const std::int64_t idle = (turn.now() - c.last_sent).ps() / 1'000'000;
    const std::uint32_t restart = kInitialWindow * c.mss;
    for (std::int64_t left = idle - c.rto; left > 0 && c.cwnd > restart; left -= c.rto) {
      c.cwnd = std::max(c.cwnd / 2, restart);
    }
  }
  for (std::uint32_t n = 0; n < kMostInOneCall; ++n) {
    const std::uint64_t unsent = c.send.size() - c.outstanding();
    if (unsent == 0) {
      if (c.fin_queued) send_data(turn, c, c.snd_nxt, 0, true, false);
      return;
    }
    const std::uint32_t edge = c.snd_una + c.snd_wnd;
    const std::uint32_t room = after(edge, c.snd_nxt) ? edge - c.snd_nxt : 0;
    const auto whole = static_cast<std::uint32_t>(std::min<std::uint64_t>(unsent, c.mss));
    const std::uint32_t flying = pipe(c);
    // A window that would cut a segment is waited for (RFC 1122, 4.2.3.4).
    if (room < whole || (flying > 0 && flying + whole > c.cwnd)) return;
    if (c.data_seen) c.quick_acks = 0;  // it answers: what it owes rides on its answers
    send_data(turn, c, c.snd_nxt, whole, c.fin_queued, false);
    if (c.fin_sent) return;
  }
  mark_pending(c);
}

void Tcp::lower_mss(Turn& turn, TcpConnection& c, std::uint32_t path_mtu) {
  const std::uint32_t overhead = 40 + (c.timestamps ? 12 : 0);
  const std::uint32_t mss = std::max(path_mtu, overhead + 48) - overhead;
  if (mss >= c.mss || c.state == TcpState::kSynSent || c.state == TcpState::kSynReceived) return;
  c.mss = static_cast<std::uint16_t>(mss);
  event(turn, c, "segment size lowered");
  if (c.outstanding() == 0) return;
  // Everything under way was too long: sent again at once, without slowing down.
  TcpTrouble& t = trouble(c);
  if (c.recovery == Recovery::kNone) {
    c.recovery = Recovery::kLoss;
    c.recover = c.snd_nxt;
  }
  t.resent_until = c.snd_una;
  t.lost_until = c.snd_nxt;
  t.force = true;
  mark_pending(c);
}

}  // namespace lvslab::transport
