// A packet: pooled bytes with headroom for headers, followed by a length of zeros that need no
// memory (the part of a payload nobody wrote text into). It knows no protocol.
//
//   buffer:  [ headroom ... | real bytes ............ | tailroom ]   then `zeros` bytes of 0
//                            ^ bytes()        real_size()
//
// A handle is 16 bytes and move-only. `share()` gives a second handle to the same bytes (a switch
// flooding); whoever edits a shared one gets a copy of its own first. Every packet ends in
// PacketPool::retire, through Turn::deliver, Turn::drop or a link that lost it; a handle destroyed
// while it still holds a packet is a bug that the pool counts (`leaked()`), which World checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"

namespace lvslab {

/// Who a packet belongs to, for apps and the trace only: it travels beside the bytes. 0 = nobody.
struct Tag {
  std::uint32_t traffic = 0;     ///< 1-based index of the traffic in scenario order
  std::uint32_t connection = 0;  ///< 1-based within its traffic
  std::uint32_t request = 0;     ///< 1-based within its connection
  bool operator==(const Tag&) const = default;
};

class PacketPool;

/// Storage of a packet; only PacketPool and Packet touch it.
struct PacketBuffer {
  PacketPool* pool;
  PacketBuffer* next_free;
  std::uint64_t id;      ///< kept by clones of the same frame and by encapsulation
  std::uint64_t parent;  ///< packet this one is a fragment of, or 0
  Tag tag;
  std::uint32_t references;
  std::uint32_t capacity;
  std::uint32_t size_class;
  std::uint8_t bytes[1];  // really `capacity`
};

class Packet {
 public:
  Packet() = default;
  Packet(Packet&& other) noexcept
      : buffer_(std::exchange(other.buffer_, nullptr)),
        begin_(other.begin_),
        size_(other.size_),
        zeros_(other.zeros_) {}
  Packet& operator=(Packet&& other) noexcept {
    if (this != &other) {
      if (buffer_ != nullptr) leak();
      buffer_ = std::exchange(other.buffer_, nullptr);
      begin_ = other.begin_;
      size_ = other.size_;
      zeros_ = other.zeros_;
    }
    return *this;
  }
  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;
  ~Packet() {
    if (buffer_ != nullptr) [[unlikely]]
      leak();
  }

  explicit operator bool() const { return buffer_ != nullptr; }

  std::uint64_t id() const { return buffer_->id; }
  std::uint64_t parent() const { return buffer_->parent; }
  void set_parent(std::uint64_t id) { buffer_->parent = id; }
  const Tag& tag() const { return buffer_->tag; }
  void set_tag(const Tag& tag) { buffer_->tag = tag; }

  /// Whole length in bytes: real ones and zeros.
  std::uint32_t length() const { return size_ + zeros_; }
  std::uint32_t real_size() const { return size_; }
  std::uint32_t zeros() const { return zeros_; }

  const std::uint8_t* data() const { return buffer_->bytes + begin_; }
  std::span<const std::uint8_t> bytes() const { return {data(), size_}; }

  /// Writable bytes; takes a copy first when the storage is shared.
  std::uint8_t* edit() {
    if (buffer_->references > 1) [[unlikely]]
      unshare();
    return buffer_->bytes + begin_;
  }

  /// Removes `n` real bytes at the front. n <= real_size().
  void pull(std::uint32_t n) {
    LVSLAB_CHECK(n <= size_);
    begin_ = static_cast<std::uint16_t>(begin_ + n);
    size_ = static_cast<std::uint16_t>(size_ - n);
  }
  /// Makes room for `n` bytes at the front and returns them, unset. Grows the headroom if needed.
  std::uint8_t* push(std::uint32_t n) {
    if (buffer_->references > 1 || begin_ < n) [[unlikely]]
      grow_front(n);
    begin_ = static_cast<std::uint16_t>(begin_ - n);
    size_ = static_cast<std::uint16_t>(size_ + n);
    return buffer_->bytes + begin_;
  }
  /// Appends `n` real bytes (only while there are no zeros) and returns them, unset.
  std::uint8_t* append(std::uint32_t n);
  void append_zeros(std::uint32_t n) { zeros_ += n; }
  /// Cuts to `length` bytes (a no-op when shorter): Ethernet padding behind the IP total length.
  void trim(std::uint32_t length) {
    if (length >= size_) {
      if (length < size_ + zeros_) zeros_ = length - size_;
    } else {
      size_ = static_cast<std::uint16_t>(length);
      zeros_ = 0;
    }
  }

  /// A second handle to the same bytes and id.
  Packet share() const {
    ++buffer_->references;
    return Packet(buffer_, begin_, size_, zeros_);
  }
  bool same_storage(const Packet& other) const { return buffer_ == other.buffer_; }
  bool shared() const { return buffer_->references > 1; }

 private:
  friend class PacketPool;
  Packet(PacketBuffer* buffer, std::uint32_t begin, std::uint32_t size, std::uint32_t zeros)
      : buffer_(buffer),
        begin_(static_cast<std::uint16_t>(begin)),
        size_(static_cast<std::uint16_t>(size)),
        zeros_(zeros) {}
  [[gnu::noinline, gnu::cold]] void leak();  // kept out of every move
  [[gnu::noinline, gnu::cold]] void unshare();
  [[gnu::noinline, gnu::cold]] void grow_front(std::uint32_t n);

  PacketBuffer* buffer_ = nullptr;
  std::uint16_t begin_ = 0;
  std::uint16_t size_ = 0;
  std::uint32_t zeros_ = 0;
};
static_assert(sizeof(Packet) == 16);

/// Owns all packet storage of a world. Buffers come in three size classes and are reused, so a run
/// in steady state allocates nothing.
class PacketPool {
 public:
  static constexpr std::uint32_t kHeadroom = 64;      ///< Ethernet, VLAN tag, outer IP and some
  static constexpr std::uint32_t kLargest = 65'400;   ///< real bytes in one packet, headroom apart

  PacketPool() = default;
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;
  ~PacketPool();

  /// An empty packet with headroom, room for `real_bytes`, and a new id.
  Packet make(std::uint32_t real_bytes);
  /// A packet holding a copy of `bytes` (then `zeros`), with a new id.
  Packet copy_of(std::span<const std::uint8_t> bytes, std::uint32_t zeros = 0);
  /// A copy with a new id and the same tag (an answer or a relayed original, said aloud).
  Packet clone(const Packet& packet);

  /// The packet's end. Called by Turn::deliver/drop and by links; everything else moves packets on.
  void retire(Packet&& packet) { release(std::exchange(packet.buffer_, nullptr)); }

  /// Handles destroyed while holding a packet: must stay 0.
  std::uint64_t leaked() const { return leaked_; }
  /// Handles that exist now (in flight, queued, in reassembly).
  std::uint64_t alive() const { return made_ - freed_; }

 private:
  friend class Packet;
  static constexpr std::uint32_t kClasses = 3;
  static constexpr std::uint32_t kCapacity[kClasses] = {256, 2048, 65'535};
  PacketBuffer* take(std::uint32_t capacity);
  void release(PacketBuffer* buffer) {
    if (--buffer->references == 0) {
      ++freed_;
      buffer->next_free = free_[buffer->size_class];
      free_[buffer->size_class] = buffer;
    }
  }

  PacketBuffer* free_[kClasses] = {};
  std::vector<std::unique_ptr<std::uint8_t[]>> slabs_;
  std::uint64_t next_id_ = 1;
  std::uint64_t made_ = 0;
  std::uint64_t freed_ = 0;
  std::uint64_t leaked_ = 0;
};

}  // namespace lvslab
