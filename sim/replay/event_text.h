// An event of a turn in the words of the event list.
#pragma once

#include <string>
#include <vector>

#include "replay/event.h"
#include "replay/store.h"
#include "wire/dissect.h"

namespace lvslab::replay {

/// Which frame tells most about a thing: itself, or for a note the frame of its packet in the same
/// turn (the one before it, or else the next); none: npos.
std::size_t frame_of(const Turn& turn, std::size_t thing);

/// Row, id, time, node, kind, packet, tag, dropped: what costs no text.
Event bare_event(const Turn& turn, std::size_t thing);
/// Stage, type, source, destination, info and protocol too; `layers` of its frame (frame_of).
Event told_event(const trace::Scene& scene, const Turn& turn, std::size_t thing,
                 const std::vector<wire::Layer>& layers);

/// The station where a thing happened: "in eth0", "PREROUTING", "routing" ...
std::string stage_of(const trace::Scene& scene, const Turn& turn, std::size_t thing);
/// The sentence of `explain`, or for what it leaves out (the apps' notes) one as short.
std::string note_text(const trace::Scene& scene, NodeIndex node, const Note& note);

}  // namespace lvslab::replay
