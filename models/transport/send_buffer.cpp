#include "transport/send_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace lvslab::transport {

void SendBuffer::push(Run&& run) {
  if (run.length() == 0) return;
  size_ += run.length();
  runs_.push_back(std::move(run));
}

void SendBuffer::append(std::string_view text, std::uint64_t zeros, const Tag& tag) {
  Run run;
  run.text = reinterpret_cast<const std::uint8_t*>(text.data());
  run.text_length = static_cast<std::uint32_t>(text.size());
  run.zeros = zeros;
  run.tag = tag;
  push(std::move(run));
}

void SendBuffer::append_copy(std::span<const std::uint8_t> bytes, std::uint64_t zeros,
                             const Tag& tag) {
  Run run;
  if (!bytes.empty()) {
    run.own = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
    std::memcpy(run.own.get(), bytes.data(), bytes.size());
  }
  run.text = run.own.get();
  run.text_length = static_cast<std::uint32_t>(bytes.size());
  run.zeros = zeros;
  run.tag = tag;
  push(std::move(run));
}

void SendBuffer::drop_front(std::uint64_t n) {
  LVSLAB_CHECK(n <= size_);
  size_ -= n;
  consumed_ += n;
  while (head_ < runs_.size() && consumed_ >= runs_[head_].length()) {
    consumed_ -= runs_[head_].length();
    runs_[head_].own.reset();
    ++head_;
  }
  if (head_ == runs_.size()) {
    runs_.clear();  // keeps its capacity: the next write allocates nothing
    head_ = 0;
    consumed_ = 0;
  } else if (head_ >= 64 && head_ * 2 >= runs_.size()) {
    runs_.erase(runs_.begin(), runs_.begin() + head_);
    head_ = 0;
  }
}

void SendBuffer::clear() {
  if (runs_.capacity() > 64) {
    runs_ = std::vector<Run>();
  } else {
    runs_.clear();
  }
  head_ = 0;
  consumed_ = 0;
  size_ = 0;
}

SendBuffer::Slice SendBuffer::slice(std::uint64_t offset, std::uint32_t limit) const {
  Slice slice;
  std::uint64_t skip = offset + consumed_;
  bool first = true;
  for (std::size_t i = head_; i < runs_.size() && slice.length < limit; ++i) {
    const Run& run = runs_[i];
    if (skip >= run.length()) {
      skip -= run.length();
      continue;
    }
    if (first) slice.tag = run.tag;
    first = false;
    const std::uint64_t left = run.length() - skip;
    const auto take =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(left, limit - slice.length));
    if (skip < run.text_length) {
      const auto text = static_cast<std::uint32_t>(run.text_length - skip);
      slice.real = slice.length + std::min(take, text);
    }
    slice.length += take;
    if (take == left) slice.push = true;
    skip = 0;
  }
  return slice;
}

void SendBuffer::copy(std::uint64_t offset, std::uint32_t n, std::uint8_t* to) const {
  std::uint64_t skip = offset + consumed_;
  for (std::size_t i = head_; i < runs_.size() && n > 0; ++i) {
    const Run& run = runs_[i];
    if (skip >= run.length()) {
      skip -= run.length();
      continue;
    }
    if (skip < run.text_length) {
      const auto take =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(run.text_length - skip, n));
      std::memcpy(to, run.text + skip, take);
      to += take;
      n -= take;
      skip += take;
    }
    const auto zeros = static_cast<std::uint32_t>(std::min<std::uint64_t>(run.length() - skip, n));
    if (zeros > 0) std::memset(to, 0, zeros);
    to += zeros;
    n -= zeros;
    skip = 0;
  }
}

}  // namespace lvslab::transport
