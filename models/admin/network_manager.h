// NetworkManager as nmcli drives it: connection profiles read from keyfiles
// (/etc/NetworkManager/system-connections/NAME.nmconnection, mode 0600 or they are ignored) or made
// at the prompt, and what it has put on each interface.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/route_table.h"
#include "wire/address.h"

namespace lvslab {
class Turn;
}

namespace lvslab::admin {

class Machine;

struct NmRoute {
  wire::Prefix destination;
  wire::Ipv4 gateway;
  std::optional<std::uint32_t> metric;
};

struct NmConnection {
  std::string id, uuid, type = "ethernet", interface;
  std::string path;  ///< of its keyfile; empty: made at the prompt
  bool autoconnect = true;
  bool manual = false;  ///< ipv4.method=manual
  bool never_default = false;
  std::vector<wire::Prefix> addresses;
  wire::Ipv4 gateway;
  std::vector<NmRoute> routes;
};

class NetworkManager {
 public:
  explicit NetworkManager(Machine& machine) : machine_(machine) {}

  /// Reads the keyfiles anew. Connections made at the prompt stay.
  void reload();
  /// By id, uuid or interface.
  NmConnection* find(std::string_view name);
  const std::vector<NmConnection>& connections() const { return connections_; }
  NmConnection& add(NmConnection connection);
  /// Writes the connection's keyfile: what nmcli sets outlives a boot.
  void save(NmConnection& connection);
  /// Takes it down first when it is active.
  void remove(Turn& turn, const NmConnection& connection);

  /// An error's text, or empty.
  std::string activate(Turn& turn, const NmConnection& connection);
  void deactivate(Turn& turn, const std::string& interface);
  /// The connection active on an interface; null: none.
  const NmConnection* active_on(std::string_view interface) const;
  /// Every autoconnect connection whose interface exists.
  void activate_all(Turn& turn);
  std::uint32_t activations() const { return activations_; }

 private:
  struct Active {
    std::string uuid;
    std::vector<wire::Prefix> addresses;
    std::vector<net::Route> routes;
  };
  void read_ifcfg();
  std::optional<NmConnection> parse(const std::string& path, std::string_view text) const;
  void add_route(Turn& turn, Active& active, net::Route route);
  void add_routes(Turn& turn, Active& active, const NmConnection& connection, InterfaceIndex index);

  Machine& machine_;
  std::vector<NmConnection> connections_;
  std::map<std::string, Active, std::less<>> active_;
  std::uint32_t activations_ = 0;
};

/// A uuid made of a name: the same name gives the same one.
std::string uuid_of(std::string_view name);

}  // namespace lvslab::admin
