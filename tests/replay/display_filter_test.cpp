#include "replay/display_filter.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "replay/recorded_lab.h"

namespace lvslab::replay {
namespace {

std::vector<Row> rows_of(const std::string& words) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto filter = DisplayFilter::parse(words);
  EXPECT_TRUE(filter) << words << ": " << filter.error().what;
  std::vector<Row> rows;
  if (filter) recording.matching(*filter, 0, recording.rows(), rows);
  return rows;
}

// Each expression finds exactly the events of which the test beside it is true.
struct Case {
  const char* words;
  bool (*holds)(const Event&, const trace::Scene&);
};
bool is_frame(const Event& e) {
  return e.kind == EventKind::kFrameIn || e.kind == EventKind::kFrameOut;
}
constexpr Case kCases[] = {
    {"  ", [](const Event&, const trace::Scene&) { return true; }},
    {"frame", [](const Event& e, const trace::Scene&) { return is_frame(e); }},
    {"frame and arp",
     [](const Event& e, const trace::Scene&) { return is_frame(e) && e.type == "ARP"; }},
    {"in && tcp.port == 80",
     [](const Event& e, const trace::Scene&) {
       return e.kind == EventKind::kFrameIn && e.type == "TCP";
     }},
    {"dropped", [](const Event& e, const trace::Scene&) { return e.dropped; }},
    {"not dropped", [](const Event& e, const trace::Scene&) { return !e.dropped; }},
    {"node == rs1",
     [](const Event& e, const trace::Scene& s) { return s.nodes[e.node].name == "rs1"; }},
    {"node contains rs",
     [](const Event& e, const trace::Scene& s) {
       return s.nodes[e.node].name.find("rs") != std::string::npos;
     }},
    {"role == \"director\"",
     [](const Event& e, const trace::Scene& s) { return s.nodes[e.node].role == "director"; }},
    {"conn == web/2",
     [](const Event& e, const trace::Scene&) {
       return e.tag.traffic == 1 && e.tag.connection == 2;
     }},
    {"traffic != web", [](const Event&, const trace::Scene&) { return false; }},
    {"frame.time >= 1.5",
     [](const Event& e, const trace::Scene&) { return e.time.ps() >= 1'500'000'000'000; }},
    {"frame.time < 100us and frame.time > 50us",
     [](const Event& e, const trace::Scene&) {
       return e.time.ps() < 100'000'000 && e.time.ps() > 50'000'000;
     }},
    {"frame.number <= 10", [](const Event& e, const trace::Scene&) { return e.row < 10; }},
    {"note == ipvs-picked",
     [](const Event& e, const trace::Scene&) { return e.note == NoteKind::kIpvsPicked; }},
    {"stage == PREROUTING",
     [](const Event& e, const trace::Scene&) { return e.stage == "PREROUTING"; }},
    {"info contains \"rr picked\"",
     [](const Event& e, const trace::Scene&) {
       return e.info.find("rr picked") != std::string::npos;
     }},
    {"packet == 1", [](const Event& e, const trace::Scene&) { return e.packet == 1; }},
    {"command", [](const Event& e, const trace::Scene&) { return e.kind == EventKind::kCommand; }},
    {"(out or lvslab_nothing_is_named_so) and frame", nullptr},
};

class EachFilter : public ::testing::TestWithParam<Case> {};
TEST_P(EachFilter, FindsWhatItSays) {
  const Case& test = GetParam();
  if (test.holds == nullptr) {
    EXPECT_FALSE(DisplayFilter::parse(test.words));
    return;
  }
  const Recording& recording = *RecordedLab::d().recording;
  std::vector<Row> wanted;
  for (Row row = 0; row < recording.rows(); ++row) {
    if (test.holds(recording.event(row), recording.scene())) wanted.push_back(row);
  }
  EXPECT_EQ(rows_of(test.words), wanted) << test.words;
}
INSTANTIATE_TEST_SUITE_P(Words, EachFilter, ::testing::ValuesIn(kCases));

TEST(DisplayFilter, ANoteIsJudgedByTheFrameOfItsPacket) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto rows = rows_of("ip.dst == 192.168.182.100 and note == ipvs-picked");
  ASSERT_EQ(rows.size(), 4u);
  for (const Row row : rows) EXPECT_EQ(recording.event(row).destination, "192.168.182.100:80");
}

