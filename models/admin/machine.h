// One computer as its administrator knows it: a host with its sockets, kernel modules, director
// (once ip_vs is loaded), files, services and a shell. Free of the simulator: a live host is a
// Machine too.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/script.h"
#include "app/client.h"
#include "app/server.h"
#include "base/record.h"
#include "lvs/director.h"
#include "net/host.h"
#include "net/netfilter/netfilter.h"
#include "transport/sockets.h"

namespace lvslab::admin {

class NetworkManager;
class Shell;

/// A command that ended.
struct ConsoleEntry {
  Instant time;
  std::string command;  ///< as typed (one simple command or pipeline), variables expanded
  int status = 0;
  std::string out, err;
  std::string place;  ///< "file:line:column"
  /// Its status was asked for (if, while, !, left of && or ||): not a failure to report.
  bool tested = false;

  /// As the record stream shows it; views this entry.
  ConsoleText text() const {
    return {.command = command, .status = status, .out = out, .err = err, .place = place};
  }
};

/// Hears what is typed on a machine.
class Console {
 public:
  virtual ~Console() = default;
  virtual void command_ended(const ConsoleEntry& entry) = 0;
  /// A command name that nothing knows turned up while running (not seen when the script was read).
  virtual void unknown_command(const std::string& place, const std::string& name) = 0;
};

struct File {
  std::string text;
  std::uint32_t mode = 0644;
  bool directory = false;
};

/// The owner of a socket whose program has ended while the kernel still closes it.
class ParkedOwner : public transport::TcpOwner {
 public:
  bool gone = false;  ///< the socket will not call any more
};

class Machine final {
 public:
  Machine(std::string name, std::uint64_t seed, std::uint32_t node);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const std::string& name() const { return host_.name(); }
  net::Host& host() { return host_; }
  const net::Host& host() const { return host_; }
  transport::Sockets& sockets() { return sockets_; }
  /// Null until ip_vs is loaded.
  lvs::Director* director() { return director_.get(); }
  const lvs::Director* director() const { return director_.get(); }

  net::netfilter::Netfilter& netfilter() { return netfilter_; }
  const net::netfilter::Netfilter& netfilter() const { return netfilter_; }

  void set_console(Console* console) { console_ = console; }
  Console* console() { return console_; }

  // --- shell ----------------------------------------------------------------------------------
  /// A preset, exported variable of the shell.
  void set_variable(const std::string& name, const std::string& value);
  /// Runs `script` now, or after what is running. A command that waits holds this machine's shell
  /// only.
  void run(Turn& turn, std::shared_ptr<const Script> script);
  /// A script is running or waiting to run; what runs in the background, or only watches until
  /// somebody stops it, does not count.
  bool shell_busy() const;
  /// The run is over: what would go on for ever (tcpdump) is stopped as by Ctrl-C, so that the
  /// console has what it printed.
  void hang_up(Turn& turn);
  bool watches() const;  ///< whether there is anything to hang up
  /// After each command: what it did to the director may have moved the director's next wake.
  void command_done();
  /// A waiting command's next wake has moved earlier.
  void process_changed();
  /// A number for the next ping's ICMP identifier.
  std::uint16_t next_echo_id() { return ++last_echo_id_; }
  void park(std::unique_ptr<ParkedOwner> owner);

  // --- files ----------------------------------------------------------------------------------
  std::map<std::string, File>& files() { return files_; }
  const std::map<std::string, File>& files() const { return files_; }
  /// After a command wrote `path`: what is served from it changes with it.
  void file_written(Turn& turn, const std::string& path);

  // --- settings that the host does not keep -----------------------------------------------------
  bool neighbour_conf_written(InterfaceIndex nic, std::size_t key) const {
    return neighbour_conf_written_.contains({nic, key});
  }
  void set_neighbour_conf_written(InterfaceIndex nic, std::size_t key) {
    neighbour_conf_written_.insert({nic, key});
  }
  /// Kernel settings without any effect in a lab keep what was written; null: never written.
  const std::string* inert_sysctl(std::string_view path) const;
  void set_inert_sysctl(std::string path, std::string value);

