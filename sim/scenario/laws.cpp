#include "scenario/laws.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

/// How one value of the law is read: a duration or a size.
using ValueParser = Result<std::int64_t> (*)(std::string_view text);

struct Law {
  std::string_view name;
  std::size_t figures;
  std::string_view example;
};
constexpr std::array<Law, 7> kLaws = {{{"uniform", 2, "uniform 1ms 9ms"},
                                       {"exponential", 1, "exponential 5ms"},
                                       {"pareto", 3, "pareto 1.5 1ms 1s"},
                                       {"lognormal", 2, "lognormal 5ms 2.0"},
                                       {"hyperexponential", 3, "hyperexponential 0.8 2ms 20ms"},
                                       {"erlang", 2, "erlang 4 10ms"},
                                       {"empirical", 1, "empirical file.csv"}}};

constexpr std::uint64_t kMillion = 1'000'000;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split_words(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

Result<std::int64_t> time_value(std::string_view text) {
  const Result<Duration> value = parse_duration(text);
  if (!value) return tl::unexpected<Error>(value.error());
  return value->ps();
}

Result<std::int64_t> size_value(std::string_view text) {
  const Result<std::uint64_t> value = parse_size(text);
  if (!value) return tl::unexpected<Error>(value.error());
  return static_cast<std::int64_t>(*value);
}

/// One value a line; a first line that is not a number is a heading, # begins a remark.
Result<app::Distribution> read_values(const std::string& name, ValueParser value,
                                      const DataReader& data) {
  const Result<std::string> text = data(name);
  if (!text) return tl::unexpected<Error>(text.error());
  std::vector<std::int64_t> values;
  std::size_t number = 0;
  for (const std::string_view line : split_words(*text, '\n')) {
    ++number;
    const std::string_view word = trimmed(line);
    if (word.empty() || word.front() == '#') continue;
    const Result<std::int64_t> one = value(word);
    if (one) {
      values.push_back(*one);
    } else if (!values.empty() || (word.front() >= '0' && word.front() <= '9') || number > 1) {
      return fail(name + ":" + std::to_string(number) + ":1: " + one.error().what,
                  one.error().hint);
    }
  }
  if (values.empty()) return fail(name + " has no values", "Write one value a line");
  return app::Distribution::empirical(std::move(values));
}

/// "0.8872983346": both parts are exact in a double, so the quotient is the nearest one.
Result<double> plain_number(std::string_view text, double most) {
  double digits = 0, divisor = 1;
  std::size_t count = 0;
  bool fraction = false, good = !text.empty() && text.back() != '.' && text.front() != '.';
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9' && ++count <= 15) {
      digits = digits * 10 + (c - '0');
      if (fraction) divisor *= 10;
    } else {
      good = false;
    }
  }
  if (!good) {
    return fail(shown(text) + " is not a number of at most 15 digits", "Write for example 1.5");
  }
  if (digits / divisor > most) return fail(shown(text) + " is out of range");
  return digits / divisor;
}

