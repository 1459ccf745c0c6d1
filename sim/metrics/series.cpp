#include "metrics/series.h"

#include <algorithm>

namespace lvslab::metrics {
namespace {

using Counts = std::vector<std::pair<std::uint16_t, std::uint32_t>>;

Counts merged(const Counts& first, const Counts& second) {
  Counts all;
  all.reserve(first.size() + second.size());
  auto a = first.begin();
  for (const auto& [bucket, count] : second) {
    while (a != first.end() && a->first < bucket) all.push_back(*a++);
    all.emplace_back(bucket, count);
    if (a != first.end() && a->first == bucket) all.back().second += (a++)->second;
  }
  all.insert(all.end(), a, first.end());
  return all;
}

}  // namespace

void Bin::add_latency(std::int64_t ps) {
  latency_min = requests == 0 ? ps : std::min(latency_min, ps);
  latency_max = std::max(latency_max, ps);
  latency_sum += ps;
  ++requests;
  fresh.push_back(Histogram::bucket_of(ps));
  if (fresh.size() > 4'096 + latencies.size()) settle();
}

void Bin::settle() {
  if (fresh.empty()) return;
  std::sort(fresh.begin(), fresh.end());
  Counts counted;
  for (const std::uint16_t bucket : fresh) {
    if (counted.empty() || counted.back().first != bucket) counted.emplace_back(bucket, 0);
    ++counted.back().second;
  }
  fresh = {};
  latencies = merged(latencies, counted);
}

void Bin::join(const Bin& later) {
  if (later.requests > 0) {
    latency_min = requests == 0 ? later.latency_min : std::min(latency_min, later.latency_min);
    latency_max = std::max(latency_max, later.latency_max);
  }
  active = later.active;
  inactive = later.inactive;
  queue = later.queue;
  busy += later.busy;
  requests += later.requests;
  bytes_in += later.bytes_in;
  bytes_out += later.bytes_out;
  latency_sum += later.latency_sum;
  fresh.insert(fresh.end(), later.fresh.begin(), later.fresh.end());
  latencies = merged(latencies, later.latencies);
}

std::int64_t Bin::percentile(unsigned thousandths) const {
  const std::uint64_t rank =
      std::max<std::uint64_t>((requests * std::uint64_t{thousandths} + 999) / 1000, 1);
  std::uint64_t below = 0;
  for (const auto& [bucket, count] : latencies) {
    below += count;
    if (below >= rank) return std::clamp(Histogram::value_of(bucket), latency_min, latency_max);
  }
  return latency_max;
}

std::vector<Bin>& Series::bins_of(NodeIndex server) {
  std::vector<Bin>& bins = servers_[server];
  if (bins.size() <= bin_) bins.resize(bin_ + 1);
  return bins;
}

Bin& Series::now_at(NodeIndex server) { return bins_of(server)[bin_]; }

/// The bins that ended are those from the one at hand on: it has the level, and so have those that
/// go_to() makes after it.
void Series::end_levels(NodeIndex server, const Level& level) {
  Bin& bin = now_at(server);
  bin.active = level.active;
  bin.inactive = level.inactive;
  bin.queue = level.queue;
}

void Series::go_to(Instant now) {
  for (auto& [node, bins] : servers_) {
    if (bins.size() == bin_ + 1) bins[bin_].settle();
  }
  while (static_cast<std::size_t>(now.ps() / width_) >= kMostBins) coarsen();
  const auto next = static_cast<std::size_t>(now.ps() / width_);
  for (auto& [node, bins] : servers_) {
    Level last;
    if (bins.size() == bin_ + 1) last = {bins[bin_].active, bins[bin_].inactive, bins[bin_].queue};
    bins.resize(next + 1);
    for (std::size_t i = bin_ + 1; i < next; ++i) {
      bins[i].active = last.active;
      bins[i].inactive = last.inactive;
      bins[i].queue = last.queue;
    }
  }
  bin_ = next;
  end_ = static_cast<std::int64_t>(bin_ + 1) * width_;
}

/// Ten bins become one.
void Series::coarsen() {
  for (auto& [node, bins] : servers_) {
    std::vector<Bin> joined((bins.size() + 9) / 10);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (i % 10 == 0)
        joined[i / 10] = std::move(bins[i]);
      else
        joined[i / 10].join(bins[i]);
    }
    for (Bin& bin : joined) bin.settle();
    bins = std::move(joined);
  }
  bin_ /= 10;
  width_ *= 10;
}

void Series::add_busy(NodeIndex server, Instant from, Instant to, std::uint32_t workers) {
  if (workers == 0 || from >= to) return;
  std::vector<Bin>& bins = bins_of(server);
  for (std::int64_t at = from.ps(); at < to.ps();) {
    const auto bin = std::min(static_cast<std::size_t>(at / width_), bin_);
    const std::int64_t edge = static_cast<std::int64_t>(bin + 1) * width_;
    const std::int64_t until = bin == bin_ ? to.ps() : std::min(edge, to.ps());
    bins[bin].busy += (until - at) * workers;
    at = until;
  }
}

Duration Series::round_width(Instant end) {
  const std::int64_t ps = end.ps() / 200 + 1;
  std::int64_t nice = kFinest;  // 1, 2, 5 times powers of ten
  for (int step = 0; nice < ps; ++step) nice = step % 3 == 1 ? nice / 2 * 5 : nice * 2;
  return Duration::picoseconds(nice);
}

Series::Table Series::table(Instant end) const {
  Table table;
  table.width = std::max(round_width(end), Duration::picoseconds(width_));
  const auto factor = static_cast<std::size_t>(table.width.ps() / width_);
  const auto count = static_cast<std::size_t>(end.ps() / table.width.ps()) + 1;
  for (const auto& [node, bins] : servers_) {
    std::vector<Bin> wide(count);
    Bin last;
    for (std::size_t i = 0; i < count * factor; ++i) {
      Bin& bin = wide[i / factor];
      if (i < bins.size()) {
        if (i % factor == 0)
          bin = bins[i];
        else
          bin.join(bins[i]);
        last.active = bins[i].active;
        last.inactive = bins[i].inactive;
        last.queue = bins[i].queue;
      } else {
        bin.active = last.active;
        bin.inactive = last.inactive;
        bin.queue = last.queue;
      }
    }
    for (Bin& bin : wide) bin.settle();
    table.servers.emplace_back(node, std::move(wide));
  }
  return table;
}

}  // namespace lvslab::metrics
