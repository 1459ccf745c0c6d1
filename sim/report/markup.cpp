#include "report/markup.h"

#include <algorithm>

#include "trace/json.h"

namespace lvslab::report {
namespace {

/// Letters of three and more bytes are taken for as wide as high: Chinese, mostly.
constexpr double kNarrow = 0.58, kWide = 1.0;

std::size_t character(std::string_view rest) {
  return std::max<std::size_t>(1, trace::utf8_length(rest));
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t length = trace::utf8_length(text.substr(i));
    const bool control =
        (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    if (length == 0 || control) {
      out += "\xef\xbf\xbd";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out.append(text.substr(i, length));
    }
    i += std::max<std::size_t>(1, length);
  }
  return out;
}

double text_width(std::string_view text, double size_px) {
  double ems = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character(text.substr(i));
    ems += length >= 3 ? kWide : kNarrow;
    i += length;
  }
  return ems * size_px;
}

std::string shortened(std::string_view text, std::size_t most) {
  std::size_t columns = 0, end = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character(text.substr(i));
    columns += length >= 3 ? 2 : 1;
    i += length;
    if (columns + 1 <= most) end = i;
    if (columns > most) return std::string(text.substr(0, end)) + "\xe2\x80\xa6";
  }
  return std::string(text);
}

}  // namespace lvslab::report
