// The Chinese texts, a table a topic, each ascending by its English texts. Terms are those of the
// desktop program's translation. For this folder only.
#pragma once

#include <span>

#include "lang/lang.h"

namespace lvslab::lang {

std::span<const Entry> sentences_zh();     ///< what happened to a packet and why
std::span<const Entry> drops_zh();         ///< why packets ended
std::span<const Entry> stations_zh();      ///< what ladders and stations say besides
std::span<const Entry> quiz_zh();          ///< lessons as text
std::span<const Entry> run_page_zh();      ///< report.html of a run, and what all pages share
std::span<const Entry> compare_page_zh();  ///< report.html of a comparison

}  // namespace lvslab::lang
