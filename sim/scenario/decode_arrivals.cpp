// arrivals: a rule in words ("poisson 100/s", "closed {users: 5, think: 1s}"), or the same as a map
// of one key ({closed: {users: 5, think: 1s}}).
#include "scenario/decode_arrivals.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "scenario/limits.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kRules =
    "Write every 1s, poisson 100/s, at [1s, 2s], closed {users: 10, think: 1s} or file NAME";
constexpr std::uint64_t kUnlimited = 0xffffffff;
constexpr std::size_t kRatePoints = 10'000;

/// As it would be written in one line.
std::optional<std::string> flow_text(Context& context, const Node& node) {
  if (node.is_scalar()) return context.text(&node, "a rule of arrivals");
  std::string out;
  const auto add = [&out](const std::optional<std::string>& part) {
    if (part) out += (out.empty() ? "" : ", ") + *part;
    return part.has_value();
  };
  for (const Node* item : node.items) {
    if (!add(flow_text(context, *item))) return std::nullopt;
  }
  for (const Entry& entry : node.entries) {
    const std::optional<std::string> value = flow_text(context, *entry.value);
    if (!value || !add(entry.key + ": " + *value)) return std::nullopt;
  }
  return node.is_list() ? "[" + out + "]" : "{" + out + "}";
}

/// Parts of "a, [b, c], {d: e}" between the commas outside of brackets.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    const std::string_view part = trimmed(text.substr(begin, i - begin));
    if (!part.empty()) parts.push_back(part);
    begin = i + 1;
  }
  return parts;
}

