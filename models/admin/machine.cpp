#include "admin/machine.h"

#include <algorithm>

#include "admin/boot.h"
#include "admin/director_clock.h"
#include "admin/files.h"
#include "admin/network_manager.h"
#include "admin/shell.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostRetired = 1'000;
constexpr std::string_view kApacheRoot = "/var/www/html/index.html";
constexpr std::string_view kNginxRoot = "/usr/share/nginx/html/index.html";

}  // namespace

Machine::Machine(std::string name, std::uint64_t seed, std::uint32_t node)
    : node_(node), seed_(seed), host_(std::move(name), seed), netfilter_(host_), sockets_(host_) {
  director_clock_ = std::make_unique<DirectorClock>(host_);
  shell_ = std::make_unique<Shell>(*this);
  host_.add_component(shell_.get());
  host_.add_component(director_clock_.get());
  network_manager_ = std::make_unique<NetworkManager>(*this);
}

Machine::~Machine() = default;

void Machine::set_variable(const std::string& name, const std::string& value) {
  shell_->set_variable(name, value);
}

void Machine::run(Turn& turn, std::shared_ptr<const Script> script) {
  shell_->run(turn, std::move(script));
}

bool Machine::shell_busy() const { return shell_->busy(); }

void Machine::hang_up(Turn& turn) { shell_->hang_up(turn); }

bool Machine::watches() const { return shell_->watches(); }

void Machine::process_changed() {
  shell_->process_changed();
  host_.component_changed(*shell_);
}

void Machine::command_done() { director_clock_->refresh(); }

void Machine::park(std::unique_ptr<ParkedOwner> owner) {
  std::erase_if(parked_, [](const auto& known) { return known->gone; });
  if (!owner->gone) parked_.push_back(std::move(owner));
}

const std::string* Machine::inert_sysctl(std::string_view path) const {
  const auto it = inert_sysctls_.find(path);
  return it == inert_sysctls_.end() ? nullptr : &it->second;
}

void Machine::set_inert_sysctl(std::string path, std::string value) {
  inert_sysctls_[std::move(path)] = std::move(value);
}

// --- the director
// ---------------------------------------------------------------------------------

lvs::Director& Machine::load_ipvs(Turn& turn) {
  load_module(turn, "ip_vs");
  return *director_;
}

void Machine::drop_director() {
  if (director_ == nullptr) return;
  director_clock_->detach();
  retired_directors_.push_back(std::move(director_));
}

// --- servers
// --------------------------------------------------------------------------------------

void Machine::set_load_plan(const app::LoadPlan* plan) {
  plan_ = plan;
  if (plan == nullptr || client_ != nullptr) return;
  for (const app::TrafficPlan& traffic : plan->traffics) {
    if (std::find(traffic.clients.begin(), traffic.clients.end(), node_) == traffic.clients.end())
      continue;
    client_ = std::make_unique<app::Client>(sockets_, node_, *plan);
    return;
  }
}

void Machine::retire_server(Turn& turn, std::size_t index) {
  servers_[index]->set_state(turn, app::ServerState::kClosed);
  if (web_ == servers_[index].get()) web_ = nullptr;
  retired_servers_.push_back(std::move(servers_[index]));
  servers_.erase(servers_.begin() + static_cast<std::ptrdiff_t>(index));
}

transport::SocketError Machine::serve(Turn& turn, const app::ServeSpec& spec) {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const app::ServeSpec& old = servers_[i]->spec();
    if (old.protocol == spec.protocol && old.bind == spec.bind && old.port == spec.port) {
      retire_server(turn, i);
      break;
    }
  }
  if (retired_servers_.size() > kMostRetired) return transport::SocketError::kInvalid;
  auto server = std::make_unique<app::Server>(sockets_, spec, plan_);
  const transport::SocketError error = server->start(turn);
  if (error != transport::SocketError::kNone) {
    retired_servers_.push_back(std::move(server));
    return error;
  }
  servers_.push_back(std::move(server));
  return error;
}

bool Machine::change_server(Turn& turn, wire::Protocol protocol, std::uint16_t port,
                            const app::ServerChange& change) {
  bool found = false;
  for (const auto& server : servers_) {
    if (server->spec().protocol != protocol || server->spec().port != port) continue;
    server->change(turn, change);
    found = true;
  }
  return found;
}

bool Machine::serves(wire::Protocol protocol, std::uint16_t port) const {
  return std::any_of(servers_.begin(), servers_.end(), [&](const auto& server) {
    return server->spec().protocol == protocol && server->spec().port == port;
  });
}

