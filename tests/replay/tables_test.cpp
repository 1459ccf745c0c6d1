// The tables of a host at an instant, and what else stands in a recording.
#include <gtest/gtest.h>

#include "replay/display_filter.h"
#include "replay/recorded_lab.h"
#include "replay/results.h"

namespace lvslab::replay {
namespace {

const HostTable& table_of(const std::vector<HostTable>& tables, const std::string& name) {
  static const HostTable none;
  for (const HostTable& table : tables) {
    if (table.name == name) return table;
  }
  ADD_FAILURE() << "no table " << name;
  return none;
}

std::vector<std::string> texts(const HostTable& table) {
  std::vector<std::string> lines;
  for (const HostTable::Line& line : table.lines) {
    std::string text = line.removed ? "- " : "";
    for (const HostTable::Cell& cell : line.cells)
      text += (text.empty() || text == "- " ? "" : "|") + cell.text + (cell.changed ? "@" : "");
    lines.push_back(text);
  }
  return lines;
}

Row first(const Recording& recording, const std::string& words) {
  const auto filter = DisplayFilter::parse(words);
  EXPECT_TRUE(filter) << filter.error().what;
  return recording.find(*filter, 0, Direction::kForward, recording.rows()).found.value_or(kNoRow);
}

TEST(HostTables, AreThoseThatTheRealToolsPrintAtTheEnd) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto lvs = recording.tables(node_named(recording, "lvs"), recording.rows() - 1);
  EXPECT_EQ(
      texts(table_of(lvs, "ipvs")),
      (std::vector<std::string>{"TCP|192.168.182.100:80|rr|||", "->|192.168.182.210:80|Route|1|0|2",
                                "->|192.168.182.220:80|Route|1|0|2"}));
  const auto connections = texts(table_of(lvs, "connections"));
  ASSERT_EQ(connections.size(), 4u);
  EXPECT_EQ(connections[0].substr(0, 13), "TCP|FIN_WAIT|");
  const auto route = recording.tables(node_named(recording, "route"), recording.rows() - 1);
  const auto neighbours = texts(table_of(route, "neighbours"));
  EXPECT_TRUE(std::any_of(neighbours.begin(), neighbours.end(), [](const std::string& line) {
    return line.starts_with("192.168.182.100|eth1|02:00:00:00:05:00|") &&
           line.ends_with("|lvs.eth0");
  }));
  const auto routes = texts(table_of(route, "routes"));
  EXPECT_EQ(routes.front(), "192.168.182.0/24||eth1|main");
  const auto lan = recording.tables(node_named(recording, "lan"), recording.rows() - 1);
  ASSERT_EQ(lan.size(), 1u);
  EXPECT_EQ(table_of(lan, "macs").lines.size(), 4u);
}

TEST(HostTables, MarkWhatTheTurnChanged) {
  const Recording& recording = *RecordedLab::d().recording;
  const NodeIndex lvs = node_named(recording, "lvs");
  const Row pick = first(recording, "note == ipvs-picked");
  const Row end = recording.turn_of(pick).second - 1;
  const auto after = recording.tables(lvs, end);
  EXPECT_EQ(
      texts(table_of(after, "ipvs")),
      (std::vector<std::string>{"TCP|192.168.182.100:80|rr|||", "->|192.168.182.210:80|Route|1|0|0",
                                "->|192.168.182.220:80|Route|1|1@|0"}));
  const auto born = texts(table_of(after, "connections"));
  ASSERT_EQ(born.size(), 1u);
  EXPECT_EQ(born[0].substr(0, 15), "TCP@|SYN_RECV@|");
  // One event earlier than the turn: nothing of it; and nothing is marked on another host.
  EXPECT_TRUE(
      table_of(recording.tables(lvs, recording.turn_of(pick).first), "connections").lines.empty());
  for (const HostTable& table : recording.tables(node_named(recording, "rs1"), end)) {
    for (const std::string& line : texts(table)) EXPECT_EQ(line.find('@'), std::string::npos);
  }
}

TEST(HostTables, ShowALineOnceMoreInTheTurnInWhichItGoes) {
  const Recording& recording = *RecordedLab::d().recording;
  const Row gone = first(recording,
                         "note == state-socket and node == rs2 and info contains gone "
                         "and frame.time > 0");
  ASSERT_NE(gone, kNoRow);
  const NodeIndex rs2 = node_named(recording, "rs2");
  const auto lines = texts(table_of(recording.tables(rs2, gone), "sockets"));
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.starts_with("- TCP@"); }),
            1);
  const Row later = recording.turn_of(gone).second;
  for (const std::string& line : texts(table_of(recording.tables(rs2, later), "sockets")))
    EXPECT_FALSE(line.starts_with("- ")) << line;
}

