#include "import/settle.h"

#include <algorithm>

#include "admin/sysctl_paths.h"
#include "import/problems.h"
#include "scenario/lab.h"

namespace lvslab::importer {
namespace {

constexpr Duration kLongestSetUp = Duration::seconds(60);

/// Settings of these names only: others follow from a machine's memory, or do nothing here.
bool is_taken(const std::string& key) {
  const auto below = [&](std::string_view start) { return key.starts_with(start); };
  if (below("net.ipv4.vs.sync_") || below("net.ipv4.vs.am") || key.ends_with(".mc_forwarding"))
    return false;
  return below("net.ipv4.conf.") || below("net.ipv4.neigh.") || below("net.ipv4.vs.") ||
         below("net.ipv4.icmp_") || key == "net.ipv4.ip_forward" ||
         key == "net.ipv4.ip_default_ttl" || key == "net.ipv4.ip_no_pmtu_disc" ||
         key == "net.ipv4.ip_nonlocal_bind" || key == "net.ipv4.tcp_syn_retries";
}

/// What sets others stands before them: ip_forward, all, default, each interface.
int rank(const std::string& key) {
  if (key == "net.ipv4.ip_forward") return 0;
  if (key.starts_with("net.ipv4.conf.all.")) return 1;
  return key.find(".default.") != std::string::npos ? 2 : 3;
}

/// Numbers apart by one space.
std::string normal(std::string_view value) {
  std::string result;
  for (const std::string_view word : words_of(value))
    result += (result.empty() ? "" : " ") + std::string(word);
  return result;
}

bool is_plain_value(const std::string& value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ' ' || c == '-' || c == '_';
  });
}

void settle_host(scenario::Lab& lab, std::size_t host, const HostFacts& facts, HostExtra& extra) {
  admin::Machine& machine = lab.machine(host);
  auto wanted = facts.sysctls;
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const auto& a, const auto& b) { return rank(a.first) < rank(b.first); });
  for (const auto& [key, value] : wanted) {
    const std::string path = admin::sysctl_path(key), target = normal(value);
    std::string now;
    if (!is_taken(key) || !is_plain_value(target) ||
        admin::read_sysctl(machine, path, now) != admin::SysctlResult::kDone ||
        normal(now) == target)
      continue;
    bool done = false;
    lab.world().act(static_cast<NodeIndex>(host), [&](Turn& turn) {
      done = admin::write_sysctl(turn, machine, path, target) == admin::SysctlResult::kDone;
    });
    if (done) extra.sysctls.emplace_back(key, target);
  }
}

}  // namespace

std::vector<HostExtra> settle(const std::string& text, const GuessedLab& lab,
                              std::vector<scenario::Message>& errors) {
  std::vector<HostExtra> extras(lab.hosts.size());
  scenario::ReadResult read = scenario::read_scenario_text(text, "(imported)");
  errors = std::move(read.errors);
  if (!errors.empty()) return extras;
  const auto built = scenario::Lab::build(std::move(read.scenario), {}, errors);
  if (!errors.empty()) return extras;
  built->world().watch(&built->scene_keeper(), WatchLevel::kNothing);
  built->on_command([&](std::size_t host, const admin::ConsoleEntry& entry) {
    constexpr std::size_t kMost = 20;
    if (entry.status == 0 || entry.tested || host >= extras.size()) return;
    if (extras[host].refused.size() < kMost)
      extras[host].refused.push_back(entry.command + ": " + entry.err);
  });
  bool ready = false;
  built->on_ready([&](scenario::Lab& set_up) {
    ready = true;
    for (std::size_t host = 0; host < extras.size(); ++host)
      settle_host(set_up, host, lab.hosts[host], extras[host]);
  });
  built->configure(errors);
  if (!errors.empty()) return extras;
  built->begin();
  while (!ready && built->step(Instant::at(kLongestSetUp))) {
  }
  for (const scenario::Message& message : built->runtime_errors()) errors.push_back(message);
  return extras;
}

}  // namespace lvslab::importer
