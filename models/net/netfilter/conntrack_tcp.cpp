#include "net/netfilter/conntrack_tcp.h"

#include <algorithm>

namespace lvslab::net::netfilter {
namespace {

using S = TcpTrackState;

constexpr std::uint32_t kLeastAckWindow = 66'000;

bool earlier(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }
bool later(std::uint32_t a, std::uint32_t b) { return earlier(b, a); }

/// What a sign makes of a state; '!' the segment is invalid, '-' it is let through unjudged.
/// One letter per state: n none, s SYN_SENT, r SYN_RECV, e ESTABLISHED, f FIN_WAIT, c CLOSE_WAIT,
/// l LAST_ACK, t TIME_WAIT, x CLOSE, b SYN_SENT2. Columns in the order of the states.
struct Row {
  std::string_view original, reply;
};
constexpr std::string_view kLetters = "nsrefcltxb";
constexpr std::array<Row, 6> kRows{{
    //           nsrefcltxb
    /* reset */ {"!xxxxxxxxx", "!xxxxxxxxx"},
    /* s+a   */ {"!!r!!!!!!r", "!r-------r"},
    /* syn   */ {"ss-----ssb", "!b!!!!!s!b"},
    /* fin   */ {"!!ffllltx!", "!!ffllltx!"},
    /* ack   */ {"e!eeccttx!", "!-reccttx-"},
    /* none  */ {"!!!!!!!!!!", "!!!!!!!!!!"},
}};

char step(S state, TcpSign sign, bool reply) {
  const Row& row = kRows[static_cast<std::size_t>(sign)];
  return (reply ? row.reply : row.original)[static_cast<std::size_t>(state)];
}

bool closing(S state) {
  return state == S::kFinWait || state == S::kLastAck || state == S::kTimeWait ||
         state == S::kClose || state == S::kCloseWait;
}

}  // namespace

std::string_view tcp_track_name(TcpTrackState state) {
  constexpr std::array<std::string_view, kTcpTrackStates> kNames{
      "NONE",       "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
      "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2"};
  return kNames[static_cast<std::size_t>(state)];
}

TcpSign tcp_sign(std::uint8_t flags) {
  if ((flags & wire::kRst) != 0) return TcpSign::kReset;
  if ((flags & wire::kSyn) != 0)
    return (flags & wire::kAck) != 0 ? TcpSign::kSynAck : TcpSign::kSyn;
  if ((flags & wire::kFin) != 0) return TcpSign::kFin;
  return (flags & wire::kAck) != 0 ? TcpSign::kAck : TcpSign::kNone;
}

bool tcp_flags_make_sense(std::uint8_t flags) {
  constexpr std::uint8_t kJudged = wire::kFin | wire::kSyn | wire::kRst | wire::kAck | wire::kUrg;
  const auto judged = static_cast<std::uint8_t>(flags & kJudged);
  const auto calm = static_cast<std::uint8_t>(judged & ~wire::kUrg);
  if (judged == (wire::kSyn | wire::kAck)) return true;
  if (calm == judged && (calm == wire::kRst || calm == (wire::kRst | wire::kAck))) return true;
  return calm == wire::kSyn || calm == wire::kAck || calm == (wire::kFin | wire::kAck);
}

bool TcpTrack::read(const wire::Datagram& datagram, Segment* segment) {
  const std::uint32_t real = datagram.transport_real_size();
  if (real < wire::kTcpHeader) return false;
  const wire::TcpView tcp{datagram.transport()};
  const std::uint32_t header = tcp.header_length();
  if (header < wire::kTcpHeader || header > datagram.transport_length() || header > real)
    return false;
  Segment& s = *segment;
  s.flags = tcp.flags();
  if (!tcp_flags_make_sense(s.flags)) return false;
  s.sign = tcp_sign(s.flags);
  s.sequence = tcp.sequence();
  s.acknowledgement = s.sack = tcp.acknowledgement();
  s.window = tcp.window();
  s.end = s.sequence + (datagram.transport_length() - header) +
          ((s.flags & wire::kSyn) != 0 ? 1 : 0) + ((s.flags & wire::kFin) != 0 ? 1 : 0);
  s.options =
      wire::parse_tcp_options({datagram.transport() + wire::kTcpHeader, header - wire::kTcpHeader});
  // The farthest byte that is known to have arrived.
  for (std::size_t i = 0; i < s.options.sack_count; ++i) {
    if (later(s.options.sack[i].right, s.sack)) s.sack = s.options.sack[i].right;
  }
  return true;
}

void TcpTrack::learn_options(Side& side, const Segment& segment) const {
  constexpr std::uint8_t kMostScale = 14;  // RFC 7323 2.3
  side.sacks = segment.options.sack_permitted;
  side.scales = segment.options.window_scale.has_value();
  side.scale = std::min(segment.options.window_scale.value_or(0), kMostScale);
}

bool TcpTrack::begin(const Segment& segment, const TcpTrackRules& rules) {
  const char next = step(S::kNone, segment.sign, false);
  if (next == '!') return false;
  *this = {};
  Side& sender = sides_[0];
  sender.end = sender.most_end = segment.end;
  sender.most_window = std::max<std::uint32_t>(segment.window, 1);
  if (next == 's') {
    learn_options(sender, segment);
    return true;
  }
  if (!rules.loose) return false;
  // What the two agreed on is unknown: scaling above all, so that windows cannot be judged.
  sender.most_end += sender.most_window;
  for (Side& side : sides_) side.sacks = side.liberal = true;
  return true;
}

// A SYN that no row explains was let through; the other side answers it, so both know more than
// this host did.
bool TcpTrack::answers_ignored_syn(const Segment& segment, bool reply) const {
  return segment.sign == TcpSign::kSynAck && last_known_ && last_sign_ == TcpSign::kSyn &&
         last_reply_ != reply && segment.acknowledgement == last_end_;
}

void TcpTrack::remember(const Segment& segment, bool reply) {
  last_sign_ = segment.sign;
  last_reply_ = reply;
  last_known_ = true;
  last_sequence_ = segment.sequence;
  last_end_ = segment.end;
  last_window_ = segment.window;
}

TcpOpinion TcpTrack::follow(const Segment& segment, bool reply, bool seen_reply, bool assured,
                            const TcpTrackRules& rules) {
  S old = state_;
  const char letter = step(old, segment.sign, reply);
  if (letter == '!') return TcpOpinion::kInvalid;
  S next = letter == '-' ? old : static_cast<S>(kLetters.find(letter));
  bool ignored = letter == '-', skip_window = false;
  if (next == S::kSynSent && !ignored && old >= S::kTimeWait) {
    const bool over = sides_[0].closed_first || sides_[1].closed_first ||
                      (last_known_ && last_reply_ == reply && last_sign_ == TcpSign::kReset);
    if (over) return TcpOpinion::kAgain;
    ignored = true;
  }
  if (ignored) {
    if (!answers_ignored_syn(segment, reply)) {
      remember(segment, reply);
      challenge_expected_ = false;
      if (segment.sign == TcpSign::kSyn && !reply) {
        // Perhaps a new connection of which this host missed the old one's end (RFC 5961 4).
        last_scales_ = segment.options.window_scale.has_value();
        last_scale_ = segment.options.window_scale.value_or(0);
        last_sacks_ = segment.options.sack_permitted;
        challenge_expected_ = old == S::kLastAck;
      }
      return TcpOpinion::kPass;
    }
    old = S::kSynSent;
    next = S::kSynRecv;
    Side& asker = sides_[reply ? 0 : 1];
    asker = {};
    asker.end = asker.most_end = last_end_;
    asker.most_window = std::max<std::uint32_t>(last_window_, 1);
    asker.scale = last_scale_, asker.scales = last_scales_, asker.sacks = last_sacks_;
    sides_[reply ? 1 : 0] = {};
    state_ = S::kSynSent;
  } else if (next == S::kTimeWait && old == S::kLastAck && segment.sign == TcpSign::kAck &&
             last_reply_ != reply && last_sign_ == TcpSign::kSyn && challenge_expected_) {
    challenge_expected_ = false;  // answers the SYN, not the FIN
    return TcpOpinion::kPass;
  } else if (next == S::kSynSent2) {
    both_opened_ = true;
  } else if (next == S::kSynRecv && reply && segment.sign == TcpSign::kAck && both_opened_) {
    next = S::kEstablished;
  } else if (segment.sign == TcpSign::kReset) {
    const TcpOpinion opinion =
        judge_reset(segment, reply, seen_reply, assured, rules, &skip_window, &next);
    if (opinion == TcpOpinion::kInvalid) return opinion;
  }
  if (!skip_window && !in_window(segment, reply, rules)) return TcpOpinion::kInvalid;
  last_sign_ = segment.sign;
  last_reply_ = reply;
  last_known_ = true;
  before_ = old;
  if (old != next && next == S::kFinWait) sides_[reply ? 1 : 0].closed_first = true;
  state_ = next;
  return TcpOpinion::kFollow;
}

// A reset must carry the very number that its receiver expects (RFC 5961 3.2): one below that is
// invalid, one above it may provoke a challenge, so the connection is kept.
TcpOpinion TcpTrack::judge_reset(const Segment& segment, bool reply, bool seen_reply, bool assured,
                                 const TcpTrackRules& rules, bool* skip_window, S* next) {
  if (closing(state_)) {
    *skip_window = true;
    return TcpOpinion::kFollow;
  }
  const Side& receiver = sides_[reply ? 0 : 1];
  if (receiver.max_ack_known && last_sign_ != TcpSign::kSyn) {
    const bool established = state_ == S::kEstablished;
    if (segment.sequence == 0 && !established) return TcpOpinion::kFollow;
    if (earlier(segment.sequence, receiver.most_ack) && !rules.any_reset)
      return TcpOpinion::kInvalid;
    if (!established || segment.sequence == receiver.most_ack) return TcpOpinion::kFollow;
    // The last of a train that began in order.
    if (last_sign_ == TcpSign::kAck && last_reply_ == reply && segment.sequence == last_end_)
      return TcpOpinion::kFollow;
    *next = state_;
  }
  // The answer to a SYN, or to an ACK, that was let through unjudged.
  const bool provoked =
      (seen_reply && last_sign_ == TcpSign::kSyn) || (!assured && last_sign_ == TcpSign::kAck);
  if (last_known_ && provoked && segment.acknowledgement == last_end_) *skip_window = true;
  return TcpOpinion::kFollow;
}

void TcpTrack::learn_syn(Side& sender, Side& receiver, const Segment& segment, bool second) {
  sender.end = sender.most_end = segment.end;
  sender.most_window = std::max<std::uint32_t>(segment.window, 1);
  learn_options(sender, segment);
  // Scaling holds only if both offered it (RFC 7323 2.2).
  if (second && !(sender.scales && receiver.scales)) sender.scale = receiver.scale = 0;
}

bool TcpTrack::in_window(const Segment& segment, bool reply, const TcpTrackRules& rules) {
  Side& sender = sides_[reply ? 1 : 0];
  Side& receiver = sides_[reply ? 0 : 1];
  const bool syn = (segment.flags & wire::kSyn) != 0, has_ack = (segment.flags & wire::kAck) != 0;
  std::uint32_t sequence = segment.sequence, ack = segment.acknowledgement, end = segment.end;
  std::uint32_t sack = receiver.sacks ? segment.sack : ack;
  if (sender.most_window == 0) {
    if (syn) {
      learn_syn(sender, receiver, segment, true);
      if (!has_ack) return true;
    } else {
      sender.end = end;
      sender.most_window =
          std::max<std::uint32_t>(std::uint32_t{segment.window} << sender.scale, 1);
      sender.most_end = end + sender.most_window;
      if (receiver.most_window == 0)
        receiver.end = receiver.most_end = sack;
      else if (sack == receiver.end + 1)
        ++receiver.end;  // answers a keepalive probe
    }
  } else if (syn && later(end, sender.end) && (state_ == S::kSynSent || state_ == S::kSynRecv)) {
    learn_syn(sender, receiver, segment, true);
    if (reply && !has_ack) return true;
  }
  const bool zero_reset = (segment.flags & wire::kRst) != 0 && has_ack && ack == 0;
  if (!has_ack || zero_reset) ack = sack = receiver.end;
  if ((segment.flags & wire::kRst) != 0 && sequence == 0 && state_ == S::kSynSent)
    sequence = end = sender.end;
  const bool fits_receiver =
      receiver.most_window == 0 || later(end, sender.end - receiver.most_window - 1);
  const std::uint32_t old_acks = std::max(sender.most_window, kLeastAckWindow);
  const bool fits = earlier(sequence, sender.most_end + 1) && fits_receiver &&
                    earlier(sack, receiver.end + 1) && later(sack, receiver.end - old_acks - 1);
  if (!fits) return sender.liberal || rules.liberal;
  accept(sender, receiver, segment, ack, sack, end, reply);
  return true;
}

void TcpTrack::accept(Side& sender, Side& receiver, const Segment& segment, std::uint32_t ack,
                      std::uint32_t sack, std::uint32_t end, bool reply) {
  const bool syn = (segment.flags & wire::kSyn) != 0;
  const std::uint32_t window = std::uint32_t{segment.window} << (syn ? 0 : sender.scale);
  sender.most_window = std::max(sender.most_window, window + (sack - ack));
  if (later(end, sender.end)) {
    sender.end = end;
    sender.unacknowledged = true;
  }
  if ((segment.flags & wire::kAck) != 0 && (!sender.max_ack_known || later(ack, sender.most_ack))) {
    sender.most_ack = ack;
    sender.max_ack_known = true;
  }
  if (receiver.most_window != 0 && later(end, sender.most_end))
    receiver.most_window += end - sender.most_end;
  if (later(sack + window, receiver.most_end - 1))
    receiver.most_end = sack + window + (window == 0 ? 1 : 0);
  if (ack == receiver.end) receiver.unacknowledged = false;
  if (segment.sign != TcpSign::kAck) return;
  const bool same = last_known_ && last_reply_ == reply && last_sequence_ == segment.sequence &&
                    last_ack_ == ack && last_end_ == end && last_window_ == segment.window;
  if (same) {
    ++retransmissions_;
    return;
  }
  last_reply_ = reply;
  last_sequence_ = segment.sequence;
  last_ack_ = ack;
  last_end_ = end;
  last_window_ = segment.window;
  retransmissions_ = 0;
}

TcpTrack::Shorter TcpTrack::shorter(const TcpTrackRules& rules) const {
  if (retransmissions_ >= rules.most_retransmissions) return Shorter::kRetransmissions;
  if (sides_[0].unacknowledged || sides_[1].unacknowledged) return Shorter::kUnacknowledged;
  return last_window_ == 0 && last_known_ && last_sign_ == TcpSign::kAck ? Shorter::kRetransmissions
                                                                         : Shorter::kNo;
}

}  // namespace lvslab::net::netfilter
