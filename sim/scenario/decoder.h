// From the tree to scenario structs: what all sections need. Errors are collected, never thrown; a
// section that has some leaves what it could read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "scenario/document.h"
#include "scenario/keys.h"
#include "scenario/laws.h"
#include "scenario/scenario.h"
#include "scenario/substitute.h"

namespace lvslab::scenario {

class Context {
 public:
  /// `data`: how to get at files of figures; null: they are refused.
  Context(Scenario& into, std::vector<Message>& errors, const std::vector<Source>& sources,
          const FileReader* data)
      : scenario(into), errors_(errors), sources_(sources), data_(data) {}

  Scenario& scenario;
  Variables variables;
  std::optional<std::uint32_t> number;  ///< $N, while a host of a range or its link is read

  // --- messages --------------------------------------------------------------------------------
  void error(const Mark& mark, std::string what, std::string hint = {});
  void error_at(const Place& place, std::string what, std::string hint = {});
  void not_yet(const Mark& mark, const std::string& what);
  std::size_t error_count() const { return reported_; }
  Place place(const Mark& mark) const;
  Mark mark(const Place& place) const;  ///< back again
  /// hint_for_word, but nothing once the messages are full.
  std::string suggest(std::string_view word, const std::vector<std::string_view>& words) const;

  // --- scalars: nothing when it is none or there was an error
  // ---------------------------------------
  /// The text of a single value with $NAMEs replaced.
  std::optional<std::string> text(const Node* node, std::string_view wanted = "a single value");
  /// Reads `node` if there is one by a parser of units.h; true when `into` was set.
  template <typename T, typename Parse>
  bool read(const Node* node, T& into, Parse parse) {
    const std::optional<std::string> value = text(node);
    if (!value) return false;
    auto result = parse(*value);
    if (!result) {
      error(node->mark, result.error().what, result.error().hint);
      return false;
    }
    into = static_cast<T>(*result);
    return true;
  }
  /// A distribution by a parser of laws.h.
  template <typename Parse>
  bool read_law(const Node* node, app::Distribution& into, Parse parse) {
    if (node == nullptr) return false;
    return read(node, into,
                [&](std::string_view value) { return parse(value, data_reader(node->mark)); });
  }
  /// Reads data files that the scenario file of `mark` names.
  DataReader data_reader(const Mark& mark) const;
  /// A whole number in [least, most].
  template <typename T>
  bool read_count(const Node* node, T& into, std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = 0;
    if (!read_count(node, value, least, most)) return false;
    into = static_cast<T>(value);
    return true;
  }
  bool read_count(const Node* node, std::uint64_t& into, std::uint64_t least, std::uint64_t most);
  /// One of "a|b|c": its position.
  std::optional<std::size_t> word(const Node* node, std::string_view words);
  /// A list, checked to be one; empty list when not.
  const std::vector<const Node*>& list(const Node* node, std::string_view what);
  /// A script as it stands.
  std::optional<TextAt> script(const Node* node);

  // --- names
  // ---------------------------------------------------------------------------------------
  struct InterfaceRef {
    std::size_t host = 0;
    std::string interface;
  };
  std::map<std::string, std::size_t, std::less<>> host_index, switch_index;
  std::map<std::string, std::size_t, std::less<>> link_index, traffic_index;
  /// Reports an unknown name with the nearest known one.
  std::optional<std::size_t> find_host(const Mark& mark, std::string_view name);
  std::optional<std::size_t> find_switch(const Mark& mark, std::string_view name);
  /// "host:interface" of a linked interface (or a virtual one with `any`).
  std::optional<InterfaceRef> find_interface(const Mark& mark, std::string_view text,
                                             bool any = false);
  const InterfaceSpec* interface(std::size_t host, std::string_view name) const;
  bool knows_interface(std::size_t host, std::string_view name) const;
  std::vector<std::string_view> host_names() const;
  std::vector<std::string_view> switch_names() const;
  /// A MAC, host:interface or the word broadcast.
  std::optional<wire::Mac> find_mac(const Mark& mark, std::string_view text);
  /// A name for a host, switch, link or traffic: no spaces, no ':' '/' '$' '[' ...
  bool check_name(const Mark& mark, std::string_view name, std::string_view what);

