// A million random operations - services, real servers, packets, time - after which every counter
// is what a naive model, which only adds up what it saw, says it must be.
#include <map>

#include "director_bed.h"
#include "lvs/tcp_state.h"

namespace lvslab::lvs::test {
namespace {

constexpr wire::Ipv4 kLip = wire::ipv4(10, 1, 0, 250);

struct Traffic {
  std::uint64_t connections = 0, in_packets = 0, in_bytes = 0, out_packets = 0, out_bytes = 0;
};

void expect_equal(const Traffic& t, const Counts& c, const std::string& what) {
  ASSERT_EQ(t.connections, c.connections) << what;
  ASSERT_EQ(t.in_packets, c.in_packets) << what;
  ASSERT_EQ(t.in_bytes, c.in_bytes) << what;
  ASSERT_EQ(t.out_packets, c.out_packets) << what;
  ASSERT_EQ(t.out_bytes, c.out_bytes) << what;
}

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed) {
    bed_.turn.begin(bed_.now, WatchLevel::kNothing);
    bed_.routes.local.insert(kLip);
    hooks_ = bed_.director.registrations();
    keys_ = {{.address = kWeb},
             {.protocol = wire::Protocol::kUdp, .address = {kVip, 53}},
             {.protocol = wire::Protocol::kSctp, .address = {kVip, 9000}},
             {.address = {kVip, 443}},
             {.mark = 7}};
  }

  void step() {
    const std::uint64_t dice = random_.below(1000);
    if (dice < 2) return change_service();
    if (dice < 10) return change_server();
    if (dice < 20) return pass(Duration::milliseconds(static_cast<std::int64_t>(draw(4000))));
    if (dice < 21) return pass(Duration::seconds(static_cast<std::int64_t>(draw(200))));
    if (dice < 600) return request();
    reply();
  }

  /// What must hold at any moment.
  void compare() const {
    struct Held {
      std::uint32_t active = 0, total = 0, persistent = 0;
      bool operator==(const Held&) const = default;
    };
    std::map<const Destination*, Held> held;
    std::size_t ends = 0;
    const ConnectionTable& table = bed_.director.connections();
    const std::vector<std::uint32_t> slots = table.list();
    ASSERT_EQ(slots.size(), table.size());
    for (const std::uint32_t slot : slots) {
      const Connection& c = table.at(slot);
      ends += table.local_end(slot) == kNoSlot ? 0 : 1;
      Held& h = held[c.destination];
      if (c.is(kTemplate)) {
        ++h.persistent;
        continue;
      }
      ++h.total;
      const bool active = counts_as_active(c.state);
      h.active += active ? 1 : 0;
      ASSERT_EQ(active, !c.is(kInactive));
    }
    ASSERT_EQ(ends, bed_.director.local_pool().size());
    for (const Service* service : bed_.director.services()) {
      expect_equal(services_.at(service->order), service->stats.now, "service");
      for (const Destination* d : service->destinations) held[d];
    }
    for (const auto& [destination, h] : held) {
      ASSERT_NE(destination, nullptr);
      ASSERT_EQ(h, (Held{destination->active, destination->total, destination->persistent}));
      ASSERT_EQ(destination->references, h.total + h.persistent);
      const auto known = servers_.find(destination->id);
      expect_equal(known == servers_.end() ? Traffic{} : known->second.traffic,
                   destination->stats.now, "server");
    }
    expect_equal(total_, bed_.director.total().now, "total");
  }

  std::uint64_t connections() const { return total_.connections; }
  void clear_away() {
    bed_.director.clear(bed_.turn);
    pass(Duration::seconds(4000));
    EXPECT_EQ(bed_.director.connections().size(), 0u);
    EXPECT_EQ(bed_.director.local_pool().size(), 0u);
  }

 private:
  struct Server {
    Traffic traffic;
    std::uint64_t service = 0;  ///< order of the service it was last in
  };

  std::uint64_t draw(std::uint64_t below) { return random_.below(below); }
  const ServiceKey& any_key() { return keys_[draw(keys_.size())]; }

