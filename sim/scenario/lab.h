// A scenario built and ready to run: machines, switches, links and load in a World. `run` drives it
// to the end; readers of results (expectations, reports) look at its tables afterwards or at
// moments they asked for.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/machine.h"
#include "engine/world.h"
#include "net/switch.h"
#include "scenario/scenario.h"
#include "trace/scene.h"

namespace lvslab::scenario {

struct LabOptions {
  std::uint64_t tie_seed = 0;
  std::uint32_t replication = 0;
};

enum class EndReason : std::uint8_t { kSettled, kDuration, kUntil, kNothingLeft, kInterrupted };

class Lab {
 public:
  /// Makes nodes and links and describes the scene; a loop in the L2 graph goes to `errors`.
  /// Watchers are set on world() after this and before configure().
  static std::unique_ptr<Lab> build(Scenario scenario, const LabOptions& options,
                                    std::vector<Message>& errors);
  /// Applies the structured configuration of every host at time 0; mistakes that only show here (a
  /// gateway outside every network, a sysctl that does not exist) go to `errors`.
  void configure(std::vector<Message>& errors);
  ~Lab();

  const Scenario& scenario() const { return scenario_; }
  trace::Scene& scene() { return scene_; }
  const trace::Scene& scene() const { return scene_; }
  engine::World& world() { return world_; }
  const engine::World& world() const { return world_; }

  /// Hosts are nodes 0..n-1 in scenario order, switches follow.
  std::size_t host_count() const { return machines_.size(); }
  admin::Machine& machine(std::size_t host) { return *machines_[host]; }
  const admin::Machine& machine(std::size_t host) const { return *machines_[host]; }
  net::Switch& network_switch(std::size_t index) { return *switches_[index]; }
  const net::Switch& network_switch(std::size_t index) const { return *switches_[index]; }
  /// Adds interfaces that appear while the lab runs (tunl0, dummy0, VLANs) to the scene: the first
  /// of all watchers.
  Watcher& scene_keeper() { return scene_keeper_; }
  /// Index or -1.
  int find_host(std::string_view name) const;
  int find_switch(std::string_view name) const;
  /// Switch port as the scenario names its cable's far end ("client:eth0"), for tables.
  std::string port_text(std::size_t network_switch, PortIndex port) const;

  /// Runs `what` once when all start scripts have ended; `at` since ready. Call before run().
  void on_ready(std::function<void(Lab&)> what) { ready_hooks_.push_back(std::move(what)); }
  /// Runs `what` after each thing on the timeline. Call before run().
  void on_timeline(std::function<void(Lab&)> what) { timeline_hooks_.push_back(std::move(what)); }
  /// Hears of every command that ended, and whether its status was asked for. Before configure().
  using CommandHook = std::function<void(std::size_t host, const admin::ConsoleEntry& entry)>;
  void on_command(CommandHook what) { command_hooks_.push_back(std::move(what)); }
  /// Runs `what` at `after_ready` once the lab is ready.
  void at(Duration after_ready, std::function<void(Lab&)> what);

  struct RunOptions {
    Instant until = Instant::never();  ///< since the start
    const std::atomic<bool>* interrupted = nullptr;
    std::function<void(const Lab&)> progress;  ///< called every so many events
  };
  EndReason run(const RunOptions& options);
  /// The run is over for good: commands that only watch (tcpdump) end, so that the console has what
  /// they printed.
  void finish();

  // --- the same in pieces, for a prompt ---
  /// Starts the start scripts: once, before the first step().
  void begin();
  /// One event (or becoming ready), if there is one up to `limit`; else the clock goes to `limit`:
  /// false.
  bool step(Instant limit);
  /// Ready, nothing planned is still to come, no frame is on its way and every client is done.
  bool over();

  bool is_ready() const { return ready_; }
  Instant ready() const { return ready_at_; }
  /// Commands that nothing knows, met while running.
  const std::vector<Message>& runtime_errors() const { return runtime_errors_; }

 private:
  Lab(Scenario scenario, const LabOptions& options);
  struct ConsoleBridge;
  struct SceneKeeper final : Watcher {
    Lab* lab = nullptr;
    void on_record(const Record& record) override;
  };

  void make_nodes(std::vector<Message>& errors);
  void make_links(std::vector<Message>& errors);
  void configure_host(std::size_t host, std::vector<Message>& errors);
  void describe_scene();
  void become_ready();
  void schedule_timeline();
  void perform(const TimelineItem& item);
  void run_action(const RunAction& action);
  void power_action(const PowerAction& action);
  bool shells_busy();
  bool settled();

  Scenario scenario_;
  trace::Scene scene_;
  std::uint64_t chance_;  ///< seed and replication in one
  engine::World world_;
  std::vector<std::unique_ptr<admin::Machine>> machines_;
  std::vector<std::unique_ptr<net::Switch>> switches_;
  std::vector<std::unique_ptr<ConsoleBridge>> consoles_;
  SceneKeeper scene_keeper_;
  std::vector<std::vector<std::string>> switch_ports_;  ///< far end of each port
  std::vector<app::Client*> clients_;                   ///< those with load, in host order
  std::size_t first_unsettled_ = 0;                     ///< clients before it are settled for good
  std::vector<std::function<void(Lab&)>> ready_hooks_, timeline_hooks_;
  std::vector<CommandHook> command_hooks_;
  struct Later {
    Duration after;
    std::function<void(Lab&)> what;
  };
  std::vector<Later> later_;
  std::vector<Message> runtime_errors_;
  std::size_t pending_timeline_ = 0;
  bool ready_ = false;
  Instant ready_at_ = Instant::never();
};

}  // namespace lvslab::scenario
