#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "report/internal.h"

namespace lvslab::report {
namespace {

/// Who served, or the owner of the address that was picked.
NodeIndex server_of(const RunResult& result, const metrics::Group& group) {
  if (group.real_server != kNoNode || group.real.address.is_zero()) return group.real_server;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    for (const net::Interface& nic : result.lab.machine(host).host().interfaces()) {
      if (nic.find(group.real.address) != nullptr) return static_cast<NodeIndex>(host);
    }
  }
  return kNoNode;
}

double seconds(__int128 ps) { return static_cast<double>(ps) * 1e-12; }

std::string load_name(const RunResult& result, const metrics::LoadMeter::Key& key) {
  return result.lab.scene().nodes[key.first].name + ":" + std::to_string(key.second);
}

Audit::Little little(std::string name, __int128 area, std::uint64_t count, __int128 sum,
                     Instant now) {
  Audit::Little law{.name = std::move(name)};
  const double run = now.since_start().in_seconds();
  if (run <= 0 || count == 0) return law;
  law.in_system = seconds(area) / run;
  law.rate = static_cast<double>(count) / run;
  law.time = seconds(sum) / static_cast<double>(count);
  if (area != 0) law.gap = static_cast<double>(area - sum) / static_cast<double>(area);
  return law;
}

Audit::Use use_of(std::string name, const metrics::ServerLoad& load, Instant now) {
  Audit::Use use{.name = std::move(name),
                 .workers = load.workers,
                 .arrived = load.arrived,
                 .answered = load.answered,
                 .given_up = load.given_up,
                 .present = load.present(),
                 .steady = load.steady};
  const double run = now.since_start().in_seconds();
  if (run <= 0) return use;
  const double time = run * load.workers, speed = static_cast<double>(load.speed) * 1e-6;
  use.busy_share = seconds(load.busy_time) / time;
  use.queue = seconds(load.present_time - load.busy_time) / run;
  if (load.answered == 0) return use;
  const auto n = static_cast<double>(load.answered);
  use.service_mean = seconds(load.work) / n;
  const double square = use.service_mean * use.service_mean;
  if (square > 0) use.service_scv = std::max(0.0, load.work_squares / n / square - 1);
  if (speed > 0) use.work_share = seconds(load.work) / speed / time;
  return use;
}

}  // namespace

std::vector<Figures> by_traffic(const RunResult& result) {
  std::vector<Figures> list(result.lab.scene().traffics.size());
  for (const metrics::Group& group : result.collector.groups(result.lab.world().now()))
    list[group.traffic - 1].tally.add(group.tally);
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i].latency = result.collector.traffics()[i].latency;
    list[i].peak_active = result.collector.traffics()[i].peak;
  }
  return list;
}

std::vector<std::pair<NodeIndex, Figures>> by_real_server(const RunResult& result) {
  std::map<NodeIndex, Figures> servers;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    if (result.lab.scenario().hosts[host].role == "real-server")
      servers[static_cast<NodeIndex>(host)];
  }
  for (const metrics::Group& group : result.collector.groups(result.lab.world().now())) {
    const NodeIndex node = server_of(result, group);
    if (node != kNoNode) servers[node].tally.add(group.tally);
  }
  for (const auto& [node, flow] : result.collector.servers()) {
    servers[node].latency = flow.latency;
    servers[node].peak_active = flow.peak;
  }
  return {servers.begin(), servers.end()};
}

std::string share_text(const Figures& figures, std::uint64_t all) {
  return fmt::format(
      "{:.6f}",
      all == 0 ? 0.0 : static_cast<double>(figures.tally.connections) / static_cast<double>(all));
}

double jain_index(const std::vector<std::pair<NodeIndex, Figures>>& servers) {
  double sum = 0, squares = 0;
  for (const auto& [node, figures] : servers) {
    const auto x = static_cast<double>(figures.tally.connections);
    sum += x;
    squares += x * x;
  }
  return squares == 0 ? 1.0 : sum * sum / (static_cast<double>(servers.size()) * squares);
}

std::string figure(double value) { return fmt::format("{:.9f}", value); }

double rate_of(const RunResult& result, std::uint64_t count) {
  const double seconds = result.lab.world().now().since_start().in_seconds();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

/// Of the workers of all ports together; null when requests take no time there.
std::string busy_share(const RunResult& result, NodeIndex node) {
  double busy = 0, workers = 0;
  for (const auto& [key, load] : result.collector.meter().loads()) {
    if (key.first != node) continue;
    busy += static_cast<double>(load.busy_time) * 1e-12;
    workers += load.workers;
  }
  const double seconds = result.lab.world().now().since_start().in_seconds();
  return workers == 0 ? "null" : fmt::format("{:.6f}", seconds > 0 ? busy / seconds / workers : 0);
}

Audit audit(const RunResult& result) {
  Audit audit;
  const Instant now = result.lab.world().now();
  const std::vector<Figures> traffics = by_traffic(result);
  for (std::size_t i = 0; i < traffics.size(); ++i) {
    const metrics::Flow& flow = result.collector.traffics()[i];
    const std::string& name = result.lab.scene().traffics[i];
    const metrics::Tally& tally = traffics[i].tally;
    audit.traffics.push_back(little(name, flow.under_way, flow.started, tally.time, now));
    audit.requests.push_back(
        {name, flow.sent, flow.latency.count(), tally.unanswered, tally.outstanding});
  }
  for (const auto& [key, load] : result.collector.meter().loads()) {
    const std::string name = load_name(result, key);
    const __int128 still_there =
        static_cast<__int128>(now.ps()) * static_cast<__int128>(load.present()) - load.arrivals;
    audit.servers.push_back(
        little(name, load.present_time, load.arrived, load.sojourn + still_there, now));
    audit.use.push_back(use_of(name, load, now));
  }
  return audit;
}

}  // namespace lvslab::report
