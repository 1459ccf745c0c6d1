// What a scenario's traffic asks for, as clients and servers of a lab read it. Traffics and their
// connections are numbered from 1 in scenario order and in order of intended start; a packet's Tag
// names them. Connection number c of a traffic belongs to clients[(c - 1) % n]. With Poisson
// arrivals and several clients each client is a process of its own, so there the numbers follow
// rounds, not exactly time; so they do in a closed loop, where connection c is user (c - 1) %
// users.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/distribution.h"
#include "app/population.h"
#include "base/packet.h"
#include "base/time.h"
#include "wire/ipv4.h"

namespace lvslab::app {

enum class Closer : std::uint8_t { kClient, kServer, kReset, kNever };

/// One thing a client sends: text, or so many zero bytes.
struct Message {
  std::string text;
  std::uint64_t zeros = 0;
  std::uint64_t length() const { return text.size() + zeros; }
};

/// A connection (TCP), an exchange of datagrams (UDP) or an echo (ping) as planned. Times count
/// from `ready`; `send` and `close` times too.
struct ConnectionPlan {
  Duration at;               ///< intended start
  std::uint32_t client = 0;  ///< index into TrafficPlan::clients
  wire::Endpoint source;     ///< 0: chosen
  wire::Endpoint target;
  Message request;  ///< first request; empty: connect only
  std::uint32_t requests = 1;
  Distribution request_size;  ///< bytes; only when it is drawn: in place of request.zeros
  Distribution think;         ///< between a reply and the next request of this connection
  Distribution hold;          ///< kept open after the last reply
  Closer close = Closer::kClient;
  bool close_at_set = false;
  Duration close_at;  ///< instead of "after the last reply and hold"
  struct Send {
    Duration at;
    Message message;
  };
  std::vector<Send> send;  ///< further messages at given times; a reply is expected to each
  Duration timeout = Duration::seconds(30);
  std::uint32_t retry = 0;
  std::uint8_t ttl = 0, tos = 0;
  bool dont_fragment = true;
  bool must_not_fragment = false;  ///< `df: true` said aloud

  /// Replies to wait for: one to each request and each message sent at a time of its own. TCP with
  /// an empty request only connects; a datagram or an echo is sent even when it is empty.
  std::uint64_t replies(wire::Protocol protocol) const {
    const bool asks = protocol != wire::Protocol::kTcp || request.length() > 0;
    return (asks ? requests : 0) + std::uint64_t{send.size()};
  }
};

/// kEvery: at gaps of `gap`, or drawn from `gaps`; kPoisson: at `gap` on average, or by `rates`;
/// kClosed: each user's next connection when the last one is settled and thought over; kTrace: from
/// a file.
enum class Arrivals : std::uint8_t { kListed, kEvery, kPoisson, kClosed, kTrace };

/// The rate of a Poisson process is a line from each of these to the next, and stays at the last.
struct RatePoint {
  Duration at;  ///< since the traffic's start
  double per_picosecond = 0;
};

/// A line of an arrivals file.
struct TraceArrival {
  static constexpr std::uint64_t kAsShape = ~std::uint64_t{0};
  Duration at;
  std::uint32_t client = 0;                ///< index into TrafficPlan::clients
  std::uint64_t request_bytes = kAsShape;  ///< zeros sent in place of the shape's request
};

struct TrafficPlan {
  std::string name;
  wire::Protocol protocol = wire::Protocol::kTcp;  ///< kIcmp: ping
  std::vector<std::uint32_t> clients;  ///< node numbers of the hosts it comes from, in order
  std::uint32_t population = 0;        ///< whose address each connection draws: 1 the first; 0: none
  Arrivals arrivals = Arrivals::kListed;
  std::uint64_t count = 0;             ///< connections in all
  Duration start;                      ///< of the first arrival (kEvery) or of the process
  Duration gap;                        ///< kEvery: between arrivals; kPoisson: mean gap
  std::uint16_t first_port = 0;        ///< `source: ADDRESS:FIRST_PORT`: +1 for each connection
  Distribution gaps;                   ///< kEvery, when they are drawn
  std::vector<RatePoint> rates;        ///< kPoisson, when its rate changes; ascending
  std::uint32_t batch = 1;             ///< so many connections at each arrival
  std::uint32_t users = 0;             ///< kClosed
  Distribution user_think;             ///< kClosed: before each connection of a user
  Duration lasts = Duration::max();    ///< no arrival later than so long after `start`
  ConnectionPlan shape;                ///< what all have in common (all but kListed)
  std::vector<ConnectionPlan> listed;  ///< kListed
  std::vector<TraceArrival> trace;     ///< kTrace; by time

  /// Connections start whatever became of the others.
  bool is_open_loop() const { return arrivals != Arrivals::kClosed; }
};

struct LoadPlan {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  /// The moment traffic times count from, once it is known; a server that closes "at 3s" needs it.
  /// Set by whoever starts the clients, before it starts them.
  Instant ready = Instant::never();
  std::vector<TrafficPlan> traffics;  ///< traffics[i] has number i + 1
  std::vector<Population> populations;

  const TrafficPlan* traffic(std::uint32_t number) const {
    return number >= 1 && number <= traffics.size() ? &traffics[number - 1] : nullptr;
  }
  /// What connection `number` of a traffic is to do; null when there is no such connection.
  const ConnectionPlan* connection(std::uint32_t traffic_number, std::uint32_t number) const {
    const TrafficPlan* t = traffic(traffic_number);
    if (t == nullptr || number == 0) return nullptr;
    if (t->arrivals != Arrivals::kListed) return number <= t->count ? &t->shape : nullptr;
    return number <= t->listed.size() ? &t->listed[number - 1] : nullptr;
  }
  /// Draws of a connection (request 0) or request: the same whoever asks, and whenever.
  RequestKey key(const Tag& tag) const {
    return {seed, replication, tag.traffic, tag.connection, tag.request};
  }
  Random chance(const Tag& tag, std::string_view purpose) const {
    return Random(draw_bits(key(tag), purpose));
  }
  Duration hold(const ConnectionPlan& plan, const Tag& tag) const;
  Duration think(const ConnectionPlan& plan, const Tag& tag) const;
  /// Zero bytes of the planned request `tag`.
  std::uint64_t request_zeros(const ConnectionPlan& plan, const Tag& tag) const;
};

}  // namespace lvslab::app
