// A golden ladder: NAME.ladder beside NAME.yaml, what `lvslab explain` prints of it, read by people
// once and compared from then on.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "report/cases.h"

namespace lvslab::cli {

std::string ladder_path(const std::string& scenario);
bool has_ladder(const std::string& scenario);
/// The first line that differs, with those around it; nothing: none does.
std::optional<report::Mismatch> compare_ladder(const std::string& scenario,
                                               const std::string& ladder);
/// True: the file was another before.
Result<bool> write_ladder(const std::string& scenario, const std::string& ladder);

}  // namespace lvslab::cli
