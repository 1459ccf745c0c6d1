#include "replay/results.h"

#include <algorithm>
#include <map>

#include "replay/store.h"

namespace lvslab::replay {
namespace {

// Runs a question to its end or until `take` says false; a damaged file ends it.
template <typename Take>
void each(const Recording& recording, const char* sql, const Take& take) {
  Query query = recording.store().database().query(sql);
  while (query.step()) {
    if (!take(query)) return;
  }
}

template <typename Line>
using ByConnection = std::map<std::pair<std::uint32_t, std::uint32_t>, Line>;

}  // namespace

std::map<NodeIndex, std::vector<Row>> address_changes(const Recording& recording) {
  std::map<NodeIndex, std::vector<Row>> changes;
  const char* sql = "SELECT node, event FROM state WHERE tbl = 'addresses' ORDER BY event, rowid";
  each(recording, sql, [&](const Query& q) {
    std::vector<Row>& rows = changes[q.small(0)];
    const Row row = recording.row_of(q.number(1)).value_or(0);
    if (rows.empty() || rows.back() != row) rows.push_back(row);
    return true;
  });
  return changes;
}

std::vector<Belief> beliefs(const Recording& recording) {
  const trace::Scene& scene = recording.scene();
  std::vector<Belief> list;
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> open;  // node and key -> its last
  const char* sql =
      "SELECT node, key, value, event FROM state WHERE tbl = 'neighbours' ORDER BY event, rowid";
  each(recording, sql, [&](const Query& q) {
    const std::string key(q.text(1));
    const std::size_t gap = key.find(' ');
    const NodeIndex node = q.small(0);
    const auto row = recording.row_of(q.number(3));
    if (gap == std::string::npos || node >= scene.nodes.size() || !row) return true;
    const Instant now = recording.time_of(*row);
    const auto mac = wire::parse_mac(q.text(2).substr(0, 17));
    const auto known = open.find({node, key});
    if (known != open.end()) {
      if (list[known->second].mac == mac) return true;
      list[known->second].until = now;
    } else if (!mac) {
      return true;
    }
    open[{node, key}] = list.size();
    Belief belief{.node = node,
                  .interface = key.substr(0, gap),
                  .address = key.substr(gap + 1),
                  .mac = mac,
                  .since = now,
                  .until = Instant::never()};
    for (std::size_t i = 0; mac && i < scene.nodes.size(); ++i) {
      const auto& nics = scene.nodes[i].interfaces;
      const bool has =
          std::any_of(nics.begin(), nics.end(), [&](const auto& nic) { return nic.mac == *mac; });
      if (has && !mac->is_zero()) belief.owner = static_cast<NodeIndex>(i);
    }
    list.push_back(std::move(belief));
    return list.size() < 1'000'000;
  });
  return list;
}

std::vector<ConnectionLine> connections(const Recording& recording, std::size_t most) {
  ByConnection<ConnectionLine> found;
  const char* sql =
      "SELECT traffic, connection, event, what, detail FROM connections ORDER BY rowid";
  each(recording, sql, [&](const Query& q) {
    const auto row = recording.row_of(q.number(2));
    if (!row) return true;
    const std::pair key{q.small(0), q.small(1)};
    if (found.size() >= most && !found.contains(key)) return true;
    ConnectionLine& line = found[key];
    if (line.first == kNoRow) {
      line.first = *row;
      line.traffic = key.first;
      line.number = key.second;
      line.name = recording.scene().tag_text({key.first, key.second, 0});
      line.status = "open";
    }
    const std::string_view what = q.text(3);
    if (what == "app-intended") line.intended = recording.time_of(*row);
    if (what == "app-served" && line.real_server == kNoNode)
      line.real_server = recording.node_of(*row);
    if (what == "app-closed") {
      line.closed = recording.time_of(*row);
      line.status = std::string(q.text(4));
    }
    return true;
  });
  each(recording, "SELECT traffic, connection FROM requests WHERE what = 'app-request-sent'",
       [&](const Query& q) {
         const auto at = found.find({q.small(0), q.small(1)});
         if (at != found.end()) ++at->second.requests;
         return true;
       });
  std::vector<ConnectionLine> list;
  list.reserve(found.size());
  for (auto& [key, line] : found) list.push_back(std::move(line));
  std::stable_sort(list.begin(), list.end(), [](const ConnectionLine& a, const ConnectionLine& b) {
    return a.intended < b.intended;
  });
  return list;
}

std::vector<RequestLine> requests(const Recording& recording, std::size_t most) {
  ByConnection<NodeIndex> servers;
  each(
      recording,
      "SELECT traffic, connection, event FROM connections WHERE what = 'app-served' ORDER BY rowid",
      [&](const Query& q) {
        if (const auto row = recording.row_of(q.number(2)))
          servers.try_emplace({q.small(0), q.small(1)}, recording.node_of(*row));
        return true;
      });
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::size_t> known;
  std::vector<RequestLine> list;
  const char* sql = "SELECT traffic, connection, request, event, what FROM requests ORDER BY rowid";
  each(recording, sql, [&](const Query& q) {
    const auto row = recording.row_of(q.number(3));
    if (!row) return true;
    const std::tuple key{q.small(0), q.small(1), q.small(2)};
    const Instant now = recording.time_of(*row);
    const std::string_view what = q.text(4);
    const auto at = known.find(key);
    if (at == known.end()) {
      if (what != "app-request-sent" || list.size() >= most) return true;
      known.emplace(key, list.size());
      RequestLine line{.traffic = q.small(0), .connection = q.small(1), .request = q.small(2)};
      const auto server = servers.find({line.traffic, line.connection});
      if (server != servers.end()) line.real_server = server->second;
      line.sent = now;
      const auto [turn, thing] = recording.store().at(*row);
      const auto intended = static_cast<std::int64_t>(turn->things[thing].note.m);
      line.intended =
          Instant::at(Duration::picoseconds(std::clamp<std::int64_t>(intended, 0, now.ps())));
      list.push_back(line);
      return true;
    }
    RequestLine& line = list[at->second];
    if (what == "app-first-byte") line.first_byte = now;
    if (what == "app-reply") {
      line.last_byte = now;
      known.erase(at);
    }
    return true;
  });
  return list;
}

std::vector<CommandLine> console(const Recording& recording) {
  std::vector<CommandLine> list;
  for (const auto& [event, command] : recording.store().index().commands) {
    const auto row = recording.row_of(event);
    if (!row) continue;
    list.push_back({.row = *row,
                    .time = recording.time_of(*row),
                    .node = recording.node_of(*row),
                    .command = command.command,
                    .out = command.out,
                    .err = command.err,
                    .place = command.place,
                    .status = command.status});
  }
  return list;
}

std::vector<Finding> findings(const Recording& recording) {
  std::vector<Finding> list;
  const char* sql =
      "SELECT id, severity, place, summary, host, symptom, cure, waived, seen, gone FROM findings";
  each(recording, sql, [&](const Query& q) {
    const auto text = [&](int column) { return std::string(q.text(column)); };
    list.push_back(
        {text(0), text(1), text(2), text(3), text(4), text(5), text(6), text(7), text(8), text(9)});
    return list.size() < 100'000;
  });
  return list;
}

std::vector<Expectation> expectations(const Recording& recording) {
  std::vector<Expectation> list;
  const char* sql = "SELECT place, kind, passed, expected, actual FROM expectations";
  each(recording, sql, [&](const Query& q) {
    list.push_back({.place = std::string(q.text(0)),
                    .kind = std::string(q.text(1)),
                    .expected = std::string(q.text(3)),
                    .actual = std::string(q.text(4)),
                    .passed = q.integer(2) != 0});
    return list.size() < 100'000;
  });
  return list;
}

}  // namespace lvslab::replay
