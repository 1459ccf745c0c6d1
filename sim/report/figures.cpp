#include <algorithm>
#include <map>

#include "report/internal.h"

namespace lvslab::report {
namespace {

void add(Figures& f, const metrics::ConnectionRow& r, Instant end) {
  ++f.connections;
  if (r.status == "completed")
    ++f.completed;
  else if (r.status == "open")
    ++f.open;
  else
    ++f.failed;
  f.bytes_up += r.bytes_up;
  f.bytes_down += r.bytes_down;
  f.retransmissions += r.retransmissions;
  if (!r.opened.is_never()) f.active_time += (r.closed.is_never() ? end : r.closed) - r.opened;
}

void finish(Figures& f, std::vector<std::pair<Instant, int>>& changes) {
  std::sort(f.latencies.begin(), f.latencies.end());
  std::sort(changes.begin(), changes.end());
  std::int64_t now = 0;
  for (const auto& [t, step] : changes) {
    now += step;
    f.peak_active =
        std::max(f.peak_active, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
  }
}

NodeIndex server_of(const RunResult& result, const metrics::ConnectionRow& r) {
  if (r.real_server != kNoNode || r.real.address.is_zero()) return r.real_server;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    for (const net::Interface& nic : result.lab.machine(host).host().interfaces()) {
      if (nic.find(r.real.address) != nullptr) return static_cast<NodeIndex>(host);
    }
  }
  return kNoNode;
}

}  // namespace

std::int64_t Figures::percentile(unsigned thousandths) const {
  if (latencies.empty()) return 0;
  const std::size_t rank = (latencies.size() * thousandths + 999) / 1000;
  return latencies[std::max<std::size_t>(rank, 1) - 1];
}

std::int64_t Figures::mean() const {
  if (latencies.empty()) return 0;
  __int128 sum = 0;
  for (std::int64_t v : latencies) sum += v;
  return static_cast<std::int64_t>(sum / static_cast<__int128>(latencies.size()));
}

std::vector<Figures> by_traffic(const RunResult& result) {
  std::vector<Figures> list(result.lab.scene().traffics.size());
  std::vector<std::vector<std::pair<Instant, int>>> changes(list.size());
  for (const metrics::ConnectionRow* r : result.collector.connections()) {
    add(list[r->traffic - 1], *r, result.lab.world().now());
    if (!r->opened.is_never()) changes[r->traffic - 1].emplace_back(r->opened, 1);
    if (!r->closed.is_never()) changes[r->traffic - 1].emplace_back(r->closed, -1);
  }
  for (const metrics::RequestRow& r : result.collector.requests()) {
    if (r.last_byte.is_never() || r.intended.is_never()) continue;
    ++list[r.traffic - 1].requests;
    list[r.traffic - 1].latencies.push_back((r.last_byte - r.intended).ps());
  }
  for (std::size_t i = 0; i < list.size(); ++i) finish(list[i], changes[i]);
  return list;
}

std::vector<std::pair<NodeIndex, Figures>> by_real_server(const RunResult& result) {
  std::map<NodeIndex, Figures> servers;
  std::map<NodeIndex, std::vector<std::pair<Instant, int>>> changes;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    if (result.lab.scenario().hosts[host].role == "real-server")
      servers[static_cast<NodeIndex>(host)];
  }
  for (const metrics::ConnectionRow* r : result.collector.connections()) {
    const NodeIndex node = server_of(result, *r);
    if (node == kNoNode) continue;
    add(servers[node], *r, result.lab.world().now());
    if (!r->opened.is_never()) changes[node].emplace_back(r->opened, 1);
    if (!r->closed.is_never()) changes[node].emplace_back(r->closed, -1);
  }
  for (const metrics::RequestRow& r : result.collector.requests()) {
    if (r.real_server == kNoNode || r.last_byte.is_never() || r.intended.is_never()) continue;
    ++servers[r.real_server].requests;
    servers[r.real_server].latencies.push_back((r.last_byte - r.intended).ps());
  }
  std::vector<std::pair<NodeIndex, Figures>> list;
  for (auto& [node, figures] : servers) {
    finish(figures, changes[node]);
    list.emplace_back(node, std::move(figures));
  }
  return list;
}

double jain_index(const std::vector<std::pair<NodeIndex, Figures>>& servers) {
  double sum = 0, squares = 0;
  for (const auto& [node, figures] : servers) {
    const auto x = static_cast<double>(figures.connections);
    sum += x;
    squares += x * x;
  }
  return squares == 0 ? 1.0 : sum * sum / (static_cast<double>(servers.size()) * squares);
}

}  // namespace lvslab::report
