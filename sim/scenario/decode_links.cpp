// links: both forms, ends checked against hosts and switches; then the interfaces that only links
// name.
#include <algorithm>
#include <set>

#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

struct ReadEnd {
  LinkEnd end;
  std::string text;       ///< as written
  std::size_t index = 0;  ///< of the host or switch
  Mark mark;
};

/// The places that are taken: host interfaces and labelled switch ports.
using Taken = std::map<std::string, Place, std::less<>>;

void decode_vlan(Context& context, const Node* node, const Mark& where, LinkEnd& end) {
  const Fields fields(context, node, kVlanKeys, where);
  if (!fields.is_map()) return;
  context.read_count(fields.get("access"), end.access_vlan, 1, 4094);
  for (const Node* item : context.list(fields.get("trunk"), "trunk")) {
    std::uint16_t vlan = 0;
    if (!context.read_count(item, vlan, 1, 4094)) continue;
    if (std::find(end.trunk.begin(), end.trunk.end(), vlan) != end.trunk.end()) {
      context.error(item->mark, "VLAN " + std::to_string(vlan) + " is listed twice");
    } else {
      end.trunk.push_back(vlan);
    }
  }
  if (!fields.has("access") && !fields.has("trunk")) {
    context.error(where, "vlan says nothing", "Write {access: 10} or {trunk: [10, 20]}");
  }
}

/// "host:interface", "switch" or "switch:label", or {port, vlan}.
std::optional<ReadEnd> decode_end(Context& context, const Node* node) {
  ReadEnd read;
  const Node* name = node;
  const Node* vlan = nullptr;
  if (node->is_map()) {
    const Fields fields(context, node, kPortKeys, node->mark);
    name = fields.get("port");
    vlan = fields.get("vlan");
    if (name == nullptr) return std::nullopt;
    if (vlan != nullptr) decode_vlan(context, vlan, fields.key_mark("vlan"), read.end);
  }
  const std::optional<std::string> text = context.text(name, "host:interface or a switch");
  if (!text) return std::nullopt;
  read.text = *text;
  read.mark = name->mark;
  const std::size_t colon = text->find(':');
  read.end.node = text->substr(0, colon);
  if (colon != std::string::npos) read.end.port = text->substr(colon + 1);
  const auto host = context.host_index.find(read.end.node);
  const auto found = context.switch_index.find(read.end.node);
  if (found != context.switch_index.end()) {
    read.end.is_switch = true;
    read.index = found->second;
    if (colon != std::string::npos &&
        !context.check_name(name->mark, read.end.port, "a switch port")) {
      return std::nullopt;
    }
    return read;
  }
  if (host == context.host_index.end()) {
    std::vector<std::string_view> words = context.host_names();
    for (const std::string_view word : context.switch_names()) words.push_back(word);
    context.error(name->mark,
                  "this link leads to nowhere: there is no host or switch " + shown(read.end.node),
                  context.suggest(read.end.node, words));
    return std::nullopt;
  }
  read.index = host->second;
  if (vlan != nullptr) {
    context.error(
        vlan->mark, "vlan belongs to a switch port, " + shown(read.end.node) + " is a host",
        "A host makes VLAN devices with `ip link add link eth0 name eth0.10 type vlan id 10`");
  }
  if (colon == std::string::npos) {
    context.error(name->mark, "the link does not say which interface of " + read.end.node,
                  "Write for example " + read.end.node + ":eth0");
    return std::nullopt;
  }
  if (!is_interface_name(read.end.port) || is_virtual_interface(read.end.port)) {
    context.error(name->mark, shown(read.end.port) + " is not an interface a cable can end at",
                  "Write for example " + read.end.node + ":eth0");
    return std::nullopt;
  }
  return read;
}

bool take_place(Context& context, Taken& taken, const ReadEnd& end) {
  if (end.end.is_switch && end.end.port.empty()) return true;
  const auto [found, fresh] =
      taken.emplace(end.end.node + ":" + end.end.port, context.place(end.mark));
  if (fresh) return true;
  context.error(
      end.mark,
      shown(found->first) + " has a link already, at line " + std::to_string(found->second.line),
      end.end.is_switch ? "Give each cable a port of its own"
                        : "An interface takes one cable; use a switch");
  return false;
}

