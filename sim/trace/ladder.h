// The two forms of the ladder.
#pragma once

#include "trace/writers.h"

namespace lvslab::trace {

std::unique_ptr<Ladder> make_text_ladder(const Scene& scene, const LadderOptions& options);
std::unique_ptr<Ladder> make_mermaid_ladder(const Scene& scene, const LadderOptions& options);

}  // namespace lvslab::trace
