// hosts: ranges and `like` expanded, then each host's keys.
#include <algorithm>

#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr int kDeepestLike = 16;

/// "rs[1-100]" or a plain name.
struct HostKey {
  std::string prefix, suffix;
  std::uint32_t first = 0, last = 0;
  bool range = false;
};

/// A host as written, before its keys are read.
struct Template {
  const Entry* entry = nullptr;
  std::string name;
  std::optional<std::uint32_t> number;
};

bool parse_host_key(Context& context, const Entry& entry, HostKey& key) {
  const std::string& text = entry.key;
  const std::size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos && close == std::string::npos) {
    key.prefix = text;
    return context.check_name(entry.key_mark, text, "a host");
  }
  const std::size_t dash = text.find('-', open);
  const auto bad = [&](std::string what) {
    context.error(entry.key_mark, std::move(what), "A range of hosts is written \"rs[1-100]\"");
    return false;
  };
  if (open == std::string::npos || close == std::string::npos || dash == std::string::npos ||
      dash > close) {
    return bad(shown(text) + " is not a range of hosts");
  }
  const auto number = [&](std::size_t from, std::size_t to, std::uint32_t& into) {
    const Result<std::uint64_t> count =
        parse_count(std::string_view(text).substr(from, to - from), 0, 65'535);
    if (count) into = static_cast<std::uint32_t>(*count);
    return count.has_value();
  };
  if (!number(open + 1, dash, key.first) || !number(dash + 1, close, key.last)) {
    return bad(shown(text) + " is a range without two whole numbers from 0 to 65535");
  }
  if (key.first > key.last) return bad(shown(text) + " is a range from high to low");
  key.range = true;
  key.prefix = text.substr(0, open);
  key.suffix = text.substr(close + 1);
  return context.check_name(entry.key_mark, key.prefix + "0" + key.suffix, "a host");
}

void register_host(Context& context, std::vector<Template>& templates, Template host) {
  if (!context.check_name(host.entry->key_mark, host.name, "a host")) return;
  const auto [found, fresh] = context.host_index.emplace(host.name, templates.size());
  if (!fresh) {
    const Mark& other = templates[found->second].entry->key_mark;
    context.error(host.entry->key_mark, "there is a host " + shown(host.name) +
                                            " already, at line " + std::to_string(other.line));
    return;
  }
  templates.push_back(std::move(host));
}

std::vector<Template> list_hosts(Context& context, const Node& hosts) {
  std::vector<Template> templates;
  for (const Entry& entry : hosts.entries) {
    HostKey key;
    if (!parse_host_key(context, entry, key)) continue;
    const std::uint64_t count = key.range ? std::uint64_t{key.last} - key.first + 1 : 1;
    if (templates.size() + count > limits::kHosts) {
      context.error(entry.key_mark,
                    "the scenario has more than " + std::to_string(limits::kHosts) + " hosts");
      return templates;
    }
    if (!key.range) {
      register_host(context, templates, {&entry, entry.key, std::nullopt});
      continue;
    }
    for (std::uint32_t n = key.first; n <= key.last; ++n) {
      register_host(context, templates, {&entry, key.prefix + std::to_string(n) + key.suffix, n});
    }
  }
  return templates;
}

/// The entries of a host with those of the host it is like; its own replace whole keys. `number`
/// becomes that of the range the keys come from when the host has none of its own.
std::vector<Entry> with_like(Context& context, const std::vector<Template>& templates,
                             const Template& host, std::optional<std::uint32_t>& number,
                             int depth) {
  const Node& own = *host.entry->value;
  std::vector<Entry> entries;
  const Entry* like = own.entry("like");
  if (like != nullptr) {
    const std::optional<std::string> name = context.text(like->value, "the name of a host");
    const std::optional<std::size_t> base =
        name ? context.find_host(like->value->mark, *name) : std::nullopt;
    if (base && depth >= kDeepestLike) {
      context.error(like->value->mark, "`like` goes round in a circle, or through more than " +
                                           std::to_string(kDeepestLike) + " hosts");
    } else if (base && templates[*base].entry->value->is_map()) {
      const Template& other = templates[*base];
      if (!number) number = other.number;
      entries = with_like(context, templates, other, number, depth + 1);
    }
  }
  for (const Entry& entry : own.entries) {
    if (entry.key == "like") continue;
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const Entry& inherited) {
      return inherited.key == entry.key;
    });
    if (same != entries.end()) {
      *same = entry;
    } else {
      entries.push_back(entry);
    }
  }
  return entries;
}

