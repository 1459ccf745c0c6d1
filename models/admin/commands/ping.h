// What ping keeps while it runs. Source: iputils' behaviour as docs state it; RFC 792.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "admin/command.h"
#include "net/host.h"

namespace lvslab::admin {

/// Without -c a real ping runs until somebody stops it; nobody is there to do so in a script.
inline constexpr std::uint32_t kEchoesWithoutCount = 10;
inline constexpr std::uint32_t kMostEchoes = 100'000;

struct PingOptions {
  std::string target;  ///< as typed
  wire::Ipv4 address;
  std::uint32_t count = kEchoesWithoutCount;
  bool counted = false;
  Duration interval = Duration::seconds(1);
  std::optional<Duration> deadline;  ///< -w
  Duration linger = Duration::seconds(10);
  std::uint32_t size = 56;
  std::uint8_t ttl = 0, tos = 0;
  bool quiet = false;
  bool by_name = false;            ///< the target is a name: addresses are shown with theirs
  bool tells_outstanding = false;  ///< -O
  /// -M dont: never; do: always, what is too big is refused; else what fits goes with DF, the rest
  /// in fragments.
  enum class Discovery : std::uint8_t { kDont, kWant, kDo } discovery = Discovery::kWant;
  wire::Ipv4 source;  ///< -I ADDRESS
  InterfaceIndex device = kNoInterface;
  std::string device_name;
};

class Ping final : public Process, private net::Listener {
 public:
  Ping(Machine& machine, PingOptions options);
  ~Ping() override;
  std::string header() const;
  std::optional<int> resume(CommandContext& context) override;
  Instant next_wake() const override { return next_wake_; }

 private:
  void on_icmp(Turn& turn, const wire::Datagram& datagram, InterfaceIndex device) override;
  void take_reply(Turn& turn, const wire::Datagram& datagram);
  void take_error(Turn& turn, const wire::Datagram& datagram);
  void send(CommandContext& context);
  void acknowledge(std::uint16_t sequence);
  bool done(Instant now) const;
  std::string statistics() const;
  std::string shown(wire::Ipv4 address) const;

  Machine& machine_;
  PingOptions options_;
  std::uint16_t id_;
  std::uint16_t ip_id_;
  std::string text_;                           ///< lines since the last resume
  std::map<std::uint32_t, Instant> waiting_;   ///< by sequence: when it was sent
  std::map<std::uint32_t, Instant> answered_;  ///< for duplicates
  std::uint32_t sent_ = 0, received_ = 0, duplicates_ = 0, errors_ = 0;
  std::uint16_t acknowledged_ = 0;
  std::uint32_t pipe_ = 0;
  std::int64_t shortest_us_ = 0, longest_us_ = 0;
  std::vector<std::int64_t> times_us_;
  Instant first_sent_, last_sent_, next_send_, give_up_ = Instant::never(), next_wake_;
};

}  // namespace lvslab::admin
