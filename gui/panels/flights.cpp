#include "gui/panels/flights.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "gui/texts.h"
#include "replay/recording.h"

namespace lvslab::gui {
namespace {

struct End {
  std::uint32_t link = 0;
  NodeIndex other = kNoNode;
};

class Reader {
 public:
  explicit Reader(const trace::Scene& scene) {
    for (std::uint32_t i = 0; i < scene.links.size(); ++i) {
      const trace::SceneLink& link = scene.links[i];
      ends_[{link.node_a, link.interface_a}] = {i, link.node_b};
      ends_[{link.node_b, link.interface_b}] = {i, link.node_a};
    }
  }

  void take(const replay::Event& event) {
    switch (event.kind) {
      case replay::EventKind::kFrameOut:
        return leaves(event);
      case replay::EventKind::kFrameIn:
        return arrives(event);
      case replay::EventKind::kLost:
        return is_lost(event);
      default:
        if (event.dropped) is_dropped(event);
    }
  }
  std::vector<Flight> flights;

 private:
  using Way = std::tuple<std::uint32_t, NodeIndex, std::uint64_t>;  // link, to, packet

  void leaves(const replay::Event& event) {
    const auto end = ends_.find({event.node, event.interface});
    if (end == ends_.end()) return;  // lo, a tunnel, a VLAN: not on a cable
    under_way_[{end->second.link, end->second.other, event.packet}] = flights.size();
    last_out_[{event.node, event.packet}] = flights.size();
    Flight flight;
    flight.packet = event.packet;
    flight.link = end->second.link;
    flight.from = event.node;
    flight.to = end->second.other;
    flight.sent = event.time;
    flight.layer = layer_of(event.protocol);
    flight.info = event.info;
    flight.row = event.row;
    flight.tag = event.tag;
    flights.push_back(std::move(flight));
  }

  void arrives(const replay::Event& event) {
    const auto end = ends_.find({event.node, event.interface});
    if (end == ends_.end()) return;
    const auto found = under_way_.find({end->second.link, event.node, event.packet});
    if (found == under_way_.end()) return;
    Flight& flight = flights[found->second];
    flight.arrived = event.time;
    flight.end_row = event.row;
    last_in_[{event.node, event.packet}] = found->second;
    under_way_.erase(found);
  }

  void is_lost(const replay::Event& event) {
    const auto found = last_out_.find({event.node, event.packet});
    if (found == last_out_.end()) return;
    Flight& flight = flights[found->second];
    flight.lost = true;
    flight.arrived = event.time;
    flight.end_row = event.row;
    flight.reason = event.info;
    under_way_.erase({flight.link, flight.to, flight.packet});
  }

  void is_dropped(const replay::Event& event) {
    const auto found = last_in_.find({event.node, event.packet});
    if (found == last_in_.end()) return;
    Flight& flight = flights[found->second];
    if (flight.arrived != event.time) return;
    flight.ignored = event.info.find("(arp-not-for-us)") != std::string::npos ||
                     event.info.find("(other-host)") != std::string::npos;
    flight.dropped = !flight.ignored;
    if (flight.ignored) return;
    flight.end_row = event.row;
    flight.reason = event.info;
  }

  std::map<std::pair<NodeIndex, InterfaceIndex>, End> ends_;
  std::map<Way, std::size_t> under_way_;
  std::map<std::pair<NodeIndex, std::uint64_t>, std::size_t> last_out_, last_in_;
};

}  // namespace

std::vector<Flight> read_flights(const replay::Recording& recording, replay::Row from,
                                 replay::Row to) {
  Reader reader(recording.scene());
  for (replay::Row at = from; at < to;) {
    const auto events = recording.events(at, std::min<replay::Row>(to - at, 256));
    if (events.empty()) break;
    for (const replay::Event& event : events) reader.take(event);
    at += events.size();
  }
  return std::move(reader.flights);
}

void Flights::set_recording(const replay::Recording* recording) {
  recording_ = recording;
  from_ = to_ = 0;
  flights_.clear();
}

const std::vector<Flight>& Flights::around(replay::Row row) {
  if (recording_ == nullptr) return flights_;
  const replay::Row rows = recording_->rows();
  const replay::Row low = row > kBefore / 2 ? row - kBefore / 2 : 0;
  const replay::Row high = std::min(rows, row + kAfter / 2);
  if (low < from_ || high > to_) {
    from_ = row > kBefore + kStretch / 4 ? row - kBefore - kStretch / 4 : 0;
    to_ = std::min(rows, row + kAfter + kStretch);
    flights_ = read_flights(*recording_, from_, to_);
  }
  return flights_;
}

}  // namespace lvslab::gui
