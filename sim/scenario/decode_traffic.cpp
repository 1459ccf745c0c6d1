// traffic: what clients ask for, by a rule of arrivals or connection by connection.
#include <algorithm>

#include "scenario/decode_arrivals.h"
#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kDefaultRequest = "GET / HTTP/1.1\r\nHost: www\r\n\r\n";
constexpr std::uint64_t kDefaultPing = 56;
constexpr std::uint64_t kDefaultDatagram = 64;

/// A TCP or UDP target has a port, that of a ping none.
bool decode_target(Context& context, const Node* node, wire::Protocol protocol,
                   wire::Endpoint& target) {
  if (protocol == wire::Protocol::kIcmp) {
    return context.read(node, target.address, parse_address);
  }
  return context.read(node, target, parse_service);
}

void decode_request(Context& context, const Fields& fields, app::ConnectionPlan& plan) {
  if (fields.has("request") && fields.has("request_bytes")) {
    context.error(fields.key_mark("request_bytes"), "request and request_bytes exclude each other",
                  "Keep one of them");
  }
  if (const auto text = context.text(fields.get("request"), "a text")) {
    plan.request = {*text, 0};
    plan.request_size = {};
  }
  app::Distribution bytes;
  if (!context.read_law(fields.get("request_bytes"), bytes, parse_size_law)) return;
  plan.request_size = bytes;
  plan.request = {"", bytes.is_fixed() ? static_cast<std::uint64_t>(bytes.mean()) : 1};
}

void decode_close(Context& context, const Fields& fields, bool listed, app::ConnectionPlan& plan) {
  const Node* node = fields.get("close");
  if (node == nullptr) return;
  if (!node->is_map()) {
    const auto by = context.word(node, "client|server|reset|never");
    if (by) plan.close = static_cast<app::Closer>(*by);
    if (by) plan.close_at_set = false;
    return;
  }
  if (!listed) {
    context.error(node->mark, "a time to close belongs to one connection",
                  "List the connections, and give it there");
    return;
  }
  const Fields close(context, node, kCloseKeys, node->mark);
  if (const auto by = context.word(close.get("by"), "client|server|reset")) {
    plan.close = static_cast<app::Closer>(*by);
  } else {
    plan.close = app::Closer::kClient;
  }
  plan.close_at_set = context.read(close.get("at"), plan.close_at, parse_duration);
  if (plan.close_at_set && plan.close_at < plan.at) {
    context.error(close.get("at")->mark, "the connection closes before it starts",
                  "Times count from ready, not from the connection's start");
  }
}