void decode_interfaces(Context& context, const Node* node, HostSpec& host) {
  if (node == nullptr) return;
  if (!node->is_map()) {
    context.error(node->mark, "interfaces must be a map, this is " + std::string(kind_name(*node)),
                  "Write eth0: {address: 192.168.1.10/24}");
    return;
  }
  if (node->entries.size() > limits::kInterfaces) {
    context.error(node->mark, "more than " + std::to_string(limits::kInterfaces) + " interfaces");
    return;
  }
  for (const Entry& entry : node->entries) {
    if (!is_interface_name(entry.key)) {
      context.error(entry.key_mark, shown(entry.key) + " cannot name an interface",
                    "Names have up to 15 characters, without spaces, '/', ':' and '$'");
      continue;
    }
    InterfaceSpec interface;
    interface.place = context.place(entry.key_mark);
    interface.name = entry.key;
    const Fields fields(context, entry.value, kInterfaceKeys, entry.key_mark);
    const Node* address = fields.get("address");
    const auto read_address = [&](const Node* value) {
      wire::Prefix prefix;
      if (!context.read(value, prefix, parse_interface_address)) return;
      const auto same = std::find_if(interface.addresses.begin(), interface.addresses.end(),
                                     [&](const wire::Prefix& p) { return p == prefix; });
      if (same != interface.addresses.end()) {
        context.error(value->mark, wire::to_string(prefix) + " is listed twice");
      } else {
        interface.addresses.push_back(prefix);
      }
    };
    if (address != nullptr && address->is_list()) {
      for (const Node* item : address->items) read_address(item);
    } else {
      read_address(address);
    }
    wire::Mac mac;
    if (context.read(fields.get("mac"), mac, parse_mac_address)) {
      if (mac.is_group() || mac.is_zero()) {
        context.error(fields.get("mac")->mark,
                      wire::to_string(mac) + " is not one interface's address",
                      "The first byte of an interface's MAC is even, as in 02:00:00:00:00:01");
      } else {
        interface.mac = mac;
      }
    }
    std::uint32_t mtu = 0;
    if (context.read_count(fields.get("mtu"), mtu, 68, 9000)) interface.mtu = mtu;
    host.interfaces.push_back(std::move(interface));
  }
}

void decode_sysctl(Context& context, const Node* node, HostSpec& host) {
  if (node == nullptr) return;
  if (!node->is_map()) {
    context.error(node->mark, "sysctl must be a map, this is " + std::string(kind_name(*node)),
                  "Write net.ipv4.ip_forward: 1");
    return;
  }
  for (const Entry& entry : node->entries) {
    if (entry.key.empty() || entry.key.find_first_of(" \t=") != std::string::npos) {
      context.error(entry.key_mark, shown(entry.key) + " is not a sysctl",
                    "Write net.ipv4.ip_forward: 1");
      continue;
    }
    const std::optional<std::string> value = context.text(entry.value);
    if (!value) continue;
    host.sysctl.emplace_back(entry.key, *value);
    host.sysctl_places.push_back(context.place(entry.key_mark));
  }
}

void decode_files(Context& context, const Node* node, HostSpec& host) {
  if (node == nullptr) return;
  if (!node->is_map()) {
    context.error(node->mark, "files must be a map, this is " + std::string(kind_name(*node)),
                  "Write /etc/sysctl.conf: | and the text indented below");
    return;
  }
  for (const Entry& entry : node->entries) {
    HostSpec::FileSpec file;
    file.path = entry.key;
    if (entry.key.size() < 2 || entry.key[0] != '/' || entry.key.back() == '/') {
      context.error(entry.key_mark, shown(entry.key) + " is not a file's whole path",
                    "It begins with / and names a file, /etc/sysctl.conf");
      continue;
    }
    const Node* text = entry.value;
    if (text->is_map()) {
      const Fields fields(context, text, kFileTextKeys, entry.key_mark);
      context.read(fields.get("mode"), file.mode, parse_file_mode);
      text = fields.get("text");
    }
    if (text == nullptr) continue;
    if (!text->is_scalar()) {
      context.error(text->mark,
                    "a text or {mode, text} is wanted, this is " + std::string(kind_name(*text)),
                    text->kind == Node::Kind::kNull ? "Write \"\" for an empty file" : "");
      continue;
    }
    std::optional<SubstitutionError> none;
    file.text = context.variables.expand(text->scalar, Dialect::kFileText, context.number, none);
    file.place = context.place(text->text_mark);
    host.files.push_back(std::move(file));
  }
}

