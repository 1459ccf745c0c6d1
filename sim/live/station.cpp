#include "live/station.h"

#include <cstdio>
#include <utility>

namespace lvslab::live {
namespace {

/// A connection is settled when its close was begun: so long the answers to that are waited for.
constexpr Duration kForTheLastClose = Duration::seconds(1);

// "  eth0       veth1              34        30         0         0         0\n"
std::string row(const std::string& interface, const std::string& nic,
                const std::vector<std::string>& numbers) {
  std::string line = "  " + interface;
  line.append(line.size() < 13 ? 13 - line.size() : 1, ' ');
  line += nic;
  line.append(line.size() < 29 ? 29 - line.size() : 1, ' ');
  for (const std::string& number : numbers) {
    line.append(number.size() < 10 ? 10 - number.size() : 1, ' ');
    line += number;
  }
  return line + "\n";
}

}  // namespace

Station::Station(Plan plan)
    : plan_(std::move(plan)),
      machine_(std::make_unique<admin::Machine>(plan_.host, plan_.seed, plan_.number)),
      driver_(machine_->host()) {}

Station::~Station() { machine_.reset(); }

Result<std::unique_ptr<Station>> Station::open(Plan plan) {
  std::unique_ptr<Station> station(new Station(std::move(plan)));
  for (const Fitting& fitting : station->plan_.fittings) {
    Result<PacketSocket> socket = PacketSocket::open(fitting.nic);
    if (!socket) return tl::unexpected(socket.error());
    InterfaceIndex index = 0;
    net::Host& host = station->machine_->host();
    station->driver_.act([&](Turn& turn) {
      index = host.add_ethernet(turn, fitting.interface, fitting.mac.value_or(fitting.nic.mac),
                                fitting.mtu.value_or(fitting.nic.mtu), true);
    });
    station->interfaces_.push_back(index);
    station->driver_.attach(host.interface(index).port, std::move(*socket));
  }
  station->follow_macs();
  return station;
}

// A NIC hands up frames for its own MAC; where the machine uses another (given in the file, or by
// `ip link set address`) it must hand up all, and the machine takes its own.
void Station::follow_macs() {
  for (std::size_t i = 0; i < interfaces_.size(); ++i) {
    if (machine_->host().interface(interfaces_[i]).mac != driver_.socket(i).nic().mac)
      driver_.socket(i).accept_all_macs();
  }
}

std::vector<admin::SetupProblem> Station::configure() {
  return admin::set_up(*machine_, plan_.setup, act());
}

void Station::become_ready() {
  if (plan_.load == nullptr || machine_->client() == nullptr) return;
  plan_.load->ready = driver_.now();
  driver_.act([&](Turn& turn) { machine_->client()->start(turn, plan_.load->ready); });
}

End Station::run(const RunOptions& options) {
  if (plan_.start != nullptr) driver_.act([&](Turn& turn) { machine_->run(turn, plan_.start); });
  bool ready = false;
  Instant end = Instant::never();
  for (;;) {
    if (!ready && !machine_->shell_busy()) {
      ready = true;
      if (options.duration) end = driver_.now() + *options.duration;
      become_ready();
      if (options.on_ready) options.on_ready();
    }
    if (options.go_on && !options.go_on()) return End::kStopped;
    follow_macs();
    if (options.interrupted != nullptr && *options.interrupted) return End::kInterrupted;
    if (driver_.now() >= end) return options.duration ? End::kDuration : End::kSettled;
    if (ready && end.is_never() && machine_->client() != nullptr && machine_->client()->settled())
      end = driver_.now() + kForTheLastClose;
    if (!driver_.round(end)) return End::kInterfaceGone;
  }
}

std::string Station::summary() {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f s", driver_.now().since_start().in_seconds());
  std::string text = plan_.host + ": " + seconds + " on real interfaces\n";
  text += row("interface", "on", {"received", "sent", "not sent", "refused", "missed"});
  for (std::size_t i = 0; i < driver_.cables(); ++i) {
    const Traffic& t = driver_.traffic(i);
    text += row(machine_->host().interface(interfaces_[i]).name, driver_.socket(i).nic().name,
                {std::to_string(t.received), std::to_string(t.sent), std::to_string(t.not_sent),
                 std::to_string(t.refused), std::to_string(t.missed)});
  }
  for (std::size_t i = 0; i < driver_.turn().dropped().size(); ++i) {
    const std::uint64_t count = driver_.turn().dropped()[i];
    const auto reason = static_cast<DropReason>(i);
    if (count == 0) continue;
    text += "  dropped " + std::to_string(count) + ": " + std::string(drop_reason_name(reason)) +
            " (" + std::string(drop_reason_sentence(reason)) + ")\n";
  }
  return text + director_tables();
}

// As the administrator would ask for them. IPVS takes the counts that it shows every two seconds.
std::string Station::director_tables() {
  if (machine_->director() == nullptr || machine_->shell_busy()) return {};
  constexpr std::pair<const char*, const char*> kCommands[] = {
      {"ipvsadm -Ln", ""}, {"ipvsadm -Ln --stats", "   (as of up to 2 s ago)"}};
  std::string text;
  for (const auto& [command, remark] : kCommands) {
    text += std::string("# ") + command + remark + "\n" +
            admin::run_quietly(*machine_, command, act()).out;
  }
  return text;
}

}  // namespace lvslab::live
