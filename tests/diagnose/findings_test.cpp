#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "diagnose/doctor.h"
#include "diagnose/finding_cases.h"
#include "support/scratch_folder.h"

namespace lvslab::test {
namespace {

using diagnose::Finding;

std::string scenario_file(std::string_view name) {
  return std::string(LVSLAB_SOURCE_DIR) + "/scenarios/" + std::string(name);
}

// The doctor's findings on a file: as it is set up, or after its run.
std::vector<Finding> findings_of(const std::string& path, bool run) {
  const scenario::ReadResult read = scenario::read_scenario(path);
  for (const scenario::Message& message : read.errors)
    ADD_FAILURE() << scenario::render(message, "");
  if (!read.errors.empty()) return {};
  std::vector<scenario::Message> errors;
  const auto lab = scenario::Lab::build(read.scenario, {}, errors);
  diagnose::Doctor doctor(*lab);
  lab->configure(errors);
  EXPECT_TRUE(errors.empty()) << path;
  if (run) {
    lab->run({});
  } else {
    lab->begin();
    while (!lab->is_ready() && lab->step(Instant::at(Duration::seconds(600)))) {
    }
  }
  return doctor.findings();
}

// `change` applied to a file, as a file of its own.
class Changed {
 public:
  Changed(std::string_view base, std::string_view change) {
    std::ofstream out(path_);
    // A file is named relative to the one that extends it.
    const std::string from =
        std::filesystem::relative(scenario_file(base), folder_.path()).string();
    out << "lvslab: 1\nextends: " << from << "\nchange:\n  " << change << "\nexpect: []\n";
  }
  const std::string& path() const { return path_; }

 private:
  lvslab::testing::ScratchFolder folder_{"finding"};
  std::string path_ = folder_.file("changed.yaml");
};

std::string told(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) text += f.id + " on " + f.host + ": " + f.summary + "\n";
  return text.empty() ? "nothing" : text;
}

bool has(const std::vector<Finding>& findings, std::string_view id, std::string_view host) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.id == id && (host.empty() || f.host == host);
  });
}

class FindingTest : public ::testing::TestWithParam<FindingCase> {};

TEST_P(FindingTest, IsFoundOnTheRightHostAndNotInTheLabNearby) {
  const FindingCase& c = GetParam();
  std::vector<Finding> found;
  if (c.change.empty()) {
    found = findings_of(scenario_file(c.file), c.run);
  } else {
    const Changed changed(c.file, c.change);
    found = findings_of(changed.path(), c.run);
  }
  EXPECT_TRUE(has(found, c.id, c.host)) << told(found);
  for (const Finding& f : found) {
    EXPECT_FALSE(f.summary.empty()) << f.id;
    EXPECT_FALSE(f.symptom.empty()) << f.id;
    EXPECT_GT(f.place.line, 0) << f.id << " says no place";
  }
  const auto healthy = findings_of(scenario_file(c.healthy.empty() ? c.file : c.healthy), c.run);
  EXPECT_FALSE(has(healthy, c.id, "")) << told(healthy);
}

INSTANTIATE_TEST_SUITE_P(Each, FindingTest, ::testing::ValuesIn(kFindingCases),
                         [](const ::testing::TestParamInfo<FindingCase>& of) {
                           std::string name;
                           for (const char c : of.param.id) name += c == '-' ? '_' : c;
                           return name;
                         });

TEST(Findings, EachHasALabThatHasIt) {
  std::set<std::string_view> tested{"l2-loop"};  // no such lab can be built: below
  for (const FindingCase& c : kFindingCases) tested.insert(c.id);
  for (const diagnose::FindingEntry& entry : diagnose::finding_entries())
    EXPECT_TRUE(tested.contains(entry.id)) << entry.id;
  EXPECT_GE(diagnose::finding_entries().size(), 40u);
}

TEST(Findings, ACircleOfSwitchesIsFoundBeforeALabIsBuilt) {
  const auto read = scenario::read_scenario_text(
      "lvslab: 1\nhosts: {a: {}}\nswitches: {x: {}, y: {}}\n"
      "links: [[a:eth0, x], [x, y], {between: [y, x], name: second}]\n",
      "loop.yaml");
  ASSERT_TRUE(read.errors.empty());
  const auto found = diagnose::examine(read.scenario);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, "l2-loop");
  EXPECT_EQ(found[0].place.line, 4);
}

