// What a TCP socket has to send: writes in order, each a run of real bytes followed by a length of
// zeros that take no memory. Offset 0 is the first byte the peer has not acknowledged. Runs come
// out of a pool that all sockets of a host share, so a socket with nothing to send takes two words.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/chunks.h"
#include "base/packet.h"

namespace lvslab::transport {

/// One write, or what is left of it. Only SendBuffer and SendPool touch it.
struct SendRun {
  SendRun* next = nullptr;
  const std::uint8_t* text = nullptr;
  std::unique_ptr<std::uint8_t[]> own;  ///< where `text` points when the run keeps a copy
  std::uint64_t zeros = 0;
  std::uint32_t text_length = 0;
  Tag tag;
  std::uint64_t length() const { return text_length + zeros; }
};

class SendPool {
 public:
  SendRun* take();
  void give(SendRun* run);

 private:
  Chunks<SendRun, 8> runs_;
  SendRun* free_ = nullptr;
};

/// Always with the same pool, which outlives it; clear() before it goes.
class SendBuffer {
 public:
  /// `text` must stay where it is until it is acknowledged.
  void append(SendPool& pool, std::string_view text, std::uint64_t zeros, const Tag& tag);
  /// Keeps a copy of `bytes`.
  void append_copy(SendPool& pool, std::span<const std::uint8_t> bytes, std::uint64_t zeros,
                   const Tag& tag);

  std::uint64_t size() const { return size_; }
  /// The first `n` bytes were acknowledged.
  void drop_front(SendPool& pool, std::uint64_t n);
  void clear(SendPool& pool);

  /// What a segment that begins at `offset` and holds at most `limit` bytes would carry.
  struct Slice {
    std::uint32_t length = 0;
    std::uint32_t real =
        0;              ///< so many of them must be real bytes: up to the last one that is text
    bool push = false;  ///< a write ends inside
    Tag tag;            ///< of the write its first byte belongs to
  };
  Slice slice(std::uint64_t offset, std::uint32_t limit) const;
  /// Copies `n` bytes from `offset` on (zeros are written as such).
  void copy(std::uint64_t offset, std::uint32_t n, std::uint8_t* to) const;

 private:
  SendRun& add(SendPool& pool);
  void drop_run(SendPool& pool);
  SendRun* first() const { return last_ == nullptr ? nullptr : last_->next; }
  SendRun* after(const SendRun* run) const { return run == last_ ? nullptr : run->next; }

  SendRun* last_ = nullptr;  ///< of a ring: the one after it is the first
  std::uint64_t size_ = 0;
};

}  // namespace lvslab::transport
