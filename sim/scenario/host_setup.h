// A host of a scenario as a machine is told of it: what `lab` applies in a simulated world and
// `lvslab live` on real interfaces, so that both read a host's description alike.
#pragma once

#include <memory>

#include "admin/setup.h"
#include "scenario/scenario.h"

namespace lvslab::scenario {

/// The structured part of the host; what it points to is the scenario's.
admin::MachineSetup setup_of(const Scenario& scenario, const HostSpec& host);

/// A part that the machine refused, with its place in the file.
Message message_of(const HostSpec& host, const admin::SetupProblem& problem);

/// A script ready to run; what is wrong with it was reported when the file was read.
std::shared_ptr<const admin::Script> script_of(const TextAt& text);

}  // namespace lvslab::scenario
