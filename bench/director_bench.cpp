// The director alone, without a host around it: picks, packets of existing connections, new
// connections, and the memory they take.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "base/check.h"
#include "lvs/director.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace lvslab::bench {
namespace {

constexpr wire::Endpoint kWeb{wire::ipv4(10, 0, 0, 100), 80};
constexpr std::uint32_t kSegment = wire::kIpv4Header + wire::kTcpHeader;
constexpr wire::Ipv4 kLocal = wire::ipv4(10, 0, 0, 101);

/// Every address is one hop away but the director's own.
class Routes final : public hook::RouteLookup {
 public:
  hook::RouteAnswer to(wire::Ipv4 destination) const override {
    hook::RouteAnswer answer;
    answer.found = true;
    answer.source = kLocal;
    answer.next_hop = destination;
    answer.mtu = 1500;
    answer.device = 1;
    return answer;
  }
  bool is_local(wire::Ipv4 address) const override {
    return address == kWeb.address || address == kLocal;
  }
};

wire::Endpoint client(std::uint64_t n) {
  return {wire::Ipv4{wire::ipv4(11, 0, 0, 0).value + static_cast<std::uint32_t>(n / 16)},
          static_cast<std::uint16_t>(20'000 + n % 16)};
}

/// A hook with nothing behind it.
class Nothing final : public hook::PacketHook {
  hook::Verdict inspect(Turn&, wire::Datagram&, const hook::PacketInfo&,
                        const hook::RouteLookup&) override {
    return hook::Verdict::accept();
  }
};

class Bed {
 public:
  Bed(const std::string& scheduler, lvs::Method method, int servers) : method_(method) {
    turn_.begin(Instant::at(Duration::seconds(1)), WatchLevel::kNothing);
    LVSLAB_CHECK(director_.add_service(turn_, key_, {.scheduler = scheduler}) ==
                 lvs::AdminError::kNone);
    if (method == lvs::Method::kFullNat) director_.add_local_address(key_, kLocal, routes_);
    for (int i = 0; i < servers; ++i) {
      const wire::Endpoint real{{wire::ipv4(12, 0, 0, 1).value + static_cast<std::uint32_t>(i)},
                                80};
      LVSLAB_CHECK(director_.add_destination(turn_, key_, real,
                                             {.method = method, .weight = 1 + i % 7},
                                             routes_) == lvs::AdminError::kNone);
    }
    for (const auto& r : director_.registrations()) {
      if (r.where == hook::Hook::kLocalIn) hooks_.push_back(r.object);
    }
    packet_ = syn();
    std::memcpy(pristine_, packet_.packet().data(), sizeof pristine_);
  }
  ~Bed() { pool_.retire(packet_.take()); }

  /// Nothing but what this bench itself does for a packet.
  void bypass_director() { hooks_ = {&nothing_, &nothing_}; }
  /// These segments come next: a caller that has a burst of them at hand says so.
  void expect(std::span<const std::uint64_t> burst) {
    flows_.clear();
    for (const std::uint64_t n : burst) flows_.push_back({client(n), kWeb, 6});
    director_.expect(flows_);
  }
  /// A segment of connection n from the client; the packet is put right again afterwards.
  hook::Verdict::Kind segment(std::uint64_t n, std::uint8_t flags) {
    const wire::Endpoint from = client(n);
    std::uint8_t* ip = packet_.edit_ip();
    std::memcpy(ip, pristine_, sizeof pristine_);
    from.address.store(ip + 12);
    kWeb.address.store(ip + 16);
    wire::store16(ip + 20, from.port);
    wire::store16(ip + 22, kWeb.port);
    ip[33] = flags;
    hook::PacketInfo info;
    info.hook = hook::Hook::kLocalIn;
    info.route = hook::RouteKind::kLocal;
    hook::Verdict::Kind kind = hook::Verdict::Kind::kAccept;
    for (hook::PacketHook* hook : hooks_) {
      kind = hook->inspect(turn_, packet_, info, routes_).kind;
      if (kind != hook::Verdict::Kind::kAccept) break;
    }
    if (packet_.packet().length() > kSegment) {  // an outer header in front, or TOA behind
      if (method_ == lvs::Method::kTunnel)
        packet_.packet().pull(packet_.packet().length() - kSegment);
      packet_.packet().trim(kSegment);
      packet_.reparse();
    }
    return kind;
  }
  void open(std::uint64_t n) {
    segment(n, wire::kSyn);
    segment(n, wire::kAck);
  }
  const lvs::Service& service() const { return *director_.find_service(key_); }

 private:
  wire::Datagram syn() {
    Packet packet = pool_.make(64);
    wire::push_tcp(packet, client(0).address, kWeb.address,
                   {.source_port = 1, .destination_port = 80, .flags = wire::kSyn});
    wire::emit_ipv4(packet.push(wire::kIpv4Header), {.source = client(0).address,
                                                     .destination = kWeb.address,
                                                     .protocol = 6,
                                                     .ttl = 64,
                                                     .dont_fragment = true,
                                                     .payload_length = wire::kTcpHeader});
    return wire::Datagram::trusted(std::move(packet));
  }
  PacketPool pool_;
  Turn turn_{pool_};
  Routes routes_;
  lvs::ServiceKey key_{.address = kWeb};
  lvs::Director director_{Random(1, "director")};
  std::vector<hook::PacketHook*> hooks_;
  Nothing nothing_;
  std::vector<wire::Flow> flows_;
  lvs::Method method_;
  wire::Datagram packet_;
  std::uint8_t pristine_[kSegment];
};

void Pick(benchmark::State& state, const std::string& scheduler) {
  Bed bed(scheduler, lvs::Method::kRoute, static_cast<int>(state.range(0)));
  const auto picker = lvs::find_scheduler(scheduler)->make(
      {bed.service().destinations, Random(1, "picks"), Instant::at(Duration::seconds(1))});
  lvs::DirectorSettings settings;
  lvs::SchedulingRequest request{.now = Instant::at(Duration::seconds(1)), .settings = &settings};
  request.flow.destination = kWeb;
  std::uint64_t n = 0;
  for (auto _ : state) {
    request.flow.source = client(n++ * 37);
    benchmark::DoNotOptimize(picker->pick(bed.service().destinations, request));
  }
}

/// A pick, the connection it makes, and the end of the one that was made a thousand picks before:
/// what a scheduler has to be told is in the figure.
void PickAndCount(benchmark::State& state, const std::string& scheduler) {
  Bed bed(scheduler, lvs::Method::kRoute, static_cast<int>(state.range(0)));
  const lvs::DestinationList& all = bed.service().destinations;
  const auto picker = lvs::find_scheduler(scheduler)->make(
      {all, Random(1, "picks"), Instant::at(Duration::seconds(1))});
  lvs::DirectorSettings settings;
  lvs::SchedulingRequest request{.now = Instant::at(Duration::seconds(1)), .settings = &settings};
  request.flow.destination = kWeb;
  std::vector<lvs::Destination*> open(1000, nullptr);
  std::uint64_t n = 0;
  for (auto _ : state) {
    request.flow.source = client(n++ * 37);
    lvs::Destination*& oldest = open[n % open.size()];
    if (oldest != nullptr) {
      oldest->count_released(false, false);
      picker->on_counted(*oldest);
    }
    oldest = picker->pick(all, request);
    if (oldest == nullptr) continue;
    oldest->count_bound(false);
    ++oldest->active;
    picker->on_counted(*oldest);
  }
}

void PacketAlone(benchmark::State& state) {
  Bed bed("rr", lvs::Method::kRoute, 4);
  bed.bypass_director();
  std::uint64_t n = 0;
  for (auto _ : state) {
    n = (n * 6364136223846793005ULL + 1442695040888963407ULL);
    benchmark::DoNotOptimize(bed.segment((n >> 33) % 1000, wire::kAck));
  }
}

/// 32 packets at a time, which the director is told of beforehand.
void ExistingConnectionInBursts(benchmark::State& state, lvs::Method method) {
  Bed bed("rr", method, 4);
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t n = 0; n < count; ++n) bed.open(n);
  std::uint64_t n = 0;
  std::uint64_t burst[32];
  std::size_t next = std::size(burst);
  for (auto _ : state) {
    if (next == std::size(burst)) {
      next = 0;
      for (std::uint64_t& b : burst) {
        n = (n * 6364136223846793005ULL + 1442695040888963407ULL);
        b = (n >> 33) % count;
      }
      bed.expect(burst);
    }
    benchmark::DoNotOptimize(bed.segment(burst[next++], wire::kAck));
  }
}

void ExistingConnection(benchmark::State& state, lvs::Method method) {
  Bed bed("rr", method, 4);
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t n = 0; n < count; ++n) bed.open(n);
  std::uint64_t n = 0;
  for (auto _ : state) {
    n = (n * 6364136223846793005ULL + 1442695040888963407ULL);
    benchmark::DoNotOptimize(bed.segment((n >> 33) % count, wire::kAck));
  }
}

void NewConnection(benchmark::State& state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  double bytes = 0;
  for (auto _ : state) {
    Bed bed("rr", lvs::Method::kRoute, 4);
    const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (std::uint64_t n = 0; n < count; ++n) bed.segment(n, wire::kSyn);
    bytes += static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd - before);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(count) * state.iterations());
  state.counters["bytes/connection"] =
      bytes / static_cast<double>(count) / static_cast<double>(state.iterations());
}

