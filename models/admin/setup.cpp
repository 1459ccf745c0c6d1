#include "admin/setup.h"

#include <memory>

namespace lvslab::admin {
namespace {

using Part = SetupProblem::Part;

void set_up_modules(Machine& machine, const MachineSetup& setup, const Act& act,
                    std::vector<SetupProblem>& problems) {
  for (std::size_t i = 0; i < setup.modules.size(); ++i) {
    bool known = false;
    act([&](Turn& turn) { known = machine.load_module(turn, setup.modules[i]); });
    if (!known) {
      problems.push_back({Part::kModule, i, "no kernel module '" + setup.modules[i] + "'",
                          "for example ip_vs, ipip, dummy"});
    }
  }
}

void set_up_sysctl(Machine& machine, const MachineSetup& setup, const Act& act,
                   std::vector<SetupProblem>& problems) {
  for (std::size_t i = 0; i < setup.sysctl.size(); ++i) {
    const auto& [key, value] = setup.sysctl[i];
    const QuietRun run = run_quietly(machine, "sysctl -w '" + key + "=" + value + "'", act);
    if (!run.problem.empty()) problems.push_back({Part::kSysctl, i, run.problem, ""});
  }
}

void set_up_interfaces(Machine& machine, const MachineSetup& setup, const Act& act,
                       std::vector<SetupProblem>& problems) {
  for (std::size_t i = 0; i < setup.interfaces.size(); ++i) {
    const MachineSetup::Addresses& nic = setup.interfaces[i];
    const net::Interface* device = machine.host().find_interface(nic.interface);
    if (device == nullptr) {
      problems.push_back(
          {Part::kInterface, i,
           "interface '" + nic.interface + "' does not exist on " + machine.name(),
           "an interface exists because a link names it, or a module makes it (dummy0, tunl0)"});
      continue;
    }
    const InterfaceIndex number = device->index;
    act([&](Turn& turn) {
      for (const wire::Prefix& address : nic.addresses) {
        machine.host().add_address(
            turn, number,
            {.local = address.address,
             .prefix_length = address.length,
             .scope = address.address.is_loopback() ? net::Scope::kHost : net::Scope::kUniverse,
             .label = nic.interface});
      }
      if (!device->up) machine.host().set_up(turn, number, true);
    });
  }
}

// As `ip route add local PREFIX dev lo` does.
void set_up_prefixes(Machine& machine, const MachineSetup& setup, const Act& act) {
  for (const wire::Prefix& prefix : setup.own_prefixes) {
    act([&](Turn& turn) {
      net::Route route{.destination = prefix, .type = net::RouteType::kLocal, .device = 0};
      route.scope = net::Scope::kHost;
      route.table = net::kTableLocal;
      machine.host().add_route(turn, route);
    });
  }
}

void set_up_gateway(Machine& machine, const MachineSetup& setup, const Act& act,
                    std::vector<SetupProblem>& problems) {
  if (!setup.gateway) return;
  net::ConfigError error{};
  act([&](Turn& turn) {
    error = machine.host().add_route(turn, {.destination = {{}, 0}, .gateway = *setup.gateway});
  });
  if (error == net::ConfigError::kNone) return;
  problems.push_back(
      {Part::kGateway, 0,
       "gateway " + wire::to_string(*setup.gateway) + " is in no network of " + machine.name(),
       "give an address on a network of one of its interfaces, or add the route in `run` after "
       "the address"});
}

void set_up_servers(Machine& machine, const MachineSetup& setup, const Act& act,
                    std::vector<SetupProblem>& problems) {
  machine.set_boot_servers(setup.serve);
  for (std::size_t i = 0; i < setup.serve.size(); ++i) {
    transport::SocketError error{};
    act([&](Turn& turn) { error = machine.serve(turn, setup.serve[i]); });
    if (error != transport::SocketError::kNone) {
      problems.push_back({Part::kServe, i,
                          "cannot serve here: " + std::string(transport::socket_error_text(error)),
                          ""});
    }
  }
}

}  // namespace

std::vector<SetupProblem> set_up(Machine& machine, const MachineSetup& setup, const Act& act) {
  std::vector<SetupProblem> problems;
  for (const auto& [name, value] : setup.variables) machine.set_variable(name, value);
  for (const MachineSetup::FileText& file : setup.files)
    machine.files()[file.path] = {file.text, file.mode, false};
  machine.set_load_plan(setup.load);
  set_up_modules(machine, setup, act, problems);
  set_up_sysctl(machine, setup, act, problems);
  set_up_interfaces(machine, setup, act, problems);
  set_up_prefixes(machine, setup, act);
  set_up_gateway(machine, setup, act, problems);
  set_up_servers(machine, setup, act, problems);
  return problems;
}

QuietRun run_quietly(Machine& machine, const std::string& command, const Act& act) {
  struct Quiet final : Console {
    QuietRun run;
    void command_ended(const ConsoleEntry& entry) override {
      run.status = entry.status;
      run.out += entry.out;
      if (entry.status != 0) {
        run.problem = entry.err.empty() ? "exit status " + std::to_string(entry.status) : entry.err;
      }
    }
    void unknown_command(const std::string&, const std::string& name) override {
      run.problem = "unknown command " + name;
    }
  } quiet;
  std::vector<PlacedError> syntax;
  const auto script = std::make_shared<const Script>(Script::parse(command, {}, syntax));
  if (!syntax.empty()) return {.status = 2, .out = {}, .problem = syntax.front().what};
  Console* console = machine.console();
  machine.set_console(&quiet);
  act([&](Turn& turn) { machine.run(turn, script); });
  machine.set_console(console);
  while (!quiet.run.problem.empty() && quiet.run.problem.back() == '\n')
    quiet.run.problem.pop_back();
  return quiet.run;
}

}  // namespace lvslab::admin
