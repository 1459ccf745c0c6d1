// A note as a sentence for the learner, in plain words: what happened and by which rule. Programs
// that read it (frames.jsonl, pcapng) get the English one.
#pragma once

#include <string>

#include "lang/lang.h"
#include "trace/scene.h"

namespace lvslab::trace {

/// "picked 192.168.182.220:80 by rr (weight 1, 0 active, 0 inactive)". Never empty for a why-kind;
/// empty for the state and app kinds that `explain` does not print.
std::string sentence(const Scene& scene, NodeIndex node, const Note& note,
                     const lang::Words& words = {});

}  // namespace lvslab::trace
