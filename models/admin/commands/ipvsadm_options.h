// ipvsadm's command line as a value. The words are read as popt reads them (bundled short options,
// values attached or following, other words anywhere), each value is judged when it is met, and
// what may be combined is checked at the end. Source: ipvsadm 1.31 as Debian 12 ships it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "admin/machine.h"
#include "lvs/service.h"
#include "lvs/sync_daemon.h"

namespace lvslab::admin::ipvsadm {

enum class Command : std::uint8_t {
  kAddService,
  kEditService,
  kDeleteService,
  kFlush,
  kRestore,
  kSave,
  kAddServer,
  kEditServer,
  kDeleteServer,
  kList,
  kZero,
  kSet,
  kStartDaemon,
  kStopDaemon,
  kAddLocal,  // FULLNAT's own tools
  kDeleteLocal,
  kListLocal,
  kHelp,
  kVersion
};

/// In the order in which they are checked.
enum class Option : std::uint8_t {
  kNumeric,
  kConnection,
  kService,
  kScheduler,
  kPersistent,
  kNetmask,
  kRealServer,
  kMethod,
  kWeight,
  kUpper,
  kLower,
  kInterface,
  kTimeout,
  kDaemon,
  kStats,
  kRate,
  kThresholds,
  kPersistentConn,
  kNoSort,
  kSyncId,
  kExact,
  kOps,
  kEngine,
  kSchedFlags,
  kGroup,
  kPort,
  kTtl,
  kMaxLength,
  kTunInfo,
  kTunType,
  kTunPort,
  kTunNoCsum,
  kTunCsum,
  kTunRemCsum,
  kLocalAddress,
  kCount
};
inline constexpr std::size_t kOptions = static_cast<std::size_t>(Option::kCount);

constexpr std::uint64_t option_bit(Option option) {
  return std::uint64_t{1} << static_cast<unsigned>(option);
}

struct Request {
  Command command = Command::kList;
  std::uint64_t options = 0;  ///< bits of Option
  lvs::ServiceKey service;
  bool service_ipv6 = false;
  lvs::ServiceOptions service_options;
  wire::Endpoint server;
  bool server_ipv6 = false;
  lvs::DestinationOptions server_options;
  wire::Ipv4 local_address;  ///< FULLNAT
  std::array<std::uint32_t, 3> timeouts{};
  bool backup = false;  ///< of the daemons: backup, not master
  lvs::SyncDaemon daemon;
  bool has(Option option) const { return (options & option_bit(option)) != 0; }
};

/// What goes to stderr, and the exit status: 2 for an argument error, 255 for an option nobody
/// knows.
struct Failure {
  int status = 2;
  std::string message;
  bool no_command = false;  ///< the line did not begin with a command
};

tl::expected<Request, Failure> parse_line(const Machine& machine,
                                          const std::vector<std::string>& args);
/// What may be combined; ports and flags that depend on several options are settled here.
tl::expected<void, Failure> check_request(Request& request, std::string_view sched_flags);

/// The line that answers a word that is no command.
std::string try_help(const std::string& program);

/// "sh-fallback,sh-port" for a scheduler's flags; empty for none.
std::string scheduler_flags_text(std::string_view scheduler, const lvs::SchedulerFlags& flags);

}  // namespace lvslab::admin::ipvsadm
