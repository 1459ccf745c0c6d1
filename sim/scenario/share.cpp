#include "scenario/share.h"

#include <cmath>
#include <string>

#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

constexpr std::int64_t kWhole = 1'000'000'000;

/// The operator in front as parse_count_bound reads it.
std::size_t operator_length(std::string_view text) {
  const std::size_t end = text.find_first_not_of("<>=!");
  return end == std::string_view::npos ? text.size() : end;
}

Result<Bound> parse_percent_bound(std::string_view text) {
  const std::size_t length = operator_length(text);
  const Result<double> share = parse_percent(trimmed(text.substr(length)));
  if (!share) return tl::unexpected<Error>(share.error());
  const auto bound = parse_count_bound(std::string(text.substr(0, length)) + "0");
  if (!bound) return tl::unexpected<Error>(bound.error());
  return Bound{bound->op, std::llround(*share * static_cast<double>(kWhole))};
}

}  // namespace

bool Share::holds(std::uint64_t count, std::uint64_t total) const {
  if (!bound) return count > 0;
  if (!percent) return bound->holds(static_cast<std::int64_t>(count));
  // Both sides times the total: whole numbers.
  const auto within = [&](Bound one) {
    one.value *= static_cast<std::int64_t>(total);
    return one.holds(static_cast<std::int64_t>(count) * kWhole);
  };
  return within(*bound) && (!upper || within(*upper));
}

Result<Share> parse_share(std::string_view text) {
  text = trimmed(text);
  if (text == "any") return Share{};
  Share share;
  share.percent = text.find('%') != std::string_view::npos;
  const std::size_t range = text.find("..");
  if (range != std::string_view::npos) {
    const auto low = parse_percent_bound(trimmed(text.substr(0, range)));
    const auto high = parse_percent_bound(trimmed(text.substr(range + 2)));
    if (!low || !high || low->op != Bound::Operator::kEqual ||
        high->op != Bound::Operator::kEqual || low->value > high->value)
      return fail(shown(text) + " is not a range of shares", "Write 30% .. 70%");
    share.bound = Bound{Bound::Operator::kAtLeast, low->value};
    share.upper = Bound{Bound::Operator::kAtMost, high->value};
    return share;
  }
  const auto bound = share.percent ? parse_percent_bound(text) : parse_count_bound(text);
  if (!bound) {
    return fail(shown(text) + " is not a share of the orders tried",
                "Write any, > 20%, 30% .. 70%, or how many of them: 3");
  }
  share.bound = *bound;
  return share;
}

}  // namespace lvslab::scenario
