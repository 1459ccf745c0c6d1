// expect: each item's keys against the table of expectation_keys.h, shapes and references checked.
#include <algorithm>

#include "scenario/decoder.h"
#include "scenario/expectation_keys.h"
#include "scenario/share.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

using Keys = std::span<const ExpectationKey>;

/// Turns YAML into a Value, checking on the way.
class ExpectationReader {
 public:
  explicit ExpectationReader(Context& context) : context_(context) {}
  Value read(const Node& node, ValueShape shape, std::string_view words, Keys subject);
  void check_keys(const Node& map, Keys keys, std::string_view what, std::string_view kind);

 private:
  Value scalar(const Node& node);
  Value map(const Node& node, Keys keys, std::string_view what);
  Value list(const Node& node, ValueShape item);
  Value server_counts(const Node& node);
  Value shares(const Node& node);
  Value latencies(const Node& node);
  Value destinations(const Node& node);
  void check(const Node& node, const std::string& text, ValueShape shape, std::string_view words);
  void check_name(const Node& node, const std::string& text, ValueShape shape);
  void check_connection(const Node& node, const std::string& text);
  void check_server(const Node& node, const std::string& text);
  void check_point(const Node& node, const std::string& text);
  void check_port(const Node& node, const std::string& text);
  void check_race(const Node& node, const std::string& text);
  template <typename T>
  void report(const Node& node, const Result<T>& result) {
    if (!result) context_.error(node.mark, result.error().what, result.error().hint);
  }
  Context& context_;
};

Value ExpectationReader::scalar(const Node& node) {
  Value value;
  value.place = context_.place(node.mark);
  value.quoted = node.quoted();
  if (const auto text = context_.text(&node)) value.scalar = *text;
  return value;
}

Value ExpectationReader::map(const Node& node, Keys keys, std::string_view what) {
  Value value;
  value.place = context_.place(node.mark);
  value.kind = Value::Kind::kMap;
  if (!node.is_map()) {
    context_.error(node.mark,
                   std::string(what) + " must be a map, this is " + std::string(kind_name(node)),
                   "Write {key: value}");
    return value;
  }
  check_keys(node, keys, what, {});
  for (const Entry& entry : node.entries) {
    for (const ExpectationKey& key : keys) {
      if (key.name == entry.key)
        value.entries.emplace_back(entry.key, read(*entry.value, key.shape, key.words, {}));
    }
  }
  return value;
}

void ExpectationReader::check_keys(const Node& node, Keys keys, std::string_view what,
                                   std::string_view kind) {
  std::vector<std::string_view> words;
  for (const ExpectationKey& key : keys) words.push_back(key.name);
  for (const Entry& entry : node.entries) {
    if (entry.key == kind || std::find(words.begin(), words.end(), entry.key) != words.end())
      continue;
    context_.error(entry.key_mark, std::string(what) + " has no key " + shown(entry.key),
                   context_.suggest(entry.key, words));
  }
  for (const ExpectationKey& key : keys) {
    if (key.required && node.find(key.name) == nullptr) {
      context_.error(node.mark,
                     std::string(what) + " needs the key '" + std::string(key.name) + "'",
                     "It is " + std::string(key.about));
    }
  }
}

Value ExpectationReader::list(const Node& node, ValueShape item) {
  Value value;
  value.place = context_.place(node.mark);
  value.kind = Value::Kind::kList;
  for (const Node* child : context_.list(&node, "the value"))
    value.items.push_back(read(*child, item, {}, {}));
  return value;
}

/// A key that is a value: names are replaced in it.
Node key_of(const Entry& entry) {
  Node key;
  key.kind = Node::Kind::kScalar;
  key.mark = key.text_mark = entry.key_mark;
  key.scalar = entry.key;
  return key;
}

Value ExpectationReader::server_counts(const Node& node) {
  Value value;
  value.place = context_.place(node.mark);
  value.kind = Value::Kind::kMap;
  if (!node.is_map()) {
    context_.error(node.mark, "served_by must be a map, this is " + std::string(kind_name(node)),
                   "Write {rs1: 3, rs2: 3}");
    return value;
  }
  for (const Entry& entry : node.entries) {
    const Value server = read(key_of(entry), ValueShape::kServer, {}, {});
    value.entries.emplace_back(server.scalar, read(*entry.value, ValueShape::kCount, {}, {}));
  }
  return value;
}

