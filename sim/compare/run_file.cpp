#include "compare/run_file.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fmt/format.h"
#include "trace/json.h"

namespace lvslab::compare {
namespace {

using nlohmann::json;
using trace::json_string;

std::string traffic_text(const TrafficFigures& t) {
  std::string out = fmt::format(
      "{{\"name\":{},\"open_loop\":{},\"cut\":{},\"cut_requests\":{},\"connections\":{},"
      "\"failed\":{},\"unsettled\":{},\"requests\":{},\"mean\":{},\"p50\":{},\"p90\":{},"
      "\"p99\":{},\"p999\":{},\"max\":{},\"rate\":{:.12g},\"histogram\":[",
      json_string(t.name), t.open_loop, t.cut, t.cut_requests, t.connections, t.failed, t.unsettled,
      t.requests, t.mean, t.p50, t.p90, t.p99, t.p999, t.max, t.rate);
  for (std::size_t i = 0; i < t.histogram.size(); ++i)
    out += fmt::format("{}[{},{}]", i == 0 ? "" : ",", t.histogram[i].first, t.histogram[i].second);
  return out + "]}";
}

std::string series_text(const LoadSeries& s) {
  std::string active, queue, busy;
  for (std::size_t i = 0; i < s.active.size(); ++i) {
    const char* comma = i == 0 ? "" : ",";
    active += fmt::format("{}{}", comma, s.active[i]);
    queue += fmt::format("{}{}", comma, s.queue[i]);
    busy += fmt::format("{}{:.6g}", comma, s.busy[i]);
  }
  return fmt::format("{{\"server\":{},\"active\":[{}],\"queue\":[{}],\"busy\":[{}]}}",
                     json_string(s.server), active, queue, busy);
}

template <typename List, typename Text>
std::string joined(const List& list, Text text) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ",\n") + text(item);
  return "[" + out + "]";
}

TrafficFigures traffic_of(const json& j) {
  TrafficFigures t;
  t.name = j.at("name").get<std::string>();
  t.open_loop = j.at("open_loop").get<bool>();
  const auto whole = [&](const char* key, auto& into) { j.at(key).get_to(into); };
  whole("cut", t.cut);
  whole("cut_requests", t.cut_requests);
  whole("connections", t.connections);
  whole("failed", t.failed);
  whole("unsettled", t.unsettled);
  whole("requests", t.requests);
  whole("mean", t.mean);
  whole("p50", t.p50);
  whole("p90", t.p90);
  whole("p99", t.p99);
  whole("p999", t.p999);
  whole("max", t.max);
  whole("rate", t.rate);
  whole("histogram", t.histogram);
  return t;
}

RunFigures run_of(const json& j) {
  RunFigures run;
  run.fingerprint = std::stoull(j.at("fingerprint").get<std::string>(), nullptr, 16);
  j.at("cell").get_to(run.cell);
  j.at("replication").get_to(run.replication);
  for (const json& t : j.at("traffics")) run.traffics.push_back(traffic_of(t));
  for (const json& s : j.at("servers")) {
    run.servers.push_back({s.at("name").get<std::string>(),
                           s.at("connections").get<std::uint64_t>(), s.at("share").get<double>(),
                           s.at("busy").get<double>()});
  }
  j.at("jain").get_to(run.jain);
  j.at("simulated").get_to(run.simulated);
  j.at("little_gap").get_to(run.little_gap);
  j.at("dropped").get_to(run.dropped);
  j.at("setting").get_to(run.setting);
  j.at("bin").get_to(run.bin);
  for (const json& s : j.at("series")) {
    run.series.push_back(
        {s.at("server").get<std::string>(), s.at("active").get<std::vector<std::uint32_t>>(),
         s.at("queue").get<std::vector<std::uint32_t>>(), s.at("busy").get<std::vector<double>>()});
  }
  return run;
}

std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string run_text(const RunFigures& run) {
  return fmt::format(
      "{{\"schema\":1,\"fingerprint\":\"{:016x}\",\"cell\":{},\"replication\":{},\n\"traffics\":{},"
      "\n"
      "\"servers\":{},\n\"jain\":{:.12g},\"simulated\":{:.12g},\"little_gap\":{:.3e},"
      "\"dropped\":{},\n\"setting\":{},\n\"bin\":{:.9g},\"series\":{}}}\n",
      run.fingerprint, run.cell, run.replication, joined(run.traffics, traffic_text),
      joined(run.servers,
             [](const ServerFigures& s) {
               return fmt::format(
                   "{{\"name\":{},\"connections\":{},\"share\":{:.12g},\"busy\":{:.12g}}}",
                   json_string(s.name), s.connections, s.share, s.busy);
             }),
      run.jain, run.simulated, run.little_gap, run.dropped,
      joined(run.setting, [](const std::string& line) { return json_string(line); }), run.bin,
      joined(run.series, series_text));
}

// The library tells of a missing key or a wrong type by an exception: here it means "not ours".
std::optional<RunFigures> parse_run(std::string_view text) {
  try {
    return run_of(json::parse(text));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string run_path(const std::string& directory, std::uint32_t cell, std::uint32_t replication) {
  return fmt::format("{}/runs/{:04}-{:04}.json", directory, cell, replication);
}

bool write_whole(const std::string& path, std::string_view text) {
  const std::string unfinished = fmt::format("{}.{}.part", path, getpid());
  {
    std::ofstream file(unfinished, std::ios::binary);
    file << text;
    file.close();
    if (!file) {
      std::remove(unfinished.c_str());
      return false;
    }
  }
  return std::rename(unfinished.c_str(), path.c_str()) == 0;
}

std::optional<RunFigures> stored_run(const std::string& directory, std::uint32_t cell,
                                     std::uint32_t replication, std::uint64_t fingerprint) {
  const auto text = text_of(run_path(directory, cell, replication));
  if (!text) return std::nullopt;
  auto run = parse_run(*text);
  if (!run || run->fingerprint != fingerprint || run->cell != cell ||
      run->replication != replication)
    return std::nullopt;
  return run;
}

bool is_damaged(const std::string& directory, std::uint32_t cell, std::uint32_t replication) {
  const auto text = text_of(run_path(directory, cell, replication));
  return text && !parse_run(*text);
}

Result<std::vector<SavedCell>> saved_cells(const std::string& directory) {
  const std::string path = directory + "/compare.json";
  const auto text = text_of(path);
  if (!text)
    return tl::unexpected(
        Error{"cannot read " + path, "A folder that `compare --out` has written"});
  try {
    std::vector<SavedCell> cells;
    const json all = json::parse(*text);
    for (const json& cell : all.at("cells")) {
      SavedCell saved{cell.at("cell").get<std::string>(), {}};
      for (const json& traffic : cell.at("traffic")) {
        const json& values = traffic.at("values");
        for (auto one = values.begin(); one != values.end(); ++one) {
          saved.values.push_back({traffic.at("name").get<std::string>(), one.key(),
                                  one.value().get<std::vector<double>>(),
                                  !traffic.at("metrics").at(one.key()).at("mean").is_null()});
        }
      }
      cells.push_back(std::move(saved));
    }
    return cells;
  } catch (const std::exception&) {
    return tl::unexpected(Error{path + " is no result of `lvslab compare`", ""});
  }
}

}  // namespace lvslab::compare
