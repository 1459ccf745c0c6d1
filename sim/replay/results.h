// What stands in a recording beside its events: who believed to own which address, connections and
// requests, what administrators typed, what the judges said, and load over time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metrics/histogram.h"
#include "replay/recording.h"

namespace lvslab::replay {

/// A host believed that `address` is at `mac` from `since` until `until` (never: to the end).
struct Belief {
  NodeIndex node = kNoNode;
  std::string interface, address;
  std::optional<wire::Mac> mac;  ///< none: it had no answer
  NodeIndex owner = kNoNode;     ///< who has that MAC, if it is of the scene
  Instant since, until;
};
std::vector<Belief> beliefs(const Recording& recording);
/// Where each node's addresses change, ascending.
std::map<NodeIndex, std::vector<Row>> address_changes(const Recording& recording);

struct ConnectionLine {
  std::uint32_t traffic = 0, number = 0;
  std::string name;    ///< "web/1"
  std::string status;  ///< completed reset refused timeout unreachable open
  Row first = kNoRow;  ///< the event of its first step
  Instant intended = Instant::never(), closed = Instant::never();
  NodeIndex real_server = kNoNode;  ///< who accepted
  std::uint32_t requests = 0;
};
/// In order of intended start; at most `most`.
std::vector<ConnectionLine> connections(const Recording& recording, std::size_t most = 100'000);

struct RequestLine {
  std::uint32_t traffic = 0, connection = 0, request = 0;
  NodeIndex real_server = kNoNode;
  Instant intended = Instant::never(), sent = Instant::never(), first_byte = Instant::never(),
          last_byte = Instant::never();
  bool answered() const { return !last_byte.is_never(); }
};
std::vector<RequestLine> requests(const Recording& recording, std::size_t most = 1'000'000);

struct CommandLine {
  Row row = kNoRow;
  Instant time;
  NodeIndex node = kNoNode;
  std::string command, out, err, place;
  int status = 0;
};
std::vector<CommandLine> console(const Recording& recording);

/// As `check` and `run` say them; texts, empty when not given.
struct Finding {
  std::string id, severity, place, summary, host, symptom, cure, waived, seen, gone;
};
std::vector<Finding> findings(const Recording& recording);

struct Expectation {
  std::string place, kind, expected, actual;
  bool passed = false;
};
std::vector<Expectation> expectations(const Recording& recording);

/// Load per real server in equal bins over the run, folded from the apps' and directors' records.
struct ServerLoad {
  NodeIndex node = kNoNode;
  std::uint64_t connections = 0, requests = 0;
  std::vector<double> requests_per_second, active, inactive, latency_mean;  ///< seconds, by bin
  metrics::Histogram latency;  ///< of requests answered by it, ps
};
struct LoadOverTime {
  Duration bin;
  std::vector<double> middles;  ///< seconds, of each bin
  std::vector<ServerLoad> servers;
  metrics::Histogram latency;  ///< of all requests, ps
};
LoadOverTime load_over_time(const Recording& recording, std::size_t bins = 200);

}  // namespace lvslab::replay