const bool registered = [] {
  for (const lvs::SchedulerEntry& entry : lvs::schedulers()) {
    const std::string name(entry.name);
    benchmark::RegisterBenchmark(("Pick/" + name).c_str(),
                                 [name](benchmark::State& state) { Pick(state, name); })
        ->Arg(4)
        ->Arg(100)
        ->Arg(10'000);
    benchmark::RegisterBenchmark(("PickAndCount/" + name).c_str(),
                                 [name](benchmark::State& state) { PickAndCount(state, name); })
        ->Arg(4)
        ->Arg(100)
        ->Arg(10'000);
  }
  const std::pair<const char*, lvs::Method> modes[] = {{"nat", lvs::Method::kMasq},
                                                       {"dr", lvs::Method::kRoute},
                                                       {"tun", lvs::Method::kTunnel},
                                                       {"fullnat", lvs::Method::kFullNat}};
  for (const auto& [name, method] : modes) {
    benchmark::RegisterBenchmark(
        (std::string("ExistingConnection/") + name).c_str(),
        [method = method](benchmark::State& state) { ExistingConnection(state, method); })
        ->Arg(1'000)
        ->Arg(method == lvs::Method::kFullNat ? 100'000 : 1'000'000);  // one LIP has no more ports
    benchmark::RegisterBenchmark(
        (std::string("ExistingConnectionInBursts/") + name).c_str(),
        [method = method](benchmark::State& state) { ExistingConnectionInBursts(state, method); })
        ->Arg(1'000)
        ->Arg(method == lvs::Method::kFullNat ? 100'000 : 1'000'000);
  }
  return true;
}();
BENCHMARK(PacketAlone);
BENCHMARK(NewConnection)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lvslab::bench
