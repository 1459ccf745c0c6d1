// What recording costs: workload U and T with every frame, note and state written to an SQLite
// file. CPU time of the run phase and of closing the file, and the file's size, for each frame-hop.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "base/check.h"
#include "trace/writers.h"
#include "workload.h"

namespace lvslab::bench {
namespace {

/// The recording names nodes and interfaces: in the order in which the workload makes them.
trace::Scene scene_of(const Workload::Shape& shape) {
  trace::Scene scene;
  const std::size_t ports = std::size_t{shape.clients} + shape.servers + 2;
  for (std::size_t i = 0; i < ports + 3; ++i) {
    const bool is_switch = i < 3;
    scene.nodes.push_back({.name = "n" + std::to_string(i), .is_switch = is_switch});
    for (std::size_t k = 0; k < (is_switch ? ports : 3); ++k)
      scene.nodes.back().interfaces.push_back({.name = "eth" + std::to_string(k)});
  }
  return scene;
}

void recorded(benchmark::State& state, const Workload::Shape& shape) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / "lvslab_recording_bench.sqlite";
  double seconds = 0, bytes = 0;
  std::uint64_t hops = 0;
  for (auto _ : state) {
    Workload workload(shape);
    workload.warm_up();
    const trace::Scene scene = scene_of(shape);
    auto writer = trace::sqlite_recording(scene, file.string(), "");
    LVSLAB_CHECK(writer.has_value());
    workload.world().watch(writer->get(), WatchLevel::kEverything);
    const double start = cpu_seconds();
    workload.start();
    workload.run();
    if (!(*writer)->finish()) state.SkipWithError("the recording could not be written");
    const double spent = cpu_seconds() - start;
    state.SetIterationTime(spent);
    seconds += spent;
    hops += workload.hops();
    bytes += static_cast<double>(std::filesystem::file_size(file));
  }
  std::filesystem::remove(file);
  state.counters["ns/hop"] = 1e9 * seconds / static_cast<double>(hops);
  state.counters["bytes/hop"] = bytes / static_cast<double>(hops);
}

void RecordedU(benchmark::State& state) { recorded(state, Workload::udp(4, 4)); }
void RecordedT(benchmark::State& state) { recorded(state, Workload::tcp(4, 4)); }
BENCHMARK(RecordedU)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RecordedT)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lvslab::bench
