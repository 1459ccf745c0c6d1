#include "app/arrivals.h"

#include <algorithm>

#include "base/random.h"

namespace lvslab::app {
namespace {

constexpr std::int64_t kLongest = std::int64_t{1}
                                  << 62;  // 53 days: whatever comes later never comes

/// Gap before a connection, an exponential draw of its own.
std::int64_t poisson_gap(const LoadPlan& load, std::uint32_t traffic, std::uint32_t connection,
                         double mean) {
  const RequestKey key{load.seed, load.replication, traffic, connection, 0};
  const double gap = exponential(draw_unit(key, "arrival"), mean);
  return gap < static_cast<double>(kLongest) ? static_cast<std::int64_t>(gap) : kLongest;
}

}  // namespace

Instant later(Instant base, Duration delay) {
  if (base.is_never()) return base;
  if (delay.ps() > 0 && base.ps() > Instant::never().ps() - delay.ps()) return Instant::never();
  return base + delay;
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

/// Works out number and time of arrival `round_`.
void ArrivalProcess::place() {
  const TrafficPlan& t = plan();
  connection_ = 0;
  if (t.arrivals == Arrivals::kListed) {
    if (round_ >= listed_.size()) return;
    connection_ = listed_[round_] + 1;
    at_ = t.listed[listed_[round_]].at;
    return;
  }
  const std::uint64_t clients = t.clients.size();
  const std::uint64_t number = round_ * clients + position_ + 1;
  if (number > t.count || number > 0xffffffffu) return;
  std::int64_t at = 0;
  if (t.arrivals == Arrivals::kEvery) {
    const auto before = static_cast<std::int64_t>(number - 1);
    if (t.gap.ps() > 0 && before > (kLongest - t.start.ps()) / t.gap.ps()) return;
    at = t.start.ps() + t.gap.ps() * before;
  } else {
    const double mean = static_cast<double>(t.gap.ps()) * static_cast<double>(clients);
    const std::int64_t gap =
        poisson_gap(*load_, traffic_, static_cast<std::uint32_t>(number), mean);
    if (at_.ps() > kLongest - gap) return;
    at = at_.ps() + gap;
  }
  at_ = Duration::picoseconds(at);
  connection_ = static_cast<std::uint32_t>(number);
}

}  // namespace lvslab::app
