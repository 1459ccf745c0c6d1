// What only some entries of the connection table have, kept apart from the entries: a column has
// room for a page of entries once one of them has a value other than 0.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace lvslab::lvs {

template <typename Value>
class SparseColumn {
 public:
  Value get(std::uint32_t slot) const {
    const std::uint32_t page = slot / kPage;
    return page < pages_.size() && pages_[page] ? (*pages_[page])[slot % kPage] : Value{};
  }
  void set(std::uint32_t slot, const Value& value) {
    const std::uint32_t page = slot / kPage;
    if (page >= pages_.size() || !pages_[page]) {
      if (value == Value{}) return;
      if (page >= pages_.size()) pages_.resize(page + 1);
      pages_[page] = std::make_unique<Page>();
    }
    (*pages_[page])[slot % kPage] = value;
  }

 private:
  static constexpr std::uint32_t kPage = 1024;
  using Page = std::array<Value, kPage>;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace lvslab::lvs
