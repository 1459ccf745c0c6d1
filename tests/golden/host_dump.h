// What the collecting script of `lvslab import` would have brought home from a host of a lab, made
// from what the lab's own commands printed: `ip` there prints text, so that is put into iproute2's
// JSON here.
#pragma once

#include <string>
#include <vector>

#include "replay_lab.h"

namespace lvslab::golden {

/// Timeline items that make every host print what write_dumps needs; `at` is since ready.
std::string dump_questions(const std::vector<std::string>& hosts, const std::string& director,
                           const std::string& at);
/// Writes folder/HOST/... for each host of a lab that answered dump_questions.
void write_dumps(const ReplayLab& lab, const std::vector<std::string>& hosts,
                 const std::string& director, const std::string& folder);

}  // namespace lvslab::golden
