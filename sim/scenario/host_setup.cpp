#include "scenario/host_setup.h"

#include <string>

namespace lvslab::scenario {
namespace {

Place place_of(const HostSpec& host, const admin::SetupProblem& problem) {
  using Part = admin::SetupProblem::Part;
  switch (problem.part) {
    case Part::kModule:
      return host.module_places[problem.index];
    case Part::kSysctl:
      return host.sysctl_places[problem.index];
    case Part::kInterface:
      return host.interfaces[problem.index].place;
    case Part::kGateway:
      return host.gateway_place;
    case Part::kServe:
      return host.serve_places[problem.index];
  }
  return host.place;
}

}  // namespace

admin::MachineSetup setup_of(const Scenario& scenario, const HostSpec& host) {
  admin::MachineSetup setup;
  setup.variables = scenario.names;
  setup.variables.insert(setup.variables.end(), scenario.params.begin(), scenario.params.end());
  if (host.number) setup.variables.emplace_back("N", std::to_string(*host.number));
  for (const HostSpec::FileSpec& file : host.files)
    setup.files.push_back({file.path, file.mode, file.text});
  setup.modules = host.modules;
  setup.sysctl = host.sysctl;
  for (const InterfaceSpec& nic : host.interfaces)
    setup.interfaces.push_back({nic.name, nic.addresses});
  setup.own_prefixes = host.own_prefixes;
  setup.gateway = host.gateway;
  setup.load = &scenario.load;
  setup.serve = host.serve;
  return setup;
}

Message message_of(const HostSpec& host, const admin::SetupProblem& problem) {
  return {place_of(host, problem), problem.what, problem.hint};
}

std::shared_ptr<const admin::Script> script_of(const TextAt& text) {
  std::vector<admin::PlacedError> known;
  return std::make_shared<const admin::Script>(admin::Script::parse(
      text.text, {text.place.file, text.place.line, text.place.column}, known));
}

}  // namespace lvslab::scenario
