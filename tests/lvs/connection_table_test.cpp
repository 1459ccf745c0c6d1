#include "lvs/connection_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lvslab::lvs {
namespace {

Connection entry(std::uint32_t n) {
  Connection c;
  c.client = {wire::Ipv4{0x0a000000 + n / 60'000}, static_cast<std::uint16_t>(n % 60'000)};
  c.service = {wire::ipv4(10, 0, 0, 100), 80};
  c.real = {wire::ipv4(10, 1, 0, 1), 8080};
  return c;
}

Instant at_ms(std::int64_t ms) { return Instant::at(Duration::milliseconds(ms)); }

TEST(ConnectionTable, FindsByClientAndServiceOnly) {
  ConnectionTable table;
  const Connection c = entry(7);
  const std::uint32_t slot = table.insert(c);
  EXPECT_EQ(table.find_in(c.protocol, c.client, c.service), slot);
  EXPECT_EQ(table.find_in(wire::Protocol::kUdp, c.client, c.service), ConnectionTable::kNone);
  EXPECT_EQ(table.find_in(c.protocol, c.client, {c.service.address, 81}), ConnectionTable::kNone);
  table.erase(slot);
  EXPECT_EQ(table.find_in(c.protocol, c.client, c.service), ConnectionTable::kNone);
  EXPECT_EQ(table.size(), 0u);
}

TEST(ConnectionTable, RepliesComeFromTheVipUnlessAddressesAreTranslated) {
  ConnectionTable table;
  Connection c = entry(7);
  const std::uint32_t routed = table.insert(c);
  EXPECT_EQ(table.find_out(c.protocol, c.service, c.client), routed);
  EXPECT_EQ(table.find_out(c.protocol, c.real, c.client), ConnectionTable::kNone);
  table.erase(routed);
  c.method = Method::kMasq;
  const std::uint32_t translated = table.insert(c);
  EXPECT_EQ(table.find_out(c.protocol, c.real, c.client), translated);
  EXPECT_EQ(table.find_out(c.protocol, c.service, c.client), ConnectionTable::kNone);
}

TEST(ConnectionTable, TemplatesAreFoundAsTemplatesOnly) {
  ConnectionTable table;
  Connection c = entry(0);
  c.client = {wire::ipv4(10, 9, 0, 0), 0};
  c.set(kTemplate);
  const std::uint32_t slot = table.insert(c);
  EXPECT_EQ(table.find_template(c.protocol, c.client.address, c.service), slot);
  EXPECT_EQ(table.find_in(c.protocol, c.client, c.service), ConnectionTable::kNone);
}

TEST(ConnectionTable, NewestEntryOfAKeyIsFoundFirstAlsoAfterGrowth) {
  ConnectionTable table;
  table.insert(entry(1));
  const std::uint32_t newer = table.insert(entry(1));
  for (std::uint32_t n = 2; n < 20'000; ++n) table.insert(entry(n));
  const Connection c = entry(1);
  EXPECT_EQ(table.find_in(c.protocol, c.client, c.service), newer);
  for (std::uint32_t n = 2; n < 20'000; ++n) {
    const Connection other = entry(n);
    ASSERT_NE(table.find_in(other.protocol, other.client, other.service), ConnectionTable::kNone);
  }
}

TEST(ConnectionTable, ListIsChainByChainNewestFirst) {
  ConnectionTable table;
  for (std::uint32_t n = 0; n < 12'000; ++n) table.insert(entry(n));
  std::vector<std::uint32_t> by_chain;
  for (std::uint32_t b = 0; b < ConnectionTable::kBuckets; ++b) {
    const std::vector<std::uint32_t> chain = table.chain(b);
    EXPECT_TRUE(std::is_sorted(chain.begin(), chain.end(), [&](std::uint32_t x, std::uint32_t y) {
      return table.at(x).serial > table.at(y).serial;
    }));
    by_chain.insert(by_chain.end(), chain.begin(), chain.end());
  }
  EXPECT_EQ(table.list(), by_chain);
  EXPECT_EQ(by_chain.size(), 12'000u);
}

TEST(ConnectionTable, TimerFiresOnTheKernelsTickAndOnce) {
  ConnectionTable table;
  Connection c = entry(1);
  c.timeout_s = 10;  // 2500 ticks: fires at a multiple of 64 ticks (256 ms)
  const std::uint32_t slot = table.insert(c);
  table.restart(slot, at_ms(100));
  EXPECT_EQ(table.at(slot).expires, at_ms(10'100));
  EXPECT_EQ(table.next_wake(), at_ms(10'240));
  EXPECT_EQ(table.next_due(at_ms(10'239)), ConnectionTable::kNone);
  EXPECT_EQ(table.next_due(at_ms(10'240)), slot);
  EXPECT_EQ(table.next_due(at_ms(10'240)), ConnectionTable::kNone);
  EXPECT_TRUE(table.next_wake().is_never());
}

TEST(ConnectionTable, PacketsPutTheEndOff) {
  ConnectionTable table;
  Connection c = entry(1);
  c.timeout_s = 10;
  const std::uint32_t slot = table.insert(c);
  table.restart(slot, at_ms(0));
  table.restart(slot, at_ms(5'000));
  EXPECT_EQ(table.next_due(at_ms(12'000)), ConnectionTable::kNone);
  EXPECT_EQ(table.next_wake(), table.fires(slot));
  EXPECT_EQ(table.next_due(table.fires(slot)), slot);
}

TEST(ConnectionTable, AShorterTimeoutComesEarlier) {
  ConnectionTable table;
  Connection c = entry(1);
  c.timeout_s = 900;
  const std::uint32_t slot = table.insert(c);
  table.restart(slot, at_ms(0));
  table.at(slot).timeout_s = 10;
  table.restart(slot, at_ms(0));
  EXPECT_EQ(table.next_due(at_ms(11'000)), slot);
  EXPECT_EQ(table.next_due(at_ms(10'000'000)), ConnectionTable::kNone);
}

TEST(ConnectionTable, AReusedSlotDoesNotInheritATimer) {
  ConnectionTable table;
  Connection c = entry(1);
  c.timeout_s = 10;
  const std::uint32_t slot = table.insert(c);
  table.restart(slot, at_ms(0));
  table.erase(slot);
  c.timeout_s = 100;
  ASSERT_EQ(table.insert(c), slot);
  table.restart(slot, at_ms(0));
  EXPECT_EQ(table.next_due(at_ms(50'000)), ConnectionTable::kNone);
  EXPECT_EQ(table.next_due(at_ms(120'000)), slot);
}

TEST(ConnectionTable, ExpireSoonMeansTheNextTick) {
  ConnectionTable table;
  const std::uint32_t slot = table.insert(entry(1));
  table.restart(slot, at_ms(0));
  table.expire_soon(slot, at_ms(9));
  EXPECT_EQ(table.next_due(at_ms(11)), ConnectionTable::kNone);
  EXPECT_EQ(table.next_due(at_ms(12)), slot);
}

}  // namespace
}  // namespace lvslab::lvs