TEST(Findings, NothingIsFoundOnCorrectedLabs) {
  for (const std::string_view file : {"labs/A-corrected.yaml",
                                      "labs/B-dr-on-one-lan.yaml",
                                      "labs/C-nat-two-networks.yaml",
                                      "labs/D-corrected.yaml",
                                      "labs/E-marks.yaml",
                                      "labs/E-two-services.yaml",
                                      "labs/E-redirect.yaml",
                                      "labs/F-nat-with-persistence.yaml",
                                      "labs/G-dr.yaml",
                                      "labs/G-nat.yaml",
                                      "labs/G-tun.yaml",
                                      "labs/G-fullnat.yaml",
                                      "labs/H-tun-two-sites.yaml",
                                      "modes/dr.yaml",
                                      "modes/nat.yaml",
                                      "modes/tun.yaml",
                                      "modes/fullnat.yaml",
                                      "director/fwmark-service.yaml",
                                      "director/nat-on-one-lan-with-masquerade.yaml",
                                      "director/redirect-instead-of-vip.yaml",
                                      "README.yaml"}) {
    const auto found = findings_of(scenario_file(file), false);
    EXPECT_TRUE(found.empty()) << file << "\n" << told(found);
  }
}

TEST(Findings, AServerAskedForItsOwnAddressIsNoVipOfAMarkedService) {
  const Changed changed(
      "director/fwmark-service.yaml",
      "traffic: {direct: {from: client, to: '192.168.182.210:80', connections: 1}}");
  const auto found = findings_of(changed.path(), false);
  EXPECT_TRUE(found.empty()) << told(found);
}

TEST(Findings, PortsAreCountedPerClientAndWithinTheirTime) {
  const std::string ports = "sysctl: {net.ipv4.ip_local_port_range: 40000 40019}";
  const Changed one("modes/dr.yaml",
                    "hosts: {client: {" + ports + "}}\n  traffic: {web: {connections: 100}}");
  EXPECT_TRUE(has(findings_of(one.path(), false), "ephemeral-ports-too-few", "client"));
  // Four seconds apart, the fifteenth comes when the first port is free again.
  const Changed slow(
      "modes/dr.yaml",
      "hosts: {client: {" + ports + "}}\n  traffic: {web: {connections: 100, arrivals: every 4s}}");
  const auto found = findings_of(slow.path(), false);
  EXPECT_TRUE(found.empty()) << told(found);
}

TEST(Findings, CureCommandsMakeTheLabWell) {
  for (const FindingCase& c : kFindingCases) {
    static const std::set<std::string_view> kCuredByTyping{"arp-ignore-off",
                                                           "arp-ignore-on-lo-only",
                                                           "arp-announce-off",
                                                           "arp-announce-1",
                                                           "vip-prefix-on-lo",
                                                           "router-not-forwarding",
                                                           "nat-director-not-forwarding",
                                                           "vip-missing-on-real-server",
                                                           "tunnel-down",
                                                           "interface-down",
                                                           "no-route-to-client",
                                                           "all-weights-zero",
                                                           "rp-filter-on-tunnel",
                                                           "arptables-blocks",
                                                           "arp-off"};
    if (!kCuredByTyping.contains(c.id)) continue;
    std::vector<Finding> found;
    std::string base = scenario_file(c.file);
    std::optional<Changed> changed;
    if (!c.change.empty()) base = changed.emplace(c.file, c.change).path();
    found = findings_of(base, false);
    const scenario::ReadResult read = scenario::read_scenario(base);
    std::vector<scenario::Message> errors;
    const auto lab = scenario::Lab::build(read.scenario, {}, errors);
    diagnose::Doctor doctor(*lab);
    lab->configure(errors);
    lab->begin();
    while (!lab->is_ready() && lab->step(Instant::at(Duration::seconds(600)))) {
    }
    for (const Finding& f : found) {
      for (const diagnose::Cure& cure : f.cure) {
        const int host = lab->find_host(cure.host);
        if (host < 0) continue;
        std::vector<admin::PlacedError> problems;
        const auto script = std::make_shared<const admin::Script>(
            admin::Script::parse(cure.command, {.file = "cure"}, problems));
        ASSERT_TRUE(problems.empty()) << cure.command;
        lab->world().act(static_cast<NodeIndex>(host), [&](Turn& turn) {
          lab->machine(static_cast<std::size_t>(host)).run(turn, script);
        });
      }
    }
    const diagnose::ConsoleLog console;
    const auto after = diagnose::examine(*lab, console);
    EXPECT_FALSE(has(after, c.id, c.host)) << c.id << "\n" << told(after);
  }
}

TEST(Findings, AWaivedOneBearsItsReason) {
  const Changed changed("modes/dr.yaml",
                        "hosts: {rs1: {run: ip link set eth0 arp off}}\n"
                        "waive: [{finding: arp-off, host: rs1, reason: a test of it}]");
  const auto found = findings_of(changed.path(), false);
  ASSERT_TRUE(has(found, "arp-off", "rs1")) << told(found);
  for (const Finding& f : found) {
    if (f.id != "arp-off" || f.host != "rs1") continue;
    EXPECT_EQ(f.waived, "a test of it");
  }
}

}  // namespace
}  // namespace lvslab::test