/// {rs1: any, rs2: "> 20%"}: what the keys may be depends on the race; its expectation looks.
Value ExpectationReader::shares(const Node& node) {
  Value value;
  value.place = context_.place(node.mark);
  value.kind = Value::Kind::kMap;
  if (!node.is_map() || node.entries.empty()) {
    context_.error(node.mark, "outcomes are a map of each to its share",
                   "Write {rs1: any, rs2: any}");
    return value;
  }
  for (const Entry& entry : node.entries) {
    const Value name = scalar(key_of(entry));
    Value share = scalar(*entry.value);
    report(*entry.value, parse_share(share.scalar));
    share.place = name.place;
    value.entries.emplace_back(name.scalar, std::move(share));
  }
  return value;
}

Value ExpectationReader::latencies(const Node& node) {
  static constexpr ExpectationKey kFigures[] = {
      {"mean", ValueShape::kDurationBound}, {"min", ValueShape::kDurationBound},
      {"max", ValueShape::kDurationBound},  {"p50", ValueShape::kDurationBound},
      {"p90", ValueShape::kDurationBound},  {"p99", ValueShape::kDurationBound},
      {"p99.9", ValueShape::kDurationBound}};
  return map(node, kFigures, "latency");
}

/// [[address:port, weight, active, inactive], ...]
Value ExpectationReader::destinations(const Node& node) {
  Value value;
  value.place = context_.place(node.mark);
  value.kind = Value::Kind::kList;
  for (const Node* item : context_.list(&node, "destinations")) {
    Value row;
    row.place = context_.place(item->mark);
    row.kind = Value::Kind::kList;
    if (!item->is_list() || item->items.size() != 4) {
      context_.error(item->mark, "a destination has four values",
                     "Write [address:port, weight, active connections, inactive connections]");
      continue;
    }
    row.items.push_back(read(*item->items[0], ValueShape::kRealEnd, {}, {}));
    for (std::size_t i = 1; i < 4; ++i)
      row.items.push_back(read(*item->items[i], ValueShape::kCount, {}, {}));
    value.items.push_back(std::move(row));
  }
  return value;
}

Value ExpectationReader::read(const Node& node, ValueShape shape, std::string_view words,
                              Keys subject) {
  switch (shape) {
    case ValueShape::kMap:
      return map(node, subject, words);
    case ValueShape::kServers:
      return list(node, ValueShape::kServer);
    case ValueShape::kNodes:
      return list(node, ValueShape::kNode);
    case ValueShape::kTexts:
      return list(node, ValueShape::kText);
    case ValueShape::kServerCounts:
      return server_counts(node);
    case ValueShape::kShares:
      return shares(node);
    case ValueShape::kLatencies:
      return latencies(node);
    case ValueShape::kDestinations:
      return destinations(node);
    default:
      break;
  }
  const std::size_t before = context_.error_count();
  Value value = scalar(node);
  if (context_.error_count() == before) check(node, value.scalar, shape, words);
  return value;
}

