// What all pages of this program have in common: one file that fetches nothing, readable in light,
// dark and print; sections, tables and figures in it. A part is a <section> or empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/lang.h"

namespace lvslab::report {

/// A cell; `key` names the figure as the path in the JSON file beside the page does
/// ("real_servers/rs1/share") and `value` is its text there, so that a page's numbers can be
/// compared with the file's.
struct PageCell {
  std::string text, key = {}, value = {};
  bool number = true;
  std::string looks = {};  ///< classes, of what is no number
  std::string more = {};   ///< markup behind the text
};
/// Bodies are escaped here.
std::string page_table(std::string_view caption, const std::vector<std::string>& heads,
                       const std::vector<std::vector<PageCell>>& rows);
/// A figure outside a table.
std::string page_value(const PageCell& cell);
std::string page_section(std::string_view id, std::string_view title, std::string_view body);
std::string page_figure(std::string_view caption, const std::string& picture);
/// "12.5 ms" of picoseconds.
std::string page_time(std::int64_t ps);
/// "12 more are not shown here: where they are" or nothing.
std::string page_left_out(const lang::Words& words, std::size_t all, std::size_t shown,
                          const std::string& where);
/// Up to the body, with the style sheet of charts and pages; `more_css` besides.
std::string page_opening(const lang::Words& words, std::string_view title,
                         std::string_view more_css = {});
std::string page_closing();

/// Lists in a page are no longer than this; what is left out is said.
inline constexpr std::size_t kPageRows = 60;

}  // namespace lvslab::report
