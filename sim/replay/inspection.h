// All that the recording knows about one event: the frame before and after, what changed, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "replay/event.h"
#include "wire/dissect.h"
#include "wire/header_diff.h"

namespace lvslab::replay {

/// A frame at an interface, with all its bytes.
struct SeenFrame {
  Row row = kNoRow;
  NodeIndex node = kNoNode;
  InterfaceIndex interface = kNoInterface;
  bool in = false;
  std::vector<std::uint8_t> bytes;  ///< real ones and then the zeros
  std::uint32_t real_size = 0;
  std::vector<wire::Layer> layers;
};

/// Where in the scenario a command stands that made something so.
struct ScenarioPlace {
  std::string file;  ///< as the run was given it
  int line = 0, column = 0;
  std::string command;
  Row row = kNoRow;  ///< the event of the command
};

/// One thing that happened to the packet at this node, in the words of `explain`.
struct Reason {
  Row row = kNoRow;
  NoteKind kind = NoteKind::kNoteKindCount;
  std::string stage;  ///< "PREROUTING", "routing", "neighbour" ...
  std::string sentence;
  std::optional<Row> cause;            ///< the event that made the table entry used here
  std::optional<ScenarioPlace> place;  ///< the command that did
};

/// The numbers of a director's choice, before it was made.
struct Pick {
  Row row = kNoRow;
  std::string scheduler, service, destination;
  std::uint32_t weight = 0, active = 0, inactive = 0;
  std::uint32_t position = 0, count = 0;  ///< position from 1, in the kernel's list (newest first)
};

struct Inspection {
  Event event;
  std::string connection;  ///< "web/1"; empty: nobody's
  /// The frame of the event's packet as it came to this node, and as it left, perhaps later.
  /// Missing: the node made it, or it did not leave.
  std::optional<SeenFrame> before, after;
  std::vector<wire::Change> changes;         ///< from before to after
  std::vector<Reason> reasons;               ///< in order, this packet at this node
  std::string hook, rule, route, neighbour;  ///< the last of each among the reasons, as sentences
  std::optional<Pick> pick;
  /// Where the frame that came in was sent, or the turn that set the timer.
  std::optional<Row> cause;
  std::optional<ScenarioPlace> place;  ///< of a command
  std::string output;                  ///< of a command: what it printed, errors behind it
};

}  // namespace lvslab::replay
