// Shell arithmetic: 64-bit integers with C's operators, variables by name, assignment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "admin/shell_state.h"
#include "base/result.h"

namespace lvslab::admin {

/// Errors are worded as bash words them, without the leading "bash: ".
Result<std::int64_t> evaluate_arithmetic(std::string_view expression, ShellState& state);

}  // namespace lvslab::admin
