// What the objects of `ip` (address, link, route, rule, neighbour, tunnel) share: the options, the
// words still to be read, the wording of errors. Reading stops at the first error, which sets the
// exit status: 1 and 255 for the tool's own complaints, 2 for what the kernel refuses
// (iproute2 6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "admin/command.h"
#include "admin/commands/words.h"

namespace lvslab::admin {

struct IpOptions {
  bool inet_only = false;  ///< -4: no line about the link
  bool brief = false;
  bool oneline = false;
  bool details = false;
  int statistics = 0;  ///< how often -s was given
};

class IpCall {
 public:
  IpCall(CommandContext& context, const IpOptions& given, std::size_t first)
      : options(given), context_(context), next_(first) {}

  const IpOptions& options;

  net::Host& host() { return context_.machine.host(); }
  Machine& machine() { return context_.machine; }
  Turn& turn() { return context_.turn; }
  std::string& out() { return context_.out; }
  std::string& err() { return context_.err; }

  // --- words ----------------------------------------------------------------------------------
  /// There is a word left and nothing went wrong so far.
  bool more() const { return status_ == 0 && next_ < context_.args.size(); }
  bool exhausted() const { return next_ >= context_.args.size(); }
  std::string take() { return context_.args[next_++]; }
  const std::string& peek() const { return context_.args[next_]; }
  /// The argument of a keyword.
  std::string value();
  wire::Ipv4 address();
  InetPrefix prefix();
  wire::Mac lladdr();
  /// Complains `argument "X" is wrong: COMPLAINT`.
  std::uint32_t number(std::uint32_t largest, std::string_view complaint);
  bool on_off(std::string_view keyword);
  std::uint32_t table();
  /// The device of that name; says `Cannot find device` if there is none.
  const net::Interface* device(const std::string& name);

  // --- errors: each returns the status -----------------------------------------------------------
  bool failed() const { return status_ != 0; }
  int status() const { return status_; }
  int fail(int status, std::string_view text);
  /// `either "KEYWORD" is duplicate, or "WORD" is a garbage.`
  int garbage(std::string_view keyword, std::string_view word);
  int wrong(std::string_view argument, std::string_view complaint);
  int kernel(std::string_view text);         ///< RTNETLINK answers: TEXT
  int refused(std::string_view text);        ///< Error: TEXT
  int not_simulated(std::string_view what);  ///< `ip: WHAT is not simulated`
  int answer(net::ConfigError error);  ///< texts that do not depend on the object; 0 for kNone
  int unknown_command(std::string_view word, std::string_view object, bool full_stop = true);

 private:
  CommandContext& context_;
  std::size_t next_;
  int status_ = 0;
};

int ip_address(IpCall& ip);
int ip_link(IpCall& ip);
int ip_route(IpCall& ip);
int ip_rule(IpCall& ip);
int ip_neighbour(IpCall& ip);
int ip_tunnel(IpCall& ip);

/// `2: eth0: <...> mtu ...` and the line of its hardware address (not with -4 in a listing of
/// addresses).
std::string link_lines(const IpCall& ip, const net::Host& host, const net::Interface& interface,
                       bool addresses);
std::string link_statistics(const net::Interface& interface);
/// "eth0", "eth0.10@eth0", "tunl0@NONE".
std::string link_name(const net::Host& host, const net::Interface& interface);
std::string link_flags(const net::Interface& interface);  ///< <BROADCAST,MULTICAST,UP,LOWER_UP>
std::string_view link_state(const net::Interface& interface);
std::string link_address(const net::Interface& interface);
std::string_view link_type_name(
    net::InterfaceKind kind);  ///< as `type` names it; empty for a NIC or lo
/// What -o makes of several lines: one, with a backslash for each line's end.
std::string one_line(std::string text);

std::string table_name(std::uint32_t table);
/// Adds `route` before those of the same prefix and metric, as a plain SIOCADDRT and `prepend` do.
net::ConfigError prepend_route(net::Host& host, Turn& turn, const net::Route& route);
/// `ip route get`, its words still unread.
int ip_route_get(IpCall& ip);
/// One line of `ip route`; the flags say which fields a filter has fixed and thus are left out.
struct RouteLine {
  bool no_device = false, no_gateway = false, no_protocol = false, no_scope = false,
       no_source = false;
  bool with_table = false;
};
std::string route_line(const IpCall& ip, const net::Host& host, const net::Route& route,
                       const RouteLine& line);

}  // namespace lvslab::admin
