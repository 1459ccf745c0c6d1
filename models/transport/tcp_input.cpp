// A segment arrives: from the header's bytes to the state machine. Each step answers with the
// reason for which the segment ends here; kNone means it was taken.
#include <algorithm>
#include <utility>

#include "transport/tcp.h"

namespace lvslab::transport {
namespace {

constexpr Duration kTimeWait = Duration::seconds(60);

/// NOP NOP timestamps, the only options of nearly every segment.
constexpr std::uint32_t kTimestampsOnly = 0x0101080a;

bool parse_segment(const wire::Datagram& d, Segment& s) {
  if (d.transport_real_size() < wire::kTcpHeader) return false;
  const wire::TcpView view{d.transport()};
  s.header_length = view.header_length();
  if (s.header_length < wire::kTcpHeader || s.header_length > d.transport_real_size()) return false;
  s.local = {d.ip().destination(), view.destination_port()};
  s.remote = {d.ip().source(), view.source_port()};
  s.sequence = view.sequence();
  s.acknowledgement = view.acknowledgement();
  s.window = view.window();
  s.flags = view.flags();
  s.tos = d.ip().tos();
  s.length = d.transport_length() - s.header_length;
  const std::uint8_t* options = view.p + wire::kTcpHeader;
  if (s.header_length == 32 && wire::load32(options) == kTimestampsOnly) [[likely]] {
    s.timestamps = true;
    s.timestamp = wire::load32(options + 4);
    s.timestamp_echo = wire::load32(options + 8);
  } else if (s.header_length > wire::kTcpHeader) {
    const wire::TcpOptions o =
        wire::parse_tcp_options({options, s.header_length - wire::kTcpHeader});
    s.timestamps = o.timestamps;
    s.timestamp = o.timestamp;
    s.timestamp_echo = o.timestamp_echo;
  }
  return true;
}

}  // namespace

void Tcp::note_delivered(Turn& turn, const Segment& s) {
  if (!turn.watched()) return;
  turn.note(*s.packet, {.kind = NoteKind::kDelivered,
                        .a = s.local.address.value,
                        .x = s.local.port,
                        .word = "tcp socket"});
}

void Tcp::receive_datagram(Turn& turn, wire::Datagram&& datagram, const net::InputInfo& info) {
  LVSLAB_CHECK(!busy_);
  const Scope scope(*this, turn);
  host_.count(net::Counter::kTcpInSegs);
  // TCP ignores what was not addressed to this machine at link level.
  if (info.link != hook::LinkClass::kHost && info.link != hook::LinkClass::kLoopback) {
    return turn.drop(datagram.take(), DropReason::kTcpUnacceptable);
  }
  Segment s;
  if (!parse_segment(datagram, s)) {
    host_.count(net::Counter::kTcpInErrs);
    return turn.drop(datagram.take(), DropReason::kBadTransportHeader);
  }
  const std::uint32_t ip_header = datagram.header_length();
  Packet packet = datagram.take();
  packet.pull(ip_header);
  if (!wire::tcp_checksum_ok(packet, s.remote.address, s.local.address)) {
    host_.count(net::Counter::kTcpInErrs);
    return turn.drop(std::move(packet), DropReason::kBadTransportChecksum);
  }
  s.packet = &packet;
  const DropReason reason = segment_arrives(turn, s);
  if (reason == DropReason::kNone) {
    turn.deliver(std::move(packet));
  } else {
    turn.drop(std::move(packet), reason);
  }
}

DropReason Tcp::segment_arrives(Turn& turn, Segment& s) {
  TcpConnection* c = table_.find(s.local, s.remote);
  if (c != nullptr) {
    switch (c->state) {
      case TcpState::kSynSent:
        return syn_sent(turn, *c, s);
      case TcpState::kTimeWait:
        return time_wait(turn, *c, s);
      default:
        return synchronized(turn, *c, s);
    }
  }
  std::uint32_t index = 0;
  Listener* listener = find_listener(s.local, &index);
  if (listener != nullptr) return listener_segment(turn, *listener, index, s, 0);
  answer_with_reset(turn, s);
  return DropReason::kNoSocket;
}

void Tcp::take_syn_options(TcpConnection& c, const Segment& s) {
  const wire::TcpOptions o = wire::parse_tcp_options(
      {s.packet->data() + wire::kTcpHeader, s.header_length - wire::kTcpHeader});
  c.timestamps = c.timestamps && o.timestamps;
  c.sack = c.sack && o.sack_permitted;
  c.scaling = c.scaling && o.window_scale.has_value();
  c.snd_scale = c.scaling ? std::min<std::uint8_t>(*o.window_scale, 14) : std::uint8_t{0};
  c.rcv_scale = c.scaling ? 7 : 0;
  if (c.timestamps) c.ts_recent = o.timestamp;
  c.peer_mss = std::max<std::uint16_t>(o.mss.value_or(536), 88);
  c.mss =
      static_cast<std::uint16_t>(std::min(c.peer_mss, c.advertised_mss) - (c.timestamps ? 12 : 0));
}

// --- SYN-SENT -----------------------------------------------------------------------------------

DropReason Tcp::syn_sent(Turn& turn, TcpConnection& c, const Segment& s) {
  if (s.has(wire::kAck) &&
      (!after(s.acknowledgement, c.iss) || after(s.acknowledgement, c.snd_nxt))) {
    if (!s.has(wire::kRst)) answer_with_reset(turn, s);
    return DropReason::kTcpUnacceptable;
  }
  if (s.has(wire::kRst)) {
    if (!s.has(wire::kAck)) return DropReason::kTcpUnacceptable;
    note_delivered(turn, s);
    host_.count(net::Counter::kTcpAttemptFails);
    finish(turn, c, SocketError::kRefused);
    return DropReason::kNone;
  }
  if (!s.has(wire::kSyn)) return DropReason::kTcpUnacceptable;

  note_delivered(turn, s);
  c.irs = s.sequence;
  c.rcv_nxt = c.rcv_acked = s.sequence + 1;
  c.rcv_edge = c.rcv_nxt + c.rcv_space;
  take_syn_options(c, s);
  c.snd_wnd = c.max_window = s.window;  // never scaled in a SYN
  c.snd_wl1 = s.sequence;
  c.snd_wl2 = s.acknowledgement;
  if (!s.has(wire::kAck)) {  // simultaneous open
    set_state(turn, c, TcpState::kSynReceived);
    c.snd_nxt = c.iss;
    send_syn(turn, c);
    return DropReason::kNone;
  }
  c.snd_una = s.acknowledgement;
  measure(turn, c, s);
  c.retries = 0;
  c.retransmit_at = Instant::never();
  c.cwnd = (c.retransmissions > 1 ? 1u : 10u) * c.mss;
  c.last_sent = turn.now();
  c.confirmed_at = turn.now();
  host_.confirm_neighbour(turn, c.local.address, c.remote.address);
  set_state(turn, c, TcpState::kEstablished);
  send_ack(turn, c);
  mark_pending(c);  // what was written before the handshake
  if (c.owner != nullptr) c.owner->on_connected(turn, c.id());
  return DropReason::kNone;
}

// --- the other states ---------------------------------------------------------------------------

// The peer did not hear our SYN-ACK: again, and the timer starts anew, but never twice within 0.5 s
// on this account.
bool Tcp::repeated_syn(Turn& turn, TcpConnection& c, const Segment& s) {
  if (c.state != TcpState::kSynReceived || !c.passive || s.sequence != c.irs ||
      (s.flags & (wire::kSyn | wire::kAck | wire::kRst)) != wire::kSyn) {
    return false;
  }
  note_delivered(turn, s);
  if (turn.now() - c.last_challenge < Duration::milliseconds(500)) return true;
  c.last_challenge = turn.now();
  event(turn, c, "repeated SYN");
  send_syn(turn, c);
  return true;
}

DropReason Tcp::out_of_window(Turn& turn, TcpConnection& c, const Segment& s,
                              std::string_view why) {
  if (s.has(wire::kRst)) return DropReason::kTcpOutOfWindow;
  if (s.length > 0 && !s.has(wire::kSyn)) {  // cannot be part of a loop of acknowledgements
    event(turn, c, why);
    send_ack(turn, c);
  } else {
    challenge(turn, c, why);
  }
  return DropReason::kTcpOutOfWindow;
}

DropReason Tcp::check_segment(Turn& turn, TcpConnection& c, const Segment& s) {
  if (c.timestamps && s.timestamps && !s.has(wire::kRst) && before(s.timestamp, c.ts_recent)) {
    return out_of_window(turn, c, s, "old timestamp");  // PAWS (RFC 7323, 5)
  }
  const std::uint32_t edge = after(c.rcv_edge, c.rcv_nxt) ? c.rcv_edge : c.rcv_nxt;
  if (before(s.end(), c.rcv_acked) || after(s.sequence, edge)) {
    return out_of_window(turn, c, s, "segment out of window");
  }
  if (s.has(wire::kRst)) return reset_arrives(turn, c, s);
  const bool crossing_syn = c.state == TcpState::kSynReceived && !c.passive && s.has(wire::kAck) &&
                            s.sequence == c.irs;  // of a simultaneous open
  if (s.has(wire::kSyn) && !crossing_syn) {
    challenge(turn, c, "SYN in a connection");
    return DropReason::kTcpUnacceptable;
  }
  if (!s.has(wire::kAck)) return DropReason::kTcpUnacceptable;
  return DropReason::kNone;
}

// RFC 5961, 3: exactly the next sequence number resets, another one in the window is asked about.
DropReason Tcp::reset_arrives(Turn& turn, TcpConnection& c, const Segment& s) {
  if (s.sequence != c.rcv_nxt && c.state != TcpState::kSynReceived) {
    challenge(turn, c, "RST not at the window's edge");
    return DropReason::kTcpUnacceptable;
  }
  note_delivered(turn, s);
  if (c.state == TcpState::kEstablished || c.state == TcpState::kCloseWait) {
    host_.count(net::Counter::kTcpEstabResets);
  } else if (c.state == TcpState::kSynReceived) {
    host_.count(net::Counter::kTcpAttemptFails);
  }
  finish(turn, c, c.state == TcpState::kSynReceived ? SocketError::kRefused : SocketError::kReset);
  return DropReason::kNone;
}

DropReason Tcp::synchronized(Turn& turn, TcpConnection& c, const Segment& s) {
  if (repeated_syn(turn, c, s)) return DropReason::kNone;
  DropReason reason = check_segment(turn, c, s);
  if (reason != DropReason::kNone || c.state == TcpState::kClosed) return reason;
  const bool data_after_close =
      c.fin_queued && s.length > 0 && after(s.end(), c.rcv_nxt) && !c.peer_fin;
  if (c.state == TcpState::kSynReceived) {
    reason = complete_handshake(turn, c, s);
    if (reason != DropReason::kNone || c.state == TcpState::kClosed) return reason;
  } else {
    if (after(s.acknowledgement, c.snd_nxt)) {
      challenge(turn, c, "acknowledges what was not sent");
      return DropReason::kTcpUnacceptable;
    }
    if (data_after_close) {  // nobody is left to read it
      event(turn, c, "data after close");
      c.snd_una = after(s.acknowledgement, c.snd_una) ? s.acknowledgement : c.snd_una;
      answer_with_reset(turn, s);
      finish(turn, c, SocketError::kReset);
      return DropReason::kNoSocket;
    }
    note_delivered(turn, s);
  }
  if (s.timestamps && !after(s.sequence, c.rcv_acked)) c.ts_recent = s.timestamp;
  if (!acknowledge(turn, c, s)) return DropReason::kNone;

  Arrival arrival;
  if (s.length > 0 || s.has(wire::kFin)) {
    reason = receive_payload(turn, c, s, arrival);
    if (arrival.fin) peer_closed(turn, c, arrival);
  }
  // The kernel's part comes before any app's: what the window lets out, then the decision to
  // acknowledge at once or later.
  output(turn, c);
  decide_ack(turn, c, arrival);
  if (arrival.length > 0 || arrival.released > 0 || arrival.fin) hand_over(turn, c, s, arrival);
  if (c.trouble && c.recovery == Recovery::kNone && c.trouble->idle()) end_trouble(c);
  return reason;
}

// --- the end ------------------------------------------------------------------------------------

void Tcp::enter_time_wait(Turn& turn, TcpConnection& c) {
  set_state(turn, c, TcpState::kTimeWait);
  c.send.clear(send_pool_);
  end_trouble(c);
  c.ack_at = Instant::never();
  arm_retransmit(turn, c, kTimeWait);
}

DropReason Tcp::time_wait(Turn& turn, TcpConnection& c, Segment& s) {
  const bool old = c.timestamps && s.timestamps && before(s.timestamp, c.ts_recent);
  const bool empty = s.end() == s.sequence;
  if (!old && s.sequence == c.rcv_nxt && (empty || s.has(wire::kRst))) {
    note_delivered(turn, s);
    if (s.has(wire::kRst) && host_.global().tcp_rfc1337 == 0) {
      release(turn, c);
    } else {
      arm_retransmit(turn, c, kTimeWait);
    }
    return DropReason::kNone;
  }
  const bool plain_syn = s.has(wire::kSyn) && !s.has(wire::kRst) && !s.has(wire::kAck);
  const bool newer = after(s.sequence, c.rcv_nxt) ||
                     (c.timestamps && s.timestamps && before(c.ts_recent, s.timestamp));
  if (plain_syn && !old && newer) {
    // A new connection takes the place of the old one (RFC 1122, 4.2.2.13).
    const std::uint32_t iss = c.snd_nxt + 65'537;
    std::uint32_t index = 0;
    Listener* listener = find_listener(s.local, &index);
    release(turn, c);
    if (listener != nullptr) return listener_segment(turn, *listener, index, s, iss == 0 ? 1 : iss);
    answer_with_reset(turn, s);
    return DropReason::kNoSocket;
  }
  if (s.has(wire::kRst)) return DropReason::kTcpOutOfWindow;
  note_delivered(turn, s);
  if (s.has(wire::kAck)) arm_retransmit(turn, c, kTimeWait);
  send_ack(turn, c);  // a FIN sent again: its acknowledgement was lost
  return DropReason::kNone;
}

}  // namespace lvslab::transport
