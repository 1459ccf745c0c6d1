#include "scenario/lab.h"

#include <algorithm>

#include "base/random.h"
#include "scenario/host_setup.h"
#include "topology/topology.h"

namespace lvslab::scenario {

// Hands what was typed on a machine to the record stream, and keeps words that nothing knows.
struct Lab::ConsoleBridge final : admin::Console {
  Lab* lab = nullptr;
  NodeIndex node = 0;

  void command_ended(const admin::ConsoleEntry& entry) override {
    const ConsoleText text = entry.text();
    lab->world_.record({.kind = RecordKind::kConsole, .node = node, .console = &text});
    for (const CommandHook& hook : lab->command_hooks_) hook(node, entry);
  }
  void unknown_command(const std::string& place, const std::string& name) override {
    Message message{.what = "unknown command '" + name + "'", .hint = "see: lvslab list commands"};
    message.place = parse_place(place);
    lab->runtime_errors_.push_back(std::move(message));
  }
};

void Lab::SceneKeeper::on_record(const Record& record) {
  if (record.kind != RecordKind::kNote || record.note.kind != NoteKind::kStateInterface) return;
  if (record.node >= lab->machines_.size()) return;
  const auto interfaces = lab->machines_[record.node]->host().interfaces();
  std::vector<trace::SceneInterface>& known = lab->scene_.nodes[record.node].interfaces;
  if (record.note.x >= interfaces.size()) return;
  while (known.size() <= record.note.x) {
    const net::Interface& nic = interfaces[known.size()];
    known.push_back({nic.name, nic.mac, nic.kind == net::InterfaceKind::kIpip});
  }
  known[record.note.x].name = interfaces[record.note.x].name;
  known[record.note.x].mac = interfaces[record.note.x].mac;
}

Lab::Lab(Scenario scenario, const LabOptions& options)
    : scenario_(std::move(scenario)),
      chance_(options.replication == 0 ? scenario_.seed : mix(scenario_.seed, options.replication)),
      world_(chance_, options.tie_seed) {
  scenario_.load.seed = scenario_.seed;
  scenario_.load.replication = options.replication;
  scene_keeper_.lab = this;
}

Lab::~Lab() = default;

std::unique_ptr<Lab> Lab::build(Scenario scenario, const LabOptions& options,
                                std::vector<Message>& errors) {
  std::unique_ptr<Lab> lab(new Lab(std::move(scenario), options));
  lab->make_nodes(errors);
  lab->make_links(errors);
  lab->describe_scene();
  return lab;
}

void Lab::make_nodes(std::vector<Message>&) {
  for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) {
    const HostSpec& spec = scenario_.hosts[i];
    const auto node = static_cast<NodeIndex>(i);
    machines_.push_back(std::make_unique<admin::Machine>(spec.name, chance_, node));
    consoles_.push_back(std::make_unique<ConsoleBridge>());
    consoles_.back()->lab = this;
    consoles_.back()->node = node;
    world_.add_node(&machines_.back()->host());
  }
  for (const SwitchSpec& spec : scenario_.switches) {
    switches_.push_back(std::make_unique<net::Switch>(spec.name, spec.mac_aging));
    switch_ports_.emplace_back();
    world_.add_node(switches_.back().get());
  }
}

