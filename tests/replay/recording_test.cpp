// What is read back from a recording is what the run did.
#include "replay/recording.h"

#include <gtest/gtest.h>

#include "replay/display_filter.h"
#include "replay/recorded_lab.h"
#include "trace/sentence.h"

namespace lvslab::replay {
namespace {

class LineKeeper final : public Watcher {
 public:
  void on_record(const Record& r) override {
    if (r.kind != RecordKind::kTurn) lines.push_back(line_of(r));
  }
  std::vector<std::string> lines;
};

class EachLab : public ::testing::TestWithParam<const char*> {};

TEST_P(EachLab, IsReadBackRecordForRecord) {
  const RecordedLab lab(GetParam());
  ASSERT_NE(lab.recording, nullptr);
  LineKeeper read;
  lab.recording->replay(read, 0, lab.recording->rows());
  EXPECT_EQ(lab.recording->rows(), lab.keeper->lines.size());
  ASSERT_EQ(read.lines.size(), lab.keeper->lines.size());
  for (std::size_t i = 0; i < read.lines.size(); ++i)
    ASSERT_EQ(read.lines[i], lab.keeper->lines[i]) << "record " << i;
}

TEST_P(EachLab, KnowsWhoIsWho) {
  const RecordedLab lab(GetParam());
  const trace::Scene& read = lab.recording->scene();
  const trace::Scene& run = lab.scene();
  EXPECT_EQ(read.title, run.title);
  EXPECT_EQ(read.traffics, run.traffics);
  EXPECT_EQ(read.names, run.names);
  ASSERT_EQ(read.nodes.size(), run.nodes.size());
  for (std::size_t i = 0; i < read.nodes.size(); ++i) {
    EXPECT_EQ(read.nodes[i].name, run.nodes[i].name);
    EXPECT_EQ(read.nodes[i].role, run.nodes[i].role);
    EXPECT_EQ(read.nodes[i].is_switch, run.nodes[i].is_switch);
    ASSERT_EQ(read.nodes[i].interfaces.size(), run.nodes[i].interfaces.size())
        << read.nodes[i].name;
    for (std::size_t k = 0; k < read.nodes[i].interfaces.size(); ++k) {
      EXPECT_EQ(read.nodes[i].interfaces[k].name, run.nodes[i].interfaces[k].name);
      EXPECT_EQ(read.nodes[i].interfaces[k].mac, run.nodes[i].interfaces[k].mac);
      EXPECT_EQ(read.nodes[i].interfaces[k].raw_ip, run.nodes[i].interfaces[k].raw_ip);
    }
  }
  ASSERT_EQ(read.links.size(), run.links.size());
  for (std::size_t i = 0; i < read.links.size(); ++i) {
    EXPECT_EQ(read.links[i].node_a, run.links[i].node_a);
    EXPECT_EQ(read.links[i].interface_b, run.links[i].interface_b);
  }
  EXPECT_EQ(lab.recording->scenario_text(), lab.run.session->text());
}

// In the inspector stands what frames.jsonl says of the same frame.
TEST_P(EachLab, SaysOfEveryFrameThatLeftWhatChangedInIt) {
  const RecordedLab lab(GetParam());
  for (const auto& [row, changes] : lab.keeper->changes) {
    const Inspection seen = lab.recording->inspect(row);
    ASSERT_EQ(seen.event.kind, EventKind::kFrameOut);
    ASSERT_TRUE(seen.after) << "row " << row;
    EXPECT_EQ(seen.after->row, row);
    if (changes == "made here") {
      EXPECT_FALSE(seen.before) << "row " << row;
    } else {
      ASSERT_TRUE(seen.before) << "row " << row;
      EXPECT_EQ(Keeper::changes_text(seen.changes), changes) << "row " << row;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Labs, EachLab,
                         ::testing::Values("scenarios/labs/B-dr-on-one-lan.yaml", kLabD,
                                           "scenarios/labs/F-verbatim.yaml",
                                           "scenarios/labs/G-fullnat.yaml",
                                           "scenarios/labs/G-tun.yaml",
                                           "scenarios/labs/H-mtu-df-clear.yaml",
                                           "scenarios/labs/H-tun-two-sites.yaml"));

TEST(Recording, FindsARowByItsIdAndByItsTime) {
  const Recording& recording = *RecordedLab::d().recording;
  for (Row row = 0; row < recording.rows(); ++row) {
    const Event event = recording.event(row);
    EXPECT_EQ(event.row, row);
    EXPECT_EQ(event.id, recording.id_of(row));
    ASSERT_EQ(recording.row_of(event.id), row);
    EXPECT_EQ(event.time, recording.time_of(row));
    EXPECT_EQ(event.node, recording.node_of(row));
    const Row at = recording.row_at(event.time);
    EXPECT_LE(at, row);
    EXPECT_EQ(recording.time_of(at), event.time);
    const auto [first, end] = recording.turn_of(row);
    EXPECT_LE(first, row);
    EXPECT_GT(end, row);
  }
  EXPECT_EQ(recording.row_at(Instant::never()), recording.rows());
  EXPECT_EQ(recording.row_of(12345), std::nullopt);
  EXPECT_EQ(recording.row_of(~std::uint64_t{0}), std::nullopt);
  EXPECT_EQ(recording.event(recording.rows()).row, kNoRow);
}

TEST(Recording, AScreenfulIsTheSameAsItsRowsOneByOne) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto list = recording.events(100, 50);
  ASSERT_EQ(list.size(), 50u);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Event one = recording.event(100 + i);
    EXPECT_EQ(list[i].id, one.id);
    EXPECT_EQ(list[i].info, one.info);
  }
  EXPECT_EQ(recording.events(recording.rows() - 3, 50).size(), 3u);
  EXPECT_TRUE(recording.events(recording.rows() + 3, 50).empty());
}

TEST(Recording, AnotherReaderOfItSeesTheSame) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto other = recording.again();
  ASSERT_TRUE(other) << other.error().what;
  EXPECT_EQ(other->rows(), recording.rows());
  EXPECT_EQ(other->event(777).info, recording.event(777).info);
}

// The first row that a filter finds from a row on.
Row first(const Recording& recording, const std::string& words, Row from = 0) {
  const auto filter = DisplayFilter::parse(words);
  EXPECT_TRUE(filter) << filter.error().what;
  const auto search = recording.find(*filter, from, Direction::kForward, recording.rows());
  EXPECT_TRUE(search.found) << words;
  return search.found.value_or(0);
}

TEST(Recording, FollowsAPacketHopByHopThereAndBack) {
  const Recording& recording = *RecordedLab::d().recording;
  Row row = first(recording, "out and node == client and tcp.flags.syn == 1");
  const Row start = row;
  std::vector<std::string> way{"client"};
  std::vector<Row> rows{row};
  while (const auto next = recording.hop(row, Direction::kForward)) {
    row = *next;
    rows.push_back(row);
    const std::string& node = recording.scene().nodes[recording.node_of(row)].name;
    if (way.back() != node) way.push_back(node);
  }
  EXPECT_EQ(way, (std::vector<std::string>{"client", "edge", "route", "lan", "lvs", "lan", "rs2"}));
  for (std::size_t i = rows.size(); i-- > 1;)
    EXPECT_EQ(recording.hop(rows[i], Direction::kBack), rows[i - 1]);
  EXPECT_EQ(recording.hop(start, Direction::kBack), std::nullopt);
}

TEST(Recording, TellsTheDirectorsChoiceWithItsNumbersAndItsLine) {
  const RecordedLab& lab = RecordedLab::d();
  const Recording& recording = *lab.recording;
  const Row row = first(recording, "note == ipvs-picked");
  const Inspection seen = recording.inspect(row);
  EXPECT_EQ(seen.connection, "web/1");
  ASSERT_TRUE(seen.pick);
  EXPECT_EQ(seen.pick->scheduler, "rr");
  EXPECT_EQ(seen.pick->service, "192.168.182.100:80");
  EXPECT_EQ(seen.pick->destination, "192.168.182.220:80");
  EXPECT_EQ(seen.pick->weight, 1u);
  EXPECT_EQ(seen.pick->active, 0u);
  EXPECT_EQ(seen.pick->position, 1u);
  EXPECT_EQ(seen.pick->count, 2u);
  // The packet waits here for ARP, so that it leaves in a later turn; what changed is known now.
  ASSERT_TRUE(seen.before && seen.after);
  std::vector<std::string> fields;
  for (const wire::Change& change : seen.changes) fields.push_back(change.field);
  std::sort(fields.begin(), fields.end());
  EXPECT_EQ(fields, (std::vector<std::string>{"eth.dst", "eth.src", "ip.checksum", "ip.ttl"}));
  const auto reason = std::find_if(seen.reasons.begin(), seen.reasons.end(),
                                   [&](const Reason& r) { return r.row == row; });
  ASSERT_NE(reason, seen.reasons.end());
  ASSERT_TRUE(reason->place);
  EXPECT_EQ(reason->place->command, "ipvsadm -a -t 192.168.182.100:80 -r 192.168.182.220:80 -g");
  std::istringstream text(recording.scenario_text());
  std::string line;
  for (int i = 0; i < reason->place->line; ++i) std::getline(text, line);
  EXPECT_NE(line.find("ipvsadm -a"), std::string::npos) << line;
  EXPECT_NE(line.find("220"), std::string::npos) << line;
}

TEST(Recording, TheReasonsOfAHopAreTheSentencesOfExplain) {
  const RecordedLab& lab = RecordedLab::d();
  const Row row = first(*lab.recording, "in and node == lvs and tcp.flags.syn == 1");
  const Inspection seen = lab.recording->inspect(row);
  std::vector<std::string> stages;
  for (const Reason& reason : seen.reasons) {
    if (reason.kind == NoteKind::kHook) stages.push_back(reason.stage);
  }
  EXPECT_EQ(stages, (std::vector<std::string>{"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"}));
  EXPECT_NE(seen.route.find("route: "), std::string::npos);
  EXPECT_EQ(seen.hook, "passes POSTROUTING");
  ASSERT_TRUE(seen.cause);
  EXPECT_EQ(lab.recording->event(*seen.cause).kind, EventKind::kFrameOut);
  EXPECT_EQ(lab.recording->scene().nodes[lab.recording->node_of(*seen.cause)].name, "lan");
}

TEST(Recording, AFrameHasAllItsBytesZerosToo) {
  const RecordedLab lab("scenarios/labs/H-mtu-df-clear.yaml");
  const Row row = first(*lab.recording, "in and frame.len > 1000");
  const Inspection seen = lab.recording->inspect(row);
  ASSERT_TRUE(seen.before);
  std::uint32_t length = 0;
  for (const wire::Layer& layer : seen.before->layers)
    length = std::max(length, layer.offset + layer.size);
  EXPECT_EQ(seen.before->bytes.size(), length);
  EXPECT_LT(seen.before->real_size, length);
}

}  // namespace
}  // namespace lvslab::replay
