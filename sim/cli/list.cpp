#include <cstdio>
#include <string>

#include "admin/command.h"
#include "cli/verbs.h"
#include "expect/expectation.h"
#include "lvs/forwarder.h"
#include "lvs/scheduler.h"
#include "trace/frame_filter.h"

namespace lvslab::cli {
namespace {

void line(std::string_view name, std::string_view about) {
  std::printf("%-16.*s %.*s\n", static_cast<int>(name.size()), name.data(),
              static_cast<int>(about.size()), about.data());
}

// What is simplified or not modelled, a line each with the consequence.
constexpr std::pair<std::string_view, std::string_view> kLimits[] = {
    {"ethernet",
     "frames carry no FCS and no padding; links add both to the time a frame takes, but no "
     "preamble or gap"},
    {"switch",
     "no spanning tree, no IGMP snooping: a loop of switches is refused when the file is read"},
    {"ipv6", "not yet: addresses are IPv4 only"},
    {"netfilter",
     "what iptables knows but the filter does not (-m hashlimit, -j NETMAP, table security ...) is "
     "refused as not yet modelled, with status 2"},
    {"nat ports",
     "a port that must be another is drawn from a stream of chance of its own: the class and the "
     "limits are the kernel's, the number is not"},
    {"conntrack",
     "no helpers (FTP, SIP), so nothing but ICMP errors is RELATED; SCTP and GRE have the timeout "
     "of any protocol; no accounting; a full table finds unanswered entries to drop by a hash of "
     "its own"},
    {"netfilter mark",
     "a mark set in OUTPUT leads packets of the host itself over another route, not those that "
     "IPVS sends on"},
    {"ipvs", "modes and schedulers are those that `list modes` and `list schedulers` show"},
    {"fullnat",
     "not in the mainline kernel: rewriting, ports and TOA as alibaba's LVS has them, states and "
     "timeouts those of Linux 6.1; -P takes only addresses that the director has"},
    {"models",
     "schedulers marked (model) are not in the kernel: ipvsadm on a real director refuses their "
     "names"},
    {"sync",
     "sync daemons are configured and listed but send nothing: a backup knows no connection of its "
     "master's"},
    {"ip id",
     "counters and random starts are ours: values differ from a kernel's, the rules when they are "
     "0 do not"},
    {"tcp",
     "NewReno with SACK instead of CUBIC, no tail loss probe, no segmentation offload: long "
     "transfers differ in pace"},
    {"cpu", "hosts take no time to handle a frame; only links and timers take time"},
    {"timers",
     "kernel timers fire on a common 4 ms grid with the timer wheel's rounding; real machines' "
     "grids are shifted"},
    {"multicast", "no group is joined; multicast is flooded by switches and ignored by hosts"},
    {"names", "no name resolution: hosts are addresses"},
    {"live", "a real interface's carrier is not watched: its host sees it up until it is removed"},
    {"ping", "without -c a ping in a script ends after 10 echoes, since nobody can press Ctrl-C"},
};

int list_limits() {
  for (const auto& [name, about] : kLimits) line(name, about);
  return kFine;
}

}  // namespace

int list_verb(const Options& options) {
  const std::string& what = options.file;
  if (what == "schedulers") {
    for (const lvs::SchedulerEntry& entry : lvs::schedulers()) {
      line(entry.name,
           entry.kernel ? std::string(entry.about) : std::string(entry.about) + " (model)");
    }
    return kFine;
  }
  if (what == "modes") {
    for (const lvs::ForwarderEntry& entry : lvs::forwarders()) {
      line(std::string(entry.name) +
               (entry.option != 0 ? std::string(" -") + entry.option : std::string()),
           entry.about);
    }
    return kFine;
  }
  if (what == "commands") {
    for (const admin::CommandEntry& entry : admin::commands()) line(entry.name, entry.about);
    return kFine;
  }
  if (what == "expectations") {
    for (const expect::ExpectationEntry& entry : expect::expectations())
      line(entry.kind, entry.about);
    return kFine;
  }
  if (what == "fields") {
    for (const std::string_view field : trace::filter_fields())
      std::printf("%.*s\n", static_cast<int>(field.size()), field.data());
    return kFine;
  }
  if (what == "limits") return list_limits();
  if (what == "findings") {
    std::fprintf(stderr, "lvslab list findings: not yet: they come with `check`.\n");
    return kBadInput;
  }
  std::fprintf(stderr,
               "lvslab list: nothing is called '%s'. One of: schedulers, modes, commands, "
               "expectations, fields, limits.\n",
               what.c_str());
  return kBadInput;
}

}  // namespace lvslab::cli