Result<app::Distribution> pareto(const std::vector<std::string_view>& words, ValueParser value) {
  const Result<double> shape = plain_number(words[1], 1'000);
  const Result<std::int64_t> low = value(words[2]), high = value(words[3]);
  if (!shape) return tl::unexpected<Error>(shape.error());
  if (!low) return tl::unexpected<Error>(low.error());
  if (!high) return tl::unexpected<Error>(high.error());
  if (*shape <= 0 || *low <= 0 || *low >= *high) {
    return fail("a bounded Pareto law needs a shape above 0 and two bounds, 0 < low < high",
                "Write for example pareto 1.5 1ms 1s");
  }
  return app::Distribution::pareto(*shape, *low, *high);
}

Result<app::Distribution> hyperexponential(const std::vector<std::string_view>& words,
                                           ValueParser value) {
  const Result<double> p = plain_number(words[1], 1);
  const Result<std::int64_t> first = value(words[2]), second = value(words[3]);
  if (!p) return tl::unexpected<Error>(p.error());
  if (!first) return tl::unexpected<Error>(first.error());
  if (!second) return tl::unexpected<Error>(second.error());
  return app::Distribution::hyperexponential(*p, *first, *second);
}

Result<app::Distribution> two_figures(const std::vector<std::string_view>& words,
                                      ValueParser value) {
  if (words[0] == "uniform") {
    const Result<std::int64_t> low = value(words[1]), high = value(words[2]);
    if (!low) return tl::unexpected<Error>(low.error());
    if (!high) return tl::unexpected<Error>(high.error());
    if (*low > *high) return fail("the bounds of the uniform law are in the wrong order");
    return app::Distribution::uniform(*low, *high);
  }
  if (words[0] == "erlang") {
    const Result<std::uint64_t> stages = parse_count(words[1], 1, 1'000);
    const Result<std::int64_t> mean = value(words[2]);
    if (!stages) return tl::unexpected<Error>(stages.error());
    if (!mean) return tl::unexpected<Error>(mean.error());
    return app::Distribution::erlang(static_cast<std::uint32_t>(*stages), *mean);
  }
  const Result<std::int64_t> mean = value(words[1]);
  const Result<double> sigma = plain_number(words[2], 20);
  if (!mean) return tl::unexpected<Error>(mean.error());
  if (!sigma) return tl::unexpected<Error>(sigma.error());
  if (*mean <= 0) return fail("the mean of a lognormal law is above 0");
  return app::Distribution::lognormal(*mean, *sigma);
}

Result<app::Distribution> parse_law(std::string_view text, ValueParser value,
                                    const DataReader& data) {
  const std::vector<std::string_view> words = words_of(text);
  for (const Law& law : kLaws) {
    if (words.empty() || words[0] != law.name) continue;
    if (words.size() != law.figures + 1) {
      return fail(shown(text) + " has " + std::to_string(words.size() - 1) + " figures, " +
                      std::string(law.name) + " takes " + std::to_string(law.figures),
                  "Write for example " + std::string(law.example));
    }
    if (law.name == "empirical") return read_values(std::string(words[1]), value, data);
    if (law.figures == 3)
      return law.name == "pareto" ? pareto(words, value) : hyperexponential(words, value);
    if (law.figures == 2) return two_figures(words, value);
    const Result<std::int64_t> mean = value(words[1]);
    if (!mean) return tl::unexpected<Error>(mean.error());
    return app::Distribution::exponential(*mean);
  }
  const bool word = !text.empty() && ((text[0] >= 'a' && text[0] <= 'z'));
  if (word) {
    std::vector<std::string_view> names;
    for (const Law& law : kLaws) names.push_back(law.name);
    return fail(shown(text) + " is not a distribution", hint_for_word(words[0], names));
  }
  const Result<std::int64_t> fixed = value(text);
  if (!fixed) return tl::unexpected<Error>(fixed.error());
  return app::Distribution::fixed(*fixed);
}

}  // namespace

Result<app::Distribution> parse_time_law(std::string_view text, const DataReader& data) {
  return parse_law(text, time_value, data);
}

Result<app::Distribution> parse_size_law(std::string_view text, const DataReader& data) {
  return parse_law(text, size_value, data);
}

Result<std::uint64_t> parse_millionths(std::string_view text, std::uint64_t most) {
  const std::size_t dot = text.find('.');
  const std::string_view fraction = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  const Result<std::uint64_t> whole = parse_count(text.substr(0, dot), 0, most / kMillion);
  if (!whole) return tl::unexpected<Error>(whole.error());
  if (dot != std::string_view::npos && fraction.empty()) {
    return fail(shown(text) + " is not a number", "Write for example 1.5");
  }
  std::uint64_t value = *whole, digits = 0;
  for (const char c : fraction) {
    if (c < '0' || c > '9') return fail(shown(text) + " is not a number", "Write for example 1.5");
    if (++digits > 6 && c != '0') {
      return fail(shown(text) + " has more than 6 decimals", "Write fewer");
    }
    if (digits <= 6) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  for (; digits < 6; ++digits) value *= 10;
  if (value > most) {
    return fail(shown(text) + " is out of range",
                "The most allowed here is " + std::to_string(most / kMillion));
  }
  return value;
}

}  // namespace lvslab::scenario
