// connections.csv, requests.csv and series.csv: columns as the outputs page fixes them; new ones
// are appended only.
#include <algorithm>
#include <map>

#include "report/internal.h"
#include "trace/json.h"
#include "trace/output_file.h"

namespace lvslab::report {
namespace {

using trace::seconds12;

// RFC 4180: quoted when it must be.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string_view protocol_name(std::uint8_t protocol) {
  return protocol == 6 ? "tcp" : protocol == 17 ? "udp" : protocol == 1 ? "ping" : "ip";
}

std::string node_name(const trace::Scene& scene, NodeIndex node) {
  return node == kNoNode ? std::string() : cell(scene.nodes[node].name);
}

std::string end_cells(const wire::Endpoint& end) {
  return end.address.is_zero() ? ","
                               : wire::to_string(end.address) + "," + std::to_string(end.port);
}

}  // namespace

std::string connections_csv(const RunResult& result) {
  const trace::Scene& scene = result.lab.scene();
  std::string out =
      "id,traffic,protocol,client,client_port,vip,vport,director,scheduler,mode,real_server,rip,"
      "rport,lip,lport,intended,"
      "opened,established,first_byte,closed,status,requests,bytes_up,bytes_down,retransmissions,"
      "ipvs_state\n";
  for (const metrics::ConnectionRow* r : result.collector.connections()) {
    const std::string& traffic = scene.traffics[r->traffic - 1];
    out += cell(traffic + "/" + std::to_string(r->number)) + "," + cell(traffic) + "," +
           std::string(protocol_name(r->protocol)) + ",";
    out +=
        r->client.address.is_zero() ? node_name(scene, r->client_node) + "," : end_cells(r->client);
    out += "," + end_cells(r->service) + "," + node_name(scene, r->director) + "," + r->scheduler +
           "," + r->mode + ",";
    out += node_name(scene, r->real_server) + "," + end_cells(r->real) + "," + end_cells(r->local);
    for (Instant t : {r->intended, r->opened, r->established, r->first_byte, r->closed})
      out += "," + seconds12(t);
    out += "," + r->status + "," + std::to_string(r->requests) + "," + std::to_string(r->bytes_up) +
           "," + std::to_string(r->bytes_down) + "," + std::to_string(r->retransmissions) + "," +
           r->ipvs_state + "\n";
  }
  return out;
}

std::string requests_csv(const RunResult& result) {
  const trace::Scene& scene = result.lab.scene();
  std::vector<const metrics::RequestRow*> rows;
  for (const metrics::RequestRow& r : result.collector.requests()) rows.push_back(&r);
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
    if (a->intended != b->intended) return a->intended < b->intended;
    if (a->traffic != b->traffic) return a->traffic < b->traffic;
    return a->connection != b->connection ? a->connection < b->connection : a->request < b->request;
  });
  std::string out = "connection,intended,sent,first_byte,last_byte,latency,real_server\n";
  for (const metrics::RequestRow* r : rows) {
    out += cell(scene.traffics[r->traffic - 1] + "/" + std::to_string(r->connection));
    for (Instant t : {r->intended, r->sent, r->first_byte, r->last_byte}) out += "," + seconds12(t);
    out += "," + (r->last_byte.is_never() || r->intended.is_never()
                      ? std::string()
                      : seconds12(r->last_byte - r->intended));
    out += "," + node_name(scene, r->real_server) + "\n";
  }
  return out;
}

Duration bin_width(const RunResult& result) {
  const std::int64_t ps = result.lab.world().now().ps() / 200 + 1;
  std::int64_t nice = 1'000'000;  // from 1 us on: 1, 2, 5 times powers of ten
  for (int step = 0; nice < ps; ++step) nice = step % 3 == 1 ? nice / 2 * 5 : nice * 2;
  return Duration::picoseconds(nice);
}

// Per bin and real server: what was being served at the bin's end, and what was answered within it.
std::string series_csv(const RunResult& result) {
  struct Bin {
    std::int64_t active = 0, inactive = 0, requests = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::vector<std::int64_t> latencies;
  };
  const trace::Scene& scene = result.lab.scene();
  const std::int64_t width = bin_width(result).ps();
  const auto last = static_cast<std::size_t>(result.lab.world().now().ps() / width);
  std::map<NodeIndex, std::vector<Bin>> servers;
  const auto bins_of = [&](NodeIndex node) -> std::vector<Bin>& {
    auto& bins = servers[node];
    if (bins.empty()) bins.resize(last + 1);
    return bins;
  };
  const auto bin_at = [&](Instant t) {
    return std::min(static_cast<std::size_t>(t.ps() / width), last);
  };
  for (const metrics::ConnectionRow* r : result.collector.connections()) {
    if (r->real_server == kNoNode || r->opened.is_never()) continue;
    auto& bins = bins_of(r->real_server);
    const std::size_t end = r->closed.is_never() ? last + 1 : bin_at(r->closed);
    for (std::size_t i = bin_at(r->opened); i < end; ++i) ++bins[i].active;
    for (std::size_t i = end; i <= last; ++i) ++bins[i].inactive;
    if (!r->closed.is_never()) {
      bins[bin_at(r->closed)].bytes_in += r->bytes_up;
      bins[bin_at(r->closed)].bytes_out += r->bytes_down;
    }
  }
  for (const metrics::RequestRow& r : result.collector.requests()) {
    if (r.real_server == kNoNode || r.last_byte.is_never()) continue;
    Bin& bin = bins_of(r.real_server)[bin_at(r.last_byte)];
    ++bin.requests;
    bin.latencies.push_back((r.last_byte - r.intended).ps());
  }
  std::string out =
      "t,real_server,active,inactive,queue,busy,requests,bytes_in,bytes_out,latency_mean,latency_"
      "p99\n";
  for (std::size_t i = 0; i <= last; ++i) {
    for (auto& [node, bins] : servers) {
      Bin& bin = bins[i];
      std::sort(bin.latencies.begin(), bin.latencies.end());
      __int128 sum = 0;
      for (std::int64_t v : bin.latencies) sum += v;
      const std::size_t n = bin.latencies.size();
      out += seconds12(static_cast<std::int64_t>(i) * width) + "," + cell(scene.nodes[node].name) +
             "," + std::to_string(bin.active) + "," + std::to_string(bin.inactive) + ",,," +
             std::to_string(bin.requests) + "," + std::to_string(bin.bytes_in) + "," +
             std::to_string(bin.bytes_out) + ",";
      out += n == 0 ? std::string()
                    : seconds12(static_cast<std::int64_t>(sum / static_cast<__int128>(n)));
      out +=
          "," + (n == 0 ? std::string() : seconds12(bin.latencies[(n * 99 + 99) / 100 - 1])) + "\n";
    }
  }
  return out;
}

Result<void> write_files(const RunResult& result, const std::string& directory) {
  const std::pair<const char*, std::string (*)(const RunResult&)> kFiles[] = {
      {"summary.json", summary_json},
      {"connections.csv", connections_csv},
      {"requests.csv", requests_csv},
      {"series.csv", series_csv}};
  for (const auto& [name, make] : kFiles) {
    auto file = trace::OutputFile::open(directory + "/" + name);
    if (!file) return tl::unexpected<Error>(file.error());
    file->write(make(result));
    if (!file->flush()) return fail("cannot write " + directory + "/" + name, "is the disk full?");
  }
  return {};
}

}  // namespace lvslab::report
