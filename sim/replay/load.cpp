// Load over time: requests by server, and the directors' counts of connections, in equal bins.
#include <algorithm>
#include <charconv>
#include <map>

#include "replay/results.h"
#include "replay/store.h"

namespace lvslab::replay {
namespace {

// Which node has an address, from the changes of the addresses' tables.
std::map<std::string, NodeIndex> owners(const Recording& recording) {
  std::map<std::string, NodeIndex> owners;
  Query query = recording.store().database().query(
      "SELECT node, key FROM state WHERE tbl = 'addresses' AND value IS NOT NULL");
  while (query.step()) {
    const std::string_view key = query.text(1);
    const std::size_t gap = key.find(' ');
    if (gap == std::string_view::npos) continue;
    const std::string_view address = key.substr(gap + 1);
    owners.try_emplace(std::string(address.substr(0, address.find('/'))), query.small(0));
  }
  return owners;
}

class Bins {
 public:
  Bins(const Recording& recording, std::size_t count) : recording_(recording), count_(count) {
    load_.bin = Duration::picoseconds(
        std::max<std::int64_t>(1, recording.end().ps() / static_cast<std::int64_t>(count) + 1));
    for (std::size_t i = 0; i < count; ++i)
      load_.middles.push_back((static_cast<double>(i) + 0.5) * load_.bin.in_seconds());
  }

  LoadOverTime fill() && {
    for (std::size_t i = 0; i < recording_.scene().nodes.size(); ++i) {
      if (recording_.scene().nodes[i].role == "real-server") server(static_cast<NodeIndex>(i));
    }
    add_connections();
    add_requests();
    add_levels();
    for (auto& [node, load] : servers_) load_.servers.push_back(std::move(load));
    return std::move(load_);
  }

 private:
  std::size_t bin_of(Instant t) const {
    const std::int64_t bin = std::max<std::int64_t>(t.ps(), 0) / load_.bin.ps();
    return std::min(static_cast<std::size_t>(bin), count_ - 1);
  }
  ServerLoad& server(NodeIndex node) {
    ServerLoad& load = servers_[node];
    if (load.node == kNoNode) {
      load.node = node;
      for (auto* series :
           {&load.requests_per_second, &load.active, &load.inactive, &load.latency_mean})
        series->assign(count_, 0.0);
    }
    return load;
  }

  void add_connections() {
    for (const ConnectionLine& line : connections(recording_)) {
      if (line.real_server != kNoNode) ++server(line.real_server).connections;
    }
  }

  void add_requests() {
    std::map<NodeIndex, std::vector<std::uint32_t>> answered;
    for (const RequestLine& line : requests(recording_)) {
      if (!line.answered()) continue;
      const std::int64_t latency = (line.last_byte - line.intended).ps();
      load_.latency.add(std::max<std::int64_t>(latency, 0));
      if (line.real_server == kNoNode) continue;
      ServerLoad& load = server(line.real_server);
      ++load.requests;
      load.latency.add(std::max<std::int64_t>(latency, 0));
      const std::size_t bin = bin_of(line.last_byte);
      auto& counts = answered[line.real_server];
      counts.resize(count_);
      ++counts[bin];
      load.latency_mean[bin] += Duration::picoseconds(latency).in_seconds();
    }
    for (const auto& [node, counts] : answered) {
      ServerLoad& load = server(node);
      for (std::size_t i = 0; i < count_; ++i) {
        if (counts[i] == 0) continue;
        load.latency_mean[i] /= counts[i];
        load.requests_per_second[i] = counts[i] / load_.bin.in_seconds();
      }
    }
  }

  // What the directors count, at the end of each bin.
  void add_levels() {
    const std::map<std::string, NodeIndex> owner = owners(recording_);
    struct Level {
      NodeIndex server = kNoNode;
      double active = 0, inactive = 0;
    };
    std::map<std::pair<std::uint32_t, std::string>, Level> levels;
    std::size_t bin = 0;
    const auto close_until = [&](std::size_t until) {
      for (; bin < until; ++bin) {
        for (const auto& [key, level] : levels) {
          if (level.server == kNoNode) continue;
          server(level.server).active[bin] += level.active;
          server(level.server).inactive[bin] += level.inactive;
        }
      }
    };
    Query query = recording_.store().database().query(
        "SELECT node, key, value, event FROM state WHERE tbl = 'destinations' "
        "ORDER BY event, rowid");
    while (query.step()) {
      const auto row = recording_.row_of(query.number(3));
      const std::string key(query.text(1));
      const std::size_t gap = key.find(' ');
      if (!row || gap == std::string::npos) continue;
      close_until(bin_of(recording_.time_of(*row)));
      const std::string address = key.substr(gap + 1, key.rfind(':') - gap - 1);
      const auto owned = owner.find(address);
      Level level{.server = owned == owner.end() ? kNoNode : owned->second};
      const std::string_view value = query.text(2);
      const std::size_t first = value.find(' '), second = value.rfind(' ');
      if (first != std::string_view::npos && first != second) {
        level.active = number(value.substr(first + 1, second - first - 1));
        level.inactive = number(value.substr(second + 1));
      }
      levels[{query.small(0), key}] = level;
    }
    close_until(count_);
  }
  static double number(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  const Recording& recording_;
  std::size_t count_;
  LoadOverTime load_;
  std::map<NodeIndex, ServerLoad> servers_;
};

}  // namespace

LoadOverTime load_over_time(const Recording& recording, std::size_t bins) {
  return Bins(recording, std::clamp<std::size_t>(bins, 1, 10'000)).fill();
}

}  // namespace lvslab::replay