void decode_modules(Context& context, const Node* node, HostSpec& host) {
  for (const Node* item : context.list(node, "modules")) {
    const std::optional<std::string> name = context.text(item, "the name of a module");
    if (!name) continue;
    host.modules.push_back(*name);
    host.module_places.push_back(context.place(item->mark));
  }
}

void decode_host(Context& context, const std::vector<Entry>& entries, const Mark& where,
                 HostSpec& host) {
  const Fields fields(context, entries, kHostKeys, where);
  constexpr std::string_view kRoles = "client|router|director|real-server";
  if (const auto role = context.word(fields.get("role"), kRoles))
    host.role = split_words(kRoles)[*role];
  decode_interfaces(context, fields.get("interfaces"), host);
  wire::Ipv4 gateway;
  if (context.read(fields.get("gateway"), gateway, parse_address)) host.gateway = gateway;
  if (const Node* node = fields.get("gateway")) host.gateway_place = context.place(node->mark);
  decode_sysctl(context, fields.get("sysctl"), host);
  decode_modules(context, fields.get("modules"), host);
  decode_files(context, fields.get("files"), host);
  host.run = context.script(fields.get("run"));
  decode_serve(context, fields.get("serve"), host);
  decode_cpu(context, fields.get("cpu"), where, host);
}

}  // namespace

void decode_hosts(Context& context, const Node* hosts) {
  if (hosts == nullptr || (hosts->is_map() && hosts->entries.empty())) {
    return context.error(hosts == nullptr ? Mark{0, 1, 1} : hosts->mark,
                         "the scenario has no hosts", "Write hosts: and NAME: lines below it");
  }
  if (!hosts->is_map()) {
    return context.error(hosts->mark,
                         "hosts must be a map, this is " + std::string(kind_name(*hosts)),
                         "Write NAME: lines below it");
  }
  const std::vector<Template> templates = list_hosts(context, *hosts);
  context.scenario.hosts.resize(templates.size());
  const Entry* failed = nullptr;  // of a range: one host's errors stand for those of all
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const Template& host = templates[i];
    HostSpec& spec = context.scenario.hosts[i];
    spec.name = host.name;
    spec.place = context.place(host.entry->key_mark);
    spec.number = host.number;
    if (host.entry == failed) continue;
    const std::size_t errors_before = context.error_count();
    if (!host.entry->value->is_map()) {
      const Fields complain(context, host.entry->value, kHostKeys, host.entry->key_mark);
    } else {
      std::optional<std::uint32_t> number = host.number;
      const std::vector<Entry> entries = with_like(context, templates, host, number, 0);
      spec.number = number;
      Node size;
      for (const Entry& entry : entries) {
        size.nodes += entry.value->nodes;
        size.text_bytes += entry.value->text_bytes;
      }
      if (!context.count_copy(host.entry->key_mark, size)) return;
      context.number = number;
      decode_host(context, entries, host.entry->key_mark, spec);
      context.number.reset();
    }
    if (context.error_count() > errors_before) failed = host.entry;
  }
}

void decode_switches(Context& context, const Node* switches) {
  if (switches == nullptr) return;
  if (!switches->is_map()) {
    context.error(switches->mark,
                  "switches must be a map, this is " + std::string(kind_name(*switches)),
                  "Write NAME: {} lines");
    return;
  }
  if (switches->entries.size() > limits::kSwitches) {
    context.error(switches->mark,
                  "the scenario has more than " + std::to_string(limits::kSwitches) + " switches");
    return;
  }
  for (const Entry& entry : switches->entries) {
    if (!context.check_name(entry.key_mark, entry.key, "a switch")) continue;
    const auto host = context.host_index.find(entry.key);
    if (host != context.host_index.end()) {
      context.error(entry.key_mark,
                    "there is a host " + shown(entry.key) + " already, at line " +
                        std::to_string(context.scenario.hosts[host->second].place.line),
                    "Hosts and switches share their names");
      continue;
    }
    SwitchSpec spec;
    spec.name = entry.key;
    spec.place = context.place(entry.key_mark);
    const Fields fields(context, entry.value, kSwitchKeys, entry.key_mark);
    context.read(fields.get("mac_aging"), spec.mac_aging, parse_duration);
    context.switch_index.emplace(spec.name, context.scenario.switches.size());
    context.scenario.switches.push_back(std::move(spec));
  }
}

