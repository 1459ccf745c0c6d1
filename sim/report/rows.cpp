#include "report/rows.h"

#include <utility>

#include "report/cells.h"
#include "trace/json.h"

namespace lvslab::report {
namespace {

using trace::seconds12;

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

std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

RowWriter::RowWriter(const trace::Scene& scene, trace::OutputFile connections,
                     trace::OutputFile requests)
    : scene_(scene), connections_(std::move(connections)), requests_(std::move(requests)) {
  connections_.write(
      "id,traffic,protocol,client,client_port,vip,vport,director,scheduler,mode,real_server,rip,"
      "rport,lip,lport,intended,"
      "opened,established,first_byte,closed,status,requests,bytes_up,bytes_down,retransmissions,"
      "ipvs_state\n");
  requests_.write("connection,intended,sent,first_byte,last_byte,latency,real_server\n");
}

Result<std::unique_ptr<RowWriter>> RowWriter::open(const trace::Scene& scene,
                                                   const std::string& directory) {
  auto connections = trace::OutputFile::open(directory + "/connections.csv");
  if (!connections) return tl::unexpected<Error>(connections.error());
  auto requests = trace::OutputFile::open(directory + "/requests.csv");
  if (!requests) return tl::unexpected<Error>(requests.error());
  return std::unique_ptr<RowWriter>(
      new RowWriter(scene, std::move(*connections), std::move(*requests)));
}

bool RowWriter::finish() {
  const bool connections = connections_.flush(), requests = requests_.flush();
  return connections && requests;
}

void RowWriter::take(const metrics::ConnectionRow& r,
                     const std::vector<const metrics::RequestRow*>& requests) {
  const std::string& traffic = scene_.traffics[r.traffic - 1];
  const std::string id = cell(traffic + "/" + std::to_string(r.number));
  std::string& out = line_;
  out = id + "," + cell(traffic) + ",";
  out += protocol_name(r.protocol);
  out += ",";
  out += r.client.address.is_zero() ? node_name(scene_, r.client_node) + "," : end_cells(r.client);
  out += "," + end_cells(r.service) + "," + node_name(scene_, r.director) + ",";
  out += r.scheduler();
  out += ",";
  out += r.mode();
  out +=
      "," + node_name(scene_, r.real_server) + "," + end_cells(r.real) + "," + end_cells(r.local);
  for (Instant t : {r.intended, r.opened, r.established, r.first_byte, r.closed})
    out += "," + seconds12(t);
  out += ",";
  out += r.status();
  out += "," + std::to_string(r.requests) + "," + std::to_string(r.bytes_up) + "," +
         std::to_string(r.bytes_down) + "," + std::to_string(r.retransmissions) + ",";
  out += r.ipvs_state();
  out += "\n";
  connections_.write(out);
  for (const metrics::RequestRow* q : requests) {
    out = id;
    for (Instant t : {q->intended, q->sent, q->first_byte, q->last_byte}) out += "," + seconds12(t);
    out += ",";
    if (q->answered() && !q->intended.is_never()) out += seconds12(q->last_byte - q->intended);
    out += "," + node_name(scene_, q->real_server) + "\n";
    requests_.write(out);
  }
}

}  // namespace lvslab::report
