// ns per frame-hop on the workloads U and T; CPU time of the run phase alone, ARP warm. The counts
// are checked first: 12 frame-hops a UDP request, 96 a TCP connection.
#include <benchmark/benchmark.h>

#include <string>

#include "workload.h"

namespace lvslab::bench {
namespace {

void measure(benchmark::State& state, const Workload::Shape& shape, std::uint64_t hops_a_request) {
  double seconds = 0;
  std::uint64_t hops = 0;
  for (auto _ : state) {
    Workload workload(shape);
    workload.warm_up();
    const double start = cpu_seconds();
    workload.start();
    workload.run();
    const double spent = cpu_seconds() - start;
    state.SetIterationTime(spent);
    seconds += spent;
    hops += workload.hops();
    if (workload.hops() != hops_a_request * shape.requests) {
      state.SkipWithError(("frame-hops: " + std::to_string(workload.hops())).c_str());
    }
  }
  state.counters["ns/hop"] = 1e9 * seconds / static_cast<double>(hops);
}

void U(benchmark::State& state) {
  measure(state,
          Workload::udp(static_cast<std::uint32_t>(state.range(0)),
                        static_cast<std::uint32_t>(state.range(1))),
          12);
}
void T(benchmark::State& state) {
  measure(state,
          Workload::tcp(static_cast<std::uint32_t>(state.range(0)),
                        static_cast<std::uint32_t>(state.range(1))),
          96);
}
void ArpFromCold(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  double seconds = 0;
  std::uint64_t hops = 0;
  for (auto _ : state) {
    Workload workload(Workload::udp(n, n / 10));
    const double start = cpu_seconds();
    workload.warm_up();
    const double spent = cpu_seconds() - start;
    state.SetIterationTime(spent);
    seconds += spent;
    hops += workload.world().totals().frame_hops;
  }
  state.counters["hops"] = static_cast<double>(hops) / static_cast<double>(state.iterations());
  state.counters["ns/hop"] = 1e9 * seconds / static_cast<double>(hops);
}

BENCHMARK(U)
    ->Args({4, 4})
    ->Args({64, 16})
    ->Args({1000, 100})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(T)
    ->Args({4, 4})
    ->Args({64, 16})
    ->Args({1000, 100})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ArpFromCold)->Arg(1000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lvslab::bench
