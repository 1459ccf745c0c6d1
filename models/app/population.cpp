#include "app/population.h"

#include <algorithm>

#include "base/check.h"
#include "base/real.h"

namespace lvslab::app {

namespace {
constexpr std::uint64_t kMillion = 1'000'000;
}

std::uint64_t Population::usable(const wire::Prefix& prefix) {
  const std::uint64_t all = std::uint64_t{1} << (32 - prefix.length);
  return all > 2 ? all - 2 : all;
}

wire::Ipv4 Population::first(const wire::Prefix& prefix) {
  const std::uint32_t network = prefix.network().value;
  return {prefix.length < 31 ? network + 1 : network};
}

void Population::use_uniform(std::uint64_t count) {
  LVSLAB_CHECK(count > 0 && count <= usable(prefix));
  count_ = count;
}

void Population::use_zipf(std::uint64_t count, double exponent) {
  LVSLAB_CHECK(count > 0 && count <= usable(prefix) && count <= kMostWeighed);
  count_ = count;
  cumulated_.clear();
  double sum = 0;
  for (std::uint64_t k = 1; k <= count; ++k)
    cumulated_.push_back(sum += portable_pow(static_cast<double>(k), -exponent));
}

void Population::use(const std::vector<Member>& members) {
  LVSLAB_CHECK(!members.empty() && members.size() <= kMostWeighed);
  count_ = members.size();
  double sum = 0;
  for (const Member& member : members) {
    members_.push_back(member.address);
    cumulated_.push_back(sum += member.weight);
  }
}

void Population::add_share(wire::Ipv4 address, std::uint64_t millionths) {
  const std::uint64_t before = shares_.empty() ? 0 : shares_.back().until;
  LVSLAB_CHECK(before + millionths <= kMillion);
  shares_.push_back({address, before + millionths});
}

wire::Ipv4 Population::draw(Random chance) const {
  if (!shares_.empty()) {
    const std::uint64_t at = chance.below(kMillion);
    for (const Share& share : shares_) {
      if (at < share.until) return share.address;
    }
  }
  std::uint64_t index = 0;
  if (cumulated_.empty()) {
    index = chance.below(count_);
  } else {
    const double at = chance.unit() * cumulated_.back();
    const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), at);
    index = std::min(static_cast<std::uint64_t>(found - cumulated_.begin()), count_ - 1);
  }
  if (!members_.empty()) return members_[index];
  return {first(prefix).value + static_cast<std::uint32_t>(index)};
}

}  // namespace lvslab::app
