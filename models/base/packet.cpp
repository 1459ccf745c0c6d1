#include "base/packet.h"

#include <cstring>
#include <new>

namespace lvslab {

void Packet::leak() {
  ++buffer_->pool->leaked_;
  buffer_->pool->release(std::exchange(buffer_, nullptr));
}

void Packet::unshare() {
  PacketPool* pool = buffer_->pool;
  PacketBuffer* copy = pool->take(buffer_->capacity);
  copy->id = buffer_->id;
  copy->parent = buffer_->parent;
  copy->tag = buffer_->tag;
  std::memcpy(copy->bytes + begin_, buffer_->bytes + begin_, size_);
  pool->release(std::exchange(buffer_, copy));
}

void Packet::grow_front(std::uint32_t n) {
  PacketPool* pool = buffer_->pool;
  const std::uint32_t front = PacketPool::kHeadroom + n;
  PacketBuffer* copy = pool->take(front + size_);
  copy->id = buffer_->id;
  copy->parent = buffer_->parent;
  copy->tag = buffer_->tag;
  std::memcpy(copy->bytes + front, buffer_->bytes + begin_, size_);
  pool->release(std::exchange(buffer_, copy));
  begin_ = static_cast<std::uint16_t>(front);
}

std::uint8_t* Packet::append(std::uint32_t n) {
  LVSLAB_CHECK(zeros_ == 0 || n == 0);
  if (buffer_->references > 1) unshare();
  if (begin_ + size_ + n > buffer_->capacity) {
    PacketPool* pool = buffer_->pool;
    PacketBuffer* copy = pool->take(begin_ + size_ + n);
    copy->id = buffer_->id;
    copy->parent = buffer_->parent;
    copy->tag = buffer_->tag;
    std::memcpy(copy->bytes + begin_, buffer_->bytes + begin_, size_);
    pool->release(std::exchange(buffer_, copy));
  }
  std::uint8_t* end = buffer_->bytes + begin_ + size_;
  size_ = static_cast<std::uint16_t>(size_ + n);
  return end;
}

PacketPool::~PacketPool() = default;

Packet PacketPool::make(std::uint32_t real_bytes) {
  PacketBuffer* buffer = take(kHeadroom + real_bytes);
  buffer->id = next_id_++;
  buffer->parent = 0;
  buffer->tag = Tag{};
  return Packet(buffer, kHeadroom, 0, 0);
}

Packet PacketPool::copy_of(std::span<const std::uint8_t> bytes, std::uint32_t zeros) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  Packet packet = make(size);
  if (size > 0) std::memcpy(packet.append(size), bytes.data(), size);
  packet.append_zeros(zeros);
  return packet;
}

Packet PacketPool::clone(const Packet& packet) {
  Packet copy = copy_of(packet.bytes(), packet.zeros());
  copy.set_tag(packet.tag());
  return copy;
}

PacketBuffer* PacketPool::take(std::uint32_t capacity) {
  std::uint32_t size_class = 0;
  while (size_class < kClasses && kCapacity[size_class] < capacity) ++size_class;
  LVSLAB_CHECK(size_class < kClasses);
  if (free_[size_class] == nullptr) {
    // A slab at a time: small buffers by the hundred, 64 KiB ones one by one.
    const std::size_t count = size_class == 0 ? 256 : size_class == 1 ? 32 : 1;
    const std::size_t step =
        (offsetof(PacketBuffer, bytes) + kCapacity[size_class] + 63) / 64 * 64;
    slabs_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(count * step + 64));
    auto base = reinterpret_cast<std::uintptr_t>(slabs_.back().get());
    base = (base + 63) / 64 * 64;
    for (std::size_t i = count; i-- > 0;) {
      auto* buffer = new (reinterpret_cast<void*>(base + i * step)) PacketBuffer;
      buffer->pool = this;
      buffer->capacity = kCapacity[size_class];
      buffer->size_class = size_class;
      buffer->next_free = free_[size_class];
      free_[size_class] = buffer;
    }
  }
  PacketBuffer* buffer = free_[size_class];
  free_[size_class] = buffer->next_free;
  buffer->references = 1;
  ++made_;
  return buffer;
}

}  // namespace lvslab