void ExpectationReader::check(const Node& node, const std::string& text, ValueShape shape,
                              std::string_view words) {
  switch (shape) {
    case ValueShape::kCount:
      return report(node, parse_count_bound(text));
    case ValueShape::kDuration:
      return report(node, parse_duration(text));
    case ValueShape::kDurationBound:
      return report(node, parse_duration_bound(text));
    case ValueShape::kSizeBound:
      return report(node, parse_size_bound(text));
    case ValueShape::kNumber:
      return report(node, parse_count(text, 1, 0xffffffffu));
    case ValueShape::kAddress:
      return report(node, parse_address(text));
    case ValueShape::kRealEnd:
      if (const auto end = wire::parse_endpoint(text); end && end->port == 0) return;
      [[fallthrough]];
    case ValueShape::kService:
      return report(node, parse_service(text));
    case ValueShape::kWord:
      context_.word(&node, words);
      return;
    case ValueShape::kMac:
      context_.find_mac(node.mark, text);
      return;
    case ValueShape::kConnection:
      return check_connection(node, text);
    case ValueShape::kServer:
      return check_server(node, text);
    case ValueShape::kPoint:
      return check_point(node, text);
    case ValueShape::kPort:
      return check_port(node, text);
    case ValueShape::kRace:
      return check_race(node, text);
    case ValueShape::kNeighbour:
      if (text != "none") context_.find_mac(node.mark, text);
      return;
    case ValueShape::kWhen:
      if (text != "always" && text != "finally" && text != "never") {
        if (text.empty() || text[0] < '0' || text[0] > '9') {
          context_.error(node.mark, shown(text) + " is not a moment",
                         "Write always, finally, never, or a time such as 5s");
        } else {
          report(node, parse_duration(text));
        }
      }
      return;
    case ValueShape::kFilter:
      if (const auto problem = filter_problem(text))
        context_.error(node.mark, problem->what, problem->hint);
      return;
    case ValueShape::kDropReason:
      if (!is_drop_reason(text)) {
        context_.error(node.mark, "there is no drop reason " + shown(text),
                       context_.suggest(text, drop_reason_words()));
      }
      return;
    default:
      return check_name(node, text, shape);
  }
}

void ExpectationReader::check_name(const Node& node, const std::string& text, ValueShape shape) {
  const bool is_host = context_.host_index.count(text) != 0,
             is_switch = context_.switch_index.count(text) != 0;
  if (shape == ValueShape::kHost) context_.find_host(node.mark, text);
  if (shape == ValueShape::kSwitch) context_.find_switch(node.mark, text);
  if (shape == ValueShape::kInterface) context_.find_interface(node.mark, text);
  if (shape == ValueShape::kNode && !is_host && !is_switch) {
    std::vector<std::string_view> words = context_.host_names();
    for (const std::string_view word : context_.switch_names()) words.push_back(word);
    context_.error(node.mark, "there is no host or switch " + shown(text),
                   context_.suggest(text, words));
  }
  if (shape == ValueShape::kTraffic && context_.traffic_index.count(text) == 0) {
    std::vector<std::string_view> words;
    for (const auto& [name, index] : context_.traffic_index) words.push_back(name);
    context_.error(node.mark, "there is no traffic " + shown(text), context_.suggest(text, words));
  }
}

/// "web/3"
void ExpectationReader::check_connection(const Node& node, const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    return context_.error(node.mark, shown(text) + " is not a connection",
                          "Write traffic/number, for example web/1");
  }
  const std::string name = text.substr(0, slash);
  const auto found = context_.traffic_index.find(name);
  if (found == context_.traffic_index.end()) return check_name(node, name, ValueShape::kTraffic);
  const std::uint64_t count = context_.scenario.load.traffics[found->second].count;
  const Result<std::uint64_t> number =
      parse_count(std::string_view(text).substr(slash + 1), 1, 50'000'000);
  if (!number) return report(node, number);
  if (count > 0 && *number > count) {
    context_.error(node.mark, "the traffic " + shown(name) + " has " + std::to_string(count) +
                                  " connections only");
  }
}

/// A host, an address or address:port.
void ExpectationReader::check_server(const Node& node, const std::string& text) {
  if (text == "none" || context_.host_index.count(text) != 0) return;
  const bool address = !text.empty() && text[0] >= '0' && text[0] <= '9' &&
                       text.find_first_not_of("0123456789.:") == std::string::npos;
  if (!address) {
    context_.find_host(node.mark, text);
  } else if (text.find(':') != std::string::npos) {
    report(node, parse_service(text));
  } else {
    report(node, parse_address(text));
  }
}

/// A host, host:interface, switch or switch:label.
void ExpectationReader::check_point(const Node& node, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  if (colon == std::string::npos || context_.switch_index.count(name) == 0) {
    if (colon == std::string::npos) return check_name(node, name, ValueShape::kNode);
    context_.find_interface(node.mark, text, true);
    return;
  }
  for (const LinkSpec& link : context_.scenario.links) {
    for (const LinkEnd* end : {&link.a, &link.b}) {
      if (end->node == name && end->port == text.substr(colon + 1)) return;
    }
  }
  context_.error(node.mark, "no link names the port " + shown(text),
                 "Write it so in links, for example [rs1:eth0, " + text + "]");
}