void Lab::make_links(std::vector<Message>& errors) {
  topology::Graph graph;
  for (const HostSpec& host : scenario_.hosts)
    graph.vertices.push_back({.name = host.name, .role = host.role});
  for (const SwitchSpec& s : scenario_.switches)
    graph.vertices.push_back({.name = s.name, .is_switch = true});

  const auto attach = [&](const LinkEnd& end,
                          const LinkEnd& far) -> std::pair<NodeIndex, PortIndex> {
    if (end.is_switch) {
      const auto index = static_cast<std::size_t>(find_switch(end.node));
      net::SwitchPort port;
      if (end.access_vlan != 0 || !end.trunk.empty()) {
        port.vlan_aware = true;
        port.pvid = end.access_vlan;
        port.tagged = end.trunk;
      }
      switch_ports_[index].push_back(far.is_switch ? far.node : far.node + ":" + far.port);
      return {static_cast<NodeIndex>(machines_.size() + index),
              switches_[index]->add_port(std::move(port))};
    }
    const auto index = static_cast<std::size_t>(find_host(end.node));
    const HostSpec& host = scenario_.hosts[index];
    const auto spec = std::find_if(host.interfaces.begin(), host.interfaces.end(),
                                   [&](const InterfaceSpec& s) { return s.name == end.port; });
    LVSLAB_CHECK(spec != host.interfaces.end() && spec->mac.has_value());
    PortIndex port = 0;
    world_.act(static_cast<NodeIndex>(index), [&](Turn& turn) {
      net::Host& machine = machines_[index]->host();
      const InterfaceIndex nic =
          machine.add_ethernet(turn, spec->name, *spec->mac, spec->mtu.value_or(1500), true);
      port = machine.interface(nic).port;
    });
    return {static_cast<NodeIndex>(index), port};
  };
  for (const LinkSpec& link : scenario_.links) {
    const auto [node_a, port_a] = attach(link.a, link.b);
    const auto [node_b, port_b] = attach(link.b, link.a);
    world_.connect(
        node_a, port_a, node_b, port_b,
        {link.shape.bits_per_second, link.shape.delay, link.shape.queue_frames, link.shape.loss},
        link.name);
    graph.edges.push_back({.a = node_a, .b = node_b, .name = link.name});
    scene_.links.push_back({link.name, node_a, node_b, world_.node(node_a)->interface_at(port_a),
                            world_.node(node_b)->interface_at(port_b)});
  }
  for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) {
    const HostSpec& host = scenario_.hosts[i];
    if (host.cpu) world_.set_cpu(static_cast<NodeIndex>(i), *host.cpu, host.name);
  }
  for (const topology::Loop& loop : topology::find_loops(graph)) {
    std::string way;
    for (std::uint32_t v : loop.switches)
      way += (way.empty() ? "" : " - ") + graph.vertices[v].name;
    errors.push_back(
        {scenario_.links[loop.closing_edge].place,
         "this link closes a loop of switches (" + way + "): every broadcast would circle for ever",
         "remove one link of the loop; there is no spanning tree here"});
  }
}

void Lab::describe_scene() {
  scene_.title = scenario_.title;
  scene_.seed = scenario_.seed;
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    trace::SceneNode node{.name = scenario_.hosts[i].name, .role = scenario_.hosts[i].role};
    for (const net::Interface& nic : machines_[i]->host().interfaces()) {
      node.interfaces.push_back({nic.name, nic.mac, nic.kind == net::InterfaceKind::kIpip});
    }
    scene_.nodes.push_back(std::move(node));
  }
  for (std::size_t i = 0; i < switches_.size(); ++i) {
    trace::SceneNode node{.name = switches_[i]->name(), .role = "switch", .is_switch = true};
    for (const std::string& far : switch_ports_[i]) node.interfaces.push_back({far, {}, false});
    scene_.nodes.push_back(std::move(node));
  }
  for (const app::TrafficPlan& traffic : scenario_.load.traffics)
    scene_.traffics.push_back(traffic.name);
  for (const auto& [name, text] : scenario_.names) {
    if (const auto address = wire::parse_ipv4(text)) scene_.names.emplace_back(*address, name);
  }
}

int Lab::find_host(std::string_view name) const {
  for (std::size_t i = 0; i < scenario_.hosts.size(); ++i) {
    if (scenario_.hosts[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int Lab::find_switch(std::string_view name) const {
  for (std::size_t i = 0; i < scenario_.switches.size(); ++i) {
    if (scenario_.switches[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::string Lab::port_text(std::size_t network_switch, PortIndex port) const {
  return switch_ports_[network_switch][port];
}

void Lab::configure(std::vector<Message>& errors) {
  for (std::size_t host = 0; host < machines_.size(); ++host) configure_host(host, errors);
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    machines_[i]->set_console(consoles_[i].get());
    if (machines_[i]->client() != nullptr) clients_.push_back(machines_[i]->client());
  }
}

void Lab::configure_host(std::size_t index, std::vector<Message>& errors) {
  const HostSpec& spec = scenario_.hosts[index];
  const admin::Act act = [&](const std::function<void(Turn&)>& what) {
    world_.act(static_cast<NodeIndex>(index), what);
  };
  for (const admin::SetupProblem& problem :
       admin::set_up(*machines_[index], setup_of(scenario_, spec), act)) {
    errors.push_back(message_of(spec, problem));
  }
}

}  // namespace lvslab::scenario
