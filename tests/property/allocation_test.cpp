// What the hot path must not do and what an idle host may weigh, measured by replacing the global
// allocator.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

#include "../../bench/workload.h"
#include "counting_allocator.h"

namespace {

std::atomic<std::uint64_t> made{0};
std::atomic<std::size_t> in_use{0};

void* counted(void* p) {
  if (p == nullptr) std::abort();
  made.fetch_add(1, std::memory_order_relaxed);
  in_use.fetch_add(malloc_usable_size(p), std::memory_order_relaxed);
  return p;
}

void* allocate(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }

void* allocate(std::size_t size, std::size_t alignment) {
  return counted(std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment));
}

void release(void* p) {
  if (p == nullptr) return;
  in_use.fetch_sub(malloc_usable_size(p), std::memory_order_relaxed);
  std::free(p);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }

namespace lvslab::counting {

std::uint64_t allocations() { return made.load(std::memory_order_relaxed); }
std::size_t bytes_in_use() { return in_use.load(std::memory_order_relaxed); }

namespace {

using bench::Workload;

/// Allocations between two counts of frame-hops of a run.
std::uint64_t allocations_between(Workload& workload, std::uint64_t from, std::uint64_t to) {
  workload.warm_up();
  workload.start();
  EXPECT_TRUE(workload.run(from));
  const std::uint64_t before = allocations();
  EXPECT_TRUE(workload.run(to));
  return allocations() - before;
}

TEST(CountingAllocator, SeesAnAllocationAndItsBytes) {
  const std::uint64_t before = allocations();
  const std::size_t bytes = bytes_in_use();
  auto block = std::make_unique<std::uint64_t[]>(100);
  EXPECT_EQ(allocations(), before + 1);
  EXPECT_GE(bytes_in_use(), bytes + 800);
  block.reset();
  EXPECT_EQ(bytes_in_use(), bytes);
}

Workload::Shape steady(Workload::Shape shape) {
  shape.arrivals = app::Arrivals::kEvery;
  return shape;
}

TEST(Allocation, UdpRequestsAtASteadyBeatAllocateNothing) {
  Workload workload(steady(Workload::udp(4, 4)));
  EXPECT_EQ(allocations_between(workload, 20'000, 230'000), 0u);
}

TEST(Allocation, UdpRequestsOfManyClientsAtASteadyBeatAllocateNothing) {
  Workload workload(steady(Workload::udp(64, 16)));
  EXPECT_EQ(allocations_between(workload, 20'000, 230'000), 0u);
}

// Closed connections stay in TIME-WAIT for 60 s and ARP entries are checked after 120 s: the steady
// state begins after that.
TEST(Allocation, TcpConnectionsAtASteadyBeatAllocateNothing) {
  Workload::Shape shape = steady(Workload::tcp(4, 4));
  shape.per_second = 50;
  shape.requests = 50 * 270;
  Workload workload(shape);
  EXPECT_EQ(allocations_between(workload, 96 * 50 * 200, 96 * 50 * 260), 0u);
}

// By chance more than ever before may be under way at once: then, and only then, a queue or table
// grows.
TEST(Allocation, UdpRequestsAtRandomTimesAllocateOnlyAtNewPeaks) {
  Workload workload(Workload::udp(4, 4));
  EXPECT_LE(allocations_between(workload, 60'000, 230'000), 16u);
}

// One NIC, lo, their addresses and routes, and the sockets object of a host that has not spoken
// yet.
TEST(Memory, IdleHostWithOneNicAndSocketsTakesLessThanTwoKibibytes) {
  PacketPool pool;
  Turn turn(pool);
  const std::size_t before = bytes_in_use();
  auto host = std::make_unique<net::Host>("client17", 1);
  auto sockets = std::make_unique<transport::Sockets>(*host);
  const InterfaceIndex nic = host->add_ethernet(turn, "eth0", {0x020000000001ULL}, 1500, true);
  host->add_address(turn, nic,
                    {.local = wire::ipv4(10, 0, 0, 1), .prefix_length = 24, .label = "eth0"});
  const std::size_t bytes = bytes_in_use() - before;
  RecordProperty("bytes", static_cast<int>(bytes));
  EXPECT_LT(bytes, 2048u) << "Host " << sizeof(net::Host) << ", Interface "
                          << sizeof(net::Interface) << ", Address " << sizeof(net::Address)
                          << ", Route " << sizeof(net::Route) << ", NeighbourTable "
                          << sizeof(net::NeighbourTable) << ", Sockets "
                          << sizeof(transport::Sockets);
}

}  // namespace
}  // namespace lvslab::counting
