// The workloads U and T: N clients - switch - router - switch - second router - switch - M servers,
// 10 Gb/s and 5 us a link, learning switches, ARP from cold. Clients send by a Poisson process; a
// request and its reply cross 12 links.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "app/client.h"
#include "app/server.h"
#include "engine/world.h"
#include "net/host.h"
#include "net/switch.h"
#include "transport/sockets.h"

namespace lvslab::bench {

/// CPU time of this thread.
double cpu_seconds();

class Workload {
 public:
  struct Shape {
    std::uint32_t clients = 4, servers = 4;
    wire::Protocol protocol = wire::Protocol::kUdp;
    std::uint64_t requests = 20'000;  ///< in all, shared evenly
    std::uint64_t per_second = 10'000;
    std::uint64_t request_bytes = 100, reply_bytes = 1000;
    app::Arrivals arrivals =
        app::Arrivals::kPoisson;  ///< kEvery: at a steady beat, the clients in turn
  };
  static Shape udp(std::uint32_t clients, std::uint32_t servers) {
    return {.clients = clients, .servers = servers};
  }
  static Shape tcp(std::uint32_t clients, std::uint32_t servers) {
    return {.clients = clients,
            .servers = servers,
            .protocol = wire::Protocol::kTcp,
            .requests = 1'500,
            .per_second = 1'000,
            .request_bytes = 100,
            .reply_bytes = 8'192};
  }

  explicit Workload(const Shape& shape);

  engine::World& world() { return world_; }
  /// Every client asks once, one after the other: ARP caches and MAC tables fill. Ends at 1.5 s.
  void warm_up();
  /// The Poisson phase begins.
  void start();
  /// Runs until `most_hops` frame-hops of this phase are done; false: nothing is left to do.
  bool run(std::uint64_t most_hops = std::numeric_limits<std::uint64_t>::max());
  /// Frame-hops of the Poisson phase so far.
  std::uint64_t hops() const { return world_.totals().frame_hops - hops_before_; }

 private:
  struct Box {
    std::unique_ptr<net::Host> host;
    std::unique_ptr<transport::Sockets> sockets;
    std::unique_ptr<app::Client> warm, load;
    std::unique_ptr<app::Server> server;
    NodeIndex node = 0;
  };
  Box& add_host(const std::string& name, bool sockets);
  PortIndex add_nic(Box& box, const std::string& name, wire::Ipv4 address, std::uint8_t length);
  void add_route(Box& box, wire::Prefix to, wire::Ipv4 gateway);
  void plan(const Shape& shape);

  Shape shape_;
  engine::World world_;
  std::vector<std::unique_ptr<Box>> boxes_;
  std::vector<std::unique_ptr<net::Switch>> switches_;
  std::vector<Box*> clients_, servers_;
  app::LoadPlan warm_plan_, load_plan_;
  std::uint64_t hops_before_ = 0;
  std::size_t settled_ = 0;  ///< clients known to be through, in order
  std::uint64_t next_mac_ = 0x020000000001ULL;
};

}  // namespace lvslab::bench
