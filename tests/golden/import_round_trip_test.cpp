// `lvslab import` gives back the lab it was collected from: each recorded lab is set up, every
// host's dump is taken when its traffic is over, and the scenario made of the dumps sends the same
// frames at every interface. What no dump has is taken from the recording: the load, and how many
// bytes a server answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "host_dump.h"
#include "import/import.h"
#include "recorded_scenario.h"
#include "replay_lab.h"
#include "support/scratch_folder.h"

namespace lvslab::golden {
namespace {

using nlohmann::json;

/// A server without its address is on no network that could be guessed. Of a long transfer, frames
/// that cross on the way come in another order where a cable became a switch.
bool is_comparable(const std::string& name) {
  return !name.ends_with("-rs-down") && name != "tun-big" && name != "tun-remote-big";
}

/// Every recorded lab in which something works.
const std::vector<json>& labs() {
  static const std::vector<json> all = [] {
    std::vector<json> found;
    for (const char* file : {"frames_nat", "frames_dr", "frames_tun", "frames_tun_remote"}) {
      for (json& record : read_records(std::string(file) + ".jsonl")) {
        if (is_comparable(record.at("name"))) found.push_back(std::move(record));
      }
    }
    return found;
  }();
  return all;
}

std::vector<std::string> hosts_of(const json& record) {
  std::set<std::string> hosts;
  for (const auto& [point, mac] : record.at("macs").items())
    hosts.insert(point.substr(0, point.find('.')));
  return {hosts.begin(), hosts.end()};
}

/// The imported file with the recording's load and sizes of replies.
std::string with_load_of(const std::string& imported, const std::string& original) {
  std::string text = imported.substr(0, imported.find("\ntraffic:"));
  std::smatch reply;
  if (std::regex_search(original, reply, std::regex("reply_bytes: [0-9]+B")))
    text = std::regex_replace(text, std::regex("reply: \"[^\"]*\""), reply.str());
  const std::size_t traffic = original.find("traffic:\n"), timeline = original.find("timeline:\n");
  return text + "\nduration: 4.2s\n" + original.substr(traffic, timeline - traffic);
}

std::map<std::string, std::string> by_point(const ReplayLab& lab) {
  std::map<std::string, std::string> points;
  for (const Frame& frame : lab.frames)
    points[frame.point] += (frame.out ? "out " : "in  ") + frame.text + "\n";
  return points;
}

class ImportedLab : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ImportedLab, SendsTheFramesOfTheOneItWasCollectedFrom) {
  const json& record = labs()[GetParam()];
  const std::string original = scenario_of(record);
  const std::vector<std::string> hosts = hosts_of(record);
  ReplayLab first;
  ASSERT_EQ(first.run(original + dump_questions(hosts, "director", "4.16s")), "");

  const testing::ScratchFolder folder("import-" + std::to_string(GetParam()));
  write_dumps(first, hosts, "director", folder.path().string());
  const importer::Imported imported = importer::import_folder(folder.path().string());
  for (const scenario::Message& error : imported.errors)
    ADD_FAILURE() << error.place.text() << ": " << error.what;
  ASSERT_NE(imported.scenario, "");
  EXPECT_TRUE(imported.warnings.empty()) << imported.warnings.front();

  ReplayLab second;
  ASSERT_EQ(second.run(with_load_of(imported.scenario, original)), "");
  EXPECT_EQ(by_point(second), by_point(first)) << imported.scenario;
  EXPECT_FALSE(second.frames.empty());
}

INSTANTIATE_TEST_SUITE_P(Recorded, ImportedLab, ::testing::Range(std::size_t{0}, labs().size()),
                         [](const auto& instance) {
                           std::string name = labs()[instance.param].at("name");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ImportedLabs, AreAllThere) { EXPECT_EQ(labs().size(), 39u); }

}  // namespace
}  // namespace lvslab::golden