  // --- modules and services -------------------------------------------------------------------
  /// False: no such module. ip_vs makes the director, ipip makes tunl0, dummy makes dummy0.
  bool load_module(Turn& turn, std::string_view name);
  /// False: not loaded, or in use.
  bool unload_module(Turn& turn, std::string_view name);
  const std::set<std::string, std::less<>>& modules() const { return modules_; }
  /// In order of loading.
  const std::vector<std::string>& module_order() const { return module_order_; }
  lvs::Director& load_ipvs(Turn& turn);

  void set_load_plan(const app::LoadPlan* plan);
  const app::LoadPlan* load_plan() const { return plan_; }
  /// The client app, made when the load plan names this machine; null otherwise.
  app::Client* client() { return client_.get(); }

  /// Adds or replaces (same protocol, bind and port) a server and starts it.
  transport::SocketError serve(Turn& turn, const app::ServeSpec& spec);
  /// Changes the servers on protocol/port; false: none there.
  bool change_server(Turn& turn, wire::Protocol protocol, std::uint16_t port,
                     const app::ServerChange& change);
  bool serves(wire::Protocol protocol, std::uint16_t port) const;
  /// `systemctl start httpd`: /var/www/html/index.html on port 80 unless `serve` says otherwise.
  transport::SocketError start_web(Turn& turn, std::string_view unit);
  void stop_web(Turn& turn, std::string_view unit);
  std::set<std::string, std::less<>>& running_services() { return services_; }
  std::set<std::string, std::less<>>& enabled_services() { return enabled_; }
  const std::set<std::string, std::less<>>& enabled_services() const { return enabled_; }
  NetworkManager& network_manager() { return *network_manager_; }

  /// Off: all that is not a file is lost. On: interfaces come up without addresses, and the shell
  /// runs what the files and the enabled services say is to be done at boot (boot.h).
  void set_power(Turn& turn, bool on);
  /// Off and on again once the command at hand is done.
  void request_reboot() { reboot_requested_ = true; }
  bool reboot_requested() const { return reboot_requested_; }
  void reboot(Turn& turn);
  /// Servers that a boot starts again: those of the scenario's `serve`.
  void set_boot_servers(std::vector<app::ServeSpec> servers) { boot_servers_ = std::move(servers); }
  const std::vector<app::ServeSpec>& boot_servers() const { return boot_servers_; }

 private:
  class DirectorClock;
  std::string web_text(std::string_view unit) const;
  void retire_server(Turn& turn, std::size_t index);
  void drop_director();

  std::uint32_t node_;
  std::uint64_t seed_;
  net::Host host_;
  net::netfilter::Netfilter netfilter_;
  transport::Sockets sockets_;
  std::unique_ptr<DirectorClock>
      director_clock_;  ///< wakes the director as a component of the host
  std::unique_ptr<lvs::Director> director_;
  /// Unloaded directors stay: notes of this turn may name words of theirs.
  std::vector<std::unique_ptr<lvs::Director>> retired_directors_;
  std::unique_ptr<Shell> shell_;
  std::unique_ptr<NetworkManager> network_manager_;
  std::map<std::string, File> files_;
  std::set<std::string, std::less<>> modules_;
  std::vector<std::string> module_order_;
  std::set<std::string, std::less<>> services_, enabled_;
  std::set<std::pair<InterfaceIndex, std::size_t>> neighbour_conf_written_;
  std::map<std::string, std::string, std::less<>> inert_sysctls_;
  std::vector<std::unique_ptr<app::Server>> servers_;
  /// Replaced servers stay: sockets of theirs may still call them.
  std::vector<std::unique_ptr<app::Server>> retired_servers_;
  std::vector<std::unique_ptr<ParkedOwner>> parked_;
  app::Server* web_ = nullptr;  ///< what systemctl started on port 80
  std::string web_unit_;
  std::unique_ptr<app::Client> client_;
  const app::LoadPlan* plan_ = nullptr;
  Console* console_ = nullptr;
  std::uint16_t last_echo_id_ = 0x7000;
  std::vector<app::ServeSpec> boot_servers_;
  bool reboot_requested_ = false;
  std::uint32_t boots_ = 0;
};

}  // namespace lvslab::admin
