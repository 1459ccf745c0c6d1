// What is fixed on a machine before its start script runs: variables, files, modules, sysctls,
// addresses, gateway, servers. One way for every driver: a simulated lab and a live host set their
// machines up here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/machine.h"

namespace lvslab::admin {

struct MachineSetup {
  std::vector<std::pair<std::string, std::string>> variables;  ///< of the shell, exported
  struct FileText {
    std::string path;
    std::uint32_t mode = 0644;
    std::string text;
  };
  std::vector<FileText> files;
  std::vector<std::string> modules;
  std::vector<std::pair<std::string, std::string>> sysctl;
  struct Addresses {
    std::string interface;
    std::vector<wire::Prefix> addresses;
  };
  std::vector<Addresses> interfaces;  ///< each comes up
  std::vector<wire::Prefix> own_prefixes;  ///< every address in them is the machine's own
  std::optional<wire::Ipv4> gateway;
  const app::LoadPlan* load = nullptr;  ///< outlives the machine
  std::vector<app::ServeSpec> serve;
};

/// A part that the machine refused, for whoever knows where it stands in a file.
struct SetupProblem {
  enum class Part : std::uint8_t { kModule, kSysctl, kInterface, kGateway, kServe } part;
  std::size_t index = 0;  ///< into the list of that part
  std::string what, hint;
};

/// How a driver lets the machine's host act: each call is a turn of its own.
using Act = std::function<void(const std::function<void(Turn&)>&)>;

/// Applies everything, in the order of the fields; interfaces with a cable exist already.
std::vector<SetupProblem> set_up(Machine& machine, const MachineSetup& setup, const Act& act);

/// A command that waits for nothing, run without showing it on the machine's console.
struct QuietRun {
  int status = 0;
  std::string out;
  std::string problem;  ///< empty when it worked, else what it printed, without the last line's end
};
QuietRun run_quietly(Machine& machine, const std::string& command, const Act& act);

}  // namespace lvslab::admin
