// A student's scenario with a teacher's load, events and expectations: what `lvslab grade` runs. Of
// the student's file hosts, switches, links, names and params count; traffic, populations,
// timeline, expect, waive, seed and duration are the key's, with the key's own names in them. Names
// that only the key has are there for its commands too.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::scenario {

/// Positions in the key's `expect` that are left out, and why each cannot be asked of this student.
using Refused = std::map<std::size_t, Message>;

struct GradedRead {
  ReadResult result;  ///< its errors are the student's own; then nothing can be run
  /// What the key asks that this file cannot answer ("there is no host 'rs3'"), by position; those
  /// of `without` are in it. New ones: read again without them.
  Refused refused;
};

/// The key has been read by read_scenario and has no mistakes of its own. A student's file may not
/// take in others.
GradedRead read_graded(const std::string& student, const std::string& key, const Refused& without);

}  // namespace lvslab::scenario