// The fold goes on from where it was; going back must give the same as coming there first.
TEST(HostTables, AreTheSameFromWhicheverSideTheyAreReached) {
  const Recording& recording = *RecordedLab::d().recording;
  const NodeIndex lvs = node_named(recording, "lvs");
  std::map<Row, std::vector<std::string>> forward;
  const auto all = [&](const Recording& from, Row row) {
    std::vector<std::string> lines;
    for (const HostTable& table : from.tables(lvs, row)) {
      for (const std::string& line : texts(table)) lines.push_back(table.name + " " + line);
    }
    return lines;
  };
  for (Row row = 0; row < recording.rows(); row += 31) forward[row] = all(recording, row);
  for (auto at = forward.rbegin(); at != forward.rend(); ++at)
    ASSERT_EQ(all(recording, at->first), at->second) << "row " << at->first;
}

TEST(HostTables, KnowTheCommandBehindALine) {
  const Recording& recording = *RecordedLab::d().recording;
  const NodeIndex lvs = node_named(recording, "lvs");
  const auto tables = recording.tables(lvs, recording.rows() - 1);
  const auto place = recording.place_of_line(lvs, table_of(tables, "ipvs").lines.at(2));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->command, "ipvsadm -a -t 192.168.182.100:80 -r 192.168.182.220:80 -g");
  EXPECT_TRUE(place->file.ends_with("D-corrected.yaml"));
}

TEST(Results, AreThoseOfTheRun) {
  const RecordedLab& lab = RecordedLab::d();
  const Recording& recording = *lab.recording;
  const auto lines = connections(recording);
  ASSERT_EQ(lines.size(), 4u);
  const char* const order[] = {"rs2", "rs1", "rs2", "rs1"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].name, "web/" + std::to_string(i + 1));
    EXPECT_EQ(lines[i].status, "completed");
    EXPECT_EQ(lines[i].requests, 1u);
    EXPECT_EQ(recording.scene().nodes[lines[i].real_server].name, order[i]);
    EXPECT_EQ(lines[i].intended, Instant::at(Duration::seconds(static_cast<std::int64_t>(i))));
  }
  const auto asked = requests(recording);
  ASSERT_EQ(asked.size(), 4u);
  const auto& collector = lab.run.session->collector();
  for (const RequestLine& line : asked) {
    const auto* row = collector.find(line.traffic, line.connection);
    ASSERT_NE(row, nullptr);
    const auto same = collector.requests(*row);
    ASSERT_EQ(same.size(), 1u);
    EXPECT_EQ(line.intended, same[0]->intended);
    EXPECT_EQ(line.sent, same[0]->sent);
    EXPECT_EQ(line.first_byte, same[0]->first_byte);
    EXPECT_EQ(line.last_byte, same[0]->last_byte);
  }
  const LoadOverTime load = load_over_time(recording, 20);
  ASSERT_EQ(load.servers.size(), 2u);
  EXPECT_EQ(load.latency.count(), 4u);
  for (const ServerLoad& server : load.servers) {
    EXPECT_EQ(server.requests, 2u);
    EXPECT_EQ(server.inactive.back(), 2.0);
    EXPECT_EQ(server.active.back(), 0.0);
  }
}

TEST(Results, TellWhoBelievedWhomToOwnTheVip) {
  const Recording& recording = *RecordedLab::d().recording;
  int found = 0;
  for (const Belief& belief : beliefs(recording)) {
    if (belief.address != "192.168.182.100" || !belief.mac) continue;
    ++found;
    EXPECT_EQ(recording.scene().nodes[belief.node].name, "route");
    EXPECT_EQ(recording.scene().nodes[belief.owner].name, "lvs");
    EXPECT_TRUE(belief.until.is_never());
  }
  EXPECT_EQ(found, 1);
}

TEST(Results, HoldEveryCommandWithItsPlace) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto list = console(recording);
  const auto listing = std::find_if(list.begin(), list.end(), [](const CommandLine& line) {
    return line.command == "ipvsadm -Ln";
  });
  ASSERT_NE(listing, list.end());
  EXPECT_NE(listing->out.find("192.168.182.220:80"), std::string::npos);
  const Inspection seen = recording.inspect(listing->row);
  EXPECT_EQ(seen.output, listing->out);
  ASSERT_TRUE(seen.place);
  EXPECT_EQ(seen.place->file + ":" + std::to_string(seen.place->line) + ":" +
                std::to_string(seen.place->column),
            listing->place);
}

}  // namespace
}  // namespace lvslab::replay