void link_interface(Context& context, const ReadEnd& end) {
  if (end.end.is_switch) return;
  HostSpec& host = context.scenario.hosts[end.index];
  for (InterfaceSpec& known : host.interfaces) {
    if (known.name == end.end.port) {
      known.linked = true;
      return;
    }
  }
  if (host.interfaces.size() >= limits::kInterfaces) {
    context.error(end.mark, "more than " + std::to_string(limits::kInterfaces) + " interfaces on " +
                                host.name);
    return;
  }
  InterfaceSpec added;
  added.place = context.place(end.mark);
  added.name = end.end.port;
  added.linked = true;
  host.interfaces.push_back(std::move(added));
}

struct LinkItem {
  const Node* ends = nullptr;  ///< the list of two
  const Node* name = nullptr;
  LinkShape shape;
};

void add_link(Context& context, Taken& taken, const LinkItem& item, const Mark& where) {
  const std::optional<ReadEnd> a = decode_end(context, item.ends->items[0]);
  const std::optional<ReadEnd> b = decode_end(context, item.ends->items[1]);
  const std::optional<std::string> name = context.text(item.name, "a name");
  if (!a || !b) {
    // The other end is good: its interface has a link all the same.
    if (a) link_interface(context, *a);
    if (b) link_interface(context, *b);
    return;
  }
  if (!take_place(context, taken, *a) || !take_place(context, taken, *b)) return;
  link_interface(context, *a);
  link_interface(context, *b);
  LinkSpec link;
  link.place = context.place(where);
  link.a = a->end;
  link.b = b->end;
  link.shape = item.shape;
  link.name = a->text + "-" + b->text;
  if (name) {
    if (!context.check_name(item.name->mark, *name, "a link")) return;
    const auto [found, fresh] = context.link_index.emplace(*name, context.scenario.links.size());
    if (!fresh) {
      context.error(item.name->mark,
                    "there is a link " + shown(*name) + " already, at line " +
                        std::to_string(context.scenario.links[found->second].place.line),
                    "In a range, put $N into the name");
    }
    link.name = *name;
  }
  context.scenario.links.push_back(std::move(link));
}

/// "rs$N:eth0" stands for a link of each host of the range "rs[A-B]": the numbers of all its hosts.
std::vector<std::uint32_t> range_of(Context& context, const Node& ends) {
  std::vector<std::uint32_t> numbers;
  for (const Node* item : ends.items) {
    const Node* name = item->is_map() ? item->find("port") : item;
    if (name == nullptr || !name->is_scalar()) continue;
    const std::string node = name->scalar.substr(0, name->scalar.find(':'));
    const bool braces = node.find("${N}") != std::string::npos;
    const std::size_t at = braces ? node.find("${N}") : node.find("$N");
    if (at == std::string::npos) continue;
    const std::string prefix = node.substr(0, at), suffix = node.substr(at + (braces ? 4 : 2));
    for (const HostSpec& host : context.scenario.hosts) {
      if (host.number && host.name == prefix + std::to_string(*host.number) + suffix)
        numbers.push_back(*host.number);
    }
    if (numbers.empty()) {
      context.error(name->mark, "there is no range of hosts " + shown(prefix + "[A-B]" + suffix),
                    "$N in a link stands for each host of a range");
    }
    return numbers;
  }
  return {0};
}

bool uses_number(const Node& ends) {
  return std::any_of(ends.items.begin(), ends.items.end(), [](const Node* item) {
    const Node* name = item->is_map() ? item->find("port") : item;
    if (name == nullptr || !name->is_scalar()) return false;
    const std::string node = name->scalar.substr(0, name->scalar.find(':'));
    return node.find("$N") != std::string::npos || node.find("${N}") != std::string::npos;
  });
}

void decode_link(Context& context, Taken& taken, const Node* node) {
  LinkItem item;
  item.ends = node;
  item.shape = context.scenario.link_defaults;
  if (node->is_map()) {
    const Fields fields(context, node, kLinkKeys, node->mark);
    decode_shape(context, fields, item.shape);
    item.name = fields.get("name");
    item.ends = fields.get("between");
    if (item.ends == nullptr) return;
  }
  if (!item.ends->is_list() || item.ends->items.size() != 2) {
    context.error(item.ends->mark, "a link has two ends",
                  "Write [host:eth0, switch], or {between: [host:eth0, switch]}");
    return;
  }
  if (!uses_number(*item.ends)) return add_link(context, taken, item, node->mark);
  for (const std::uint32_t number : range_of(context, *item.ends)) {
    if (context.scenario.links.size() >= limits::kLinks) break;
    context.number = number;
    add_link(context, taken, item, node->mark);
  }
  context.number.reset();
}

}  // namespace

