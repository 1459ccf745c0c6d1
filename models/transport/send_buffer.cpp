#include "transport/send_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace lvslab::transport {

SendRun* SendPool::take() {
  if (free_ == nullptr) return &runs_.emplace_back();
  return std::exchange(free_, free_->next);
}

void SendPool::give(SendRun* run) {
  run->own.reset();
  run->next = std::exchange(free_, run);
}

SendRun& SendBuffer::add(SendPool& pool) {
  SendRun* run = pool.take();
  run->next = last_ == nullptr ? run : last_->next;
  if (last_ != nullptr) last_->next = run;
  last_ = run;
  return *run;
}

void SendBuffer::drop_run(SendPool& pool) {
  SendRun* run = last_->next;
  if (run == last_) {
    last_ = nullptr;
  } else {
    last_->next = run->next;
  }
  pool.give(run);
}

void SendBuffer::append(SendPool& pool, std::string_view text, std::uint64_t zeros,
                        const Tag& tag) {
  if (text.size() + zeros == 0) return;
  size_ += text.size() + zeros;
  SendRun& run = add(pool);
  run.text = reinterpret_cast<const std::uint8_t*>(text.data());
  run.text_length = static_cast<std::uint32_t>(text.size());
  run.zeros = zeros;
  run.tag = tag;
}

void SendBuffer::append_copy(SendPool& pool, std::span<const std::uint8_t> bytes,
                             std::uint64_t zeros, const Tag& tag) {
  append(pool, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, zeros, tag);
  if (bytes.empty()) return;
  last_->own = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
  std::memcpy(last_->own.get(), bytes.data(), bytes.size());
  last_->text = last_->own.get();
}

void SendBuffer::drop_front(SendPool& pool, std::uint64_t n) {
  LVSLAB_CHECK(n <= size_);
  size_ -= n;
  while (last_ != nullptr && n >= first()->length()) {
    n -= first()->length();
    drop_run(pool);
  }
  if (n == 0) return;
  SendRun& run = *first();
  const auto text = static_cast<std::uint32_t>(std::min<std::uint64_t>(n, run.text_length));
  run.text += text;
  run.text_length -= text;
  run.zeros -= n - text;
}

void SendBuffer::clear(SendPool& pool) {
  while (last_ != nullptr) drop_run(pool);
  size_ = 0;
}

SendBuffer::Slice SendBuffer::slice(std::uint64_t offset, std::uint32_t limit) const {
  Slice slice;
  std::uint64_t skip = offset;
  bool begins = true;
  for (const SendRun* r = first(); r != nullptr && slice.length < limit; r = after(r)) {
    const SendRun& run = *r;
    if (skip >= run.length()) {
      skip -= run.length();
      continue;
    }
    if (begins) slice.tag = run.tag;
    begins = false;
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
  std::uint64_t skip = offset;
  for (const SendRun* r = first(); r != nullptr && n > 0; r = after(r)) {
    const SendRun& run = *r;
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