std::string Machine::web_text(std::string_view unit) const {
  for (const std::string_view path : {unit == "nginx" ? kNginxRoot : kApacheRoot, kApacheRoot}) {
    const auto it = files_.find(std::string(path));
    if (it != files_.end() && !it->second.text.empty()) return it->second.text;
  }
  return unit == "nginx" ? "Welcome to nginx!\n" : "HTTP Server Test Page\n";
}

transport::SocketError Machine::start_web(Turn& turn, std::string_view unit) {
  // What `serve` gives for port 80 stands for the service: it is not replaced.
  const bool served = serves(wire::Protocol::kTcp, 80);
  if (served && web_ == nullptr) return transport::SocketError::kNone;
  if (web_ != nullptr && web_unit_ != unit && services_.contains(web_unit_)) {
    return transport::SocketError::kAddressInUse;
  }
  app::ServeSpec spec;
  spec.port = 80;
  spec.reply = app::ServeSpec::Reply::kText;
  spec.text = web_text(unit);
  spec.backlog = 511;
  if (web_ != nullptr && web_->spec().text == spec.text) {
    web_->set_state(turn, app::ServerState::kUp);
    web_unit_ = unit;
    return transport::SocketError::kNone;
  }
  const transport::SocketError error = serve(turn, spec);
  if (error == transport::SocketError::kNone) {
    web_ = servers_.back().get();
    web_unit_ = unit;
  }
  return error;
}

void Machine::stop_web(Turn& turn, std::string_view unit) {
  if (web_ != nullptr && web_unit_ == unit) web_->set_state(turn, app::ServerState::kClosed);
}

void Machine::file_written(Turn& turn, const std::string& path) {
  if (web_ == nullptr || !services_.contains(web_unit_)) return;
  if (path == kApacheRoot || path == kNginxRoot) (void)start_web(turn, std::string(web_unit_));
}

// --- power
// ----------------------------------------------------------------------------------------

void Machine::set_power(Turn& turn, bool on) {
  if (on == host_.powered()) return;
  if (on) {
    host_.set_power(turn, true);
    for (InterfaceIndex i = 0; i < host_.interfaces().size(); ++i) {
      if (!host_.interface(i).removed) host_.set_up(turn, i, true);
    }
    if (const std::string text = boot_script(*this); !text.empty()) {
      std::vector<PlacedError> none;
      run(turn, std::make_shared<const Script>(Script::parse(text, {"boot", 1, 1}, none)));
    }
    return;
  }
  // Sockets first: they forget their owners, which may then go.
  sockets_.reset();
  shell_->lose_power();
  parked_.clear();
  services_.clear();
  web_ = nullptr;
  for (auto& server : servers_) retired_servers_.emplace_back(std::move(server))->lose_power(turn);
  servers_.clear();
  drop_director();
  netfilter_.reset();
  host_.set_ipip_loaded(false);
  modules_.clear();
  module_order_.clear();
  for (InterfaceIndex i = 0; i < host_.interfaces().size(); ++i) {
    const net::Interface& nic = host_.interface(i);
    if (nic.removed) continue;
    while (!nic.addresses.empty()) {
      const net::Address address = nic.addresses.front();
      if (host_.remove_address(turn, i, address.local, address.prefix_length) !=
          net::ConfigError::kNone)
        break;
    }
    host_.set_up(turn, i, false);
    if (nic.kind != net::InterfaceKind::kEthernet && nic.kind != net::InterfaceKind::kLoopback) {
      host_.edit_interface(i).kind = net::InterfaceKind::kDummy;  // tunl0 as well
      host_.remove_interface(turn, i);
    }
  }
  host_.routes().remove_if([](const net::Route&) { return true; });
  host_.neighbours().flush_all(turn, false);
  host_.conf_all() = {};
  host_.conf_default() = {};
  host_.neigh_default() = {};
  host_.edit_global() = {};
  for (InterfaceIndex i = 0; i < host_.interfaces().size(); ++i) {
    net::Interface& nic = host_.edit_interface(i);
    nic.conf = {};
    nic.neigh = {};
    nic.conf_written = 0;
    nic.had_address = false;
  }
  neighbour_conf_written_.clear();
  inert_sysctls_.clear();
  network_manager_ = std::make_unique<NetworkManager>(*this);
  host_.set_power(turn, false);
}

void Machine::reboot(Turn& turn) {
  reboot_requested_ = false;
  set_power(turn, false);
  set_power(turn, true);
}

}  // namespace lvslab::admin
