#include "admin/modules.h"

#include <algorithm>
#include <array>
#include <string>

#include "admin/director_clock.h"
#include "admin/machine.h"

namespace lvslab::admin {
namespace {

constexpr auto kModules = std::to_array<ModuleEntry>({
    {"8021q", 40960, ""},
    {"bonding", 221184, ""},
    {"br_netfilter", 36864, "bridge"},
    {"bridge", 311296, "stp"},
    {"dummy", 16384, ""},
    {"ip_tables", 36864, "x_tables"},
    {"ip_tunnel", 36864, ""},
    {"ip_vs", 196608, "nf_conntrack libcrc32c"},
    {"ip_vs_dh", 16384, "ip_vs"},
    {"ip_vs_fo", 16384, "ip_vs"},
    {"ip_vs_ftp", 16384, "ip_vs nf_nat"},
    {"ip_vs_lblc", 16384, "ip_vs"},
    {"ip_vs_lblcr", 20480, "ip_vs"},
    {"ip_vs_lc", 16384, "ip_vs"},
    {"ip_vs_mh", 16384, "ip_vs"},
    {"ip_vs_nq", 16384, "ip_vs"},
    {"ip_vs_ovf", 16384, "ip_vs"},
    {"ip_vs_rr", 16384, "ip_vs"},
    {"ip_vs_sed", 16384, "ip_vs"},
    {"ip_vs_sh", 16384, "ip_vs"},
    {"ip_vs_twos", 16384, "ip_vs"},
    {"ip_vs_wlc", 16384, "ip_vs"},
    {"ip_vs_wrr", 16384, "ip_vs"},
    {"ipip", 20480, "tunnel4 ip_tunnel"},
    {"iptable_filter", 16384, "ip_tables"},
    {"iptable_mangle", 16384, "ip_tables"},
    {"iptable_nat", 16384, "ip_tables nf_nat"},
    {"iptable_raw", 16384, "ip_tables"},
    {"libcrc32c", 16384, ""},
    {"nf_conntrack", 188416, "nf_defrag_ipv4 libcrc32c"},
    {"nf_defrag_ipv4", 16384, ""},
    {"nf_nat", 57344, "nf_conntrack libcrc32c"},
    {"stp", 16384, ""},
    {"tunnel4", 16384, ""},
    {"x_tables", 61440, ""},
});

template <typename Function>
void for_each_word(std::string_view words, Function function) {
  while (!words.empty()) {
    const std::size_t space = std::min(words.find(' '), words.size());
    function(words.substr(0, space));
    words.remove_prefix(std::min(space + 1, words.size()));
  }
}

bool needs(const ModuleEntry& module, std::string_view name) {
  bool found = false;
  for_each_word(module.needs, [&](std::string_view word) { found = found || word == name; });
  return found;
}

}  // namespace

std::span<const ModuleEntry> known_modules() { return kModules; }

const ModuleEntry* find_module(std::string_view name) {
  std::string wanted{name};
  std::replace(wanted.begin(), wanted.end(), '-', '_');  // the kernel takes one for the other
  for (const ModuleEntry& module : kModules) {
    if (module.name == wanted) return &module;
  }
  return nullptr;
}

bool Machine::load_module(Turn& turn, std::string_view name) {
  const ModuleEntry* module = find_module(name);
  if (module == nullptr) return false;
  if (modules_.contains(module->name)) return true;
  for_each_word(module->needs, [&](std::string_view word) { load_module(turn, word); });
  modules_.emplace(module->name);
  module_order_.emplace_back(module->name);
  if (module->name == "ip_vs") {
    // Each life of the director has a stream of chance of its own.
    const std::string stream = this->name() + "/ip_vs/" + std::to_string(boots_++);
    director_ = std::make_unique<lvs::Director>(Random(seed_, stream));
    director_clock_->attach(*director_);
  } else if (module->name == "ipip") {
    host_.set_ipip_loaded(true);
    net::Interface tunnel;
    tunnel.name = "tunl0";
    tunnel.kind = net::InterfaceKind::kIpip;
    tunnel.mtu = 1480;
    tunnel.noarp = true;
    (void)host_.add_virtual(turn, tunnel);
  } else if (module->name == "dummy") {
    net::Interface dummy;
    dummy.name = "dummy0";
    dummy.kind = net::InterfaceKind::kDummy;
    dummy.noarp = true;
    (void)host_.add_virtual(turn, dummy);
  }
  return true;
}

bool Machine::unload_module(Turn& turn, std::string_view name) {
  const ModuleEntry* module = find_module(name);
  if (module == nullptr || !modules_.contains(module->name)) return false;
  for (const ModuleEntry& other : kModules) {
    if (modules_.contains(other.name) && needs(other, module->name)) return false;
  }
  if (director_ != nullptr) {
    if (module->name == "ip_vs" && director_->active()) return false;
    const auto services = director_->services();
    const bool scheduling =
        std::any_of(services.begin(), services.end(), [&](const lvs::Service* service) {
          return "ip_vs_" + service->options.scheduler == module->name;
        });
    if (scheduling) return false;
  }
  if (module->name == "ip_vs") drop_director();
  const auto remove_devices = [&](net::InterfaceKind kind) {
    for (InterfaceIndex i = 0; i < host_.interfaces().size(); ++i) {
      const net::Interface& nic = host_.interface(i);
      if (nic.removed || nic.kind != kind) continue;
      // `ip link del tunl0` is refused; what refuses it goes with the module.
      host_.edit_interface(i).kind = net::InterfaceKind::kDummy;
      host_.remove_interface(turn, i);
    }
  };
  if (module->name == "ipip") {
    remove_devices(net::InterfaceKind::kIpip);
    host_.set_ipip_loaded(false);
  } else if (module->name == "dummy") {
    remove_devices(net::InterfaceKind::kDummy);
  }
  modules_.erase(modules_.find(module->name));
  std::erase(module_order_, module->name);
  // What came along only for this one goes with it, as modprobe -r does.
  for_each_word(module->needs, [&](std::string_view word) { unload_module(turn, word); });
  return true;
}

}  // namespace lvslab::admin
