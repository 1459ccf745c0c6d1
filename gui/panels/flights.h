// Frames on their way along links, taken from a stretch of the event list: what left where, when it
// came in at the other end, and how it ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/theme.h"
#include "replay/event.h"

namespace lvslab::replay {
class Recording;
}

namespace lvslab::gui {

struct Flight {
  std::uint64_t packet = 0;
  std::uint32_t link = 0;
  NodeIndex from = kNoNode, to = kNoNode;
  Instant sent;
  Instant arrived = Instant::never();
  Layer layer = Layer::kOther;
  bool lost = false;     ///< by the link
  bool dropped = false;  ///< by the node it came to
  bool ignored = false;  ///< dropped because it was for another host, as floods are
  std::string info, reason;
  replay::Row row = replay::kNoRow;      ///< of the sending
  replay::Row end_row = replay::kNoRow;  ///< of the arrival, loss or drop
  Tag tag;
};

/// The flights around a moment; reads a stretch of rows and keeps it until another is needed.
class Flights {
 public:
  void set_recording(const replay::Recording* recording);
  /// Those of the stretch around `row`.
  const std::vector<Flight>& around(replay::Row row);

 private:
  static constexpr replay::Row kStretch = 600, kBefore = 400, kAfter = 500;
  const replay::Recording* recording_ = nullptr;
  replay::Row from_ = 0, to_ = 0;
  std::vector<Flight> flights_;
};

/// All flights whose frame leaves in rows [from, to), in order.
std::vector<Flight> read_flights(const replay::Recording& recording, replay::Row from,
                                 replay::Row to);

}  // namespace lvslab::gui