TEST(DisplayFilter, SearchesBothWaysAndInSlices) {
  const Recording& recording = *RecordedLab::d().recording;
  const auto filter = DisplayFilter::parse("note == ipvs-picked");
  const auto rows = rows_of("note == ipvs-picked");
  ASSERT_EQ(rows.size(), 4u);
  const auto back =
      recording.find(*filter, recording.rows() - 1, Direction::kBack, recording.rows());
  EXPECT_EQ(back.found, rows.back());
  Recording::Search search{.found = {}, .next = 0, .done = false};
  int slices = 0;
  while (!search.found && !search.done) {
    search = recording.find(*filter, search.next, Direction::kForward, 10);
    ++slices;
  }
  EXPECT_EQ(search.found, rows.front());
  EXPECT_GT(slices, 5);
  EXPECT_TRUE(recording.find(*filter, rows.front() - 1, Direction::kBack, recording.rows()).done);
  EXPECT_TRUE(recording.find(*filter, rows.back() + 1, Direction::kForward, recording.rows()).done);
}

TEST(DisplayFilter, SaysWhereItIsWrongAndWhatToWrite) {
  const std::pair<const char*, const char*> cases[] = {{"arp and", "character 8"},
                                                       {"ip.src == ", "character 11"},
                                                       {"frame.time > soon", "no time"},
                                                       {"node == ", "a text is missing"},
                                                       {"node < rs1", "neither less nor more"},
                                                       {"ip.ttl contains 3", "is no text"},
                                                       {"noed == rs1", "unknown field 'noed'"},
                                                       {"info contains \"open", "not closed"},
                                                       {"(arp", "')' is missing"}};
  for (const auto& [words, what] : cases) {
    const auto filter = DisplayFilter::parse(words);
    ASSERT_FALSE(filter) << words;
    EXPECT_NE(filter.error().what.find(what), std::string::npos) << filter.error().what;
    EXPECT_FALSE(filter.error().hint.empty()) << words;
  }
}

// Whatever is typed: a filter or an error, and a filter can be asked about any event.
TEST(DisplayFilter, TakesAnyText) {
  const char* const kWords[] = {"arp",  "and",      "or",         "not",    "(",          ")",
                                "==",   "!=",       "frame.time", "1.5",    "node",       "rs1",
                                "\"",   "contains", "info",       "ip.src", "10.0.0.1/8", "!",
                                "&&",   "||",       "dropped",    "conn",   "web/1",      "0x10",
                                "\xff", "-1",       "packet",     ">="};
  Random random(7, "filters");
  const Recording& recording = *RecordedLab::d().recording;
  int good = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string words;
    const std::uint64_t count = random.below(9);
    for (std::uint64_t k = 0; k <= count; ++k) {
      words += kWords[random.below(std::size(kWords))];
      if (random.below(4) != 0) words += ' ';
    }
    const auto filter = DisplayFilter::parse(words);
    if (!filter) continue;
    ++good;
    recording.find(*filter, random.below(recording.rows()), Direction::kForward, 5);
  }
  EXPECT_GT(good, 50);
  EXPECT_FALSE(DisplayFilter::parse(std::string(100'000, '(')));
  EXPECT_FALSE(DisplayFilter::parse(std::string(4000, '!')));
}

TEST(DisplayFilter, NamesAllItsFieldsForCompletion) {
  const auto fields = display_filter_fields();
  EXPECT_TRUE(std::is_sorted(fields.begin(), fields.end()));
  for (const char* name : {"frame.time", "node", "ip.src", "dropped", "tcp.port"})
    EXPECT_TRUE(std::binary_search(fields.begin(), fields.end(), name)) << name;
}

}  // namespace
}  // namespace lvslab::replay