void decode_shape(Context& context, const Fields& fields, LinkShape& shape) {
  context.read(fields.get("rate"), shape.bits_per_second, parse_bit_rate);
  context.read(fields.get("delay"), shape.delay, parse_duration);
  context.read_count(fields.get("queue"), shape.queue_frames, 1, limits::kQueueFrames);
  context.read(fields.get("loss"), shape.loss, parse_percent);
}

bool decode_links(Context& context, const Node* links) {
  Taken taken;
  const std::size_t errors_before = context.error_count();
  for (const Node* item : context.list(links, "links")) {
    if (context.scenario.links.size() >= limits::kLinks) {
      context.error(item->mark,
                    "the scenario has more than " + std::to_string(limits::kLinks) + " links");
      return false;
    }
    decode_link(context, taken, item);
  }
  return context.error_count() == errors_before;
}

void finish_interfaces(Context& context, bool links_read) {
  Place told;  // the hosts of a range have their interfaces from one place
  std::set<wire::Mac> given;
  for (const HostSpec& host : context.scenario.hosts) {
    for (const InterfaceSpec& interface : host.interfaces) {
      if (interface.mac) given.insert(*interface.mac);
    }
  }
  for (std::size_t h = 0; h < context.scenario.hosts.size(); ++h) {
    HostSpec& host = context.scenario.hosts[h];
    std::uint64_t position = 0;
    for (InterfaceSpec& interface : host.interfaces) {
      if (is_virtual_interface(interface.name)) continue;
      if (!interface.linked) {
        const bool again = interface.place.file == told.file && interface.place.line == told.line &&
                           interface.place.column == told.column;
        if (!links_read || again) continue;
        told = interface.place;
        context.error_at(interface.place,
                         "no link names the interface " + host.name + ":" + interface.name,
                         "An interface exists because a link names it: add [" + host.name + ":" +
                             interface.name + ", SWITCH] to links");
        continue;
      }
      // 02:00:00:HH:HH:II, II its position; one that somebody gave by hand is passed over.
      const std::uint64_t base =
          (std::uint64_t{2} << 40) | (static_cast<std::uint64_t>(h + 1) << 8);
      for (std::uint64_t number = position++; !interface.mac; ++number) {
        const wire::Mac made{base + number};
        if (!given.insert(made).second) continue;
        interface.mac = made;
        interface.mac_made = true;
      }
    }
  }
}

std::optional<std::uint32_t> find_link(Context& context, const Node* node) {
  const std::vector<LinkSpec>& links = context.scenario.links;
  if (node->is_scalar()) {
    const std::optional<std::string> name = context.text(node);
    if (!name) return std::nullopt;
    const auto found = context.link_index.find(*name);
    if (found != context.link_index.end()) return static_cast<std::uint32_t>(found->second);
    std::vector<std::string_view> words;
    for (const auto& [known, index] : context.link_index) words.push_back(known);
    context.error(node->mark, "there is no link named " + shown(*name),
                  words.empty() ? "Give it a name, or write its two ends: [host:eth0, switch]"
                                : context.suggest(*name, words));
    return std::nullopt;
  }
  if (!node->is_list() || node->items.size() != 2) {
    context.error(node->mark, "a link is named, or has two ends", "Write [host:eth0, switch]");
    return std::nullopt;
  }
  const std::optional<ReadEnd> a = decode_end(context, node->items[0]),
                               b = decode_end(context, node->items[1]);
  if (!a || !b) return std::nullopt;
  const auto fits = [](const LinkEnd& end, const LinkEnd& wanted) {
    return end.node == wanted.node &&
           (end.port == wanted.port || (end.is_switch && wanted.port.empty()));
  };
  std::optional<std::uint32_t> found;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const bool same = (fits(links[i].a, a->end) && fits(links[i].b, b->end)) ||
                      (fits(links[i].a, b->end) && fits(links[i].b, a->end));
    if (!same) continue;
    if (found) {
      context.error(node->mark, "two links have these ends", "Give the link a name and write that");
      return std::nullopt;
    }
    found = static_cast<std::uint32_t>(i);
  }
  if (!found) {
    context.error(node->mark,
                  "there is no link between " + shown(a->text) + " and " + shown(b->text),
                  "Write its two ends as under links, or its name");
  }
  return found;
}

}  // namespace lvslab::scenario
