// The packet filter of one host: its tables, made when somebody first names them, and their places
// in the hooks, taken only while a table has something to say: an unused filter costs nothing.
#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

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

 private:
  struct Place final : hook::PacketHook {
    Place(Host& h, const TableKind& kind) : host(h), table(kind) {}
    hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                          const hook::RouteLookup& routes) override;
    Host& host;
    Table table;
    bool hooked = false;
  };
  std::string_view intern(std::string text) { return *texts_.insert(std::move(text)).first; }

  Host& host_;
  std::vector<std::unique_ptr<Place>> places_;  ///< in the order in which they were made
  std::set<std::string> texts_;                 ///< notes point to them for the whole run
};

}  // namespace lvslab::net::netfilter
