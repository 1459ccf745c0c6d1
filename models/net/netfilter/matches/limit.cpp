// -m limit: a bucket of `burst` tokens that fills at a steady rate; a packet that finds one fits.
#include <algorithm>
#include <array>

#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::uint32_t kScale = 10'000;       ///< intervals are counted in 1/10000 s
constexpr std::int64_t kTick = 4'000'000'000;  ///< ps: the kernel's clock of 250 Hz
struct Unit {
  std::string_view name;
  std::uint32_t seconds;
};
constexpr auto kUnits =
    std::to_array<Unit>({{"day", 86'400}, {"hour", 3'600}, {"minute", 60}, {"second", 1}});

class Limit final : public Match {
 public:
  bool matches(const Seen& seen) const override {
    const std::int64_t tick = seen.turn.now().since_start().ps() / kTick;
    const std::int64_t most = std::int64_t{interval_} * burst_;
    credit_ = begun_ ? std::min(most, credit_ + (tick - last_) * (kScale / 250)) : most;
    begun_ = true;
    last_ = tick;
    if (credit_ < interval_) return false;
    credit_ -= interval_;
    return true;
  }
  bool read(Words& words) override {
    if (words.is("--limit")) {
      read_rate(words, words.value());
      return true;
    }
    if (!words.is("--limit-burst")) return false;
    const std::string text = words.value();
    const auto number = read_number(text);
    if (!words.failed() && (!number || *number > 10'000)) {
      words.fail("limit: Bad value for \"--limit-burst\" option: \"" + text +
                 "\", or out of range (0-10000).\n");
    }
    burst_ = number.value_or(0);
    return true;
  }
  std::string save() const override {
    return " --limit " + rate() + (burst_ != 5 ? " --limit-burst " + std::to_string(burst_) : "");
  }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return " limit: avg " + rate() + " burst " + std::to_string(burst_);
  }

 private:
  // "3/hour", "10/s", "5": a unit by its beginning, seconds without.
  void read_rate(Words& words, const std::string& text) {
    if (words.failed()) return;
    const std::size_t slash = text.find('/');
    std::uint32_t seconds = 1;
    bool good = slash == std::string::npos;
    if (!good) {
      const std::string unit = text.substr(slash + 1);
      for (const Unit& known : kUnits) {
        if (unit.empty() || !known.name.starts_with(unit)) continue;
        seconds = known.seconds;
        good = true;
      }
    }
    const auto number = read_number(text.substr(0, slash));
    if (!good || !number || *number == 0) return words.fail("bad rate \"" + text + "\"'");
    if (*number / seconds > kScale) return words.fail("Rate too fast \"" + text + "\"");
    interval_ = std::max(kScale * seconds / *number, 1u);
  }
  std::string rate() const {
    // The largest unit in which it is a whole number of times, or nearly so.
    std::size_t best = 0;
    for (std::size_t i = 0; i < kUnits.size(); ++i) {
      const std::uint32_t period = kUnits[i].seconds * kScale;
      if (interval_ > period || period / interval_ < period % interval_) break;
      best = i;
    }
    return std::to_string(kUnits[best].seconds * kScale / interval_) + "/" +
           (kUnits[best].name == "second"   ? "sec"
            : kUnits[best].name == "minute" ? "min"
                                            : std::string(kUnits[best].name));
  }

  std::uint32_t interval_ = kScale * 3'600 / 3, burst_ = 5;
  // The bucket belongs to the rule, whoever copies it.
  mutable bool begun_ = false;
  mutable std::int64_t credit_ = 0, last_ = 0;
};

}  // namespace

std::unique_ptr<Match> make_limit_match() { return std::make_unique<Limit>(); }

}  // namespace lvslab::net::netfilter
