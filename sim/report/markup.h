// Text inside HTML and SVG. Names in a scenario may be anything: whatever goes into a page goes
// through here.
#pragma once

#include <string>
#include <string_view>

namespace lvslab::report {

/// With &, <, >, " and ' as entities, fit for an element's text and for a quoted attribute. Control
/// characters but tab and line feed, and bytes that are no UTF-8, become U+FFFD.
std::string escaped(std::string_view text);

/// How wide the text is, about, in a sans-serif face of that size: for layouts without a browser.
double text_width(std::string_view text, double size_px);

/// At most `most` columns of text, an ellipsis in place of the rest; never half a character.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace lvslab::report