  void change_service() {
    const ServiceKey key = any_key();
    ServiceOptions options;
    options.scheduler = schedulers()[draw(schedulers().size())].name;
    if (draw(3) == 0) options.persistence_timeout_s = static_cast<std::uint32_t>(1 + draw(100));
    options.one_packet = key.protocol == wire::Protocol::kUdp && draw(4) == 0;
    if (draw(6) == 0) {
      bed_.director.remove_service(bed_.turn, key);
    } else if (bed_.director.add_service(bed_.turn, key, options) != AdminError::kNone) {
      bed_.director.edit_service(bed_.turn, key, options);
    } else {
      bed_.director.add_local_address(key, kLip, bed_.routes);
      services_[bed_.director.find_service(key)->order];
    }
  }

  void change_server() {
    const ServiceKey key = any_key();
    // A port for each service: one server's port for two services would make replies ambiguous.
    const auto port = static_cast<std::uint16_t>(8000 + key.address.port + key.mark);
    const wire::Endpoint address = server(static_cast<int>(1 + draw(8)), port);
    constexpr Method kMethods[] = {Method::kMasq, Method::kRoute, Method::kTunnel,
                                   Method::kFullNat};
    DestinationOptions options{.method = kMethods[draw(4)],
                               .weight = static_cast<std::int32_t>(draw(5))};
    if (draw(4) == 0) options.upper_threshold = static_cast<std::uint32_t>(1 + draw(50));
    switch (draw(4)) {
      case 0:
        bed_.director.remove_destination(bed_.turn, key, address);
        return;
      case 1:
        bed_.director.edit_destination(bed_.turn, key, address, options);
        return;
      default:
        break;
    }
    if (bed_.director.add_destination(bed_.turn, key, address, options, bed_.routes) !=
        AdminError::kNone) {
      return;
    }
    const Service* service = bed_.director.find_service(key);
    const Destination* added = service->destinations.front();
    Server& known = servers_[added->id];
    // One that returns keeps its traffic only within the life of one service.
    if (known.service != service->order) known = {{}, service->order};
  }

  void pass(Duration time) {
    const Instant end = bed_.now + time;
    while (bed_.director.next_wake() <= end) {
      bed_.now = std::max(bed_.now, bed_.director.next_wake());
      bed_.turn.begin(bed_.now, WatchLevel::kNothing);
      bed_.director.wake(bed_.turn);
    }
    bed_.now = end;
    bed_.turn.begin(bed_.now, WatchLevel::kNothing);
  }

  wire::Datagram packet(wire::Protocol protocol, wire::Endpoint from, wire::Endpoint to) {
    constexpr std::uint8_t kFlags[] = {kSyn, kSyn, kAck, kAck, kAck, kFin | kAck, kRst};
    const Built b{.payload = static_cast<std::uint32_t>(draw(600))};
    if (protocol == wire::Protocol::kUdp) return bed_.udp(from, to, b);
    if (protocol == wire::Protocol::kSctp) {
      return bed_.sctp(from, to, {static_cast<wire::SctpChunk>(draw(15))});
    }
    return bed_.tcp(from, to, kFlags[draw(std::size(kFlags))], b);
  }

  /// Through the IN or the OUT function alone.
  hook::Verdict push(wire::Datagram& datagram, hook::Hook where, int priority) {
    const hook::PacketInfo info{.hook = where,
                                .route = where == hook::Hook::kForward ? hook::RouteKind::kUnicast
                                                                       : hook::RouteKind::kLocal,
                                .mark = bed_.mark};
    for (const Director::Registration& r : hooks_) {
      if (r.where == where && r.priority == priority) {
        return r.object->inspect(bed_.turn, datagram, info, bed_.routes);
      }
    }
    return {};
  }

