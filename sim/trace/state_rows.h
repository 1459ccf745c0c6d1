// How a state note reads as a row of the recording's `state`: which table of a node, which entry,
// and what it holds from now on (empty: the entry is gone).
#pragma once

#include <string>
#include <string_view>

#include "base/record.h"
#include "trace/scene.h"

namespace lvslab::trace {

struct StateRow {
  std::string_view table;  ///< "addresses", "neighbours" ...
  std::string key, value;
};

/// `record` holds a note of a state kind.
StateRow state_row(const Scene& scene, const Record& record);

}  // namespace lvslab::trace
