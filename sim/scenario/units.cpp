#include "scenario/units.h"

#include <algorithm>
#include <cctype>
#include <span>
#include <string>

#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

using Wide = unsigned __int128;

struct Unit {
  std::string_view name;
  std::uint64_t scale;
};
struct Quantity {
  const char* wanted;   ///< "a duration"
  const char* example;  ///< "20ms"
  std::span<const Unit> units;
  const char* finest;  ///< "a picosecond"
};

constexpr Unit kTimeUnits[] = {{"ps", 1},
                               {"ns", 1'000},
                               {"us", 1'000'000},
                               {"ms", 1'000'000'000},
                               {"s", 1'000'000'000'000},
                               {"min", 60'000'000'000'000},
                               {"h", 3'600'000'000'000'000}};
constexpr Unit kRateUnits[] = {
    {"bps", 1},          {"Kbps", 1'000},         {"kbps", 1'000},
    {"Mbps", 1'000'000}, {"Gbps", 1'000'000'000}, {"Tbps", 1'000'000'000'000}};
constexpr Unit kSizeUnits[] = {{"B", 1},
                               {"kB", 1'000},
                               {"KB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000},
                               {"KiB", 1ull << 10},
                               {"MiB", 1ull << 20},
                               {"GiB", 1ull << 30}};
constexpr Quantity kTime{"a duration", "20ms", kTimeUnits, "a picosecond"};
constexpr Quantity kRate{"a rate", "100Mbps", kRateUnits, "a bit per second"};
constexpr Quantity kSize{"a size", "64B", kSizeUnits, "a byte"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// digits / 10^decimals, and what follows.
struct Number {
  std::uint64_t digits = 0;
  int decimals = 0;
  std::string_view rest;
};

std::string plain_decimal(std::string_view text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(text.substr(first));
}

Error not_that(std::string_view text, std::string_view wanted, std::string_view example) {
  return {shown(text) + " is not " + std::string(wanted),
          "Write for example " + std::string(example)};
}

/// The hint for 0x50: what it is in decimal, when it is small enough to be meant.
std::string decimal_of_hex(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits.substr(0, 9)) {
    const int lower = std::tolower(static_cast<unsigned char>(c));
    if (is_digit(c)) {
      value = value * 16 + static_cast<std::uint64_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<std::uint64_t>(lower - 'a' + 10);
    } else {
      break;
    }
  }
  return std::to_string(value);
}

Result<Number> lex_number(std::string_view text, std::string_view wanted,
                          std::string_view example) {
  const auto bad = [&] { return tl::unexpected<Error>(not_that(text, wanted, example)); };
  if (text.empty()) return fail("the value is empty, " + std::string(wanted) + " is wanted");
  if (text[0] == '-' && text.size() > 1 && is_digit(text[1])) {
    return fail(shown(text) + " is negative, which " + std::string(wanted) + " here cannot be");
  }
  if (text[0] == '+' || text[0] == '.') return bad();
  if (!is_digit(text[0])) return bad();
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 1 && text[0] == '0' && text.size() > 2 && (text[1] == 'x' || text[1] == 'X')) {
    return fail(shown(text) + " is hexadecimal",
                "Numbers are decimal here: write " + decimal_of_hex(text.substr(2)));
  }
  if (end > 1 && text[0] == '0') {
    return fail(shown(text) + " has a leading zero", "Write " + plain_decimal(text.substr(0, end)) +
                                                         ": numbers are decimal here, never octal");
  }
  Number number;
  std::size_t significant = end;
  std::string digits(text.substr(0, end));
  if (end < text.size() && text[end] == '.') {
    std::size_t fraction = end + 1;
    while (fraction < text.size() && is_digit(text[fraction])) ++fraction;
    if (fraction == end + 1) return bad();
    digits += text.substr(end + 1, fraction - end - 1);
    significant += fraction - end - 1;
    number.decimals = static_cast<int>(fraction - end - 1);
    end = fraction;
  }
  if (end + 1 < text.size() && (text[end] == 'e' || text[end] == 'E') &&
      (is_digit(text[end + 1]) || text[end + 1] == '+' || text[end + 1] == '-')) {
    return fail(shown(text) + " has an exponent", "Write the number out: 1000, not 1e3");
  }
  if (significant > 18) return fail(shown(text) + " has more than 18 digits");
  for (const char c : digits)
    number.digits = number.digits * 10 + static_cast<std::uint64_t>(c - '0');
  number.rest = text.substr(end);
  return number;
}

std::string unit_list(const Quantity& quantity) {
  std::string out;
  for (const Unit& unit : quantity.units) {
    out += out.empty() ? "" : " ";
    out += unit.name;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

Error unknown_unit(std::string_view text, const Number& number, const Quantity& quantity) {
  const std::string digits(text.substr(0, text.size() - number.rest.size()));
  if (number.rest.empty()) {
    return {shown(text) + " has no unit, " + quantity.wanted + " is wanted",
            "Write for example " + digits +
                std::string(quantity.example)
                    .substr(std::string_view(quantity.example).find_first_not_of("0123456789")) +
                "; the units are " + unit_list(quantity)};
  }
  const std::string_view unit = trimmed(number.rest);
  for (const Unit& known : quantity.units) {
    if (known.name == unit) {
      return {shown(text) + " has a space between number and unit",
              "Write " + digits + std::string(unit)};
    }
  }
  for (const Unit& known : quantity.units) {
    if (lower(known.name) == lower(unit)) {
      return {shown(text) + " has an unknown unit", "Write " + digits + std::string(known.name)};
    }
  }
  if (unit == "m" && quantity.units.data() == kTimeUnits) {
    return {shown(text) + " has an unknown unit", "Write " + digits + "min or " + digits + "ms"};
  }
  return {shown(text) + " has an unknown unit",
          "The units of " + std::string(quantity.wanted) + " are " + unit_list(quantity)};
}

/// In the finest unit, exactly.
Result<std::uint64_t> parse_quantity(std::string_view text, const Quantity& quantity,
                                     std::uint64_t most, std::string_view most_text) {
  const Result<Number> number = lex_number(text, quantity.wanted, quantity.example);
  if (!number) return tl::unexpected<Error>(number.error());
  for (const Unit& unit : quantity.units) {
    if (unit.name != number->rest) continue;
    Wide value = Wide{number->digits} * unit.scale;
    Wide divisor = 1;
    for (int i = 0; i < number->decimals; ++i) divisor *= 10;
    if (value % divisor != 0) {
      return fail(shown(text) + " is finer than " + quantity.finest, "Write fewer decimals");
    }
    value /= divisor;
    if (value > most) {
      return fail(shown(text) + " is too much",
                  "The most allowed here is " + std::string(most_text));
    }
    return static_cast<std::uint64_t>(value);
  }
  return tl::unexpected<Error>(unknown_unit(text, *number, quantity));
}

}  // namespace

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const Result<Number> number = lex_number(text, "a whole number", "6");
  if (!number) return tl::unexpected<Error>(number.error());
  if (number->decimals > 0) return fail(shown(text) + " is not a whole number");
  if (!number->rest.empty()) {
    return fail(shown(text) + " is not a whole number", "A number without a unit is wanted here");
  }
  if (number->digits < least || number->digits > most) {
    return fail(shown(text) + " is out of range", "From " + std::to_string(least) + " to " +
                                                      std::to_string(most) + " is allowed here");
  }
  return number->digits;
}

Result<Duration> parse_duration(std::string_view text) {
  const auto most = static_cast<std::uint64_t>(limits::kDuration.ps());
  const Result<std::uint64_t> ps = parse_quantity(text, kTime, most, "720h");
  if (!ps) return tl::unexpected<Error>(ps.error());
  return Duration::picoseconds(static_cast<std::int64_t>(*ps));
}

Result<std::uint64_t> parse_bit_rate(std::string_view text) {
  if (text == "unlimited") return std::uint64_t{0};
  Result<std::uint64_t> rate = parse_quantity(text, kRate, limits::kBitsPerSecond, "1000Tbps");
  if (rate && *rate == 0) {
    return fail("a link of no rate carries nothing",
                "Write `unlimited`, or `state: down` on the timeline");
  }
  return rate;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  return parse_quantity(text, kSize, limits::kBytes, "1024GiB");
}

Result<double> parse_percent(std::string_view text) {
  const Result<Number> number = lex_number(text, "a percentage", "0.1%");
  if (!number) return tl::unexpected<Error>(number.error());
  const std::string digits(text.substr(0, text.size() - number->rest.size()));
  if (number->rest.empty()) {
    return fail(shown(text) + " has no %, a percentage is wanted",
                "Write for example " + digits + "%");
  }
  if (number->rest != "%") {
    if (trimmed(number->rest) == "%") {
      return fail(shown(text) + " has a space between number and %", "Write " + digits + "%");
    }
    return tl::unexpected<Error>(not_that(text, "a percentage", "0.1%"));
  }
  double value = static_cast<double>(number->digits);
  double divisor = 100;
  for (int i = 0; i < number->decimals; ++i) divisor *= 10;
  value /= divisor;
  if (value > 1) return fail(shown(text) + " is out of range", "From 0% to 100% is allowed here");
  return value;
}

Result<Duration> parse_event_gap(std::string_view text) {
  const Result<Number> number = lex_number(text, "a number of events per second", "1000/s");
  if (!number) return tl::unexpected<Error>(number.error());
  if (number->rest != "/s") {
    const std::string digits(text.substr(0, text.size() - number->rest.size()));
    return fail(shown(text) + " is not a number of events per second", "Write " + digits + "/s");
  }
  Wide numerator = 1'000'000'000'000;
  for (int i = 0; i < number->decimals; ++i) numerator *= 10;
  if (number->digits == 0) return fail("a rate of 0/s brings nothing", "Leave the traffic out");
  const Wide gap = (numerator + number->digits / 2) / number->digits;
  if (gap == 0) return fail(shown(text) + " is too much", "The most is one event a picosecond");
  if (gap > static_cast<Wide>(limits::kDuration.ps())) {
    return fail(shown(text) + " is less than one event in 30 days");
  }
  return Duration::picoseconds(static_cast<std::int64_t>(gap));
}

Result<bool> parse_flag(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(shown(text) + " is neither true nor false", "Write true or false");
}

Result<std::uint32_t> parse_file_mode(std::string_view text) {
  std::uint32_t mode = 0;
  if (text.size() < 3 || text.size() > 4)
    return fail(shown(text) + " is not a file mode", "Write for example \"0644\"");
  for (const char c : text) {
    if (c < '0' || c > '7') {
      return fail(shown(text) + " is not a file mode",
                  "A mode has octal digits, for example \"0644\"");
    }
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode;
}

bool Bound::holds(std::int64_t figure) const {
  switch (op) {
    case Operator::kEqual:
      return figure == value;
    case Operator::kNotEqual:
      return figure != value;
    case Operator::kLess:
      return figure < value;
    case Operator::kAtMost:
      return figure <= value;
    case Operator::kGreater:
      return figure > value;
    case Operator::kAtLeast:
      return figure >= value;
    case Operator::kWithin:
      return figure >= value - slack && figure <= value + slack;
  }
  return false;
}

namespace {

/// Takes the operator off the front of `text`.
Bound::Operator take_operator(std::string_view& text) {
  struct Spelling {
    std::string_view text;
    Bound::Operator op;
  };
  constexpr Spelling kSpellings[] = {
      {"<=", Bound::Operator::kAtMost},   {">=", Bound::Operator::kAtLeast},
      {"!=", Bound::Operator::kNotEqual}, {"==", Bound::Operator::kEqual},
      {"<", Bound::Operator::kLess},      {">", Bound::Operator::kGreater}};
  for (const Spelling& spelling : kSpellings) {
    if (text.substr(0, spelling.text.size()) != spelling.text) continue;
    text = trimmed(text.substr(spelling.text.size()));
    return spelling.op;
  }
  return Bound::Operator::kEqual;
}

}  // namespace

namespace {

/// `parse` reads the figure; after it may stand "+- 2%".
template <typename Parse>
auto parse_bound(std::string_view text, const Parse& parse) -> Result<Bound> {
  Bound bound;
  bound.op = take_operator(text);
  const std::size_t slack = text.find("+-");
  const auto figure = parse(trimmed(text.substr(0, slack)));
  if (!figure) return tl::unexpected<Error>(figure.error());
  bound.value = *figure;
  if (slack == std::string_view::npos) return bound;
  if (bound.op != Bound::Operator::kEqual) {
    return fail(shown(text) + " has a tolerance behind a bound", "Write 5ms +- 2%, or < 5ms");
  }
  const Result<double> share = parse_percent(trimmed(text.substr(slack + 2)));
  if (!share) return tl::unexpected<Error>(share.error());
  bound.op = Bound::Operator::kWithin;
  bound.slack = static_cast<std::int64_t>(static_cast<double>(bound.value) * *share);
  return bound;
}

}  // namespace

Result<Bound> parse_count_bound(std::string_view text) {
  return parse_bound(text, [](std::string_view figure) -> Result<std::int64_t> {
    const Result<std::uint64_t> count = parse_count(figure, 0, 999'999'999'999'999'999);
    if (!count) return tl::unexpected<Error>(count.error());
    return static_cast<std::int64_t>(*count);
  });
}

Result<Bound> parse_duration_bound(std::string_view text) {
  return parse_bound(text, [](std::string_view figure) -> Result<std::int64_t> {
    const Result<Duration> duration = parse_duration(figure);
    if (!duration) return tl::unexpected<Error>(duration.error());
    return duration->ps();
  });
}

Result<Bound> parse_size_bound(std::string_view text) {
  return parse_bound(text, [](std::string_view figure) -> Result<std::int64_t> {
    const Result<std::uint64_t> size = parse_size(figure);
    if (!size) return tl::unexpected<Error>(size.error());
    return static_cast<std::int64_t>(*size);
  });
}

}  // namespace lvslab::scenario
