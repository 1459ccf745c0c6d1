// What first made a run differ from what was expected, kept while it goes on: plain values until
// somebody asks, then a line for people with the ladder's own moment and words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/record.h"
#include "trace/scene.h"

namespace lvslab::expect {

/// A note or frame to be told later: notes hold no views that end with the call.
struct Moment {
  Record record{.kind = RecordKind::kTurn};  ///< without bytes and console text
  std::vector<std::uint8_t> bytes;           ///< of a frame
  static Moment of(const Record& record);
};

/// "0.000 088 640 s, router: neighbour ..." for a note, "..., rs1.eth0 sends ARP ..." for a frame.
std::string told(const trace::Scene& scene, const Moment& moment);

/// Whether this record says that a packet ended without delivery, where somebody wanted it: frames
/// that a switch also hands to hosts they are not for end everywhere and explain nothing.
bool is_loss(const Record& record);

/// One entry of a host's ARP table: how it came to hold which MAC. Wants every record.
class NeighbourTrack {
 public:
  NeighbourTrack() = default;
  NeighbourTrack(NodeIndex node, wire::Ipv4 address) : node_(node), address_(address) {}
  /// A change of the MAC and the ARP frame that brought it, if one did.
  struct Change {
    wire::Mac mac;
    Moment note;
    std::optional<Moment> frame, sent;  ///< as it arrived, and as its first sender sent it
  };
  /// True: the entry changed its MAC; current() says to which.
  bool on_record(const Record& record);
  const Change& current() const { return current_; }
  wire::Mac mac() const { return current_.mac; }
  std::string told(const trace::Scene& scene, const Change& change) const;
  /// Why nobody answered: the first refusal, or what became of the entry.
  std::string silence(const trace::Scene& scene) const;

 private:
  bool names_address(const Record& record) const;
  NodeIndex node_ = kNoNode;
  wire::Ipv4 address_;
  Change current_;
  std::optional<Moment> refused_, last_state_;
  std::optional<Moment> arrived_;  ///< the last ARP frame at the node that names the address
  struct Sent {
    std::uint64_t packet;
    Moment moment;
  };
  std::vector<Sent> sent_;  ///< the last few
};

/// What became of a traffic's connections on their way (of the first 4,096). Costs nothing, and
/// knows nothing, unless every record is watched.
class ConnectionTrack {
 public:
  ConnectionTrack() = default;
  /// `connection` 0: all of the traffic.
  ConnectionTrack(std::uint32_t traffic, std::uint32_t connection)
      : traffic_(traffic), connection_(connection) {}
  void on_record(const Record& record);
  /// The first packet lost or refused.
  std::string why_failed(const trace::Scene& scene, std::uint32_t connection) const;
  /// The director's pick, or how it came to a server past the director.
  std::string why_server(const trace::Scene& scene, std::uint32_t connection) const;

 private:
  struct Story {
    std::optional<Moment> loss, pick, hop, served;
    bool arrived = false;  ///< some packet of it somewhere
  };
  std::uint32_t traffic_ = 0, connection_ = 0;
  bool everything_ = false;  ///< frames are among the records
  std::map<std::uint32_t, Story> stories_;
};

}  // namespace lvslab::expect
