// The packet filter of one host: its tables, made when somebody first names them, and their places
// in the hooks, taken only while a table has something to say: an unused filter costs nothing.
#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/netfilter/arp_filter.h"
#include "net/netfilter/conntrack.h"
#include "net/netfilter/nat.h"
#include "net/netfilter/table.h"

namespace lvslab::net::netfilter {

class Netfilter {
 public:
  explicit Netfilter(Host& host) : host_(host) {}
  ~Netfilter();
  Netfilter(const Netfilter&) = delete;
  Netfilter& operator=(const Netfilter&) = delete;

  /// Makes it if need be.
  Table& table(const TableKind& kind);
  /// The tables made so far, the newest first as the kernel lists them.
  std::vector<const Table*> tables() const;
  /// After a change that link() took: hooks and texts of notes follow.
  void changed(Table& table);
  void replace(Table table);
  /// Power off: all tables are gone.
  void reset();

  /// net.netfilter.nf_conntrack_*
  ConntrackSettings& conntrack_settings() { return settings_; }
  const ConntrackSettings& conntrack_settings() const { return settings_; }
  /// Null until a rule needed it.
  Conntrack* conntrack() const { return conntrack_.get(); }
  ArpFilter& arp() { return arp_; }
  KernelLog& log() { return log_; }
  const KernelLog& log() const { return log_; }

 private:
  struct Place final : hook::PacketHook {
    Place(Netfilter& owner, const TableKind& kind) : filter(owner), table(kind) {}
    hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                          const hook::RouteLookup& routes) override;
    Netfilter& filter;
    Table table;
    bool hooked = false;
  };
  /// Where packets enter connection tracking, and where they leave it.
  struct Gate final : hook::PacketHook {
    Gate(Netfilter& owner, bool way_in) : filter(owner), in(way_in) {}
    hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                          const hook::RouteLookup& routes) override;
    Netfilter& filter;
    bool in;
  };
  void place(Place& place);
  void track_if_needed();
  void start_tracking();
  void stop_tracking();

  std::string_view intern(std::string text) { return *texts_.insert(std::move(text)).first; }

  Host& host_;
  std::vector<std::unique_ptr<Place>> places_;  ///< in the order in which they were made
  ArpFilter arp_{host_};
  ConntrackSettings settings_;
  KernelLog log_;
  std::unique_ptr<Conntrack> conntrack_;
  std::unique_ptr<Nat> nat_;  ///< null: table nat was never named
  Gate enter_{*this, true}, leave_{*this, false};
  bool tracking_ = false, translating_ = false;
  std::set<std::string> texts_;  ///< notes point to them for the whole run
};

}  // namespace lvslab::net::netfilter
