#include "compare/texts.h"

#include <cmath>

#include "compare/figures.h"
#include "fmt/format.h"

namespace lvslab::compare {

std::string time_text(double s) {
  const double size = std::abs(s);
  if (size >= 1 || size == 0) return fmt::format("{:.4g} s", s);
  if (size >= 1e-3) return fmt::format("{:.4g} ms", s * 1e3);
  return fmt::format("{:.4g} us", s * 1e6);
}

std::string value_text(std::string_view metric, double value) {
  if (is_latency(metric)) return time_text(value);
  if (metric == "rate") return fmt::format("{:.5g}/s", value);
  if (metric == "failed") return fmt::format("{:.3g} %", value * 100);
  return fmt::format("{:.4f}", value);
}

std::string percent_text(double share) { return fmt::format("{:.2g} %", share * 100); }

std::string estimate_text(std::string_view metric, const Estimate& e) {
  if (e.count == 0) return "-";
  std::string text = value_text(metric, e.mean);
  if (!e.has_interval()) return text + " (one run)";
  text += " ±" + value_text(metric, e.half_width);
  if (e.mean != 0 && e.half_width != 0) text += " (" + percent_text(e.relative()) + ")";
  return text;
}

std::string chance_text(double p) { return p < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", p); }

std::string number_text(double value) { return fmt::format("{:.9g}", value); }

std::string mean_number(const Estimate& e) { return e.count == 0 ? "null" : number_text(e.mean); }

std::string half_width_number(const Estimate& e) {
  return e.has_interval() ? number_text(e.half_width) : "null";
}

}  // namespace lvslab::compare
