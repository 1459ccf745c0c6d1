#include "scenario/decoder.h"

#include <algorithm>

#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kVirtualInterfaces[] = {"dummy", "tunl"};
/// Words that stand for something else where a node is named.
constexpr std::string_view kReservedNames[] = {"none", "any", "broadcast"};

std::vector<std::string_view> names_of(
    const std::map<std::string, std::size_t, std::less<>>& index) {
  std::vector<std::string_view> out;
  for (const auto& [name, position] : index) out.push_back(name);
  return out;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool is_interface_name(std::string_view name) {
  return !name.empty() && name.size() <= 15 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '$';
         });
}

bool is_virtual_interface(std::string_view name) {
  if (name == "lo") return true;
  return std::any_of(
      std::begin(kVirtualInterfaces), std::end(kVirtualInterfaces), [&](std::string_view stem) {
        return name.substr(0, stem.size()) == stem && is_digits(name.substr(stem.size()));
      });
}

Place Context::place(const Mark& mark) const {
  if (mark.file < 0 || static_cast<std::size_t>(mark.file) >= sources_.size())
    return {"command line", 0, 0};
  return {sources_[static_cast<std::size_t>(mark.file)].name(), mark.line, mark.column};
}

Mark Context::mark(const Place& place) const {
  for (std::size_t file = 0; file < sources_.size(); ++file) {
    if (sources_[file].name() == place.file)
      return {static_cast<int>(file), place.line, place.column};
  }
  return {};
}

void Context::error_at(const Place& place, std::string what, std::string hint) {
  error(mark(place), std::move(what), std::move(hint));
}

void Context::error(const Mark& mark, std::string what, std::string hint) {
  ++reported_;
  if (errors_.size() >= limits::kMessages) {
    if (errors_.size() > limits::kMessages) return;
    errors_.push_back({{sources_.empty() ? "" : sources_.front().name(), 1, 1},
                       "there are more than " + std::to_string(limits::kMessages) + " errors",
                       "The rest is not shown"});
    return;
  }
  // A value of a range or of `like` is read several times: its error is one error.
  if (!seen_.insert({mark.file, mark.line, mark.column, what}).second) return;
  errors_.push_back({place(mark), std::move(what), std::move(hint)});
}

void Context::not_yet(const Mark& mark, const std::string& what) {
  error(mark, "not yet: " + what, "It comes with a later version");
}

std::string Context::suggest(std::string_view word,
                             const std::vector<std::string_view>& words) const {
  if (errors_.size() >= limits::kMessages) return {};
  return hint_for_word(word, words);
}

std::optional<std::string> Context::text(const Node* node, std::string_view wanted) {
  if (node == nullptr) return std::nullopt;
  if (!node->is_scalar()) {
    const bool nothing = node->kind == Node::Kind::kNull;
    error(node->mark,
          nothing ? "the value is missing"
                  : std::string(wanted) + " is wanted, this is " + std::string(kind_name(*node)),
          nothing ? "Write a value after the colon" : "");
    return std::nullopt;
  }
  std::optional<SubstitutionError> problem;
  std::string value = variables.expand(node->scalar, Dialect::kValue, number, problem);
  if (problem) {
    Mark where = node->text_mark;
    const std::string_view before = std::string_view(node->scalar).substr(0, problem->offset);
    // Within the first line the offset tells the column; escapes in quotes may shift it.
    if (before.find('\n') == std::string_view::npos) {
      where.column += static_cast<int>(count_characters(before));
    } else if (node->style == Node::Style::kLiteral) {
      where.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
      where.column += static_cast<int>(count_characters(before.substr(before.rfind('\n') + 1)));
    }
    error(where, problem->error.what, problem->error.hint);
    return std::nullopt;
  }
  expanded_text_ += value.size();
  if (expanded_text_ > limits::kExpandedText) {
    error({0, 1, 1}, "the values come to more than " + std::to_string(limits::kExpandedText >> 20) +
                         " MiB once names are replaced");
    return std::nullopt;
  }
  return value;
}

bool Context::read_count(const Node* node, std::uint64_t& into, std::uint64_t least,
                         std::uint64_t most) {
  return read(node, into, [&](std::string_view value) { return parse_count(value, least, most); });
}

