// A list that only grows, in pieces of a fixed number of elements: elements stay where they are,
// and growing neither copies nor keeps room for twice as many as there are. A piece is made whole:
// few elements in one where each host has such a list, many where there is one list in all.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace lvslab {

template <typename T, std::size_t kPiece>
class Chunks {
  static_assert((kPiece & (kPiece - 1)) == 0);

 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t at) { return pieces_[at / kPiece][at % kPiece]; }
  const T& operator[](std::size_t at) const { return pieces_[at / kPiece][at % kPiece]; }
  T& emplace_back() {
    if (size_ == pieces_.size() * kPiece) pieces_.push_back(std::make_unique<T[]>(kPiece));
    return (*this)[size_++];
  }
  void clear() {
    pieces_.clear();
    size_ = 0;
  }

 private:
  std::vector<std::unique_ptr<T[]>> pieces_;
  std::size_t size_ = 0;
};

}  // namespace lvslab
