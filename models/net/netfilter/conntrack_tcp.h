// How connection tracking follows a TCP connection it only overhears: the state of the connection
// as its flags tell it, and for each side the sequence numbers that the other allows it to use. A
// segment outside of them is INVALID. Source: RFC 793 3.3 and 3.9 seen from the middle, the window
// rules as G. van Rooij derived them for stateful filters (SANE 2000), and the recorded behaviour
// of Linux 6.1 (its sysctls nf_conntrack_tcp_*).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "wire/datagram.h"

namespace lvslab::net::netfilter {

/// In the order of the timeouts in ConntrackSettings.
enum class TcpTrackState : std::uint8_t {
  kNone,
  kSynSent,
  kSynRecv,
  kEstablished,
  kFinWait,
  kCloseWait,
  kLastAck,
  kTimeWait,
  kClose,
  kSynSent2,  ///< both sides opened at once
};
inline constexpr std::size_t kTcpTrackStates = 10;
/// "SYN_SENT" ... as listings show it.
std::string_view tcp_track_name(TcpTrackState state);

/// What a segment is for the state of a connection: the first of these that it bears.
enum class TcpSign : std::uint8_t { kReset, kSynAck, kSyn, kFin, kAck, kNone };
TcpSign tcp_sign(std::uint8_t flags);
/// Combinations that no sane host sends are INVALID. PSH, ECE and CWR do not matter.
bool tcp_flags_make_sense(std::uint8_t flags);

struct TcpTrackRules {
  bool loose = true;       ///< a connection may be picked up in its middle
  bool liberal = false;    ///< only resets must lie in the window
  bool any_reset = false;  ///< nf_conntrack_tcp_ignore_invalid_rst
  int most_retransmissions = 3;
};

/// What becomes of the packet and its entry.
enum class TcpOpinion : std::uint8_t {
  kInvalid,  ///< belongs to no connection
  kPass,     ///< goes on; neither state nor timeout change
  kFollow,   ///< goes on; the timeout starts anew as `timeout` says
  kAgain,    ///< a new connection on the ports of a dead one: the entry is to be removed
};

class TcpTrack {
 public:
  struct Segment {
    std::uint32_t sequence, acknowledgement, sack, end;
    std::uint16_t window;
    std::uint8_t flags;
    TcpSign sign;
    wire::TcpOptions options;
  };
  /// Nothing sensible in the header: false.
  static bool read(const wire::Datagram& datagram, Segment* segment);

  /// The first segment of a connection: false when it cannot begin one.
  bool begin(const Segment& segment, const TcpTrackRules& rules);
  /// `seen_reply`, `assured`: of the entry.
  TcpOpinion follow(const Segment& segment, bool reply, bool seen_reply, bool assured,
                    const TcpTrackRules& rules);

  TcpTrackState state() const { return state_; }
  /// The state that was before the last segment followed.
  TcpTrackState before() const { return before_; }
  /// Which timeout holds instead of the state's, if it is shorter.
  enum class Shorter : std::uint8_t { kNo, kRetransmissions, kUnacknowledged };
  Shorter shorter(const TcpTrackRules& rules) const;
  /// Nobody was looking for a while: the windows are learnt anew.
  void forget_windows() {
    for (Side& side : sides_) side.most_window = 0, side.max_ack_known = false;
  }

 private:
  struct Side {
    std::uint32_t end = 0;          ///< behind the last byte it sent
    std::uint32_t most_end = 0;     ///< behind the last byte it may send
    std::uint32_t most_window = 0;  ///< the largest window it offered, scaled; 0: nothing known
    std::uint32_t most_ack = 0;     ///< the highest acknowledgement it sent
    std::uint8_t scale = 0;
    bool scales = false, sacks = false, liberal = false;
    bool closed_first = false, unacknowledged = false, max_ack_known = false;
  };
  void learn_options(Side& side, const Segment& segment) const;
  void learn_syn(Side& sender, Side& receiver, const Segment& segment, bool second);
  bool in_window(const Segment& segment, bool reply, const TcpTrackRules& rules);
  void accept(Side& sender, Side& receiver, const Segment& segment, std::uint32_t ack,
              std::uint32_t sack, std::uint32_t end, bool reply);
  bool answers_ignored_syn(const Segment& segment, bool reply) const;
  TcpOpinion judge_reset(const Segment& segment, bool reply, bool seen_reply, bool assured,
                         const TcpTrackRules& rules, bool* skip_window, TcpTrackState* next);
  void remember(const Segment& segment, bool reply);

  std::array<Side, 2> sides_;  ///< original direction, reply direction
  TcpTrackState state_ = TcpTrackState::kNone, before_ = TcpTrackState::kNone;
  // The last segment that counted.
  TcpSign last_sign_ = TcpSign::kNone;
  bool last_reply_ = false, last_known_ = false;
  std::uint32_t last_sequence_ = 0, last_ack_ = 0, last_end_ = 0;
  std::uint16_t last_window_ = 0;
  std::uint8_t last_scale_ = 0;
  bool last_scales_ = false, last_sacks_ = false;
  bool both_opened_ = false, challenge_expected_ = false;
  int retransmissions_ = 0;
};

}  // namespace lvslab::net::netfilter