  void request() {
    const ServiceKey& key = any_key();
    const bool marked = key.mark != 0;
    const wire::Endpoint to = marked ? wire::Endpoint{kVip, 70} : key.address;
    const wire::Protocol protocol = marked && draw(2) == 0 ? wire::Protocol::kUdp : key.protocol;
    const wire::Endpoint from = client(static_cast<int>(draw(1200)));
    bed_.mark = key.mark;
    wire::Datagram d = packet(protocol, from, to);
    const std::uint32_t bytes = d.packet().length();
    const hook::Verdict verdict = push(d, hook::Hook::kLocalIn, 99);
    bed_.pool.retire(d.take());
    bed_.mark = 0;
    if (verdict.kind != Kind::kSendToward) return;
    const std::uint32_t slot = bed_.director.connections().find_in(protocol, from, to);
    if (slot == kNoSlot) return one_packet(key, verdict.toward, bytes);
    const Connection& c = bed_.director.connections().at(slot);
    const bool made = c.serial > newest_;
    // Older numbers were made by templates in between, which nobody sees.
    newest_ = std::max<std::uint64_t>(newest_, c.serial);
    count(*c.destination, made, bytes, false);
    remembered_[draw(std::size(remembered_))] = {protocol, from, to};
  }

  /// Its connection is gone already: it was scheduled and counted all the same.
  void one_packet(const ServiceKey& key, wire::Ipv4 toward, std::uint32_t bytes) {
    const Service* service = bed_.director.find_service(key);
    ASSERT_NE(service, nullptr);
    for (const Destination* d : service->destinations) {
      if (d->address.address == toward) return count(*d, true, bytes, false);
    }
    ADD_FAILURE() << "sent to nobody's address";
  }

  void reply() {
    const Remembered& r = remembered_[draw(std::size(remembered_))];
    const std::uint32_t slot = bed_.director.connections().find_in(r.protocol, r.from, r.to);
    if (slot == kNoSlot) return;
    const Connection& c = bed_.director.connections().at(slot);
    const bool full = c.method == Method::kFullNat;
    wire::Endpoint from = c.method == Method::kMasq || full ? c.real : c.service;
    wire::Endpoint to = c.client;
    if (full) to = bed_.director.local_pool().at(bed_.director.connections().local_end(slot)).local;
    const Destination* destination = c.destination;
    wire::Datagram d = packet(r.protocol, from, to);
    push(d, full ? hook::Hook::kLocalIn : hook::Hook::kForward, full ? 98 : 100);
    count(*destination, false, d.packet().length(), true);
    bed_.pool.retire(d.take());
  }

  void count(const Destination& d, bool made, std::uint32_t bytes, bool out) {
    if (d.owner == nullptr) return;
    for (Traffic* t : {&servers_.at(d.id).traffic, &services_.at(d.owner->order), &total_}) {
      t->connections += made ? 1 : 0;
      (out ? t->out_packets : t->in_packets) += 1;
      (out ? t->out_bytes : t->in_bytes) += bytes;
    }
  }

  struct Remembered {
    wire::Protocol protocol = wire::Protocol::kTcp;
    wire::Endpoint from, to;
  };

  Bed bed_;
  Random random_;
  std::vector<Director::Registration> hooks_;
  std::vector<ServiceKey> keys_;
  std::map<std::uint64_t, Traffic> services_;  ///< by order of creation
  std::map<std::uint32_t, Server> servers_;    ///< by id
  Traffic total_;
  std::uint64_t newest_ = 0;
  Remembered remembered_[2000];
};

TEST(RandomOperations, AMillionKeepEveryCounterWhatANaiveModelSays) {
  Chaos chaos(2024);
  for (int i = 1; i <= 1'000'000; ++i) {
    chaos.step();
    if (i % 10'000 == 0) {
      ASSERT_NO_FATAL_FAILURE(chaos.compare()) << "after " << i;
    }
  }
  EXPECT_GT(chaos.connections(), 20'000u);
  chaos.clear_away();
}

TEST(RandomOperations, EveryStepOfAShortRun) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Chaos chaos(seed);
    for (int i = 0; i < 3000; ++i) {
      chaos.step();
      ASSERT_NO_FATAL_FAILURE(chaos.compare()) << "seed " << seed << " step " << i;
    }
    chaos.clear_away();
  }
}

}  // namespace
}  // namespace lvslab::lvs::test
