// What a packet is to the table of connections: new, known, an error about a known one, or nothing.
#include <algorithm>

#include "net/netfilter/conntrack.h"
#include "wire/udp.h"

namespace lvslab::net::netfilter {
namespace {

using hook::Track;
using hook::Verdict;

constexpr std::uint8_t kMostIcmpType = 18;

bool is_error(std::uint8_t type) {
  switch (static_cast<wire::IcmpType>(type)) {
    case wire::IcmpType::kUnreachable:
    case wire::IcmpType::kSourceQuench:
    case wire::IcmpType::kRedirect:
    case wire::IcmpType::kTimeExceeded:
    case wire::IcmpType::kParameterProblem:
      return true;
    default:
      return false;
  }
}

bool asks(std::uint8_t type) { return type == 8 || type == 13 || type == 15 || type == 17; }

std::string_view state_name(const Track& track) {
  switch (track.state) {
    case Track::State::kNew:
      return "NEW";
    case Track::State::kEstablished:
      return "ESTABLISHED";
    case Track::State::kRelated:
      return "RELATED";
    case Track::State::kUntracked:
      return "UNTRACKED";
    default:
      return "INVALID";
  }
}

bool checksum_right(const wire::Datagram& d) {
  const std::uint32_t length = d.transport_length();
  std::uint64_t sum = 0;
  if (d.protocol() != wire::Protocol::kIcmp) {
    sum = wire::pseudo_header_sum(d.ip().source(), d.ip().destination(), d.ip().protocol(), length);
  }
  return wire::finish_sum(wire::sum_words({d.transport(), d.transport_real_size()}, sum)) == 0;
}

}  // namespace

// Lengths, and on arrival the checksum: a broken packet belongs to no connection.
bool Conntrack::sound(const wire::Datagram& d, const hook::PacketInfo& info) const {
  const bool arrives = info.hook == hook::Hook::kPrerouting && settings.checksum != 0;
  switch (d.protocol()) {
    case wire::Protocol::kTcp:
      return d.transport_real_size() >= wire::kTcpHeader && (!arrives || checksum_right(d));
    case wire::Protocol::kUdp: {
      if (d.transport_real_size() < wire::kUdpHeader) return false;
      const std::uint16_t length = wire::load16(d.transport() + 4);
      if (length < wire::kUdpHeader || length > d.transport_length()) return false;
      return !arrives || wire::load16(d.transport() + 6) == 0 || checksum_right(d);
    }
    case wire::Protocol::kIcmp:
      return d.transport_real_size() >= wire::kIcmpHeader && d.transport()[0] <= kMostIcmpType &&
             (!arrives || checksum_right(d));
    default:
      return true;
  }
}

Verdict Conntrack::enter(Turn& turn, wire::Datagram& d, const hook::PacketInfo& info) {
  Track& track = *info.track;
  // Seen before (it came through lo, or a director sends it on), or not to be tracked.
  if (track.state == Track::State::kUntracked || entry(track) != nullptr) return Verdict::accept();
  track = {};
  const Instant now = turn.now();
  const auto told = [&](const Verdict& verdict) {
    if (turn.watched()) {
      turn.note(
          d.packet(),
          {.kind = NoteKind::kTracked, .x = track.reply ? 1u : 0u, .word = state_name(track)});
    }
    return verdict;
  };
  if (!sound(d, info)) return told(Verdict::accept());
  if (d.protocol() == wire::Protocol::kIcmp && is_error(d.transport()[0]))
    return told(follow_error(d, info, now));
  const std::optional<Tuple> tuple = tuple_of(d);
  if (!tuple) return told(Verdict::accept());
  for (int attempt = 0; attempt < 2; ++attempt) {
    Found found = find(*tuple, now);
    if (found.slot == kNone) {
      const std::optional<Tuple> reply = reply_to(*tuple);
      if (!reply) return told(Verdict::accept());
      if (!make_room(hash_tuple(*tuple), now)) return Verdict::drop(DropReason::kConntrackFull);
      found.slot = make(*tuple, *reply, now);
    }
    ConntrackEntry& e = entries_[found.slot];
    const bool known = found.reply || e.seen_reply;
    track = {known ? Track::State::kEstablished : Track::State::kNew, found.reply, found.slot,
             e.generation};
    switch (take(found.slot, d, track, now)) {
      case Took::kGood:
        if (found.reply) e.seen_reply = true;
        return told(Verdict::accept());
      case Took::kInvalid:
        track = {};
        return told(Verdict::accept());
      case Took::kAgain:
        remove(e, now);
        track = {};
        break;
    }
  }
  return told(Verdict::accept());
}

Verdict Conntrack::leave(Turn& turn, const hook::PacketInfo& info) {
  if (!info.track->tracked()) return Verdict::accept();
  return confirm(*info.track, turn.now()) ? Verdict::accept()
                                          : Verdict::drop(DropReason::kNatRefused);
}

// An error belongs to the connection of the packet it quotes, if it goes to where an answer to that
// packet would go.
Verdict Conntrack::follow_error(wire::Datagram& d, const hook::PacketInfo& info, Instant now) {
  const std::uint32_t size = d.transport_real_size();
  const std::optional<Tuple> quoted =
      tuple_of_quote(d.transport() + wire::kIcmpHeader, size - wire::kIcmpHeader);
  if (!quoted) return Verdict::accept();
  const std::optional<Tuple> answer = reply_to(*quoted);
  if (!answer) return Verdict::accept();
  const Found found = find(*answer, now);
  if (found.slot == kNone) return Verdict::accept();
  const ConntrackEntry& e = entries_[found.slot];
  if (e.tuples[found.reply ? 1 : 0].destination.address != d.ip().destination())
    return Verdict::accept();
  *info.track = {Track::State::kRelated, found.reply, found.slot, e.generation};
  return Verdict::accept();
}

TcpTrackRules Conntrack::tcp_rules() const {
  return {.loose = settings.tcp_loose != 0,
          .liberal = settings.tcp_be_liberal != 0,
          .any_reset = settings.tcp_ignore_invalid_rst != 0,
          .most_retransmissions = settings.tcp_max_retrans};
}

int Conntrack::tcp_timeout(TcpTrackState state) const {
  switch (state) {
    case TcpTrackState::kSynRecv:
      return settings.tcp_timeout_syn_recv;
    case TcpTrackState::kEstablished:
      return settings.tcp_timeout_established;
    case TcpTrackState::kFinWait:
      return settings.tcp_timeout_fin_wait;
    case TcpTrackState::kCloseWait:
      return settings.tcp_timeout_close_wait;
    case TcpTrackState::kLastAck:
      return settings.tcp_timeout_last_ack;
    case TcpTrackState::kTimeWait:
      return settings.tcp_timeout_time_wait;
    case TcpTrackState::kClose:
      return settings.tcp_timeout_close;
    default:
      return settings.tcp_timeout_syn_sent;
  }
}

// The packet moves its entry on, or turns out not to belong to it.
Conntrack::Took Conntrack::take(std::uint32_t slot, const wire::Datagram& d, Track& track,
                                Instant now) {
  ConntrackEntry& e = entries_[slot];
  switch (d.protocol()) {
    case wire::Protocol::kTcp:
      return take_tcp(e, d, track, now);
    case wire::Protocol::kUdp: {
      // An exchange that lasts is kept longer.
      const bool stream = e.seen_reply && now > e.stream_from;
      renew(e, stream ? settings.udp_timeout_stream : settings.udp_timeout, now);
      if (stream) e.assured = true;
      return Took::kGood;
    }
    case wire::Protocol::kIcmp:
      if (!e.confirmed && !asks(d.transport()[0])) return Took::kInvalid;
      renew(e, settings.icmp_timeout, now);
      return Took::kGood;
    default:
      renew(e, settings.generic_timeout, now);
      return Took::kGood;
  }
}

Conntrack::Took Conntrack::take_tcp(ConntrackEntry& e, const wire::Datagram& d, const Track& track,
                                    Instant now) {
  TcpTrack::Segment segment;
  if (!TcpTrack::read(d, &segment)) return Took::kInvalid;
  const TcpTrackRules rules = tcp_rules();
  if (!e.confirmed && !e.tcp.begin(segment, rules)) return Took::kInvalid;
  switch (e.tcp.follow(segment, track.reply, e.seen_reply, e.assured, rules)) {
    case TcpOpinion::kInvalid:
      return Took::kInvalid;
    case TcpOpinion::kAgain:
      return Took::kAgain;
    case TcpOpinion::kPass:
      return Took::kGood;
    case TcpOpinion::kFollow:
      break;
  }
  const TcpTrackState state = e.tcp.state();
  int timeout = tcp_timeout(state);
  const auto at_most = [&](int limit) { timeout = std::min(timeout, limit); };
  const TcpTrack::Shorter shorter = e.tcp.shorter(rules);
  if ((segment.flags & wire::kRst) != 0 && shorter != TcpTrack::Shorter::kRetransmissions)
    timeout = settings.tcp_timeout_close;
  else if (shorter == TcpTrack::Shorter::kRetransmissions)
    at_most(settings.tcp_timeout_max_retrans);
  else if (shorter == TcpTrack::Shorter::kUnacknowledged)
    at_most(settings.tcp_timeout_unacknowledged);
  if (!e.seen_reply) {
    // Nothing but a reset came back: there never was a connection.
    if ((segment.flags & wire::kRst) != 0) {
      remove(e, now);
      return Took::kGood;
    }
    if (state == TcpTrackState::kEstablished) at_most(settings.tcp_timeout_unacknowledged);
  } else if (state == TcpTrackState::kEstablished &&
             (e.tcp.before() == TcpTrackState::kSynRecv ||
              e.tcp.before() == TcpTrackState::kEstablished)) {
    e.assured = true;
  }
  renew(e, timeout, now);
  return Took::kGood;
}

}  // namespace lvslab::net::netfilter