/// What stands between the brackets, when `text` is in such brackets.
std::optional<std::string_view> inside(std::string_view text, char open, char close) {
  if (text.size() < 2 || text.front() != open || text.back() != close) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

/// One rule's reading: the mark of all its messages is that of the rule.
class Rule {
 public:
  Rule(Context& context, const TrafficReading& reading, const Node& node)
      : context_(context), reading_(reading), plan_(reading.plan), node_(node) {}

  void read();

 private:
  void error(std::string what, std::string hint = {}) {
    context_.error(node_.mark, std::move(what), std::move(hint));
  }
  /// Reports; true when there is a value.
  template <typename T>
  bool good(const Result<T>& result) {
    if (!result) error(result.error().what, result.error().hint);
    return result.has_value();
  }
  DataReader data() const { return context_.data_reader(node_.mark); }
  void read_options(std::string_view kind, std::string_view options);
  bool read_option(std::string_view kind, std::string_view key, std::string_view value);
  void read_every(std::string_view value);
  void read_poisson(std::string_view value);
  void read_rates(std::string_view list);
  void read_times(std::string_view list);
  void read_file(std::string_view name);
  bool read_line(std::string_view line, const std::vector<std::string_view>& columns,
                 const std::string& place, app::TraceArrival& arrival);
  void check_count();

  Context& context_;
  const TrafficReading& reading_;
  app::TrafficPlan& plan_;
  const Node& node_;
};

void Rule::read() {
  std::optional<std::string> text;
  if (node_.is_map() && node_.entries.size() == 1) {
    const std::optional<std::string> value = flow_text(context_, *node_.entries[0].value);
    if (value) text = node_.entries[0].key + " " + *value;
  } else if (node_.is_list() || node_.is_map()) {
    return error(
        "arrivals must be a text or a map of one rule, this is " + std::string(kind_name(node_)),
        std::string(kRules));
  } else {
    text = context_.text(&node_, "a rule of arrivals");
  }
  if (!text) return;
  const std::size_t end = std::min(text->find_first_of(" {["), text->size());
  const std::string_view kind = std::string_view(*text).substr(0, end);
  const std::string_view rest = trimmed(std::string_view(*text).substr(end));
  if (kind == "at") return read_times(rest);
  if (kind == "file") {
    plan_.arrivals = app::Arrivals::kTrace;
    read_file(rest);
  } else if (kind == "closed" || kind == "every" || kind == "poisson") {
    plan_.arrivals = kind == "closed"  ? app::Arrivals::kClosed
                     : kind == "every" ? app::Arrivals::kEvery
                                       : app::Arrivals::kPoisson;
    if (const auto options = inside(rest, '{', '}')) {
      read_options(kind, *options);
    } else if (kind == "closed") {
      error("a closed loop needs its users", "Write closed {users: 10, think: exponential 1s}");
    } else if (kind == "every") {
      read_every(rest);
    } else {
      read_poisson(rest);
    }
  } else {
    return error(shown(*text) + " is not a rule of arrivals", std::string(kRules));
  }
  check_count();
}

void Rule::read_options(std::string_view kind, std::string_view options) {
  const std::string_view needed = kind == "closed" ? "users" : kind == "every" ? "gap" : "rate";
  bool there = false;
  for (const std::string_view part : parts_of(options)) {
    const std::size_t colon = part.find(':');
    const std::string_view key = trimmed(part.substr(0, std::min(colon, part.size())));
    const std::string_view value =
        colon == std::string_view::npos ? "" : trimmed(part.substr(colon + 1));
    there = there || key == needed;
    if (!read_option(kind, key, value)) {
      const std::vector<std::string_view> known =
          kind == "closed" ? std::vector<std::string_view>{"users", "think"}
                           : std::vector<std::string_view>{needed, "batch"};
      error("arrivals " + std::string(kind) + " has no key " + shown(key),
            context_.suggest(key, known));
    }
  }
  if (!there)
    error("arrivals " + std::string(kind) + " needs the key '" + std::string(needed) + "'");
}

/// False: the rule has no such key.
bool Rule::read_option(std::string_view kind, std::string_view key, std::string_view value) {
  if (kind == "closed" && key == "users") {
    const auto users = parse_count(value, 1, 1'000'000);
    if (good(users)) plan_.users = static_cast<std::uint32_t>(*users);
  } else if (kind == "closed" && key == "think") {
    const auto think = parse_time_law(value, data());
    if (good(think)) plan_.user_think = *think;
  } else if (kind == "every" && key == "gap") {
    read_every(value);
  } else if (kind == "poisson" && key == "rate") {
    read_poisson(value);
  } else if (kind != "closed" && key == "batch") {
    const auto batch = parse_count(value, 1, 1'000'000);
    if (good(batch)) plan_.batch = static_cast<std::uint32_t>(*batch);
  } else {
    return false;
  }
  return true;
}

void Rule::read_every(std::string_view value) {
  const auto law = parse_time_law(value, data());
  if (!good(law)) return;
  if (law->is_fixed()) {
    plan_.gap = *parse_duration(value);
  } else {
    plan_.gaps = *law;
  }
}

void Rule::read_poisson(std::string_view value) {
  if (const auto list = inside(value, '[', ']')) return read_rates(*list);
  const Result<Duration> gap = parse_event_gap(value);
  if (good(gap)) plan_.gap = *gap;
}

/// "[0s, 100/s], [10s, 500/s]": straight lines from point to point.
void Rule::read_rates(std::string_view list) {
  const std::string hint = "Write poisson {rate: [[0s, 100/s], [10s, 500/s]]}";
  for (const std::string_view item : parts_of(list)) {
    const auto pair = inside(item, '[', ']');
    const auto parts = pair ? parts_of(*pair) : std::vector<std::string_view>{};
    if (parts.size() != 2) return error(shown(item) + " is not a time and a rate", hint);
    const Result<Duration> at = parse_duration(parts[0]);
    if (!good(at)) return;
    app::RatePoint point{.at = *at};
    if (parts[1] != "0/s") {
      const Result<Duration> gap = parse_event_gap(parts[1]);
      if (!good(gap)) return;
      point.per_picosecond = 1 / static_cast<double>(gap->ps());
    }
    const auto& before = plan_.rates;
    if (before.empty() ? at->ps() != 0 : before.back().at > *at) {
      return error(before.empty() ? "the first rate is not that at 0s"
                                  : "the times of the rates are not in order",
                   hint);
    }
    plan_.rates.push_back(point);
  }
  if (plan_.rates.empty() || plan_.rates.size() > kRatePoints) {
    error(plan_.rates.empty() ? "there are no rates" : "there are too many rates", hint);
  }
}

/// "[1s, 2s]": each its own connection.
void Rule::read_times(std::string_view list) {
  const auto times = inside(list, '[', ']');
  if (!times) return error("the times of arrival are not a list", "Write at [1s, 2s]");
  for (const std::string_view time : split_words(*times, ',')) {
    const Result<Duration> at = parse_duration(trimmed(time));
    if (!good(at)) return;
    app::ConnectionPlan connection = plan_.shape;
    connection.client = static_cast<std::uint32_t>(plan_.clients.size());
    connection.at = plan_.start + *at;
    plan_.listed.push_back(std::move(connection));
  }
  const bool counted = reading_.fields.has("connections");
  if (counted && reading_.count != plan_.listed.size()) {
    error(std::to_string(plan_.listed.size()) + " times are listed for " +
              std::to_string(reading_.count) + " connections",
          "Leave `connections` out");
  }
  finish_listed(context_, reading_);
}

/// A line: at[,client][,request_bytes], by the names in the first line.
bool Rule::read_line(std::string_view line, const std::vector<std::string_view>& columns,
                     const std::string& place, app::TraceArrival& arrival) {
  const std::vector<std::string_view> cells = split_words(line, ',');
  const auto bad = [&](std::string what, std::string hint = {}) {
    error(place + what, std::move(hint));
    return false;
  };
  if (cells.size() != columns.size()) {
    return bad(std::to_string(cells.size()) + " cells, the first line names " +
               std::to_string(columns.size()));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = trimmed(cells[i]);
    if (columns[i] == "client") {
      const auto host = context_.host_index.find(cell);
      const auto known = host == context_.host_index.end()
                             ? plan_.clients.end()
                             : std::find(plan_.clients.begin(), plan_.clients.end(), host->second);
      if (known == plan_.clients.end()) {
        return bad(shown(cell) + " is not a host of the traffic's `from`");
      }
      arrival.client = static_cast<std::uint32_t>(known - plan_.clients.begin());
    } else if (columns[i] == "request_bytes") {
      const auto bytes = parse_count(cell, 0, limits::kBytes);
      if (!bytes) return bad(bytes.error().what, bytes.error().hint);
      arrival.request_bytes = *bytes;
    } else {
      const bool unit = !cell.empty() && cell.back() >= 'a';
      const auto at = parse_duration(unit ? std::string(cell) : std::string(cell) + "s");
      if (!at) return bad(at.error().what, at.error().hint);
      arrival.at = *at;
    }
  }
  return true;
}

void Rule::read_file(std::string_view name) {
  const Result<std::string> text = data()(std::string(name));
  if (!good(text)) return;
  std::vector<std::string_view> columns;
  std::uint32_t turn = 0, number = 0;
  int wrong = 0;
  for (const std::string_view line : split_words(*text, '\n')) {
    const std::string place = std::string(name) + ":" + std::to_string(++number) + ":1: ";
    if (trimmed(line).empty() || line.front() == '#') continue;
    if (columns.empty()) {
      for (const std::string_view cell : split_words(line, ',')) columns.push_back(trimmed(cell));
      for (const std::string_view column : columns) {
        if (column == "at" || column == "client" || column == "request_bytes") continue;
        return error(place + "there is no column " + shown(column),
                     "The first line names the columns: at, client, request_bytes");
      }
      if (std::find(columns.begin(), columns.end(), "at") == columns.end()) {
        return error(place + "the column `at` is missing", "It holds the time of each arrival");
      }
      continue;
    }
    app::TraceArrival arrival;
    if (!plan_.clients.empty())
      arrival.client = turn++ % static_cast<std::uint32_t>(plan_.clients.size());
    if (!read_line(line, columns, place, arrival)) {
      if (++wrong >= 20) return;
      continue;
    }
    if (!plan_.trace.empty() && arrival.at < plan_.trace.back().at) {
      error(place + "this arrival is earlier than the one before", "Sort the lines by time");
      if (++wrong >= 20) return;
      continue;
    }
    plan_.trace.push_back(arrival);
  }
  if (plan_.trace.empty() && wrong == 0) error(shown(name) + " has no arrivals");
}

/// How many connections: as given, or whatever comes until the traffic or the run is over.
void Rule::check_count() {
  const bool counted = reading_.fields.has("connections");
  if (plan_.arrivals == app::Arrivals::kTrace) {
    plan_.count =
        counted ? std::min<std::uint64_t>(reading_.count, plan_.trace.size()) : plan_.trace.size();
    return;
  }
  if (!counted && !reading_.fields.has("duration") && !context_.scenario.duration) {
    context_.error(reading_.fields.key_mark("arrivals"),
                   "the traffic does not say how many connections",
                   "Add connections: 6, or a duration");
  }
  plan_.count = counted ? reading_.count : kUnlimited;
  if (plan_.arrivals != app::Arrivals::kClosed && counted && plan_.gap.ps() > 0 &&
      plan_.count / plan_.batch > static_cast<std::uint64_t>(limits::kDuration / plan_.gap)) {
    error("the last connection would come after 30 days", "Fewer, or closer together");
  }
  const bool stands_still =
      plan_.arrivals == app::Arrivals::kEvery && plan_.gap.ps() == 0 && plan_.gaps.is_zero();
  if (!counted && stands_still) error("all of an endless traffic would come at once");
}

}  // namespace

void decode_arrivals(Context& context, const TrafficReading& reading, const Node& node) {
  Rule(context, reading, node).read();
}

}  // namespace lvslab::scenario
