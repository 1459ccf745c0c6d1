#include "admin/sysctl_paths.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "admin/machine.h"
#include "lvs/director.h"
#include "net/sysctl.h"

namespace lvslab::admin {
namespace {

using lvs::DirectorSettings;

struct DirectorKey {
  std::string_view name;
  int DirectorSettings::*member;
  int highest = -1;  ///< -1: any integer
};
using D = DirectorSettings;
constexpr auto kDirectorKeys = std::to_array<DirectorKey>({
    {"am_droprate", &D::am_droprate},
    {"amemthresh", &D::amemthresh},
    {"backup_only", &D::backup_only},
    {"cache_bypass", &D::cache_bypass},
    {"conn_reuse_mode", &D::conn_reuse_mode},
    {"conntrack", &D::conntrack},
    {"drop_entry", &D::drop_entry, 3},
    {"drop_packet", &D::drop_packet, 3},
    {"expire_nodest_conn", &D::expire_nodest_conn},
    {"expire_quiescent_template", &D::expire_quiescent_template},
    {"ignore_tunneled", &D::ignore_tunneled},
    {"lblc_expiration", &D::lblc_expiration},
    {"lblcr_expiration", &D::lblcr_expiration},
    {"nat_icmp_send", &D::nat_icmp_send},
    {"pmtu_disc", &D::pmtu_disc},
    {"run_estimation", &D::run_estimation},
    {"schedule_icmp", &D::schedule_icmp},
    {"secure_tcp", &D::secure_tcp, 3},
    {"sloppy_sctp", &D::sloppy_sctp},
    {"sloppy_tcp", &D::sloppy_tcp},
    {"snat_reroute", &D::snat_reroute},
    {"sync_persist_mode", &D::sync_persist_mode},
    {"sync_ports", &D::sync_ports},
    {"sync_qlen_max", &D::sync_qlen_max},
    {"sync_refresh_period", &D::sync_refresh_period},
    {"sync_retries", &D::sync_retries, 3},
    {"sync_sock_size", &D::sync_sock_size},
    {"sync_version", &D::sync_version, 1},
});

// net.netfilter.nf_conntrack_*, there once the module is loaded.
struct ConntrackKey {
  std::string_view name;
  int net::netfilter::ConntrackSettings::*member;
  bool at_most_255 = false;
};
using K = net::netfilter::ConntrackSettings;
constexpr auto kConntrackKeys = std::to_array<ConntrackKey>({
    {"buckets", &K::buckets},
    {"checksum", &K::checksum},
    {"generic_timeout", &K::generic_timeout},
    {"icmp_timeout", &K::icmp_timeout},
    {"max", &K::max},
    {"tcp_be_liberal", &K::tcp_be_liberal, true},
    {"tcp_ignore_invalid_rst", &K::tcp_ignore_invalid_rst, true},
    {"tcp_loose", &K::tcp_loose, true},
    {"tcp_max_retrans", &K::tcp_max_retrans, true},
    {"tcp_timeout_close", &K::tcp_timeout_close},
    {"tcp_timeout_close_wait", &K::tcp_timeout_close_wait},
    {"tcp_timeout_established", &K::tcp_timeout_established},
    {"tcp_timeout_fin_wait", &K::tcp_timeout_fin_wait},
    {"tcp_timeout_last_ack", &K::tcp_timeout_last_ack},
    {"tcp_timeout_max_retrans", &K::tcp_timeout_max_retrans},
    {"tcp_timeout_syn_recv", &K::tcp_timeout_syn_recv},
    {"tcp_timeout_syn_sent", &K::tcp_timeout_syn_sent},
    {"tcp_timeout_time_wait", &K::tcp_timeout_time_wait},
    {"tcp_timeout_unacknowledged", &K::tcp_timeout_unacknowledged},
    {"udp_timeout", &K::udp_timeout},
    {"udp_timeout_stream", &K::udp_timeout_stream},
});
constexpr std::string_view kConntrack = "net/netfilter/nf_conntrack_";
constexpr std::string_view kConntrackMaxToo = "net/nf_conntrack_max";
constexpr std::string_view kConntrackCount = "net/netfilter/nf_conntrack_count";

// Kernel settings that exist and are kept, though nothing in a lab depends on them.
struct InertKey {
  std::string_view path, value;
  std::string_view module = {};  ///< exists only with this module
};
constexpr auto kInertKeys = std::to_array<InertKey>({
    {"fs/file-max", "9223372036854775807"},
    {"kernel/core_uses_pid", "0"},
    {"kernel/msgmax", "8192"},
    {"kernel/msgmnb", "16384"},
    {"kernel/panic", "0"},
    {"kernel/shmall", "18446744073692774399"},
    {"kernel/shmmax", "18446744073692774399"},
    {"kernel/sysrq", "438"},
    {"net/bridge/bridge-nf-call-arptables", "1", "br_netfilter"},
    {"net/bridge/bridge-nf-call-iptables", "1", "br_netfilter"},
    {"net/core/default_qdisc", "pfifo_fast"},
    {"net/core/netdev_max_backlog", "1000"},
    {"net/core/rmem_default", "212992"},
    {"net/core/rmem_max", "212992"},
    {"net/core/wmem_default", "212992"},
    {"net/core/wmem_max", "212992"},
    {"net/ipv4/ip_local_reserved_ports", ""},
    {"net/ipv4/tcp_congestion_control", "cubic"},
    {"net/ipv4/tcp_max_orphans", "8192"},
    {"net/ipv4/tcp_max_tw_buckets", "8192"},
    {"net/ipv4/tcp_mem", "21771\t29028\t43542"},
    {"net/ipv4/tcp_mtu_probing", "0"},
    {"net/ipv4/tcp_no_metrics_save", "0"},
    {"net/ipv4/tcp_rmem", "4096\t131072\t6291456"},
    {"net/ipv4/tcp_slow_start_after_idle", "1"},
    {"net/ipv4/tcp_wmem", "4096\t16384\t4194304"},
    {"net/netfilter/nf_conntrack_acct", "0", "nf_conntrack"},
    {"net/netfilter/nf_conntrack_events", "2", "nf_conntrack"},
    {"net/netfilter/nf_conntrack_expect_max", "1024", "nf_conntrack"},
    {"net/netfilter/nf_conntrack_log_invalid", "0", "nf_conntrack"},
    {"net/netfilter/nf_conntrack_timestamp", "0", "nf_conntrack"},
    {"vm/overcommit_memory", "0"},
    {"vm/swappiness", "60"},
});

// The kernel counts a queue of unresolved packets in bytes; the older key in packets of this size.
constexpr int kUnresolvedPacket = 2104;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Integers apart by blanks, as the kernel reads them: decimal, 0x hex or 0 octal, an optional
// minus.
std::optional<std::vector<int>> parse_integers(std::string_view text, std::size_t most) {
  std::vector<int> result;
  std::size_t p = 0;
  while (result.size() < most) {
    while (p < text.size() && is_space(text[p])) ++p;
    if (p == text.size()) break;
    const bool negative = text[p] == '-';
    if (negative) ++p;
    int base = 10;
    if (p + 1 < text.size() && text[p] == '0') {
      const bool hex = text[p + 1] == 'x' || text[p + 1] == 'X';
      base = hex ? 16 : 8;
      p += hex ? 2 : 0;
    }
    const std::size_t first = p;
    std::int64_t value = 0;
    for (; p < text.size() && !is_space(text[p]); ++p) {
      int digit = 99;
      const char c = text[p];
      if (c >= '0' && c <= '9') digit = c - '0';
      if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
      if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
      if (digit >= base) return std::nullopt;
      value = value * base + digit;
      if (value > 0x80000000LL) return std::nullopt;
    }
    if (p == first) return std::nullopt;
    value = negative ? -value : value;
    if (value > 0x7fffffffLL || value < -0x80000000LL) return std::nullopt;
    result.push_back(static_cast<int>(value));
  }
  if (result.empty()) return std::nullopt;
  return result;
}

template <typename Table>
auto find_key(const Table& table, std::string_view name) -> decltype(&table[0]) {
  for (const auto& key : table) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

/// "a/b/c" -> "a/b" and "c".
std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

/// Where a global key stands below /proc/sys.
std::string global_path(std::string_view name) {
  if (name.starts_with("gc_")) return "net/ipv4/neigh/default/" + std::string(name);
  if (name == "somaxconn") return "net/core/somaxconn";
  return "net/ipv4/" + std::string(name);
}

int net::GlobalConf::*find_global(std::string_view path) {
  for (const auto& key : net::global_keys()) {
    if (key.name.starts_with("port_range")) continue;
    if (global_path(key.name) == path) return key.member;
  }
  return nullptr;
}

struct NeighbourKey {
  int net::NeighbourConf::*member = nullptr;
  std::size_t index = 0;
  int unit = 1;  ///< stored value = key's value * unit
};
std::optional<NeighbourKey> find_neighbour_key(std::string_view name) {
  int unit = 1;
  if (name == "base_reachable_time") {
    name = "base_reachable_time_ms";
    unit = 1000;
  } else if (name == "retrans_time") {
    name = "retrans_time_ms";
    unit = 10;
  } else if (name == "unres_qlen") {
    name = "unres_qlen_bytes";
    unit = kUnresolvedPacket;
  }
  const auto keys = net::neighbour_keys();
  const auto* key = find_key(keys, name);
  if (key == nullptr) return std::nullopt;
  return NeighbourKey{key->member, static_cast<std::size_t>(key - keys.data()), unit};
}

const InertKey* find_inert(const Machine& machine, std::string_view path) {
  for (const InertKey& key : kInertKeys) {
    if (key.path != path) continue;
    return key.module.empty() || machine.modules().contains(key.module) ? &key : nullptr;
  }
  return nullptr;
}

/// Null: no such key, or the module is not loaded.
const ConntrackKey* find_conntrack_key(const Machine& machine, std::string_view path) {
  if (!machine.modules().contains(std::string_view("nf_conntrack"))) return nullptr;
  if (path == kConntrackMaxToo) return find_key(kConntrackKeys, "max");
  if (!path.starts_with(kConntrack)) return nullptr;
  return find_key(kConntrackKeys, path.substr(kConntrack.size()));
}

SysctlResult write_conntrack(Machine& machine, const ConntrackKey& key, std::string_view text) {
  const auto values = parse_integers(text, 1);
  if (!values || (*values)[0] < 0 || (key.at_most_255 && (*values)[0] > 255))
    return SysctlResult::kInvalid;
  machine.netfilter().conntrack_settings().*key.member = (*values)[0];
  return SysctlResult::kDone;
}

constexpr std::string_view kConf = "net/ipv4/conf/";
constexpr std::string_view kNeigh = "net/ipv4/neigh/";
constexpr std::string_view kVs = "net/ipv4/vs/";

SysctlResult write_conf(Machine& machine, std::string_view where, std::size_t index, int value) {
  net::Host& host = machine.host();
  const auto& key = net::interface_keys()[index];
  const std::uint64_t bit = std::uint64_t{1} << index;
  if (where == "all") {
    if (key.name == "forwarding") {
      host.set_forwarding(value != 0);
    } else {
      host.conf_all().*key.member = value;
    }
  } else if (where == "default") {
    host.conf_default().*key.member = value;
    // The template still reaches interfaces on which this key was never written and that never had
    // an address.
    for (const net::Interface& nic : host.interfaces()) {
      if (nic.removed || nic.had_address || (nic.conf_written & bit) != 0) continue;
      host.edit_interface(nic.index).conf.*key.member = value;
    }
  } else {
    const net::Interface* nic = host.find_interface(where);
    if (nic == nullptr) return SysctlResult::kNoSuchKey;
    net::Interface& edited = host.edit_interface(nic->index);
    edited.conf.*key.member = value;
    edited.conf_written |= bit;
  }
  host.routes().touch();
  return SysctlResult::kDone;
}

SysctlResult write_neigh(Machine& machine, std::string_view where, const NeighbourKey& key,
                         int value) {
  net::Host& host = machine.host();
  const auto stored = static_cast<int>(
      std::clamp<std::int64_t>(std::int64_t{value} * key.unit, -0x7fffffff, 0x7fffffff));
  if (where == "default") {
    host.neigh_default().*key.member = stored;
    for (const net::Interface& nic : host.interfaces()) {
      if (nic.removed || nic.had_address || machine.neighbour_conf_written(nic.index, key.index))
        continue;
      host.edit_interface(nic.index).neigh.*key.member = stored;
    }
    return SysctlResult::kDone;
  }
  const net::Interface* nic = host.find_interface(where);
  if (nic == nullptr) return SysctlResult::kNoSuchKey;
  machine.set_neighbour_conf_written(nic->index, key.index);
  host.edit_interface(nic->index).neigh.*key.member = stored;
  return SysctlResult::kDone;
}

SysctlResult write_director(Machine& machine, std::string_view name, std::string_view text) {
  DirectorSettings& settings = machine.director()->settings();
  if (name == "sync_threshold") {
    const auto values = parse_integers(text, 2);
    if (!values || values->size() != 2 || (*values)[0] < 0 || (*values)[1] < 0)
      return SysctlResult::kInvalid;
    if ((*values)[1] != 0 && (*values)[0] >= (*values)[1]) return SysctlResult::kInvalid;
    settings.sync_threshold = (*values)[0];
    settings.sync_period = (*values)[1];
    return SysctlResult::kDone;
  }
  const DirectorKey* key = find_key(kDirectorKeys, name);
  if (key == nullptr) return SysctlResult::kNoSuchKey;
  const auto values = parse_integers(text, 1);
  if (!values) return SysctlResult::kInvalid;
  if (key->highest >= 0 && ((*values)[0] < 0 || (*values)[0] > key->highest))
    return SysctlResult::kInvalid;
  const int value = (*values)[0];
  if (name == "sync_ports" && (value <= 0 || (value & (value - 1)) != 0))
    return SysctlResult::kInvalid;
  settings.*key->member = value;
  return SysctlResult::kDone;
}

SysctlResult write_port_range(Machine& machine, std::string_view text) {
  const auto values = parse_integers(text, 2);
  if (!values || values->size() != 2 || (*values)[0] < 1 || (*values)[1] > 65'535 ||
      (*values)[0] > (*values)[1]) {
    return SysctlResult::kInvalid;
  }
  machine.host().edit_global().port_range_low = (*values)[0];
  machine.host().edit_global().port_range_high = (*values)[1];
  return SysctlResult::kDone;
}

}  // namespace

std::string sysctl_path(std::string_view key) {
  std::string path{key};
  const std::size_t separator = path.find_first_of("./");
  if (separator == std::string::npos || path[separator] == '/') return path;
  for (char& c : path) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return path;
}

std::string sysctl_key(std::string_view path) {
  std::string key{path};
  for (char& c : key) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return key;
}

SysctlResult read_sysctl(const Machine& machine, std::string_view path, std::string& value) {
  const net::Host& host = machine.host();
  const auto done = [&](int number) {
    value = std::to_string(number);
    return SysctlResult::kDone;
  };
  if (path == "net/ipv4/ip_forward") return done(host.conf_all().forwarding);
  if (path == "net/ipv4/ip_local_port_range") {
    value = std::to_string(host.global().port_range_low) + "\t" +
            std::to_string(host.global().port_range_high);
    return SysctlResult::kDone;
  }
  if (path == "kernel/hostname") {
    value = machine.name();
    return SysctlResult::kDone;
  }
  if (const auto member = find_global(path)) return done(host.global().*member);
  if (const ConntrackKey* key = find_conntrack_key(machine, path))
    return done(machine.netfilter().conntrack_settings().*key->member);
  if (path == kConntrackCount && machine.modules().contains(std::string_view("nf_conntrack"))) {
    const auto* tracker = machine.netfilter().conntrack();
    return done(tracker == nullptr ? 0 : static_cast<int>(tracker->shown_count()));
  }
  if (const InertKey* inert = find_inert(machine, path)) {
    const std::string* kept = machine.inert_sysctl(path);
    value = kept != nullptr ? *kept : std::string(inert->value);
    return SysctlResult::kDone;
  }
  const auto [folder, name] = split_last(path);
  if (path.starts_with(kConf) && folder.size() > kConf.size()) {
    const std::string_view where = folder.substr(kConf.size());
    const auto keys = net::interface_keys();
    const auto* key = find_key(keys, name);
    const net::Interface* nic = host.find_interface(where);
    if (key == nullptr) return SysctlResult::kNoSuchKey;
    if (where == "all") return done(host.conf_all().*key->member);
    if (where == "default") return done(host.conf_default().*key->member);
    return nic == nullptr ? SysctlResult::kNoSuchKey : done(nic->conf.*key->member);
  }
  if (path.starts_with(kNeigh) && folder.size() > kNeigh.size()) {
    const std::string_view where = folder.substr(kNeigh.size());
    const auto key = find_neighbour_key(name);
    const net::Interface* nic = host.find_interface(where);
    if (!key) return SysctlResult::kNoSuchKey;
    if (where == "default") return done(host.neigh_default().*key->member / key->unit);
    return nic == nullptr ? SysctlResult::kNoSuchKey : done(nic->neigh.*key->member / key->unit);
  }
  if (machine.director() != nullptr && path.starts_with(kVs) && folder.size() + 1 == kVs.size()) {
    const DirectorSettings& settings = machine.director()->settings();
    if (name == "sync_threshold") {
      value = std::to_string(settings.sync_threshold) + "\t" + std::to_string(settings.sync_period);
      return SysctlResult::kDone;
    }
    const DirectorKey* key = find_key(kDirectorKeys, name);
    if (key != nullptr) return done(settings.*key->member);
  }
  return SysctlResult::kNoSuchKey;
}

SysctlResult write_sysctl(Turn& turn, Machine& machine, std::string_view path,
                          std::string_view text) {
  (void)turn;
  std::string old;
  if (read_sysctl(machine, path, old) != SysctlResult::kDone) return SysctlResult::kNoSuchKey;
  if (path == "kernel/hostname" || path == kConntrackCount) return SysctlResult::kReadOnly;
  if (const ConntrackKey* key = find_conntrack_key(machine, path))
    return write_conntrack(machine, *key, text);
  if (path == "net/ipv4/ip_local_port_range") return write_port_range(machine, text);
  if (find_inert(machine, path) != nullptr) {
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (text.size() > 4096) return SysctlResult::kInvalid;
    machine.set_inert_sysctl(std::string(path), std::string(text));
    return SysctlResult::kDone;
  }
  const auto [folder, name] = split_last(path);
  if (path.starts_with(kVs)) return write_director(machine, name, text);
  const auto values = parse_integers(text, 1);
  if (!values) return SysctlResult::kInvalid;
  const int value = (*values)[0];
  if (path == "net/ipv4/ip_forward") {
    machine.host().set_forwarding(value != 0);
    return SysctlResult::kDone;
  }
  if (const auto member = find_global(path)) {
    if (path == "net/ipv4/ip_default_ttl" && (value < 1 || value > 255))
      return SysctlResult::kInvalid;
    machine.host().edit_global().*member = value;
    machine.host().routes().touch();
    return SysctlResult::kDone;
  }
  if (path.starts_with(kConf)) {
    const auto keys = net::interface_keys();
    const auto index = static_cast<std::size_t>(find_key(keys, name) - keys.data());
    return write_conf(machine, folder.substr(kConf.size()), index, value);
  }
  return write_neigh(machine, folder.substr(kNeigh.size()), *find_neighbour_key(name), value);
}

std::vector<std::string> list_sysctls(const Machine& machine) {
  std::vector<std::string> paths{"kernel/hostname", "net/ipv4/ip_forward",
                                 "net/ipv4/ip_local_port_range"};
  for (const auto& key : net::global_keys()) {
    if (!key.name.starts_with("port_range")) paths.push_back(global_path(key.name));
  }
  for (const InertKey& key : kInertKeys) {
    if (find_inert(machine, key.path) != nullptr) paths.emplace_back(key.path);
  }
  if (machine.modules().contains(std::string_view("nf_conntrack"))) {
    for (const ConntrackKey& key : kConntrackKeys)
      paths.push_back(std::string(kConntrack) + std::string(key.name));
    paths.emplace_back(kConntrackMaxToo);
    paths.emplace_back(kConntrackCount);
  }
  std::vector<std::string> names{"all", "default"};
  for (const net::Interface& nic : machine.host().interfaces()) {
    if (!nic.removed) names.push_back(nic.name);
  }
  for (const std::string& name : names) {
    for (const auto& key : net::interface_keys()) {
      paths.push_back(std::string(kConf) + name + "/" + std::string(key.name));
    }
    if (name == "all") continue;
    for (const auto& key : net::neighbour_keys()) {
      paths.push_back(std::string(kNeigh) + name + "/" + std::string(key.name));
    }
    for (const std::string_view key : {"base_reachable_time", "retrans_time", "unres_qlen"}) {
      paths.push_back(std::string(kNeigh) + name + "/" + std::string(key));
    }
  }
  if (machine.director() != nullptr) {
    for (const DirectorKey& key : kDirectorKeys)
      paths.push_back(std::string(kVs) + std::string(key.name));
    paths.push_back(std::string(kVs) + "sync_threshold");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace lvslab::admin
