// Who is who in a recording, the texts that notes point to, and the commands that were typed.
#include "replay/index.h"

namespace lvslab::replay {

std::optional<Error> read_scene(Index& index, const Database& db);

namespace {

constexpr std::size_t kMostNodes = 100'000, kMostWords = 1'000'000, kMostCommands = 1'000'000;
constexpr std::size_t kMostInterfaces = 4096;

class SceneReader {
 public:
  SceneReader(Index& index, const Database& db) : index_(index), db_(db) {}

  bool read() {
    return meta() && scenario() && nodes() && interfaces() && links() && names() && words() &&
           commands();
  }

 private:
  template <typename Take>
  bool each(const char* sql, const Take& take) {
    Query query = db_.query(sql);
    if (!query.valid()) return false;
    while (query.step()) {
      if (!take(query)) return false;
    }
    return !query.broken();
  }

  bool meta() {
    return each("SELECT key, value FROM meta", [&](const Query& q) {
      index_.meta.try_emplace(std::string(q.text(0)), q.text(1));
      return index_.meta.size() < 1000;
    });
  }
  bool scenario() {
    return each("SELECT text FROM scenario LIMIT 1", [&](const Query& q) {
      index_.scenario = std::string(q.text(0));
      return true;
    });
  }
  bool nodes() {
    trace::Scene& scene = index_.scene;
    scene.title = index_.meta.contains("title") ? index_.meta.at("title") : "";
    return each("SELECT node, name, role, is_switch FROM nodes ORDER BY node", [&](const Query& q) {
      if (q.integer(0) != static_cast<std::int64_t>(scene.nodes.size())) return false;
      scene.nodes.push_back({.name = std::string(q.text(1)),
                             .role = std::string(q.text(2)),
                             .is_switch = q.integer(3) != 0,
                             .interfaces = {}});
      return scene.nodes.size() < kMostNodes;
    });
  }
  bool interfaces() {
    const char* sql =
        "SELECT node, interface, name, mac, raw_ip FROM interfaces ORDER BY node, interface";
    return each(sql, [&](const Query& q) {
      if (q.integer(0) < 0 || q.number(0) >= index_.scene.nodes.size()) return false;
      auto& list = index_.scene.nodes[q.number(0)].interfaces;
      if (q.integer(1) != static_cast<std::int64_t>(list.size())) return false;
      const auto mac = wire::parse_mac(q.text(3));
      list.push_back({std::string(q.text(2)), mac.value_or(wire::Mac{}), q.integer(4) != 0});
      return list.size() < kMostInterfaces;
    });
  }
  bool links() {
    const char* sql =
        "SELECT name, node_a, interface_a, node_b, interface_b FROM links ORDER BY link";
    return each(sql, [&](const Query& q) {
      trace::SceneLink link{.name = std::string(q.text(0)),
                            .node_a = q.small(1),
                            .node_b = q.small(3),
                            .interface_a = static_cast<InterfaceIndex>(q.small(2)),
                            .interface_b = static_cast<InterfaceIndex>(q.small(4))};
      const std::size_t count = index_.scene.nodes.size();
      if (link.node_a >= count || link.node_b >= count) return false;
      index_.scene.links.push_back(std::move(link));
      return index_.scene.links.size() < kMostNodes;
    });
  }
  // Recordings of earlier versions have neither.
  bool names() {
    if (db_.has_table("traffics") &&
        !each("SELECT name FROM traffics ORDER BY traffic", [&](const Query& q) {
          index_.scene.traffics.emplace_back(q.text(0));
          return index_.scene.traffics.size() < kMostNodes;
        }))
      return false;
    if (!db_.has_table("names")) return true;
    return each("SELECT address, name FROM names ORDER BY rowid", [&](const Query& q) {
      if (const auto address = wire::parse_ipv4(q.text(0)))
        index_.scene.names.emplace_back(*address, std::string(q.text(1)));
      return index_.scene.names.size() < kMostNodes;
    });
  }
  bool words() {
    return each("SELECT word, text FROM words ORDER BY word", [&](const Query& q) {
      if (q.integer(0) != static_cast<std::int64_t>(index_.words.size()) + 1) return false;
      index_.words.emplace_back(q.text(1));
      return index_.words.size() < kMostWords;
    });
  }
  bool commands() {
    const char* sql = "SELECT event, command, status, stdout, stderr, place FROM console";
    return each(sql, [&](const Query& q) {
      index_.commands[q.number(0)] = {.command = std::string(q.text(1)),
                                      .out = std::string(q.text(3)),
                                      .err = std::string(q.text(4)),
                                      .place = std::string(q.text(5)),
                                      .status = static_cast<int>(q.integer(2))};
      return index_.commands.size() < kMostCommands;
    });
  }

  Index& index_;
  const Database& db_;
};

}  // namespace

std::optional<Error> read_scene(Index& index, const Database& db) {
  for (const char* table : {"meta", "scenario", "nodes", "interfaces", "links", "words", "turns",
                            "sent", "state", "console", "connections", "requests"}) {
    if (db.has_table(table)) continue;
    return Error{
        index.path + ": this is an SQLite file, but no recording: it has no table " + table,
        "a recording is made by: lvslab run FILE --record " + index.path};
  }
  Query schema = db.query("SELECT value FROM meta WHERE key = 'schema'");
  const std::string version = schema.step() ? std::string(schema.text(0)) : std::string();
  if (version != "2") {
    return Error{index.path + ": a recording of another version of lvslab (schema " +
                     (version.empty() ? "missing" : version) + ", this one reads 2)",
                 "run the scenario again with --record"};
  }
  if (SceneReader(index, db).read()) return std::nullopt;
  return Error{index.path + ": the recording is damaged: it does not say who is who",
               "copy it again, or run the scenario again with --record"};
}

}  // namespace lvslab::replay
