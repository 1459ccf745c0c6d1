#include <algorithm>
#include <cstdio>
#include <map>

#include "cli/session.h"
#include "cli/verbs.h"
#include "live/station.h"
#include "scenario/host_setup.h"
#include "scenario/text.h"
#include "scenario/units.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

// What is typed goes to the watcher; what fails is said at once.
class LiveConsole final : public admin::Console {
 public:
  explicit LiveConsole(live::Driver& driver) : driver_(driver) {}
  void command_ended(const admin::ConsoleEntry& entry) override {
    const ConsoleText text = entry.text();
    driver_.record({.kind = RecordKind::kConsole, .console = &text});
    if (entry.status == 0 || entry.tested) return;
    std::fprintf(stderr, "%s: '%s' ended with status %d. %s%s", entry.place.c_str(),
                 entry.command.c_str(), entry.status, entry.err.c_str(),
                 entry.err.ends_with('\n') ? "" : "\n");
  }
  void unknown_command(const std::string& place, const std::string& name) override {
    std::fprintf(stderr, "%s: unknown command '%s'. see: lvslab list commands\n", place.c_str(),
                 name.c_str());
    met_unknown_ = true;
  }
  bool met_unknown() const { return met_unknown_; }

 private:
  live::Driver& driver_;
  bool met_unknown_ = false;
};

// Prints the ladder turn by turn, and keeps what became of the host's own traffic.
class LiveWatcher final : public Watcher {
 public:
  LiveWatcher(const scenario::Scenario& scenario, const scenario::HostSpec& host,
              const net::Host& machine, bool trace)
      : machine_(machine) {
    scene_.title = scenario.title + ": " + host.name + ", live";
    scene_.seed = scenario.seed;
    scene_.nodes.push_back({.name = host.name, .role = host.role});
    for (const app::TrafficPlan& traffic : scenario.load.traffics)
      scene_.traffics.push_back(traffic.name);
    for (const auto& [name, text] : scenario.names) {
      if (const auto address = wire::parse_ipv4(text)) scene_.names.emplace_back(*address, name);
    }
    follow_interfaces();
    if (trace)
      ladder_ = trace::Ladder::make(scene_, {.connection = {}, .colour = colour_wanted(1)});
  }

  void on_record(const Record& record) override {
    if (record.kind == RecordKind::kNote) {
      if (record.note.kind == NoteKind::kStateInterface) follow_interfaces();
      const std::uint32_t traffic = record.note.tag.traffic;
      if (record.note.kind == NoteKind::kAppClosed && traffic >= 1 &&
          traffic <= scene_.traffics.size()) {
        ++outcomes_[scene_.traffics[traffic - 1]][std::string(record.note.word)];
      }
    }
    if (ladder_ != nullptr) ladder_->on_record(record);
  }

  void print_ladder() {
    if (ladder_ == nullptr) return;
    const std::string text = ladder_->text();
    if (text.empty()) return;
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }

  void print_outcomes() const {
    for (const auto& [traffic, counts] : outcomes_) {
      std::printf("traffic %s:", traffic.c_str());
      for (const auto& [status, count] : counts)
        std::printf(" %llu %s", static_cast<unsigned long long>(count), status.c_str());
      std::printf("\n");
    }
  }

 private:
  // tunl0, dummy0 and VLANs come while the host runs.
  void follow_interfaces() {
    std::vector<trace::SceneInterface>& known = scene_.nodes[0].interfaces;
    known.clear();
    for (const net::Interface& nic : machine_.interfaces())
      known.push_back({nic.name, nic.mac, nic.kind == net::InterfaceKind::kIpip});
  }

  const net::Host& machine_;
  trace::Scene scene_;
  std::unique_ptr<trace::Ladder> ladder_;
  std::map<std::string, std::map<std::string, std::uint64_t>> outcomes_;
};

const scenario::HostSpec* find_host(const scenario::Scenario& scenario, const std::string& name) {
  std::vector<std::string_view> known;
  for (const scenario::HostSpec& host : scenario.hosts) {
    if (host.name == name) return &host;
    known.push_back(host.name);
  }
  std::fprintf(stderr, "lvslab live: the file has no host '%s'. %s\n", name.c_str(),
               scenario::hint_for_word(name, known).c_str());
  return nullptr;
}

// INTERFACE=REAL by interface. False: a mistake was printed.
bool read_maps(const Options& options, const scenario::HostSpec& host,
               std::map<std::string, std::string>& maps) {
  std::vector<std::string_view> cables;
  for (const scenario::InterfaceSpec& nic : host.interfaces) {
    if (nic.linked) cables.push_back(nic.name);
  }
  for (const std::string& map : options.maps) {
    const std::size_t equals = map.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == map.size()) {
      std::fprintf(stderr, "--map %s: not INTERFACE=REAL.\n", map.c_str());
      return false;
    }
    const std::string name = map.substr(0, equals);
    if (std::find(cables.begin(), cables.end(), name) == cables.end()) {
      std::fprintf(stderr, "--map %s: %s has no interface '%s' with a cable. %s\n", map.c_str(),
                   host.name.c_str(), name.c_str(), scenario::hint_for_word(name, cables).c_str());
      return false;
    }
    maps[name] = map.substr(equals + 1);
  }
  return true;
}