namespace {

void decode_workers(Context& context, const Fields& fields, app::ServeSpec& spec) {
  context.read_law(fields.get("service_time"), spec.service, parse_time_law);
  context.read_count(fields.get("workers"), spec.workers, 1, app::WorkQueue::kMostWorkers);
  if (const auto discipline = context.word(fields.get("discipline"), "fcfs|ps"))
    spec.discipline = static_cast<app::Discipline>(*discipline);
  context.read(fields.get("speed"), spec.speed, [](std::string_view text) {
    return parse_millionths(text, app::WorkQueue::kMostSpeed);
  });
  if (fields.has("service_time")) return;
  for (const std::string_view key : {"workers", "discipline", "speed"}) {
    if (!fields.has(key)) continue;
    context.error(fields.key_mark(key),
                  "'" + std::string(key) + "' means nothing without 'service_time'",
                  "Add service_time: exponential 5ms, or leave it out");
  }
}

}  // namespace

void decode_serve(Context& context, const Node* list, HostSpec& host) {
  for (const Node* item : context.list(list, "serve")) {
    const Fields fields(context, item, kServeKeys, item->mark);
    if (!fields.is_map()) continue;
    app::ServeSpec spec;
    if (!decode_port(context, fields, spec.protocol, spec.port)) continue;
    context.read(fields.get("bind"), spec.bind, parse_address);
    const Node* reply = fields.get("reply");
    if (reply != nullptr && fields.has("reply_bytes")) {
      context.error(fields.key_mark("reply_bytes"), "reply and reply_bytes exclude each other",
                    "Keep one of them");
    }
    if (reply != nullptr && (reply->quoted() || reply->scalar != "echo")) {
      spec.reply = app::ServeSpec::Reply::kText;
      if (const auto text = context.text(reply)) spec.text = *text;
    }
    if (context.read_law(fields.get("reply_bytes"), spec.reply_size, parse_size_law)) {
      spec.reply = app::ServeSpec::Reply::kBytes;
      if (spec.reply_size.is_fixed())
        spec.bytes = static_cast<std::uint64_t>(spec.reply_size.mean());
    }
    context.read_count(fields.get("backlog"), spec.backlog, 0, 65'535);
    decode_workers(context, fields, spec);
    if (const auto state = context.word(fields.get("state"), "up|closed|hung|paused")) {
      spec.state = static_cast<app::ServerState>(*state);
    }
    const auto same =
        std::find_if(host.serve.begin(), host.serve.end(), [&](const app::ServeSpec& other) {
          return other.protocol == spec.protocol && other.port == spec.port &&
                 other.bind == spec.bind;
        });
    if (same != host.serve.end()) {
      context.error(item->mark,
                    "port " + std::to_string(spec.port) + " is served already by this host",
                    "Give each a `bind` address of its own");
    }
    host.serve.push_back(std::move(spec));
    host.serve_places.push_back(context.place(item->mark));
  }
}

bool decode_port(Context& context, const Fields& fields, wire::Protocol& protocol,
                 std::uint16_t& port) {
  const Node *tcp = fields.get("tcp"), *udp = fields.get("udp");
  if ((tcp == nullptr) == (udp == nullptr)) {
    context.error(fields.where(),
                  tcp == nullptr ? "the port is missing" : "tcp and udp exclude each other",
                  "Write {tcp: 80} or {udp: 53}");
    return false;
  }
  protocol = tcp != nullptr ? wire::Protocol::kTcp : wire::Protocol::kUdp;
  return context.read_count(tcp != nullptr ? tcp : udp, port, 1, 65'535);
}

}  // namespace lvslab::scenario
