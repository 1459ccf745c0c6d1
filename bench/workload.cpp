#include "workload.h"

#include <ctime>

#include "base/check.h"

namespace lvslab::bench {
namespace {

constexpr engine::LinkShape kLink{10'000'000'000ULL, Duration::microseconds(5), 1000, 0};
constexpr std::uint16_t kPort = 9000;

}  // namespace

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Workload::Box& Workload::add_host(const std::string& name, bool sockets) {
  boxes_.push_back(std::make_unique<Box>());
  Box& box = *boxes_.back();
  box.host = std::make_unique<net::Host>(name, 1);
  if (sockets) box.sockets = std::make_unique<transport::Sockets>(*box.host);
  box.node = world_.add_node(box.host.get());
  return box;
}

PortIndex Workload::add_nic(Box& box, const std::string& name, wire::Ipv4 address,
                            std::uint8_t length) {
  PortIndex port = 0;
  world_.act(box.node, [&](Turn& turn) {
    const InterfaceIndex nic = box.host->add_ethernet(turn, name, {next_mac_++}, 1500, true);
    port = box.host->interface(nic).port;
    box.host->add_address(turn, nic, {.local = address, .prefix_length = length, .label = name});
    // An ARP entry is believed for two minutes at least, as in the workload's definition: no checks
    // during a run.
    box.host->edit_interface(nic).neigh.base_reachable_time_ms = 240'000;
    box.host->edit_interface(nic).neigh.delay_first_probe_time = 120;
  });
  return port;
}

void Workload::add_route(Box& box, wire::Prefix to, wire::Ipv4 gateway) {
  world_.act(box.node, [&](Turn& turn) {
    box.host->add_route(turn, {.destination = to, .gateway = gateway});
  });
}

Workload::Workload(const Shape& shape) : shape_(shape), world_(1) {
  std::vector<NodeIndex> lans;
  for (const char* name : {"sw1", "sw2", "sw3"}) {
    switches_.push_back(std::make_unique<net::Switch>(name, Duration::seconds(300)));
    lans.push_back(world_.add_node(switches_.back().get()));
  }
  int cable = 0;
  const auto plug = [&](Box& box, PortIndex port, std::size_t lan) {
    world_.connect(box.node, port, lans[lan], switches_[lan]->add_port(), kLink,
                   "cable" + std::to_string(cable++));
  };
  Box& router = add_host("router", false);
  Box& inner = add_host("inner", false);
  for (Box* box : {&router, &inner}) box->host->set_forwarding(true);
  plug(router, add_nic(router, "eth0", wire::ipv4(10, 0, 255, 254), 16), 0);
  plug(router, add_nic(router, "eth1", wire::ipv4(10, 1, 0, 1), 24), 1);
  plug(inner, add_nic(inner, "eth0", wire::ipv4(10, 1, 0, 2), 24), 1);
  plug(inner, add_nic(inner, "eth1", wire::ipv4(10, 2, 255, 254), 16), 2);
  add_route(router, {wire::ipv4(10, 2, 0, 0), 16}, wire::ipv4(10, 1, 0, 2));
  add_route(inner, {wire::ipv4(10, 0, 0, 0), 16}, wire::ipv4(10, 1, 0, 1));
  for (std::uint32_t i = 0; i < shape.clients; ++i) {
    Box& box = add_host("c" + std::to_string(i), true);
    plug(box, add_nic(box, "eth0", {wire::ipv4(10, 0, 0, 1).value + i}, 16), 0);
    add_route(box, {{}, 0}, wire::ipv4(10, 0, 255, 254));
    clients_.push_back(&box);
  }
  for (std::uint32_t i = 0; i < shape.servers; ++i) {
    Box& box = add_host("s" + std::to_string(i), true);
    plug(box, add_nic(box, "eth0", {wire::ipv4(10, 2, 0, 1).value + i}, 16), 2);
    add_route(box, {{}, 0}, wire::ipv4(10, 2, 255, 254));
    servers_.push_back(&box);
  }
  plan(shape);
  for (Box* box : servers_) {
    app::ServeSpec spec{.protocol = shape.protocol,
                        .port = kPort,
                        .reply = app::ServeSpec::Reply::kBytes,
                        .bytes = shape.reply_bytes};
    box->server = std::make_unique<app::Server>(*box->sockets, spec, &load_plan_);
    world_.act(box->node, [&](Turn& turn) {
      LVSLAB_CHECK(box->server->start(turn) == transport::SocketError::kNone);
    });
  }
  for (Box* box : clients_) {
    box->warm = std::make_unique<app::Client>(*box->sockets, box->node, warm_plan_);
    box->load = std::make_unique<app::Client>(*box->sockets, box->node, load_plan_);
  }
}

// One traffic per client in both phases: client i always asks server i mod M.
void Workload::plan(const Shape& shape) {
  for (std::uint32_t i = 0; i < shape.clients; ++i) {
    app::TrafficPlan traffic;
    traffic.name = "c" + std::to_string(i);
    traffic.protocol = shape.protocol;
    traffic.clients = {clients_[i]->node};
    app::ConnectionPlan connection;
    connection.target = {{wire::ipv4(10, 2, 0, 1).value + i % shape.servers}, kPort};
    connection.request.zeros = shape.request_bytes;
    connection.close = app::Closer::kServer;
    connection.at = Duration::picoseconds(1'000'000'000'000LL * (i + 1) / (shape.clients + 1));
    traffic.shape = connection;
    traffic.listed = {connection};
    traffic.count = 1;
    warm_plan_.traffics.push_back(traffic);
    traffic.listed.clear();
    traffic.arrivals = shape.arrivals;
    if (shape.arrivals == app::Arrivals::kEvery) {
      traffic.start =
          Duration::picoseconds(1'000'000'000'000LL / static_cast<std::int64_t>(shape.per_second)) *
          i;
    }
    traffic.count = shape.requests / shape.clients + (i < shape.requests % shape.clients ? 1 : 0);
    traffic.gap = Duration::picoseconds(1'000'000'000'000LL * shape.clients /
                                        static_cast<std::int64_t>(shape.per_second));
    traffic.shape.at = Duration();
    load_plan_.traffics.push_back(traffic);
  }
}

void Workload::warm_up() {
  for (Box* box : clients_) {
    world_.act(box->node, [&](Turn& turn) { box->warm->start(turn, Instant::start()); });
  }
  world_.run_until(Instant::at(Duration::milliseconds(1500)));
}

void Workload::start() {
  hops_before_ = world_.totals().frame_hops;
  load_plan_.ready = world_.now();
  for (Box* box : clients_) {
    world_.act(box->node, [&](Turn& turn) { box->load->start(turn, world_.now()); });
  }
}

bool Workload::run(std::uint64_t most_hops) {
  while (hops() < most_hops) {
    if (world_.totals().in_flight() == 0) {  // only then may everything be over
      while (settled_ < clients_.size() && clients_[settled_]->load->settled()) ++settled_;
      if (settled_ == clients_.size()) return false;
    }
    if (!world_.step()) return false;
  }
  return true;
}

}  // namespace lvslab::bench
