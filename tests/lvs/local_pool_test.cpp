// The search for a free local port against a naive one that tries port after port.
#include "lvs/local_pool.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace lvslab::lvs {
namespace {

constexpr wire::Ipv4 kFirst = wire::ipv4(10, 1, 0, 200), kSecond = wire::ipv4(10, 1, 0, 201);
constexpr std::uint32_t kPorts = LocalPool::kLastPort - LocalPool::kFirstPort + 1;

class Search {
 public:
  Search() {
    for (Service* s : {&one_, &two_}) pool_.add_address(*s, kFirst);  // the address they share
    pool_.add_address(two_, kSecond);
  }

  void take(bool second, wire::Protocol protocol, const wire::Endpoint& real) {
    Service& service = second ? two_ : one_;
    const std::size_t turn = service.next_local % service.local_addresses.size();
    const std::uint32_t place = service.local_addresses[turn];
    const LocalAddress& address = pool_.address(place);
    std::uint32_t counter = address.counter;
    const std::uint64_t conflicts = address.conflicts;
    int tries = 0;
    wire::Endpoint local{address.address, 0};
    do {
      counter = (counter + 1) % kPorts;
      local.port = static_cast<std::uint16_t>(LocalPool::kFirstPort + counter);
    } while (++tries < LocalPool::kMostTries && taken(protocol, real, local));
    const bool found = !taken(protocol, real, local);
    const std::uint32_t end = pool_.take(service, protocol, real, Instant::start());
    ASSERT_EQ(end != LocalPool::kNone, found);
    ASSERT_EQ(pool_.address(place).counter, counter);
    ASSERT_EQ(pool_.address(place).conflicts - conflicts,
              static_cast<std::uint64_t>(tries - (found ? 1 : 0)));
    if (!found) return;
    ASSERT_EQ(pool_.at(end).local, local);
    taken(protocol, real, local) = true;
    ends_.push_back(end);
  }
  void release(std::size_t n) {
    const LocalEnd& end = pool_.at(ends_[n]);
    taken(end.protocol, end.real, end.local) = false;
    pool_.release(ends_[n]);
    ends_[n] = ends_.back();
    ends_.pop_back();
  }
  std::size_t size() const { return ends_.size(); }
  bool agrees() const { return pool_.size() == ends_.size(); }

 private:
  /// By protocol, real server (of the two), address and port.
  std::vector<bool>::reference taken(wire::Protocol protocol, const wire::Endpoint& real,
                                     const wire::Endpoint& local) {
    const std::size_t flow = (protocol == wire::Protocol::kUdp ? 4u : 0u) +
                             (real.address.value & 1) * 2u + (local.address == kFirst ? 0u : 1u);
    return taken_[flow * 65'536 + local.port];
  }
  LocalPool pool_{1};
  Service one_, two_;
  std::vector<bool> taken_ = std::vector<bool>(8u * 65'536);
  std::vector<std::uint32_t> ends_;
};

TEST(LocalPool, FindsThePortANaiveSearchFinds) {
  Search search;
  Random random(3, "ports");
  const wire::Endpoint busy{wire::ipv4(10, 1, 0, 1), 80}, idle{wire::ipv4(10, 1, 0, 2), 80};
  const auto any = [&] {
    const bool udp = random.below(8) == 0;
    search.take(random.below(3) == 0, udp ? wire::Protocol::kUdp : wire::Protocol::kTcp,
                random.below(10) == 0 ? idle : busy);
  };
  // Up to all ports of the shared address and beyond, with some coming free now and then, then
  // down.
  for (const std::uint64_t more : {95u, 60u, 30u}) {
    for (int i = 0; i < 90'000; ++i) {
      if (random.below(100) < more) {
        ASSERT_NO_FATAL_FAILURE(any());
      } else if (search.size() > 0) {
        search.release(random.below(search.size()));
      }
    }
    ASSERT_TRUE(search.agrees());
  }
  while (search.size() > 0) search.release(random.below(search.size()));
  ASSERT_TRUE(search.agrees());
  any();
  EXPECT_EQ(search.size(), 1u);
}

TEST(LocalPool, AFullAddressRefusesAndTakesWhatComesFree) {
  Search search;
  const wire::Endpoint real{wire::ipv4(10, 1, 0, 1), 80};
  for (std::uint32_t n = 0; n < kPorts; ++n) {
    ASSERT_NO_FATAL_FAILURE(search.take(false, wire::Protocol::kTcp, real));
  }
  EXPECT_EQ(search.size(), kPorts);
  for (int n = 0; n < 10; ++n) search.take(false, wire::Protocol::kTcp, real);
  EXPECT_EQ(search.size(), kPorts);
  search.release(100);
  for (int n = 0; n < 10; ++n) search.take(false, wire::Protocol::kTcp, real);
  EXPECT_EQ(search.size(), kPorts);
}

}  // namespace
}  // namespace lvslab::lvs
