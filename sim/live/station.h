// One host of a lab on real interfaces: the machine that the simulator runs, director and all, set
// up by its description and its start script, its cables packet sockets.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/setup.h"
#include "live/driver.h"

namespace lvslab::live {

/// An interface of the host and the real one that it is.
struct Fitting {
  std::string interface;  ///< as the host calls it, "eth0"
  Nic nic;
  std::optional<wire::Mac> mac;      ///< default: the NIC's
  std::optional<std::uint32_t> mtu;  ///< default: the NIC's
};

struct Plan {
  std::string host;
  std::uint32_t number = 0;  ///< of the host in its lab: its share of the load goes by it
  std::uint64_t seed = 1;
  std::vector<Fitting> fittings;
  admin::MachineSetup setup;
  std::shared_ptr<const admin::Script> start;  ///< null: none
  app::LoadPlan* load = nullptr;               ///< traffic times count from ready
};

enum class End : std::uint8_t { kDuration, kSettled, kInterrupted, kStopped, kInterfaceGone };

class Station {
 public:
  /// Opens a packet socket on every interface.
  static Result<std::unique_ptr<Station>> open(Plan plan);
  ~Station();

  admin::Machine& machine() { return *machine_; }
  Driver& driver() { return driver_; }

  /// Applies the description; what the machine refused.
  std::vector<admin::SetupProblem> configure();

  struct RunOptions {
    /// Since ready; nothing: until interrupted, or its traffic is over.
    std::optional<Duration> duration;
    const std::atomic<bool>* interrupted = nullptr;
    std::function<void()> on_ready;  ///< the start script has ended
    std::function<bool()> go_on;     ///< asked after whatever happened; false: kStopped
  };
  /// Runs the start script, then the host's share of the load, and answers the world until the end.
  End run(const RunOptions& options);

  /// Frames by interface, drops by reason, and the director's tables, for people.
  std::string summary();

 private:
  explicit Station(Plan plan);
  admin::Act act() {
    return [this](const std::function<void(Turn&)>& what) { driver_.act(what); };
  }
  void follow_macs();
  void become_ready();
  std::string director_tables();

  Plan plan_;
  std::unique_ptr<admin::Machine> machine_;  ///< gone before the driver, whose packets it holds
  Driver driver_;
  std::vector<InterfaceIndex> interfaces_;  ///< by cable
};

}  // namespace lvslab::live
