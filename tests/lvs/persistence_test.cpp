// Templates: who is kept with whom, and for how long.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

const Connection* template_of(const Bed& bed, wire::Protocol protocol, wire::Ipv4 network,
                              const wire::Endpoint& service) {
  const std::uint32_t slot = bed.director.connections().find_template(protocol, network, service);
  return slot == kNoSlot ? nullptr : &bed.director.connections().at(slot);
}

TEST(Persistence, AClientNetworkStaysWithItsServer) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {}, {.persistence_timeout_s = 60, .persistence_netmask = 0xffffff00});
  const wire::Ipv4 first = bed.open({wire::ipv4(10, 9, 0, 1), 1000});
  EXPECT_EQ(bed.open({wire::ipv4(10, 9, 0, 77), 2000}), first);
  EXPECT_NE(bed.open({wire::ipv4(10, 9, 1, 1), 1000}), first);
  const Connection* t = template_of(bed, wire::Protocol::kTcp, wire::ipv4(10, 9, 0, 0), kWeb);
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->state, ConnectionState::kAssured);
  const ConnectionTable& table = bed.director.connections();
  EXPECT_EQ(table.controlled(table.find_template(t->protocol, t->client.address, kWeb)), 2u);
  EXPECT_EQ(t->real, server(2));
  EXPECT_EQ(bed.real(2).persistent, 1u);
  EXPECT_EQ(bed.real(2).total, 2u);
}

TEST(Persistence, ATemplateInUseIsGivenAMinuteAgainAndAgain) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {}, {.persistence_timeout_s = 4});
  bed.open(client(1));
  bed.pass(Duration::seconds(5));
  const Connection* t = template_of(bed, wire::Protocol::kTcp, client(1).address, kWeb);
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->timeout_s, 60u);
  bed.send(client(1), kRst);
  bed.pass(Duration::seconds(63));
  EXPECT_EQ(bed.director.connections().size(), 0u);
  EXPECT_EQ(bed.real(2).persistent, 0u);
}

TEST(Persistence, PacketsDoNotRestartTheTemplateButNewConnectionsDo) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {}, {.persistence_timeout_s = 100});
  bed.open(client(1));
  const Connection* t = template_of(bed, wire::Protocol::kTcp, client(1).address, kWeb);
  const Instant expires = t->expires;
  bed.pass(Duration::seconds(10));
  bed.send(client(1), kAck);
  EXPECT_EQ(t->expires, expires);
  bed.open(client(1, 40001));
  EXPECT_EQ(t->expires, expires + Duration::seconds(10));
}

TEST(Persistence, AMarkJoinsPortsAndProtocols) {
  Bed bed;
  bed.director.add_service(bed.turn, {.mark = 7}, {.scheduler = "rr", .persistence_timeout_s = 60});
  bed.director.add_destination(bed.turn, {.mark = 7}, server(1, 0), {}, bed.routes);
  bed.director.add_destination(bed.turn, {.mark = 7}, server(2, 0), {}, bed.routes);
  bed.mark = 7;
  const wire::Ipv4 first = bed.open(client(1), {kVip, 80});
  EXPECT_EQ(bed.open(client(1), {kVip, 443}), first);
  EXPECT_EQ(bed.push(bed.udp(client(1), {kVip, 53})).toward, first);
  EXPECT_EQ(bed.find(client(1), {kVip, 443})->real.port, 443);
  EXPECT_NE(template_of(bed, static_cast<wire::Protocol>(0), client(1).address,
                        {wire::ipv4(0, 0, 0, 7), 0}),
            nullptr);
}

TEST(Persistence, PortZeroJoinsPorts) {
  Bed bed;
  const ServiceKey all{.address = {kVip, 0}};
  bed.director.add_service(bed.turn, all, {.scheduler = "rr", .persistence_timeout_s = 60});
  bed.director.add_destination(bed.turn, all, server(1, 0), {}, bed.routes);
  bed.director.add_destination(bed.turn, all, server(2, 0), {}, bed.routes);
  const wire::Ipv4 first = bed.open(client(1), {kVip, 80});
  EXPECT_EQ(bed.open(client(1), {kVip, 443}), first);
  EXPECT_NE(bed.open(client(2), {kVip, 80}), first);
}

TEST(Persistence, WeightZeroDoesNotEndItUnlessTemplatesExpireWithIt) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {}, {.persistence_timeout_s = 60});
  EXPECT_EQ(bed.open(client(1)), server(2).address);
  bed.director.edit_destination(bed.turn, bed.web(), server(2), {.weight = 0});
  EXPECT_EQ(bed.open(client(1, 40001)), server(2).address);
  bed.director.settings().expire_quiescent_template = 1;
  EXPECT_EQ(bed.open(client(1, 40002)), server(1).address);
  EXPECT_EQ(bed.open(client(1, 40003)), server(1).address);
}

TEST(Persistence, ADeletedServersClientsAreScheduledAnew) {
  Bed bed;
  bed.add_web("rr", {1, 1}, {}, {.persistence_timeout_s = 60});
  EXPECT_EQ(bed.open(client(1)), server(2).address);
  bed.director.remove_destination(bed.turn, bed.web(), server(2));
  EXPECT_EQ(bed.open(client(1, 40001)), server(1).address);
}

TEST(Persistence, AConnectionDroppedByForceTakesItsUnprovenTemplateAlong) {
  Bed bed;
  bed.add_web("rr", {1}, {}, {.persistence_timeout_s = 1000});
  bed.director.settings().drop_entry = 3;
  bed.send(client(1), kSyn);
  EXPECT_EQ(bed.director.connections().size(), 2u);
  bed.pass(Duration::seconds(55));
  for (int i = 0; i < 20 && bed.director.connections().size() > 0; ++i) {
    bed.send(client(1), kSyn);  // keeps it half open
    bed.pass(Duration::seconds(50));
  }
  EXPECT_EQ(bed.director.connections().size(), 0u);
}

}  // namespace
}  // namespace lvslab::lvs::test
