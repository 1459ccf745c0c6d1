// A case's result as bytes, for the way from a worker to its parent: both are the same program, so
// the form is nobody else's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/cases.h"

namespace lvslab::cli {

std::string pack(const report::CaseResult& result);
/// Nothing: these are not the bytes of a result.
std::optional<report::CaseResult> unpack(std::string_view bytes);

}  // namespace lvslab::cli
