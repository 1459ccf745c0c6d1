#include "report/svg_axis.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "fmt/format.h"
#include "report/markup.h"

namespace lvslab::report {
namespace {

/// Our own logarithm: the library's may differ in the last bit from machine to machine.
double log10_of(double x) { return portable_log(x) / portable_log(10.0); }

double power10(int exponent) {
  double value = 1;
  for (int i = 0; i < std::abs(exponent); ++i) value *= 10;
  return exponent < 0 ? 1 / value : value;
}

constexpr std::pair<double, const char*> kTimeUnits[] = {
    {1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};

std::pair<double, const char*> time_unit(double seconds) {
  for (const auto& unit : kTimeUnits) {
    if (seconds >= unit.first * 0.999999) return unit;
  }
  return seconds > 0 ? kTimeUnits[3] : kTimeUnits[0];
}

/// At most `digits` figures that matter, no exponent, no trailing zeros.
std::string plain(double value, int digits) {
  if (value == 0) return "0";
  const double size = std::fabs(value);
  int before = 1;
  for (double limit = 10; size >= limit && before < 18; limit *= 10) ++before;
  if (size < 1) {
    before = 0;
    for (double limit = 0.1; size < limit && before > -12; limit /= 10) --before;
  }
  std::string text = fmt::format("{:.{}f}", value, std::max(0, digits - before));
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string number_text(double value) {
  const double size = std::fabs(value);
  if (size >= 1e9) return plain(value / 1e9, 4) + "G";
  if (size >= 1e6) return plain(value / 1e6, 4) + "M";
  if (size >= 1e4) return plain(value / 1e3, 4) + "k";
  return plain(value, 4);
}

}  // namespace

std::string chart_text(double value, ChartAxis::Unit unit) {
  if (!std::isfinite(value)) return "-";
  switch (unit) {
    case ChartAxis::Unit::kNumber:
      return number_text(value);
    case ChartAxis::Unit::kShare:
      return plain(value * 100, 4) + " %";
    case ChartAxis::Unit::kSeconds:
      break;
  }
  if (value == 0) return "0 s";
  const auto [size, name] = time_unit(std::fabs(value));
  return plain(value / size, 4) + " " + name;
}

PlacedAxis::PlacedAxis(const ChartAxis& axis, double low, double high, std::size_t most_ticks)
    : axis_(axis) {
  if (axis.scale == ChartAxis::Scale::kLinear && axis.from_zero) low = std::min(low, 0.0);
  if (axis.from) low = *axis.from;
  if (axis.to) high = *axis.to;
  if (!(low <= high)) low = high = 0;
  if (axis.scale == ChartAxis::Scale::kLog) {
    if (!(high > 0)) high = 1;
    if (!(low > 0)) low = high / 10;
  } else if (axis.scale == ChartAxis::Scale::kTail) {
    low = std::clamp(low, 0.0, 1 - 1e-9);
    high = std::clamp(high, low, 1 - 1e-9);
  } else if (low == high) {
    high = low + (low == 0 ? 1 : std::fabs(low) / 10);
  }
  low_ = position(low);
  high_ = position(high);
  switch (axis.scale) {
    case ChartAxis::Scale::kLinear:
      linear_ticks(most_ticks);
      break;
    case ChartAxis::Scale::kLog:
      log_ticks();
      break;
    case ChartAxis::Scale::kTail:
      tail_ticks();
      break;
  }
  if (high_ <= low_) high_ = low_ + 1;
}

double PlacedAxis::position(double value) const {
  switch (axis_.scale) {
    case ChartAxis::Scale::kLog:
      return log10_of(value);
    case ChartAxis::Scale::kTail:
      return -log10_of(std::max(1e-9, 1 - value));
    case ChartAxis::Scale::kLinear:
      break;
  }
  return value;
}

void PlacedAxis::linear_ticks(std::size_t most) {
  double shown = 1;
  if (axis_.unit == ChartAxis::Unit::kSeconds) {
    const auto unit = time_unit(std::max(std::fabs(low_), std::fabs(high_)));
    shown = unit.first;
    unit_text_ = unit.second;
  } else if (axis_.unit == ChartAxis::Unit::kShare) {
    shown = 0.01;
    unit_text_ = "%";
  }
  const double low = low_ / shown, high = high_ / shown;
  const double rough = (high - low) / static_cast<double>(std::max<std::size_t>(1, most));
  int exponent = -12;
  while (exponent < 18 && power10(exponent + 1) <= rough) ++exponent;
  double step = power10(exponent);
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = power10(exponent) * factor;
    if (step >= rough * 0.999999) break;
  }
  const double begin = std::floor(low / step + 1e-9), end = std::ceil(high / step - 1e-9);
  const bool pinned = axis_.to.has_value();
  for (double k = begin; k <= end && values_.size() < 100; ++k) {
    if (pinned && k * step > high * 1.000001) break;
    const double value = k * step;
    values_.push_back(value * shown);
    ticks_.push_back({0, unit_text_ == "%" || shown != 1 ? plain(value, 6) : number_text(value)});
  }
  if (!axis_.from) low_ = begin * step * shown;
  if (!pinned) high_ = end * step * shown;
}

void PlacedAxis::log_ticks() {
  const int first = static_cast<int>(std::floor(low_ + 1e-9));
  const int last = static_cast<int>(std::ceil(high_ - 1e-9));
  const bool between = last - first <= 2;
  for (int decade = first; decade <= last && values_.size() < 100; ++decade) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor != 1.0 && !between) continue;
      const double value = power10(decade) * factor, at = position(value);
      if (at < low_ - 0.35 || at > high_ + 0.35) continue;
      values_.push_back(value);
      ticks_.push_back({0, chart_text(value, axis_.unit)});
    }
  }
  if (values_.empty()) return;
  low_ = std::min(low_, position(values_.front()));
  high_ = std::max(high_, position(values_.back()));
}

void PlacedAxis::tail_ticks() {
  constexpr double kTicks[] = {0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999};
  low_ = std::min(low_, position(0));
  for (const double share : kTicks) {
    if (position(share) > high_ + 1e-9 && share > 0.9) break;
    values_.push_back(share);
    ticks_.push_back({0, chart_text(share, ChartAxis::Unit::kShare)});
  }
  if (values_.size() > 1 && axis_.scale == ChartAxis::Scale::kTail) {
    for (std::size_t i = 0; i < values_.size(); ++i)
      ticks_[i].text = plain(values_[i] * 100, 9) + " %";
  }
  high_ = std::max(high_, position(values_.back()));
}

void PlacedAxis::place(double first, double last) {
  first_ = first;
  last_ = last;
  for (std::size_t i = 0; i < ticks_.size(); ++i) ticks_[i].at = at(values_[i]);
}

bool PlacedAxis::holds(double value) const {
  if (!std::isfinite(value)) return false;
  return axis_.scale != ChartAxis::Scale::kLog || value > 0;
}

double PlacedAxis::at(double value) const {
  const double share = std::clamp((position(value) - low_) / (high_ - low_), 0.0, 1.0);
  return first_ + (last_ - first_) * share;
}

std::string PlacedAxis::title() const {
  if (unit_text_.empty()) return axis_.title;
  return axis_.title.empty() ? unit_text_ : axis_.title + " (" + unit_text_ + ")";
}

double PlacedAxis::widest_tick(double size_px) const {
  double widest = 0;
  for (const Tick& tick : ticks_) widest = std::max(widest, text_width(tick.text, size_px));
  return widest;
}

}  // namespace lvslab::report
