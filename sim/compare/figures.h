// What one run of a cell leaves: latencies of the requests after the warm-up, rates, failures and
// shares. Small, and with a form on disk of its own (run_file.h): a grid is put together of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace lvslab::compare {

/// Times in whole picoseconds.
struct TrafficFigures {
  std::string name;
  bool open_loop = true;
  std::int64_t cut = 0;            ///< where the warm-up ends, since ready
  std::uint64_t cut_requests = 0;  ///< left out
  std::uint64_t connections = 0, failed = 0, unsettled = 0;  ///< after the cut
  std::uint64_t requests = 0;                                ///< answered, after the cut
  std::int64_t mean = 0, p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
  double rate = 0;  ///< answers a second while requests came
  std::vector<std::pair<std::uint16_t, std::uint64_t>> histogram;  ///< bucket, count
};

/// Share and index count connections after the cut, whose server is who served or was picked.
struct ServerFigures {
  std::string name;
  std::uint64_t connections = 0;
  double share = 0;
  double busy = 0;  ///< of the workers' time, whole run; 0 when requests take none
};

/// About 200 bins of one server, of the first run of a cell.
struct LoadSeries {
  std::string server;
  std::vector<std::uint32_t> active, queue;
  std::vector<double> busy;
};

struct RunFigures {
  std::uint64_t fingerprint = 0;
  std::uint32_t cell = 0, replication = 0;
  std::vector<TrafficFigures> traffics;
  std::vector<ServerFigures> servers;
  double jain = 1;
  double simulated = 0, little_gap = 0;  ///< seconds; the worst of all audits
  std::uint64_t dropped = 0;
  std::vector<std::string> setting;  ///< schedulers with their lists, disciplines
  double bin = 0;                    ///< seconds
  std::vector<LoadSeries> series;
};

/// Where the warm-up of each traffic ended.
std::vector<Duration> cuts_of(const RunFigures& run);

/// A metric of the scenario language of one run (jain: whatever the traffic); latencies in seconds.
double value_of(const RunFigures& run, std::size_t traffic, std::string_view metric);
bool is_latency(std::string_view metric);
/// Latencies and failures; else more is better.
bool less_is_better(std::string_view metric);

}  // namespace lvslab::compare
