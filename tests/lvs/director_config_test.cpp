// What the director refuses, and what edits change.
#include "director_bed.h"

namespace lvslab::lvs::test {
namespace {

TEST(DirectorConfig, HooksAreOutBeforeInWithTheKernelsPriorities) {
  Bed bed;
  EXPECT_FALSE(bed.director.active());
  bed.add_web("rr", {});
  EXPECT_TRUE(bed.director.active());
  std::vector<std::pair<hook::Hook, int>> places;
  for (const auto& r : bed.director.registrations()) places.push_back({r.where, r.priority});
  const std::vector<std::pair<hook::Hook, int>> expected{
      {hook::Hook::kLocalIn, 98},  {hook::Hook::kLocalIn, 99},   {hook::Hook::kForward, 99},
      {hook::Hook::kForward, 100}, {hook::Hook::kLocalOut, -99}, {hook::Hook::kLocalOut, -98}};
  EXPECT_EQ(places, expected);
  bed.director.clear(bed.turn);
  EXPECT_FALSE(bed.director.active());
}

TEST(DirectorConfig, Refusals) {
  Bed bed;
  Director& d = bed.director;
  const ServiceKey other{.address = {kVip, 443}};
  EXPECT_EQ(d.add_service(bed.turn, bed.web(), {.scheduler = "best"}),
            AdminError::kSchedulerNotFound);
  EXPECT_EQ(d.add_service(bed.turn, bed.web(), {.scheduler = "rr", .engine = "sip"}),
            AdminError::kSchedulerNotFound);
  bed.add_web("rr", {1});
  EXPECT_EQ(d.add_service(bed.turn, bed.web(), {.scheduler = "rr"}), AdminError::kServiceExists);
  EXPECT_EQ(d.edit_service(bed.turn, other, {.scheduler = "rr"}), AdminError::kNoSuchService);
  EXPECT_EQ(d.remove_service(bed.turn, other), AdminError::kNoSuchService);
  EXPECT_EQ(d.zero(&other), AdminError::kNoSuchService);
  EXPECT_EQ(d.add_destination(bed.turn, other, server(1), {}, bed.routes),
            AdminError::kServiceNotDefined);
  EXPECT_EQ(d.add_destination(bed.turn, bed.web(), server(1), {}, bed.routes),
            AdminError::kDestinationExists);
  EXPECT_EQ(d.edit_destination(bed.turn, bed.web(), server(1, 81), {}),
            AdminError::kNoSuchDestination);
  EXPECT_EQ(d.remove_destination(bed.turn, bed.web(), server(9)), AdminError::kNoSuchDestination);
  EXPECT_EQ(d.add_destination(bed.turn, bed.web(), server(2), {.weight = -1}, bed.routes),
            AdminError::kRange);
  EXPECT_EQ(d.add_destination(bed.turn, bed.web(), server(2),
                              {.upper_threshold = 2, .lower_threshold = 3}, bed.routes),
            AdminError::kRange);
  EXPECT_EQ(d.add_destination(bed.turn, bed.web(), server(2), {.upper_threshold = 0x80000000},
                              bed.routes),
            AdminError::kInvalid);
  EXPECT_EQ(d.add_destination(bed.turn, bed.web(), {wire::ipv4(224, 0, 0, 1), 80}, {}, bed.routes),
            AdminError::kInvalid);
  EXPECT_EQ(d.find_service(bed.web())->destinations.size(), 1u);
}

TEST(DirectorConfig, ANewServerGoesToTheHeadAndAnEditDoesNotMoveIt) {
  Bed bed;
  bed.add_web("rr", {1, 1, 1});
  const auto order = [&] {
    std::string text;
    for (const Destination* d : bed.director.find_service(bed.web())->destinations) {
      text += std::to_string(d->address.address.value & 0xff);
    }
    return text;
  };
  EXPECT_EQ(order(), "321");
  bed.director.edit_destination(bed.turn, bed.web(), server(1), {.weight = 9});
  EXPECT_EQ(order(), "321");
  bed.director.remove_destination(bed.turn, bed.web(), server(1));
  bed.director.add_destination(bed.turn, bed.web(), server(1), {}, bed.routes);
  EXPECT_EQ(order(), "132");
}

TEST(DirectorConfig, ServicesAreReadInOrderOfCreation) {
  Bed bed;
  for (const std::uint16_t port : std::vector<std::uint16_t>{443, 80, 8080}) {
    bed.director.add_service(bed.turn, {.address = {kVip, port}}, {.scheduler = "rr"});
  }
  std::vector<int> ports;
  for (const Service* s : bed.director.services()) ports.push_back(s->key.address.port);
  EXPECT_EQ(ports, (std::vector<int>{443, 80, 8080}));
}

TEST(DirectorConfig, AServiceRemovedAndAddedAgainGetsItsServersBackWithTheirConnections) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.open(client(1));
  bed.director.remove_service(bed.turn, bed.web());
  bed.add_web("rr", {1});
  EXPECT_EQ(bed.real(1).active, 1u);
  EXPECT_EQ(bed.real(1).stats.now.connections, 0u) << "traffic counters belong to the service";
  EXPECT_EQ(bed.send(client(1), kAck).toward, server(1).address);
}

TEST(DirectorConfig, SchedulerNoneSchedulesNothing) {
  Bed bed;
  bed.add_web("none", {1});
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kReply);
}

TEST(DirectorConfig, ARefusedEditChangesNothing) {
  Bed bed;
  bed.add_web("rr", {1, 1});
  bed.open(client(1));
  EXPECT_EQ(bed.director.edit_service(bed.turn, bed.web(), {.scheduler = "best"}),
            AdminError::kSchedulerNotFound);
  EXPECT_EQ(bed.director.find_service(bed.web())->options.scheduler, "rr");
  EXPECT_EQ(bed.open(client(2)), server(1).address);
}

TEST(DirectorConfig, AnEditKeepsTheStateOfTheSameScheduler) {
  Bed bed;
  bed.add_web("rr", {1, 1, 1});
  bed.open(client(1));
  bed.director.edit_service(bed.turn, bed.web(), {.scheduler = "rr", .persistence_timeout_s = 5});
  EXPECT_EQ(bed.open(client(2)), server(2).address);
}

}  // namespace
}  // namespace lvslab::lvs::test