/// Where a switch's port leads: host:interface, another switch, or the port's own switch:label.
void ExpectationReader::check_port(const Node& node, const std::string& text) {
  if (text != "none") check_point(node, text);
}

/// "neighbour HOST ADDRESS", "connection web/1", "served web"
void ExpectationReader::check_race(const Node& node, const std::string& text) {
  std::vector<std::string_view> words = split_words(text, ' ');
  std::erase(words, std::string_view());
  if (words.size() == 3 && words[0] == "neighbour") {
    context_.find_host(node.mark, words[1]);
    return report(node, parse_address(words[2]));
  }
  if (words.size() == 2 && words[0] == "connection")
    return check_connection(node, std::string(words[1]));
  if (words.size() == 2 && words[0] == "served")
    return check_name(node, std::string(words[1]), ValueShape::kTraffic);
  context_.error(node.mark, shown(text) + " is nothing that outcomes can be of",
                 "Write neighbour HOST ADDRESS, connection web/1, or served web");
}

/// Which kind an item is: the one key that names a kind. `connection` inside others is deeper down.
const ExpectationKind* find_kind(Context& context, const Node& node) {
  const ExpectationKind* kind = nullptr;
  for (const Entry& entry : node.entries) {
    const ExpectationKind* candidate = find_expectation_kind(entry.key);
    if (candidate == nullptr) continue;
    if (kind != nullptr) {
      context.error(
          entry.key_mark,
          "'" + std::string(kind->kind) + "' and '" + entry.key + "' are two expectations",
          "Write two items");
      return nullptr;
    }
    kind = candidate;
  }
  if (kind == nullptr) {
    std::vector<std::string_view> words;
    for (const ExpectationKind& known : expectation_kinds()) {
      if (!known.later) words.push_back(known.kind);
    }
    const std::string& first = node.entries.empty() ? std::string() : node.entries.front().key;
    context.error(node.mark,
                  node.entries.empty() ? "the expectation says nothing"
                                       : "there is no expectation of the kind " + shown(first),
                  context.suggest(first, words));
  }
  return kind;
}

}  // namespace

void decode_expectations(Context& context, const Node* expect) {
  ExpectationReader reader(context);
  for (const Node* item : context.list(expect, "expect")) {
    if (!item->is_map()) {
      context.error(item->mark,
                    "an expectation must be a map, this is " + std::string(kind_name(*item)),
                    "Write {connections: web, completed: 6}");
      continue;
    }
    const ExpectationKind* kind = find_kind(context, *item);
    if (kind == nullptr) continue;
    const Mark& where = item->entry(kind->kind)->key_mark;
    if (kind->later) {
      context.not_yet(where, "the expectation `" + std::string(kind->kind) + "`");
      continue;
    }
    ExpectationSpec spec;
    spec.place = context.place(where);
    spec.kind = kind->kind;
    spec.value.place = context.place(item->mark);
    spec.value.kind = Value::Kind::kMap;
    reader.check_keys(*item, kind->keys, kind->kind, kind->kind);
    const bool required = std::any_of(kind->keys.begin(), kind->keys.end(),
                                      [](const ExpectationKey& key) { return key.required; });
    if (kind->needs_key && !required && item->entries.size() < 2) {
      context.error(
          where, "this says nothing about " + std::string(kind->about),
          "Add one of its keys, for example '" + std::string(kind->keys.front().name) + "'");
    }
    for (const Entry& entry : item->entries) {
      if (entry.key == kind->kind) {
        spec.value.entries.emplace_back(
            entry.key, reader.read(*entry.value, kind->shape, kind->kind, kind->subject));
      }
      for (const ExpectationKey& key : kind->keys) {
        if (key.name != entry.key) continue;
        spec.value.entries.emplace_back(entry.key,
                                        reader.read(*entry.value, key.shape, key.words, {}));
      }
    }
    context.scenario.expectations.push_back(std::move(spec));
  }
}

}  // namespace lvslab::scenario