DataReader Context::data_reader(const Mark& where) const {
  const std::string file = place(where).file;
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash + 1);
  return [data = data_, folder](const std::string& name) -> Result<std::string> {
    if (name.empty()) return fail("the name of the file is missing");
    if (data == nullptr) return fail("other files cannot be read here");
    if (name[0] == '/') return fail("a file is named relative to this one, not from /");
    Result<std::string> text = (*data)(folder + name);
    if (!text) return fail(shown(name) + ": " + text.error().what, text.error().hint);
    return text;
  };
}

std::optional<std::size_t> Context::word(const Node* node, std::string_view words) {
  const std::optional<std::string> value = text(node, "a word");
  if (!value) return std::nullopt;
  const std::vector<std::string_view> known = split_words(words);
  const auto found = std::find(known.begin(), known.end(), *value);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  error(node->mark, shown(*value) + " is not known here", suggest(*value, known));
  return std::nullopt;
}

const std::vector<const Node*>& Context::list(const Node* node, std::string_view what) {
  static const std::vector<const Node*> kNothing;
  if (node == nullptr) return kNothing;
  if (node->is_list()) return node->items;
  error(node->mark, std::string(what) + " must be a list, this is " + std::string(kind_name(*node)),
        "Write - item lines, or [item, item]");
  return kNothing;
}

std::optional<TextAt> Context::script(const Node* node) {
  if (node == nullptr) return std::nullopt;
  if (!node->is_scalar()) {
    error(node->mark, "a script is wanted, this is " + std::string(kind_name(*node)),
          "Write `run: |` and the commands indented below");
    return std::nullopt;
  }
  if (node->style == Node::Style::kFolded) {
    error(node->mark, "a script after > loses its line ends", "Write | instead of >");
    return std::nullopt;
  }
  return TextAt{place(node->text_mark), node->scalar};
}

std::optional<std::size_t> Context::find_host(const Mark& where, std::string_view name) {
  const auto found = host_index.find(name);
  if (found != host_index.end()) return found->second;
  if (switch_index.find(name) != switch_index.end()) {
    error(where, shown(name) + " is a switch, a host is wanted");
  } else {
    error(where, "there is no host " + shown(name), suggest(name, host_names()));
  }
  return std::nullopt;
}

std::optional<std::size_t> Context::find_switch(const Mark& where, std::string_view name) {
  const auto found = switch_index.find(name);
  if (found != switch_index.end()) return found->second;
  if (host_index.find(name) != host_index.end()) {
    error(where, shown(name) + " is a host, a switch is wanted");
  } else {
    error(where, "there is no switch " + shown(name), suggest(name, switch_names()));
  }
  return std::nullopt;
}

const InterfaceSpec* Context::interface(std::size_t host, std::string_view name) const {
  for (const InterfaceSpec& candidate : scenario.hosts[host].interfaces) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

/// Linked, virtual, a VLAN device (with a dot), or one that the host's script names: it may make
/// it.
bool Context::knows_interface(std::size_t host, std::string_view name) const {
  const InterfaceSpec* known = interface(host, name);
  if (known != nullptr || is_virtual_interface(name) || name.find('.') != std::string_view::npos)
    return true;
  const std::optional<TextAt>& run = scenario.hosts[host].run;
  return run && !name.empty() && run->text.find(name) != std::string::npos;
}

std::optional<Context::InterfaceRef> Context::find_interface(const Mark& where,
                                                             std::string_view text, bool any) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    error(where, shown(text) + " is not an interface",
          "Write host:interface, for example client:eth0");
    return std::nullopt;
  }
  const std::optional<std::size_t> host = find_host(where, text.substr(0, colon));
  if (!host) return std::nullopt;
  const std::string_view name = text.substr(colon + 1);
  const InterfaceSpec* known = interface(*host, name);
  if ((known != nullptr && (known->linked || any)) || (any && knows_interface(*host, name))) {
    return InterfaceRef{*host, std::string(name)};
  }
  std::vector<std::string_view> words;
  for (const InterfaceSpec& candidate : scenario.hosts[*host].interfaces)
    words.push_back(candidate.name);
  error(where, shown(text.substr(0, colon)) + " has no interface " + shown(name) + " with a link",
        suggest(name, words));
  return std::nullopt;
}

