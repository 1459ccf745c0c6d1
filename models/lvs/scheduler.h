// A scheduler picks a real server for a new connection. It sees the destinations newest first and
// the flow; it neither logs nor looks at a clock, and randomness is given to it. One file per
// scheduler and one line in schedulers/table.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/random.h"
#include "lvs/service.h"
#include "lvs/settings.h"

namespace lvslab::lvs {

/// The packet that asks to be scheduled.
struct SchedulingRequest {
  wire::Flow flow;       ///< client first
  bool inverse = false;  ///< taken from inside an ICMP error, whose header goes server to client
  Instant now;
  SchedulerFlags flags;                        ///< of the service, as they are now
  const DirectorSettings* settings = nullptr;  ///< never null when the director asks
  /// The header's destination address as it stands in the packet: what dh, lblc and lblcr look at.
  wire::Ipv4 header_destination() const {
    return inverse ? flow.source.address : flow.destination.address;
  }
};

/// Destinations handed out live as long as the director, deleted ones (`deleted`) too.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// The destination for a new connection, or null: none is available.
  virtual Destination* pick(const DestinationList& destinations,
                            const SchedulingRequest& request) = 0;
  /// The list or a destination's weight has changed; `all` is the list after the change.
  virtual void on_added(const DestinationList& all, const Destination& added) {
    (void)all, (void)added;
  }
  virtual void on_edited(const DestinationList& all, const Destination& edited) {
    (void)all, (void)edited;
  }
  virtual void on_removed(const DestinationList& all, const Destination& removed) {
    (void)all, (void)removed;
  }
  /// active, total or overload of a destination changed (for picks better than linear).
  virtual void on_counted(const Destination& changed) { (void)changed; }
};

/// What a scheduler starts with when it is set for a service.
struct SchedulerSetup {
  const DestinationList& all;
  Random random;
  Instant now;
};

struct SchedulerEntry {
  std::string_view name;  ///< static
  bool kernel;            ///< false: a model outside the kernel's set
  std::unique_ptr<Scheduler> (*make)(const SchedulerSetup& setup);
  std::string_view about;
};
std::span<const SchedulerEntry> schedulers();
const SchedulerEntry* find_scheduler(std::string_view name);  ///< null: unknown

}  // namespace lvslab::lvs
