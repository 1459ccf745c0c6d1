// timeline: what is done to the lab at which moment since ready.
#include <algorithm>

#include "scenario/decoder.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kActions[] = {"run", "power", "serve", "link", "inject"};
constexpr std::string_view kLinkChanges[] = {"state", "loss", "rate", "delay"};

/// Reports keys that the action at hand does not take.
void refuse_others(Context& context, const Fields& fields, std::string_view action,
                   const std::vector<std::string_view>& allowed) {
  for (const std::string_view key :
       {"host", "state", "loss", "rate", "delay", "speed", "service_time"}) {
    if (!fields.has(key) || std::find(allowed.begin(), allowed.end(), key) != allowed.end())
      continue;
    context.error(fields.key_mark(key),
                  "'" + std::string(key) + "' does not go with '" + std::string(action) + "'");
  }
}

std::optional<LinkAction> decode_link_action(Context& context, const Fields& fields) {
  refuse_others(context, fields, "link", {"state", "loss", "rate", "delay"});
  if (std::none_of(std::begin(kLinkChanges), std::end(kLinkChanges),
                   [&](std::string_view key) { return fields.has(key); })) {
    context.error(fields.key_mark("link"), "nothing happens to the link",
                  "Add state: down, loss:, rate: or delay:");
  }
  const std::optional<std::uint32_t> link = find_link(context, fields.get("link"));
  LinkAction action;
  if (const auto state = context.word(fields.get("state"), "up|down")) action.up = *state == 0;
  double loss = 0;
  if (context.read(fields.get("loss"), loss, parse_percent)) action.loss = loss;
  std::uint64_t rate = 0;
  if (context.read(fields.get("rate"), rate, parse_bit_rate)) action.bits_per_second = rate;
  Duration delay;
  if (context.read(fields.get("delay"), delay, parse_duration)) action.delay = delay;
  if (!link) return std::nullopt;
  action.link = *link;
  return action;
}

std::optional<ServeAction> decode_serve_action(Context& context, const Fields& fields,
                                               std::optional<std::size_t> host) {
  refuse_others(context, fields, "serve", {"host", "state", "speed", "service_time"});
  const Fields service(context, fields.get("serve"), kServiceKeys, fields.key_mark("serve"));
  ServeAction action;
  const bool ported =
      service.is_map() && decode_port(context, service, action.protocol, action.port);
  if (!fields.has("state") && !fields.has("speed") && !fields.has("service_time")) {
    context.error(fields.key_mark("serve"), "nothing happens to the server",
                  "Add state: up, closed, hung or paused, speed: or service_time:");
  }
  if (const auto state = context.word(fields.get("state"), "up|closed|hung|paused"))
    action.change.state = static_cast<app::ServerState>(*state);
  std::uint64_t speed = 0;
  if (context.read(fields.get("speed"), speed, [](std::string_view text) {
        return parse_millionths(text, app::WorkQueue::kMostSpeed);
      })) {
    action.change.speed = speed;
  }
  app::Distribution service_time;
  if (context.read_law(fields.get("service_time"), service_time, parse_time_law))
    action.change.service = service_time;
  if (!host || !ported) return std::nullopt;
  const HostSpec& spec = context.scenario.hosts[*host];
  action.host = spec.name;
  const bool listed =
      std::any_of(spec.serve.begin(), spec.serve.end(), [&](const app::ServeSpec& server) {
        return server.protocol == action.protocol && server.port == action.port;
      });
  // A script may start httpd, which serves TCP port 80.
  if (!listed && !(spec.run && action.port == 80 && action.protocol == wire::Protocol::kTcp)) {
    context.error(
        fields.get("serve")->mark,
        "host " + shown(spec.name) + " serves nothing on port " + std::to_string(action.port),
        "Add it to the host's `serve`");
  }
  return action;
}

void decode_item(Context& context, const Node& node) {
  const Fields fields(context, &node, kTimelineKeys, node.mark);
  if (!fields.is_map()) return;
  TimelineItem item;
  item.place = context.place(node.mark);
  context.read(fields.get("at"), item.at, parse_duration);
  std::string_view action;
  for (const std::string_view candidate : kActions) {
    if (!fields.has(candidate)) continue;
    if (!action.empty()) {
      return context.error(
          fields.key_mark(candidate),
          "'" + std::string(action) + "' and '" + std::string(candidate) + "' are two actions",
          "Write two items");
    }
    action = candidate;
  }
  if (action.empty()) {
    return context.error(node.mark, "nothing happens here",
                         "Add run, power, serve, link or inject");
  }
  std::optional<std::size_t> host;
  if (const Node* name = fields.get("host")) {
    if (const auto text = context.text(name, "the name of a host"))
      host = context.find_host(name->mark, *text);
  } else if (action != "link" && action != "inject") {
    context.error(fields.key_mark(action),
                  "'" + std::string(action) + "' does not say on which host", "Add host: NAME");
  }
  if (action == "link") {
    const auto link = decode_link_action(context, fields);
    if (!link) return;
    item.action = *link;
  } else if (action == "inject") {
    refuse_others(context, fields, action, {});
    auto inject = decode_inject(context, fields.get("inject"));
    if (!inject) return;
    item.action = std::move(*inject);
  } else if (action == "serve") {
    const auto serve = decode_serve_action(context, fields, host);
    if (!serve) return;
    item.action = *serve;
  } else if (action == "power") {
    refuse_others(context, fields, action, {"host"});
    const auto power = context.word(fields.get("power"), "on|off");
    if (!power || !host) return;
    item.action = PowerAction{context.scenario.hosts[*host].name, *power == 0};
  } else {
    refuse_others(context, fields, action, {"host"});
    auto script = context.script(fields.get("run"));
    if (!script || !host) return;
    item.action = RunAction{context.scenario.hosts[*host].name, std::move(*script)};
  }
  context.scenario.timeline.push_back(std::move(item));
}

}  // namespace

void decode_timeline(Context& context, const Node* timeline) {
  for (const Node* item : context.list(timeline, "timeline")) decode_item(context, *item);
}

}  // namespace lvslab::scenario
