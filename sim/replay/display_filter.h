// The filter bar's language: that of trace/frame_filter.h (Wireshark's names over the frame's
// layers), and of the event itself: frame.time (seconds), frame.number (row + 1), frame (it is a
// frame), in, out, dropped, note, node, stage, conn ("web/1"), traffic, packet, info. A note is
// judged by the frame of its packet in the same turn, so that `arp` shows ARP with its reasons;
// `arp and frame` the frames alone.
//   `note == ipvs-picked`, `node == rs1`, `conn == web/1`, `frame.time >= 1.5`,
//   `info contains "rr"`, `dropped and node == lvs`
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "replay/event.h"
#include "trace/frame_filter.h"
#include "trace/scene.h"

namespace lvslab::replay {

class DisplayFilter {
 public:
  /// The error says at which character, and a hint. Text of spaces alone: all events match.
  static Result<DisplayFilter> parse(std::string_view text);
  const std::string& text() const { return text_; }
  bool everything() const { return !filter_.has_value(); }

  /// `layers` of the event's frame (or, for a note, of its packet's). The filter tells what of
  /// `event` it reads, so that the rest need not be made: see wants_texts().
  bool matches(const Event& event, const trace::Scene& scene,
               const std::vector<wire::Layer>& layers) const;
  bool wants_texts() const { return wants_texts_; }  ///< stage or info
  bool wants_layers() const { return wants_layers_; }

 private:
  std::string text_;
  std::optional<trace::FrameFilter> filter_;
  bool wants_texts_ = false, wants_layers_ = false;
};

/// What an event has under a name of the language, each occurrence: "eth.src", "node", "conn".
std::vector<wire::Field> values_of(std::string_view name, const Event& event,
                                   const trace::Scene& scene,
                                   const std::vector<wire::Layer>& layers);

/// Every name the filter bar knows, sorted: for completion.
std::vector<std::string> display_filter_fields();

}  // namespace lvslab::replay
