#include "app/arrivals.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace lvslab::app {
namespace {

constexpr std::int64_t kLongest = std::int64_t{1}
                                  << 62;  // 53 days: whatever comes later never comes

/// What the arrival before a connection draws: keyed by that connection.
double exposure(const LoadPlan& load, std::uint32_t traffic, std::uint32_t connection) {
  return draw_unit(load.key({traffic, connection, 0}), "arrival");
}

/// Gap before a connection, an exponential draw of its own.
std::int64_t poisson_gap(const LoadPlan& load, std::uint32_t traffic, std::uint32_t connection,
                         double mean) {
  const double gap = exponential(exposure(load, traffic, connection), mean);
  return gap < static_cast<double>(kLongest) ? static_cast<std::int64_t>(gap) : kLongest;
}

}  // namespace

Instant later(Instant base, Duration delay) {
  if (base.is_never()) return base;
  if (delay.ps() > 0 && base.ps() > Instant::never().ps() - delay.ps()) return Instant::never();
  return base + delay;
}

std::optional<double> next_by_rate(const std::vector<RatePoint>& rates, double share, double from,
                                   double exposure) {
  double now = from, left = exposure;
  for (std::size_t i = 0; i + 1 < rates.size(); ++i) {
    const auto begin = static_cast<double>(rates[i].at.ps());
    const auto end = static_cast<double>(rates[i + 1].at.ps());
    if (end <= now || end <= begin) continue;
    const double slope =
        share * (rates[i + 1].per_picosecond - rates[i].per_picosecond) / (end - begin);
    now = std::max(now, begin);
    const double rate = share * rates[i].per_picosecond + slope * (now - begin);
    const double whole = (rate + slope * (end - now) / 2) * (end - now);
    if (left < whole)
      return now + 2 * left / (rate + std::sqrt(std::max(0.0, rate * rate + 2 * slope * left)));
    left -= whole;
    now = end;
  }
  const double last = share * rates.back().per_picosecond;
  if (last <= 0) return std::nullopt;
  return std::max(now, static_cast<double>(rates.back().at.ps())) + left / last;
}

ArrivalProcess::ArrivalProcess(const LoadPlan& plan, std::uint32_t traffic, std::uint32_t position)
    : load_(&plan), traffic_(traffic), position_(position), at_(this->plan().start) {
  const TrafficPlan& t = this->plan();
  if (t.arrivals == Arrivals::kListed) {
    for (std::uint32_t i = 0; i < t.listed.size(); ++i)
      if (t.listed[i].client == position) listed_.push_back(i);
    std::stable_sort(listed_.begin(), listed_.end(), [&t](std::uint32_t a, std::uint32_t b) {
      return t.listed[a].at < t.listed[b].at;
    });
  }
  place();
}

void ArrivalProcess::advance() {
  ++round_;
  place();
}

void ArrivalProcess::place_listed() {
  if (round_ >= listed_.size()) return;
  connection_ = listed_[round_] + 1;
  at_ = plan().listed[listed_[round_]].at;
}

/// `walked_` is the line after the one that came last.
void ArrivalProcess::place_traced() {
  const TrafficPlan& t = plan();
  while (walked_ < t.trace.size() && t.trace[walked_].client != position_) ++walked_;
  if (walked_ >= std::min<std::uint64_t>(t.trace.size(), t.count)) return;
  at_ = t.start + t.trace[walked_].at;
  connection_ = static_cast<std::uint32_t>(++walked_);
}

/// All clients' gaps one after the other, up to the one before `number`.
std::optional<Duration> ArrivalProcess::drawn_gaps(std::uint64_t number) {
  const TrafficPlan& t = plan();
  std::int64_t at = at_.ps();
  for (; walked_ * t.batch < number; ++walked_) {
    const auto first = static_cast<std::uint32_t>(walked_ * t.batch + 1);
    const std::int64_t gap = t.gaps.sample(load_->chance({traffic_, first, 0}, "arrival"));
    if (at > kLongest - gap) return std::nullopt;
    at += gap;
  }
  return Duration::picoseconds(at);
}

std::optional<Duration> ArrivalProcess::moment(std::uint64_t number) {
  const TrafficPlan& t = plan();
  if (t.arrivals == Arrivals::kEvery) {
    if (!t.gaps.is_zero()) return drawn_gaps(number);
    const auto before = static_cast<std::int64_t>((number - 1) / t.batch);
    if (t.gap.ps() > 0 && before > (kLongest - t.start.ps()) / t.gap.ps()) return std::nullopt;
    return t.start + t.gap * before;
  }
  if (round_ % t.batch != 0) return at_;
  const auto connection = static_cast<std::uint32_t>(number);
  const auto clients = static_cast<double>(t.clients.size());
  if (!t.rates.empty()) {
    const auto next = next_by_rate(t.rates, 1 / clients, static_cast<double>((at_ - t.start).ps()),
                                   exponential(exposure(*load_, traffic_, connection), 1.0));
    if (!next || *next >= static_cast<double>(kLongest / 2)) return std::nullopt;
    return t.start + Duration::picoseconds(static_cast<std::int64_t>(*next));
  }
  const double mean = static_cast<double>(t.gap.ps()) * clients;
  const std::int64_t gap = poisson_gap(*load_, traffic_, connection, mean);
  if (at_.ps() > kLongest - gap) return std::nullopt;
  return Duration::picoseconds(at_.ps() + gap);
}

/// Works out number and time of arrival `round_`.
void ArrivalProcess::place() {
  const TrafficPlan& t = plan();
  connection_ = 0;
  if (t.arrivals == Arrivals::kClosed) return;
  if (t.arrivals == Arrivals::kListed) return place_listed();
  if (t.arrivals == Arrivals::kTrace) return place_traced();
  const std::uint64_t number = round_ * t.clients.size() + position_ + 1;
  if (number > t.count || number > 0xffffffffu) return;
  const std::optional<Duration> at = moment(number);
  if (!at || *at - t.start > t.lasts) return;
  at_ = *at;
  connection_ = static_cast<std::uint32_t>(number);
}

}  // namespace lvslab::app
