// summary.json: one object, keys in a fixed order, no wall time.
#include <algorithm>

#include "diagnose/doctor.h"
#include "fmt/format.h"
#include "report/internal.h"
#include "trace/json.h"

namespace lvslab::report {
namespace {

using trace::json_string;
using trace::seconds12;

// Writes commas and nesting; values are appended as they are.
class Json {
 public:
  void open(std::string_view key, char bracket) {
    item(key);
    text_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  void put(std::string_view key, std::string_view raw) {
    item(key);
    text_ += raw;
  }
  void string(std::string_view key, std::string_view value) { put(key, json_string(value)); }
  void number(std::string_view key, std::uint64_t value) { put(key, std::to_string(value)); }
  std::string take() { return std::move(text_); }

 private:
  void item(std::string_view key) {
    if (!first_) text_ += ',';
    first_ = false;
    if (!key.empty()) text_ += json_string(key) + ":";
  }
  std::string text_;
  bool first_ = true;
};

void latency(Json& json, const Figures& f) {
  json.open("latency", '{');
  if (!f.latency.empty()) {
    json.put("mean", seconds12(f.latency.mean()));
    const std::pair<const char*, unsigned> kPercentiles[] = {
        {"p50", 500}, {"p90", 900}, {"p99", 990}, {"p99.9", 999}};
    for (const auto& [name, thousandths] : kPercentiles)
      json.put(name, seconds12(f.latency.percentile(thousandths)));
    json.put("max", seconds12(f.latency.max()));
  }
  json.close('}');
}

void traffics(Json& json, const RunResult& result) {
  const auto list = by_traffic(result);
  json.open("traffic", '{');
  for (std::size_t i = 0; i < list.size(); ++i) {
    json.open(result.lab.scene().traffics[i], '{');
    const metrics::Tally& tally = list[i].tally;
    json.number("connections", tally.connections);
    json.number("completed", tally.with("completed"));
    json.number("failed", tally.failed());
    json.number("open", tally.with("open"));
    json.number("requests", list[i].requests());
    json.number("retransmissions", tally.retransmissions);
    latency(json, list[i]);
    const app::TrafficPlan& plan = result.lab.scenario().load.traffics[i];
    json.string("loop", plan.is_open_loop() ? "open" : "closed");
    json.put("rate", figure(rate_of(result, list[i].requests())));
    json.number("moved", tally.moved);
    json.close('}');
  }
  json.close('}');
}

void servers(Json& json, const RunResult& result) {
  const auto list = by_real_server(result);
  std::uint64_t all = 0;
  for (const auto& [node, f] : list) all += f.tally.connections;
  const double seconds = result.lab.world().now().since_start().in_seconds();
  json.open("real_servers", '{');
  for (const auto& [node, f] : list) {
    json.open(result.lab.scene().nodes[node].name, '{');
    json.number("connections", f.tally.connections);
    json.number("requests", f.requests());
    json.number("bytes_in", f.tally.bytes_up);
    json.number("bytes_out", f.tally.bytes_down);
    json.put("busy_share", busy_share(result, node));
    const double open_time = static_cast<double>(f.tally.open_time) * 1e-12;
    json.put("active_mean", fmt::format("{:.6f}", seconds > 0 ? open_time / seconds : 0.0));
    json.number("active_peak", f.peak_active);
    json.put("share", share_text(f, all));
    latency(json, f);
    json.close('}');
  }
  json.close('}');
  json.put("jain_index", fmt::format("{:.6f}", jain_index(list)));
}

void audits(Json& json, const RunResult& result) {
  const Audit found = audit(result);
  json.open("audits", '{');
  json.open("little", '[');
  for (const auto* list : {&found.traffics, &found.servers}) {
    for (const Audit::Little& law : *list) {
      json.open("", '{');
      json.string(list == &found.traffics ? "traffic" : "server", law.name);
      json.put("in_system", figure(law.in_system));
      json.put("rate", figure(law.rate));
      json.put("time", fmt::format("{:.12f}", law.time));
      json.put("gap", fmt::format("{:.3e}", law.gap));
      json.close('}');
    }
  }
  json.close(']');
  json.open("utilisation", '[');
  for (const Audit::Use& use : found.use) {
    json.open("", '{');
    json.string("server", use.name);
    json.number("workers", use.workers);
    json.put("busy_share", figure(use.busy_share));
    json.put("work_share", use.steady ? figure(use.work_share) : "null");
    json.put("queue_mean", figure(use.queue));
    json.put("service_mean", fmt::format("{:.12f}", use.service_mean));
    json.put("service_scv", fmt::format("{:.6f}", use.service_scv));
    json.number("arrived", use.arrived);
    json.number("answered", use.answered);
    json.number("given_up", use.given_up);
    json.number("present", use.present);
    json.close('}');
  }
  json.close(']');
  json.open("requests", '[');
  for (const Audit::Requests& r : found.requests) {
    json.open("", '{');
    json.string("traffic", r.name);
    json.number("sent", r.sent);
    json.number("answered", r.answered);
    json.number("unanswered", r.unanswered);
    json.number("outstanding", r.outstanding);
    json.put("balanced", r.balanced() ? "true" : "false");
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

void tables_of(Json& json, const RunResult& result, std::size_t host) {
  const admin::Machine& machine = result.lab.machine(host);
  const net::Host& h = machine.host();
  json.open(machine.name(), '{');
  json.open("counters", '{');
  for (std::size_t i = 0; i < static_cast<std::size_t>(net::Counter::kCounterCount); ++i) {
    const auto counter = static_cast<net::Counter>(i);
    if (h.counter(counter) != 0) json.number(net::counter_name(counter), h.counter(counter));
  }
  json.close('}');
  json.open("neighbours", '[');
  for (const net::Neighbour* n : h.neighbours().list()) {
    json.open("", '{');
    json.string("address", wire::to_string(n->address));
    json.string("device", h.interface(n->device).name);
    json.put("mac", n->mac.is_zero() || !net::neighbour_valid(n->state)
                        ? "null"
                        : json_string(wire::to_string(n->mac)));
    json.put("owner", n->mac.is_zero() || !net::neighbour_valid(n->state)
                          ? "null"
                          : json_string(result.lab.scene().mac_text(n->mac)));
    json.string("state", net::neighbour_state_name(n->state));
    json.close('}');
  }
  json.close(']');
  if (const lvs::Director* director = machine.director()) {
    json.open("services", '[');
    for (const lvs::Service* s : director->services()) {
      json.open("", '{');
      if (s->key.mark != 0)
        json.number("fwmark", s->key.mark);
      else
        json.string("service", wire::to_string(s->key.address));
      json.string("protocol", s->key.protocol == wire::Protocol::kUdp   ? "udp"
                              : s->key.protocol == wire::Protocol::kTcp ? "tcp"
                                                                        : "sctp");
      json.string("scheduler", s->options.scheduler);
      json.open("destinations", '[');
      for (const lvs::Destination* d : s->destinations) {
        json.put("", "[" + json_string(wire::to_string(d->address)) + "," +
                         std::to_string(d->options.weight) + "," + std::to_string(d->active) + "," +
                         std::to_string(d->inactive()) + "]");
      }
      json.close(']');
      json.close('}');
    }
    json.close(']');
    json.open("ipvs_connections", '[');
    for (std::uint32_t slot : director->connections().list()) {
      const lvs::Connection& c = director->connections().at(slot);
      json.open("", '{');
      json.string("client", wire::to_string(c.client));
      json.string("virtual", wire::to_string(c.service));
      json.string("real", wire::to_string(c.real));
      json.string("state", lvs::connection_state_name(c.state));
      json.put("expires", seconds12(c.expires - result.lab.world().now()));
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

// What the processors of hosts with a cost model did.
void cpus(Json& json, const RunResult& result) {
  const engine::World& world = result.lab.world();
  const double seconds = world.now().since_start().in_seconds();
  const auto& hosts = result.lab.scenario().hosts;
  if (std::none_of(hosts.begin(), hosts.end(), [](const auto& h) { return h.cpu.has_value(); }))
    return;
  json.open("cpu", '{');
  for (std::size_t i = 0; i < result.lab.host_count(); ++i) {
    const engine::Cpu* cpu = world.cpu(static_cast<NodeIndex>(i));
    if (cpu == nullptr) continue;
    json.open(result.lab.machine(i).name(), '[');
    for (const engine::Cpu::Core& core : cpu->cores()) {
      json.open("", '{');
      const double busy = core.tally.busy.in_seconds();
      json.put("busy_share", fmt::format("{:.6f}", seconds > 0 ? busy / seconds : 0));
      json.number("frames", core.tally.frames);
      json.number("dropped", core.tally.dropped);
      json.number("most_waiting", core.tally.most_waiting);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

void switches(Json& json, const RunResult& result) {
  json.open("switches", '{');
  for (std::size_t i = 0; i < result.lab.scenario().switches.size(); ++i) {
    const net::Switch& s = result.lab.network_switch(i);
    json.open(s.name(), '[');
    for (const net::MacEntry& e : s.table(result.lab.world().now())) {
      json.open("", '{');
      json.string("mac", wire::to_string(e.mac));
      json.number("vlan", e.vlan);
      json.string("port", result.lab.port_text(i, e.port));
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

// Who each host believed to own each address, and when.
void arp_owners(Json& json, const RunResult& result) {
  json.open("arp_owners", '[');
  if (result.owners != nullptr) {
    const trace::Scene& scene = result.lab.scene();
    for (const trace::Owners::Belief* belief : result.owners->beliefs()) {
      json.open("", '{');
      json.string("host", scene.nodes[belief->node].name);
      json.string("interface",
                  result.lab.machine(belief->node).host().interface(belief->interface).name);
      json.string("address", wire::to_string(belief->address));
      json.open("owners", '[');
      for (const trace::Owners::Stretch& s : belief->stretches) {
        json.open("", '{');
        json.string("owner", scene.mac_text(s.mac));
        json.string("mac", wire::to_string(s.mac));
        json.put("from", seconds12(s.from));
        json.put("until", s.until.is_never() ? "null" : seconds12(s.until));
        json.close('}');
      }
      json.close(']');
      json.close('}');
    }
  }
  json.close(']');
}

void verdicts(Json& json, const RunResult& result) {
  json.open("expectations", '[');
  for (const auto& judged : result.expectations) {
    json.open("", '{');
    json.string("place", judged.place.text());
    json.string("kind", judged.kind);
    json.put("passed", judged.verdict.passed ? "true" : "false");
    json.string("expected", judged.verdict.expected);
    json.string("actual", judged.verdict.actual);
    json.string("when", judged.verdict.when);
    json.string("cause", judged.verdict.cause);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

std::string summary_json(const RunResult& result) {
  const engine::World& world = result.lab.world();
  Json json;
  json.open("", '{');
  json.number("schema", 1);
  json.string("title", result.lab.scenario().title);
  json.number("seed", result.lab.scenario().seed);
  json.string("version", result.version);
  json.put("simulated_time", seconds12(world.now()));
  json.put("ready", result.lab.is_ready() ? seconds12(result.lab.ready()) : "null");
  json.put("interrupted", result.interrupted ? "true" : "false");
  json.number("events", world.totals().events);
  json.number("frames", world.totals().frames_sent);
  json.number("frame_hops", world.totals().frame_hops);
  json.number("frames_lost", world.totals().frames_lost);
  json.number("frames_in_flight", world.totals().in_flight());
  json.open("drops", '{');
  for (std::size_t i = 1; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    if (world.dropped(reason) != 0) json.number(drop_reason_name(reason), world.dropped(reason));
  }
  json.close('}');
  json.put("bin_width", seconds12(result.collector.series().table(world.now()).width));
  traffics(json, result);
  servers(json, result);
  verdicts(json, result);
  json.put("findings", diagnose::to_json(result.findings));
  arp_owners(json, result);
  json.open("hosts", '{');
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) tables_of(json, result, host);
  json.close('}');
  switches(json, result);
  audits(json, result);
  cpus(json, result);
  json.close('}');
  return json.take() + "\n";
}

}  // namespace lvslab::report
