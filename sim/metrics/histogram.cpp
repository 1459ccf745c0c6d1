#include "metrics/histogram.h"

#include <algorithm>
#include <bit>

namespace lvslab::metrics {
namespace {

constexpr unsigned kBits = 7;                                // 2^7 buckets to each power of two
constexpr std::uint64_t kPlain = std::uint64_t{2} << kBits;  // values below are their own bucket
constexpr std::size_t kBuckets = kPlain + (63 - kBits - 1) * (std::size_t{1} << kBits);

}  // namespace

std::uint16_t Histogram::bucket_of(std::int64_t value) {
  const auto v = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
  if (v < kPlain) return static_cast<std::uint16_t>(v);
  const auto shift = static_cast<unsigned>(std::bit_width(v)) - kBits - 1;
  return static_cast<std::uint16_t>(kPlain + ((shift - 1) << kBits) + (v >> shift) -
                                    (std::uint64_t{1} << kBits));
}

std::int64_t Histogram::value_of(std::uint16_t bucket) {
  if (bucket < kPlain) return bucket;
  const std::uint64_t above = bucket - kPlain;
  const auto shift = static_cast<unsigned>(above >> kBits) + 1;
  const std::uint64_t low = ((above & ((1u << kBits) - 1)) + (1u << kBits)) << shift;
  return static_cast<std::int64_t>(low + (std::uint64_t{1} << shift) / 2);
}

void Histogram::add(std::int64_t value) {
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += value;
  ++count_;
  if (!buckets_.empty()) {
    ++buckets_[bucket_of(value)];
    return;
  }
  exact_.push_back(value);
  if (exact_.size() > kExact) spread();
}

void Histogram::spread() {
  if (buckets_.empty()) buckets_.resize(kBuckets);
  for (const std::int64_t value : exact_) ++buckets_[bucket_of(value)];
  exact_ = {};
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  count_ += other.count_;
  exact_.insert(exact_.end(), other.exact_.begin(), other.exact_.end());
  if (exact_.size() > kExact || !buckets_.empty() || !other.buckets_.empty()) spread();
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
}

std::int64_t Histogram::mean() const {
  return count_ == 0 ? 0 : static_cast<std::int64_t>(sum_ / static_cast<__int128>(count_));
}

std::int64_t Histogram::percentile(unsigned thousandths) const {
  if (count_ == 0) return 0;
  const std::uint64_t rank =
      std::max<std::uint64_t>((count_ * std::uint64_t{thousandths} + 999) / 1000, 1);
  if (buckets_.empty()) {
    std::vector<std::int64_t> sorted = exact_;
    const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(sorted.begin(), nth, sorted.end());
    return *nth;
  }
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    below += buckets_[i];
    if (below >= rank) return std::clamp(value_of(static_cast<std::uint16_t>(i)), min_, max_);
  }
  return max_;
}

std::vector<std::pair<std::uint16_t, std::uint64_t>> Histogram::buckets() const {
  std::vector<std::pair<std::uint16_t, std::uint64_t>> list;
  std::vector<std::uint16_t> places;
  for (const std::int64_t value : exact_) places.push_back(bucket_of(value));
  std::sort(places.begin(), places.end());
  for (const std::uint16_t place : places) {
    if (list.empty() || list.back().first != place) list.emplace_back(place, 0);
    ++list.back().second;
  }
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] != 0) list.emplace_back(static_cast<std::uint16_t>(i), buckets_[i]);
  }
  return list;
}

}  // namespace lvslab::metrics
