// Figures of many values without keeping them: count, mean, least and most are exact, percentiles
// too up to kExact values; beyond that they come from buckets whose width grows with the value
// (128 to each power of two) and are right to 0.4 %. Values are whole and not negative (ps, bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lvslab::metrics {

class Histogram {
 public:
  static constexpr std::size_t kExact = 32'768;

  void add(std::int64_t value);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return max_; }
  std::int64_t mean() const;
  __int128 sum() const { return sum_; }
  /// By nearest rank; 0 without values.
  std::int64_t percentile(unsigned thousandths) const;

  /// Buckets that hold something, ascending, with how many.
  std::vector<std::pair<std::uint16_t, std::uint64_t>> buckets() const;

  /// Bucket of a value, and the value that stands for a bucket.
  static std::uint16_t bucket_of(std::int64_t value);
  static std::int64_t value_of(std::uint16_t bucket);

 private:
  void spread();
  std::uint64_t count_ = 0;
  __int128 sum_ = 0;
  std::int64_t min_ = 0, max_ = 0;
  std::vector<std::int64_t> exact_;     ///< all values, while there are few
  std::vector<std::uint64_t> buckets_;  ///< then how many in each bucket
};

}  // namespace lvslab::metrics