void decode_common(Context& context, const Fields& fields, bool listed, app::ConnectionPlan& plan) {
  decode_request(context, fields, plan);
  context.read_count(fields.get("requests_per_connection"), plan.requests, 1, 1'000'000);
  context.read_law(fields.get("think"), plan.think, parse_time_law);
  context.read_law(fields.get("hold"), plan.hold, parse_time_law);
  decode_close(context, fields, listed, plan);
  context.read(fields.get("timeout"), plan.timeout, parse_duration);
  context.read_count(fields.get("retry"), plan.retry, 0, 1'000);
  context.read_count(fields.get("ttl"), plan.ttl, 1, 255);
  context.read_count(fields.get("tos"), plan.tos, 0, 255);
  if (fields.get("df") != nullptr) {
    context.read(fields.get("df"), plan.dont_fragment, parse_flag);
    plan.must_not_fragment = plan.dont_fragment;
  }
}

void decode_sends(Context& context, const Node* list, app::ConnectionPlan& plan) {
  for (const Node* item : context.list(list, "send")) {
    const Fields fields(context, item, kSendKeys, item->mark);
    if (!fields.is_map()) continue;
    app::ConnectionPlan::Send send;
    if (fields.has("text") == fields.has("bytes")) {
      context.error(
          item->mark,
          fields.has("text") ? "text and bytes exclude each other" : "the message says nothing",
          "Write {at: 2s, text: \"hello\"} or {at: 2s, bytes: 5B}");
    }
    if (const auto text = context.text(fields.get("text"), "a text")) send.message.text = *text;
    context.read(fields.get("bytes"), send.message.zeros, parse_size);
    if (context.read(fields.get("at"), send.at, parse_duration) && send.at < plan.at) {
      context.error(fields.get("at")->mark, "this is sent before the connection starts",
                    "Times count from ready, not from the connection's start");
    }
    plan.send.push_back(std::move(send));
  }
  std::stable_sort(plan.send.begin(), plan.send.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
}

/// Adds the hosts that `text` names: one, or those of "client[1-3]".
void add_clients(Context& context, const Node* node, std::vector<std::uint32_t>& clients) {
  const std::optional<std::string> text = context.text(node, "the name of a host");
  if (!text) return;
  const auto add = [&](const std::string& name) {
    const std::optional<std::size_t> host = context.find_host(node->mark, name);
    if (!host) return false;
    const auto number = static_cast<std::uint32_t>(*host);
    if (std::find(clients.begin(), clients.end(), number) != clients.end()) {
      context.error(node->mark, shown(name) + " is listed twice");
      return false;
    }
    clients.push_back(number);
    return true;
  };
  const std::size_t open = text->find('['), dash = text->find('-', open), close = text->find(']');
  if (open == std::string::npos) {
    add(*text);
    return;
  }
  if (dash != std::string::npos && close != std::string::npos && dash < close) {
    const auto first =
        parse_count(std::string_view(*text).substr(open + 1, dash - open - 1), 0, 65'535);
    const auto last =
        parse_count(std::string_view(*text).substr(dash + 1, close - dash - 1), 0, 65'535);
    if (first && last && *first <= *last) {
      for (std::uint64_t n = *first; n <= *last; ++n) {
        if (!add(text->substr(0, open) + std::to_string(n) + text->substr(close + 1))) return;
      }
      return;
    }
  }
  context.error(node->mark, shown(*text) + " is not a range of hosts",
                "Write for example \"client[1-3]\"");
}

/// `from` names a population: each connection is one of its addresses.
bool comes_from_population(Context& context, const Node& from, app::TrafficPlan& plan) {
  const auto& all = context.scenario.load.populations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const app::Population& one) {
    return from.is_scalar() && one.name == from.scalar;
  });
  if (found == all.end()) return false;
  plan.population = static_cast<std::uint32_t>(found - all.begin()) + 1;
  plan.clients.push_back(found->host);
  if (plan.protocol == wire::Protocol::kIcmp)
    context.error(from.mark, "a ping comes from a host", "Name the host, or use UDP");
  return true;
}

void decode_listed(Context& context, const TrafficReading& reading, const Node& item) {
  app::TrafficPlan& plan = reading.plan;
  const Fields fields(context, &item, kConnectionKeys, item.mark);
  if (!fields.is_map()) return;
  app::ConnectionPlan connection = plan.shape;
  connection.at = plan.start;
  connection.client = static_cast<std::uint32_t>(plan.clients.size());  // none yet
  context.read(fields.get("at"), connection.at, parse_duration);
  if (const Node* from = fields.get("from")) {
    const auto name = context.text(from, "the name of a host");
    const auto host = name ? context.find_host(from->mark, *name) : std::nullopt;
    if (host) {
      const auto known =
          std::find(plan.clients.begin(), plan.clients.end(), static_cast<std::uint32_t>(*host));
      connection.client = static_cast<std::uint32_t>(known - plan.clients.begin());
      if (known == plan.clients.end()) {
        context.error(from->mark, shown(*name) + " is not in the traffic's `from`", "Add it there");
      }
    }
  }
  if (!decode_target(context, fields.get("to"), plan.protocol, connection.target) &&
      !fields.has("to") && !reading.fields.has("to")) {
    context.error(item.mark, "the connection does not say where to",
                  "Give `to` here or in the traffic");
  }
  context.read(fields.get("source"), connection.source, parse_service);
  decode_common(context, fields, true, connection);
  decode_sends(context, fields.get("send"), connection);
  if (!connection.send.empty() && !connection.think.is_zero()) {
    context.error(fields.key_mark("send"), "messages at given times and `think` exclude each other",
                  "Keep one of them");
  }
  plan.listed.push_back(std::move(connection));
}

void decode_source(Context& context, const TrafficReading& reading) {
  app::TrafficPlan& plan = reading.plan;
  const Node* node = reading.fields.get("source");
  if (node == nullptr) return;
  wire::Endpoint source;
  if (!context.read(node, source, parse_service)) return;
  plan.shape.source.address = source.address;
  plan.first_port = source.port;
  const std::uint64_t count =
      reading.listed ? reading.fields.get("connections")->items.size() : reading.count;
  if (plan.protocol == wire::Protocol::kIcmp) {
    context.error(node->mark, "a ping has no ports", "Leave `source` out");
  } else if (source.port + count - 1 > 65'535) {
    context.error(node->mark,
                  std::to_string(count) + " source ports from " + std::to_string(source.port) +
                      " on go beyond 65535",
                  "Begin with a smaller one");
  }
}

/// Without a rule there is one connection.
void decode_rule(Context& context, const TrafficReading& reading) {
  reading.plan.count = reading.count;
  if (const Node* node = reading.fields.get("arrivals")) {
    return decode_arrivals(context, reading, *node);
  }
  reading.plan.arrivals = app::Arrivals::kEvery;
  if (reading.count > 1) {
    context.error(reading.fields.key_mark("connections"), "the connections have no arrivals",
                  "Add arrivals: every 1s");
  }
}

void decode_one(Context& context, const Entry& entry, app::TrafficPlan& plan) {
  const Fields fields(context, entry.value, kTrafficKeys, entry.key_mark);
  if (!fields.is_map()) return;
  if (const auto protocol = context.word(fields.get("protocol"), "tcp|udp|ping")) {
    constexpr wire::Protocol kProtocols[] = {wire::Protocol::kTcp, wire::Protocol::kUdp,
                                             wire::Protocol::kIcmp};
    plan.protocol = kProtocols[*protocol];
  }
  const Node* from = fields.get("from");
  if (from != nullptr && from->is_list()) {
    for (const Node* item : from->items) add_clients(context, item, plan.clients);
    if (from->items.empty())
      context.error(from->mark, "the traffic comes from nobody", "Name a host");
  } else if (from != nullptr && !comes_from_population(context, *from, plan)) {
    add_clients(context, from, plan.clients);
  }
  if (plan.protocol == wire::Protocol::kTcp) plan.shape.request.text = kDefaultRequest;
  if (plan.protocol == wire::Protocol::kUdp) plan.shape.request.zeros = kDefaultDatagram;
  if (plan.protocol == wire::Protocol::kIcmp) plan.shape.request.zeros = kDefaultPing;

  TrafficReading reading{fields, plan};
  const Node* connections = fields.get("connections");
  reading.listed = connections != nullptr && connections->is_list();
  const bool counted = reading.listed ||
                       context.read_count(connections, reading.count, 1, limits::kConnections) ||
                       connections == nullptr;
  decode_target(context, fields.get("to"), plan.protocol, plan.shape.target);
  context.read(fields.get("start"), plan.start, parse_duration);
  context.read(fields.get("duration"), plan.lasts, parse_duration);
  decode_source(context, reading);
  decode_common(context, fields, false, plan.shape);
  plan.shape.at = plan.start;
  if (!reading.listed) {
    if (!fields.has("to")) {
      context.error(entry.key_mark, "a traffic needs the key 'to'",
                    "It is address:port, or the address to ping");
    }
    if (counted) decode_rule(context, reading);
    return;
  }
  if (fields.has("duration")) {
    context.error(fields.key_mark("duration"), "listed connections have times of their own",
                  "Leave `duration` out");
  }
  if (fields.has("arrivals")) {
    context.error(fields.key_mark("arrivals"), "listed connections have times of their own",
                  "Leave `arrivals` out, or give `connections` as a number");
  }
  for (const Node* item : connections->items) decode_listed(context, reading, *item);
  finish_listed(context, reading);
}

}  // namespace

void finish_listed(Context& context, const TrafficReading& reading) {
  app::TrafficPlan& plan = reading.plan;
  std::stable_sort(plan.listed.begin(), plan.listed.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  const std::size_t clients = std::max<std::size_t>(plan.clients.size(), 1);
  for (std::size_t i = 0; i < plan.listed.size(); ++i) {
    app::ConnectionPlan& connection = plan.listed[i];
    if (connection.client >= plan.clients.size())
      connection.client = static_cast<std::uint32_t>(i % clients);
    if (plan.first_port != 0 && connection.source.port == 0) {
      connection.source.port = static_cast<std::uint16_t>((plan.first_port + i) & 0xffff);
    }
  }
  plan.count = plan.listed.size();
  if (plan.listed.empty() && context.error_count() == 0) {
    context.error(reading.fields.where(), "the traffic has no connections");
  }
}

void decode_traffic(Context& context, const Node* traffic) {
  if (traffic == nullptr) return;
  if (!traffic->is_map()) {
    return context.error(traffic->mark,
                         "traffic must be a map, this is " + std::string(kind_name(*traffic)),
                         "Write NAME: lines below it");
  }
  if (traffic->entries.size() > limits::kTraffics) {
    return context.error(traffic->mark,
                         "more than " + std::to_string(limits::kTraffics) + " traffics");
  }
  for (const Entry& entry : traffic->entries) {
    if (!context.check_name(entry.key_mark, entry.key, "a traffic")) continue;
    app::TrafficPlan plan;
    plan.name = entry.key;
    decode_one(context, entry, plan);
    context.traffic_index.emplace(entry.key, context.scenario.load.traffics.size());
    context.scenario.load.traffics.push_back(std::move(plan));
    context.scenario.traffic_places.push_back(context.place(entry.key_mark));
  }
}

}  // namespace lvslab::scenario
