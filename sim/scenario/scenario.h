// A scenario file as plain structs: read, checked, all names resolved, nothing built yet. Every
// part remembers where it stands, for messages and for the trace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/load.h"
#include "app/server.h"
#include "base/time.h"
#include "engine/cpu.h"
#include "scenario/compare_spec.h"
#include "wire/address.h"

namespace lvslab::scenario {

struct Place {
  std::string file;
  int line = 0, column = 0;  ///< from 1; 0: no place
  std::string text() const;  ///< "file:line:column"
};
/// text() taken apart again; no place if it is none.
Place parse_place(std::string_view text);

struct LinkShape {
  std::uint64_t bits_per_second = 1'000'000'000;  ///< 0: unlimited
  Duration delay = Duration::microseconds(5);
  std::uint32_t queue_frames = 1000;
  double loss = 0;  ///< probability per frame
};

struct InterfaceSpec {
  Place place;
  std::string name;
  std::vector<wire::Prefix> addresses;
  std::optional<wire::Mac> mac;  ///< linked ones all have it: given, or 02:00:00:HH:HH:II
  bool mac_made = false;         ///< nobody gave it: made of its position
  std::optional<std::uint32_t> mtu;
  bool linked = false;  ///< a cable ends here; else lo, dummyN or tunlN with addresses
};

struct TextAt {  ///< a script or a file's text and where it begins
  Place place;   ///< of the text's first character
  std::string text;
};

struct HostSpec {
  Place place;
  std::string name;
  std::string role;                       ///< client router director real-server, or empty
  std::optional<std::uint32_t> number;    ///< of a host range: its scripts know it as $N
  std::vector<InterfaceSpec> interfaces;  ///< as listed, then those that only links name
  std::optional<wire::Ipv4> gateway;
  Place gateway_place;
  std::vector<std::pair<std::string, std::string>> sysctl;  ///< in order of the file
  std::vector<Place> sysctl_places;
  std::vector<std::string> modules;
  std::vector<Place> module_places;
  struct FileSpec {
    std::string path;
    std::uint32_t mode = 0644;
    std::string text;
    Place place;
  };
  std::vector<FileSpec> files;
  std::optional<TextAt> run;
  std::vector<app::ServeSpec> serve;
  std::vector<Place> serve_places;
  std::vector<wire::Prefix> own_prefixes;  ///< of populations
  std::optional<engine::CpuModel> cpu;     ///< none: forwarding takes no time
};

struct SwitchSpec {
  Place place;
  std::string name;
  Duration mac_aging = Duration::seconds(300);
};

struct LinkEnd {
  std::string node;  ///< host or switch
  std::string port;  ///< interface name, or a switch's port label, or empty
  bool is_switch = false;
  std::uint16_t access_vlan = 0;  ///< switch ports; 0: not VLAN aware
  std::vector<std::uint16_t> trunk;
};
struct LinkSpec {
  Place place;
  std::string name;  ///< as given, or its ends as written, "a:eth0-b:eth0", "a:eth0-lan"
  LinkEnd a, b;
  LinkShape shape;
};

/// One thing on the timeline; `at` counts from ready.
struct RunAction {
  std::string host;
  TextAt script;
};
struct LinkAction {
  std::uint32_t link = 0;  ///< index into Scenario::links
  std::optional<bool> up;
  std::optional<double> loss;
  std::optional<std::uint64_t> bits_per_second;
  std::optional<Duration> delay;
};
struct PowerAction {
  std::string host;
  bool on = false;
};
struct ServeAction {
  std::string host;
  wire::Protocol protocol = wire::Protocol::kTcp;
  std::uint16_t port = 0;
  app::ServerChange change;
};
struct InjectAction {
  std::string host, interface;      ///< the frame leaves by this interface
  std::vector<std::uint8_t> frame;  ///< whole Ethernet frame
};
struct TimelineItem {
  Place place;
  Duration at;
  std::variant<RunAction, LinkAction, PowerAction, ServeAction, InjectAction> action;
};

/// An expectation as read: which kind and its keys as a small tree of checked scalars. Each kind's
/// own file in expect/expectations/ turns it into a judge.
struct Value {
  // Out of line: `entries` is a vector of pairs of a type that is not complete yet.
  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  Place place;
  enum class Kind : std::uint8_t { kScalar, kList, kMap } kind = Kind::kScalar;
  std::string scalar;  ///< $NAMEs replaced
  bool quoted = false;
  std::vector<Value> items;                            ///< kList
  std::vector<std::pair<std::string, Value>> entries;  ///< kMap, in order of the file
  const Value* find(std::string_view key) const;
};
struct ExpectationSpec {
  Place place;
  std::string kind;  ///< connections, connection, ipvs, neighbour, frames, path ...
  Value value;       ///< kMap with all keys, the kind's too; see expectation_keys.h
};

/// A finding of `lvslab check` that this scenario means to have.
struct Waiver {
  Place place;
  std::string finding;  ///< its id
  std::string host;     ///< empty: on any
  std::string reason;
};

/// A question of a lesson. What the learner may say is a choice; of each choice `seen` is what
/// would stand in the event shown if that were the answer, so that the run decides.
struct LessonQuestion {
  Place place;
  std::string ask, why;
  struct Choice {
    std::string text, seen;
  };
  std::vector<Choice> choices;  ///< empty: a prediction in words
  Choice answer;
  std::string show;   ///< a display filter: the first event that matches shows the answer
  std::string value;  ///< the field of that event to look in, or "count"; empty: its sentence
};

/// A scenario with one idea, to be predicted before it is run.
struct LessonSpec {
  Place place;
  std::uint32_t number = 0;
  std::string idea;
  std::vector<LessonQuestion> questions;
};

struct Scenario {
  std::string file;
  std::string title, about;
  std::uint64_t seed = 1;
  std::optional<Duration> duration;
  std::vector<std::pair<std::string, std::string>>
      names;  ///< NAME -> address text, in order of the file
  std::vector<std::pair<std::string, std::string>> params;
  LinkShape link_defaults;
  std::vector<HostSpec> hosts;  ///< in order of the file, ranges and `like` expanded
  std::vector<SwitchSpec> switches;
  std::vector<LinkSpec> links;
  app::LoadPlan load;  ///< clients as host numbers: index into `hosts`
  std::vector<Place> traffic_places;
  std::vector<TimelineItem> timeline;  ///< in order of the file
  std::vector<ExpectationSpec> expectations;
  std::vector<Waiver> waivers;
  std::string skip;  ///< reason, or empty
  std::optional<CompareSpec> compare;
  std::optional<LessonSpec> lesson;
};

struct Message {
  Place place;
  std::string what, hint;
};
/// "file:line:column: what. hint" with the source line and a caret below.
std::string render(const Message& message, std::string_view source_line);

struct ReadOptions {
  std::vector<std::pair<std::string, std::string>> set;  ///< --set NAME=VALUE
  std::optional<std::uint64_t> seed;
  std::string variant;  ///< of `compare`: its changes are made first
};

struct ReadResult {
  Scenario scenario;                                      ///< meaningful only without errors
  std::vector<Message> errors;                            ///< all of them, in order of place
  std::map<std::string, std::vector<std::string>> lines;  ///< of each file read, for carets
  /// Of all bytes read, files of data too: two results with the same one came of the same files.
  std::uint64_t fingerprint = 0;
};

/// Reads a file with what it includes or extends. Never throws, never hangs: bounds are stated in
/// limits.h.
ReadResult read_scenario(const std::string& path, const ReadOptions& options = {});
/// The same for a text that was read already (tests, fuzzing); includes are refused.
ReadResult read_scenario_text(std::string_view text, const std::string& name,
                              const ReadOptions& options = {});

/// JSON Schema of the language, made from the decoder's own tables.
std::string json_schema();

}  // namespace lvslab::scenario
