#include "base/packet.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::size_t allocations = 0;

}  // namespace

// Counts what the whole test program allocates, so that a test can show that it allocates nothing.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace lvslab {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(const Packet& packet) {
  return std::string(packet.bytes().begin(), packet.bytes().end());
}

TEST(Packet, LengthCountsRealBytesAndZeros) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("abc"), 1000);
  EXPECT_EQ(packet.length(), 1003u);
  EXPECT_EQ(packet.real_size(), 3u);
  EXPECT_EQ(packet.zeros(), 1000u);
  pool.retire(std::move(packet));
}

TEST(Packet, PushAndPullMoveTheFrontOnly) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("payload"));
  std::memcpy(packet.push(4), "head", 4);
  EXPECT_EQ(text_of(packet), "headpayload");
  packet.pull(6);
  EXPECT_EQ(text_of(packet), "yload");
  pool.retire(std::move(packet));
}

TEST(Packet, PushBeyondTheHeadroomKeepsBytesIdAndTag) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("payload"), 5);
  packet.set_tag({1, 2, 3});
  const std::uint64_t id = packet.id();
  const std::uint32_t n = PacketPool::kHeadroom + 100;
  std::memset(packet.push(n), 'h', n);
  EXPECT_EQ(text_of(packet), std::string(n, 'h') + "payload");
  EXPECT_EQ(packet.zeros(), 5u);
  EXPECT_EQ(packet.id(), id);
  EXPECT_EQ(packet.tag(), (Tag{1, 2, 3}));
  pool.retire(std::move(packet));
  EXPECT_EQ(pool.alive(), 0u);
}

TEST(Packet, SharedHandleReadsTheSameBytesAndId) {
  PacketPool pool;
  Packet a = pool.copy_of(bytes_of("frame"));
  Packet b = a.share();
  EXPECT_TRUE(a.same_storage(b));
  EXPECT_TRUE(a.shared());
  EXPECT_EQ(a.id(), b.id());
  pool.retire(std::move(a));
  EXPECT_FALSE(b.shared());
  EXPECT_EQ(text_of(b), "frame");
  pool.retire(std::move(b));
}

TEST(Packet, EditOfASharedHandleLeavesTheOtherAlone) {
  PacketPool pool;
  Packet a = pool.copy_of(bytes_of("frame"));
  Packet b = a.share();
  b.edit()[0] = 'F';
  EXPECT_EQ(text_of(a), "frame");
  EXPECT_EQ(text_of(b), "Frame");
  EXPECT_FALSE(a.same_storage(b));
  EXPECT_EQ(a.id(), b.id());
  pool.retire(std::move(a));
  pool.retire(std::move(b));
}

TEST(Packet, PushOnASharedHandleLeavesTheOtherAlone) {
  PacketPool pool;
  Packet a = pool.copy_of(bytes_of("frame"));
  std::memcpy(a.push(2), "ab", 2);
  a.pull(2);
  Packet b = a.share();
  std::memcpy(b.push(2), "xy", 2);
  std::memcpy(a.push(2), "ab", 2);
  EXPECT_EQ(text_of(a), "abframe");
  EXPECT_EQ(text_of(b), "xyframe");
  pool.retire(std::move(a));
  pool.retire(std::move(b));
}

TEST(Packet, AppendGrowsIntoALargerBuffer) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("ab"));
  std::memset(packet.append(3000), 'c', 3000);
  EXPECT_EQ(packet.real_size(), 3002u);
  EXPECT_EQ(text_of(packet), "ab" + std::string(3000, 'c'));
  pool.retire(std::move(packet));
  EXPECT_EQ(pool.alive(), 0u);
}

TEST(Packet, TrimCutsZerosFirstAndNeverGrows) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("abcdef"), 10);
  packet.trim(100);
  EXPECT_EQ(packet.length(), 16u);
  packet.trim(8);
  EXPECT_EQ(packet.real_size(), 6u);
  EXPECT_EQ(packet.zeros(), 2u);
  packet.trim(4);
  EXPECT_EQ(packet.real_size(), 4u);
  EXPECT_EQ(packet.zeros(), 0u);
  pool.retire(std::move(packet));
}

TEST(Packet, CloneHasANewIdAndTheSameTag) {
  PacketPool pool;
  Packet packet = pool.copy_of(bytes_of("abc"), 7);
  packet.set_tag({4, 5, 6});
  Packet clone = pool.clone(packet);
  EXPECT_NE(clone.id(), packet.id());
  EXPECT_EQ(clone.tag(), packet.tag());
  EXPECT_EQ(clone.length(), packet.length());
  EXPECT_FALSE(clone.same_storage(packet));
  pool.retire(std::move(packet));
  pool.retire(std::move(clone));
}

TEST(PacketPool, AHandleThatDiesWithItsPacketIsALeak) {
  PacketPool pool;
  { Packet packet = pool.copy_of(bytes_of("abc")); }
  EXPECT_EQ(pool.leaked(), 1u);
  Packet packet = pool.copy_of(bytes_of("abc"));
  packet = pool.copy_of(bytes_of("def"));  // overwrites a full handle
  EXPECT_EQ(pool.leaked(), 2u);
  pool.retire(std::move(packet));
  EXPECT_EQ(pool.leaked(), 2u);
  EXPECT_EQ(pool.alive(), 0u);
}

TEST(PacketPool, AliveCountsBuffersInUse) {
  PacketPool pool;
  Packet a = pool.make(10);
  Packet b = pool.make(10);
  EXPECT_EQ(pool.alive(), 2u);
  pool.retire(std::move(a));
  EXPECT_EQ(pool.alive(), 1u);
  pool.retire(std::move(b));
  EXPECT_EQ(pool.alive(), 0u);
}

TEST(PacketPool, IdsAreNeverReused) {
  PacketPool pool;
  Packet a = pool.make(0);
  const std::uint64_t id = a.id();
  pool.retire(std::move(a));
  Packet b = pool.make(0);
  EXPECT_GT(b.id(), id);
  pool.retire(std::move(b));
}

TEST(PacketPool, HoldsTheLargestPacketItPromises) {
  PacketPool pool;
  const std::vector<std::uint8_t> bytes(PacketPool::kLargest, 0x5a);
  Packet packet = pool.copy_of(bytes);
  EXPECT_EQ(packet.real_size(), PacketPool::kLargest);
  EXPECT_EQ(packet.bytes().back(), 0x5a);
  pool.retire(std::move(packet));
}

TEST(PacketPool, AllocatesNothingInSteadyState) {
  PacketPool pool;
  const auto round = [&pool] {
    Packet small = pool.copy_of(bytes_of("frame"), 1460);
    Packet flood = small.share();
    flood.edit()[0] = 'F';
    std::memset(flood.push(14), 0, 14);
    Packet large = pool.make(1500);
    std::memset(large.append(1500), 1, 1500);
    pool.retire(std::move(small));
    pool.retire(std::move(flood));
    pool.retire(std::move(large));
  };
  round();
  const std::size_t before = allocations;
  for (int i = 0; i < 10'000; ++i) round();
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace lvslab