// Each interface with a cable and the real one for it. Not kFine: why not was printed.
int fit(const Options& options, const scenario::HostSpec& host,
        std::vector<live::Fitting>& fittings) {
  std::map<std::string, std::string> maps;
  if (!read_maps(options, host, maps)) return kBadInput;
  for (const scenario::InterfaceSpec& spec : host.interfaces) {
    if (!spec.linked) continue;
    const auto map = maps.find(spec.name);
    const std::string& real = map == maps.end() ? spec.name : map->second;
    const std::optional<live::Nic> nic = live::find_nic(real);
    if (!nic || !nic->ethernet) {
      std::fprintf(stderr, "lvslab live: %s '%s' here for %s:%s. Name one with --map %s=NAME\n",
                   nic ? "there is no Ethernet interface" : "there is no interface", real.c_str(),
                   host.name.c_str(), spec.name.c_str(), spec.name.c_str());
      return kBadInput;
    }
    if (spec.mtu.value_or(0) > nic->mtu) {
      std::fprintf(stderr,
                   "%s: %s:%s has an MTU of %u, but that of %s is %u. Make it larger first\n",
                   spec.place.text().c_str(), host.name.c_str(), spec.name.c_str(), *spec.mtu,
                   real.c_str(), nic->mtu);
      return kBadInput;
    }
    if (!nic->up) {
      std::fprintf(stderr, "lvslab live: %s is down. Try: ip link set %s up\n", real.c_str(),
                   real.c_str());
      return kCannotWrite;
    }
    live::Fitting fitting{.interface = spec.name, .nic = *nic, .mac = spec.mac, .mtu = spec.mtu};
    if (spec.mac_made) fitting.mac.reset();
    fittings.push_back(std::move(fitting));
  }
  return kFine;
}

int status_of(live::End end, const Options& options) {
  switch (end) {
    case live::End::kStopped:
      return kBadInput;
    case live::End::kInterfaceGone:
      std::fprintf(stderr, "lvslab live: an interface was removed.\n");
      return kCannotWrite;
    case live::End::kInterrupted:
      return options.duration.empty() ? kFine : kInterrupted;
    case live::End::kDuration:
    case live::End::kSettled:
      break;
  }
  return kFine;
}

void print_ready(live::Station& station) {
  std::printf("%s is ready:", station.machine().name().c_str());
  for (const net::Interface& nic : station.machine().host().interfaces()) {
    if (nic.kind != net::InterfaceKind::kEthernet) continue;
    std::printf(" %s %s", nic.name.c_str(), wire::to_string(nic.mac).c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

int run_station(live::Station& station, scenario::ReadResult& read, const scenario::HostSpec& host,
                const Options& options, const live::Station::RunOptions& given) {
  LiveConsole console(station.driver());
  LiveWatcher watcher(read.scenario, host, station.machine().host(), options.trace);
  station.driver().watch(&watcher,
                         options.trace ? WatchLevel::kEverything : WatchLevel::kConnections);
  std::vector<scenario::Message> errors;
  for (const admin::SetupProblem& problem : station.configure())
    errors.push_back(scenario::message_of(host, problem));
  print(read, errors);
  if (!errors.empty()) return kBadInput;
  station.machine().set_console(&console);
  live::Station::RunOptions how = given;
  how.interrupted = &interrupted;
  how.on_ready = [&] { print_ready(station); };
  how.go_on = [&] {
    watcher.print_ladder();
    return !console.met_unknown();
  };
  const live::End end = station.run(how);
  watcher.print_ladder();
  station.driver().watch(nullptr, WatchLevel::kNothing);
  watcher.print_outcomes();
  std::fputs(station.summary().c_str(), stdout);
  station.machine().set_console(nullptr);
  if (station.driver().leaked() != 0) {
    std::fprintf(stderr, "lvslab live: internal error: packets were lost. Please report this.\n");
    return kInternal;
  }
  return status_of(end, options);
}

}  // namespace

int live_verb(const Options& options) {
  scenario::ReadResult read;
  if (!read_input(options, read)) return kBadInput;
  live::Station::RunOptions how;
  if (!options.duration.empty()) {
    const auto duration = scenario::parse_duration(options.duration);
    if (!duration) {
      std::fprintf(stderr, "--duration %s: %s. %s\n", options.duration.c_str(),
                   duration.error().what.c_str(), duration.error().hint.c_str());
      return kBadInput;
    }
    how.duration = *duration;
  }
  scenario::Scenario& scenario = read.scenario;
  const scenario::HostSpec* host = find_host(scenario, options.host);
  if (host == nullptr) return kBadInput;
  scenario.load.seed = scenario.seed;
  live::Plan plan{.host = host->name,
                  .number = static_cast<std::uint32_t>(host - scenario.hosts.data()),
                  .seed = scenario.seed,
                  .fittings = {},
                  .setup = scenario::setup_of(scenario, *host),
                  .start = host->run ? scenario::script_of(*host->run) : nullptr,
                  .load = &scenario.load};
  const int fitted = fit(options, *host, plan.fittings);
  if (fitted != kFine) return fitted;
  auto station = live::Station::open(std::move(plan));
  if (!station) {
    std::fprintf(stderr, "lvslab live: %s. %s\n", station.error().what.c_str(),
                 station.error().hint.c_str());
    return kCannotWrite;
  }
  return run_station(**station, read, *host, options, how);
}

}  // namespace lvslab::cli
