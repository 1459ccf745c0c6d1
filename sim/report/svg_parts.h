// What lines and bars have in common: frame, grid, legend. For this folder's charts only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/svg_axis.h"

namespace lvslab::report {

inline constexpr double kChartFont = 12;

/// The opening tag with title and description.
std::string chart_opening(std::string_view kind, std::string_view title, std::string_view about,
                          int width, int height);
/// `anchor` start, middle or end; `classes` besides.
std::string chart_words(double x, double y, std::string_view anchor, std::string_view classes,
                        std::string_view text);
/// A pixel with one decimal.
std::string px(double value);
/// Shape `index` modulo the number of shapes, centred; `tip` shows on hover when there is one.
std::string chart_marker(std::size_t index, double x, double y, std::string_view tip);

/// Names with their looks, in rows of `width` pixels from `top` down. Returns how high it is (0 for
/// a single nameless series).
double chart_legend(std::string& out, const std::vector<std::string>& names, bool bars, double left,
                    double top, double width);

}  // namespace lvslab::report