std::vector<std::string_view> Context::host_names() const { return names_of(host_index); }
std::vector<std::string_view> Context::switch_names() const { return names_of(switch_index); }

std::optional<wire::Mac> Context::find_mac(const Mark& where, std::string_view text) {
  if (text == "broadcast") return wire::kBroadcastMac;
  if (const auto mac = wire::parse_mac(text)) return *mac;
  const std::size_t colon = text.find(':');
  const bool named =
      colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  if (!named) {
    error(where, shown(text) + " is not a MAC address",
          "Write for example 02:00:00:00:00:01, or host:interface for that interface's own");
    return std::nullopt;
  }
  const std::optional<InterfaceRef> found = find_interface(where, text);
  if (!found) return std::nullopt;
  return interface(found->host, found->interface)->mac;
}

bool Context::check_name(const Mark& where, std::string_view name, std::string_view what) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), allowed) &&
                     name[0] != '-' && name[0] != '.';
  if (!plain) {
    error(where, shown(name) + " cannot name " + std::string(what),
          "Names have letters, digits, '-', '_' and '.', and begin with a letter or digit");
    return false;
  }
  if (name.size() > limits::kNameBytes) {
    error(where, "the name " + shown(name) + " is longer than " +
                     std::to_string(limits::kNameBytes) + " characters");
    return false;
  }
  if (std::find(std::begin(kReservedNames), std::end(kReservedNames), name) !=
      std::end(kReservedNames)) {
    error(where, shown(name) + " cannot name " + std::string(what),
          "The word has a meaning of its own");
    return false;
  }
  return true;
}

bool Context::count_copy(const Mark& where, const Node& node) {
  copied_nodes_ += node.nodes;
  copied_text_ += node.text_bytes;
  if (copied_nodes_ <= limits::kExpandedNodes && copied_text_ <= limits::kExpandedText) return true;
  error(where,
        "with all its copies the file comes to more than " +
            std::to_string(limits::kExpandedNodes) + " values or " +
            std::to_string(limits::kExpandedText >> 20) + " MiB",
        "A range counts once for each of its hosts");
  return false;
}

Fields::Fields(Context& context, const Node* node, const KeyTable& table, const Mark& where)
    : where_(where) {
  if (node == nullptr) return;
  if (!node->is_map()) {
    const bool nothing = node->kind == Node::Kind::kNull;
    context.error(
        node->mark,
        std::string(table.what) + " must be a map, this is " + std::string(kind_name(*node)),
        nothing ? "Write {} for an empty one" : "Write key: value lines, or {key: value}");
    return;
  }
  is_map_ = true;
  entries_ = &node->entries;
  check(context, table);
}

Fields::Fields(Context& context, const std::vector<Entry>& entries, const KeyTable& table,
               const Mark& where)
    : entries_(&entries), where_(where), is_map_(true) {
  check(context, table);
}

void Fields::check(Context& context, const KeyTable& table) {
  std::vector<std::string_view> words;
  for (const Key& key : table.keys) {
    if (!key.later) words.push_back(key.name);
  }
  for (const Entry& entry : *entries_) {
    const auto known = std::find_if(table.keys.begin(), table.keys.end(),
                                    [&](const Key& key) { return key.name == entry.key; });
    if (known == table.keys.end()) {
      context.error(entry.key_mark, std::string(table.what) + " has no key " + shown(entry.key),
                    context.suggest(entry.key, words));
    } else if (known->later) {
      context.not_yet(entry.key_mark, "`" + entry.key + "` of " + std::string(table.what));
    }
  }
  for (const Key& key : table.keys) {
    if (key.required && !has(key.name)) {
      context.error(where_,
                    std::string(table.what) + " needs the key '" + std::string(key.name) + "'",
                    "It is " + std::string(key.about));
    }
  }
}

const Node* Fields::get(std::string_view key) const {
  if (entries_ == nullptr) return nullptr;
  for (const Entry& entry : *entries_) {
    if (entry.key == key) return entry.value;
  }
  return nullptr;
}

Mark Fields::key_mark(std::string_view key) const {
  if (entries_ != nullptr) {
    for (const Entry& entry : *entries_) {
      if (entry.key == key) return entry.key_mark;
    }
  }
  return where_;
}

}  // namespace lvslab::scenario