  /// Counts a copy of `node` made by a range or `like`; false, with a message, beyond the limit.
  bool count_copy(const Mark& mark, const Node& node);

 private:
  std::vector<Message>& errors_;
  const std::vector<Source>& sources_;
  const FileReader* data_;
  std::size_t reported_ = 0;
  std::size_t expanded_text_ = 0;  ///< of values with names replaced
  std::size_t copied_nodes_ = 0, copied_text_ = 0;
  std::set<std::tuple<int, int, int, std::string>> seen_;
};

/// The entries of a map, checked against its table: unknown, later and missing keys are reported
/// here.
class Fields {
 public:
  /// `where`: the map's key or place, for keys that are missing.
  Fields(Context& context, const Node* node, const KeyTable& table, const Mark& where);
  Fields(Context& context, const std::vector<Entry>& entries, const KeyTable& table,
         const Mark& where);

  bool is_map() const { return is_map_; }
  /// Null when absent.
  const Node* get(std::string_view key) const;
  bool has(std::string_view key) const { return get(key) != nullptr; }
  /// Of the key itself, or of the whole map when absent.
  Mark key_mark(std::string_view key) const;
  const Mark& where() const { return where_; }

 private:
  void check(Context& context, const KeyTable& table);
  const std::vector<Entry>* entries_ = nullptr;
  Mark where_;
  bool is_map_ = false;
};

/// "eth0", up to 15 characters without spaces, '/' and ':'.
bool is_interface_name(std::string_view name);
/// lo, dummyN, tunlN: there without a cable.
bool is_virtual_interface(std::string_view name);

// --- sections, in the order they are read
// ----------------------------------------------------------------
void decode_shape(Context& context, const Fields& fields, LinkShape& shape);
void decode_hosts(Context& context, const Node* hosts);
void decode_switches(Context& context, const Node* switches);
/// False: some could not be read.
bool decode_links(Context& context, const Node* links);
/// After the links: made-up MACs, interfaces no link names.
void finish_interfaces(Context& context, bool links_read);
void decode_serve(Context& context, const Node* list, HostSpec& host);
void decode_cpu(Context& context, const Node* node, const Mark& where, HostSpec& host);
/// Before the traffic, which comes from them too.
void decode_populations(Context& context, const Node* populations);
void decode_traffic(Context& context, const Node* traffic);
void decode_timeline(Context& context, const Node* timeline);
void decode_waivers(Context& context, const Node* waive);
void decode_compare(Context& context, const Node* compare);
void decode_lesson(Context& context, const Node* lesson);
std::optional<InjectAction> decode_inject(Context& context, const Node* node);
void decode_expectations(Context& context, const Node* expect);

/// The link a timeline item names, by name or by its two ends.
std::optional<std::uint32_t> find_link(Context& context, const Node* node);
/// protocol and port of {tcp: 80} or {udp: 53}.
bool decode_port(Context& context, const Fields& fields, wire::Protocol& protocol,
                 std::uint16_t& port);

/// The whole tree: what read_scenario does once the files are read (reader.cpp).
ReadResult decode_tree(const Node* root, const std::string& name, const ReadOptions& options,
                       std::vector<Source>& sources, std::vector<Message>& errors,
                       const FileReader* data);

/// Every script parsed once: syntax errors and unknown commands become errors of the scenario
/// (script_check.cpp).
void check_scripts(Context& context);
/// A display filter and a drop reason as other folders know them (script_check.cpp).
std::optional<Error> filter_problem(std::string_view filter);
/// The same for events, as the desktop program's filter bar takes it, and the names it knows.
std::optional<Error> event_filter_problem(std::string_view filter);
std::vector<std::string_view> event_field_words();
bool is_drop_reason(std::string_view name);
std::vector<std::string_view> drop_reason_words();

}  // namespace lvslab::scenario
