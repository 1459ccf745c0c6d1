// What a good scenario becomes.
#include <gtest/gtest.h>

#include "scenario/scenario.h"
#include "scenario/source.h"

namespace lvslab::scenario {
namespace {

constexpr std::string_view kBase = R"(lvslab: 1
hosts:
  client: {}
  lvs: {interfaces: {eth0: {address: [10.0.0.2/24, 10.0.0.3/24], mtu: 1400},
                     lo: {address: 10.0.0.100/32}}}
  rs1:
    gateway: 10.0.0.2
    run: |
      echo $VIP
    serve: [{tcp: 80, reply: echo}, {tcp: 81, reply: "echo"},
            {udp: 53, reply_bytes: 1KiB, bind: 10.0.0.11}]
switches: {lan: {mac_aging: 10s}}
names: {VIP: 10.0.0.100}
links:
  - [client:eth0, lan]
  - {between: [lvs:eth0, "lan:7"], rate: unlimited, delay: 0s, queue: 3, loss: 5%, name: up}
  - ["rs1:eth0", lan]
)";

ReadResult read(const std::string& more, const ReadOptions& options = {}) {
  return read_scenario_text(std::string(kBase) + more, "lab.yaml", options);
}

/// Reads what must be free of errors.
Scenario good(const std::string& more, const ReadOptions& options = {}) {
  ReadResult result = read(more, options);
  for (const Message& message : result.errors) ADD_FAILURE() << render(message, "");
  return std::move(result.scenario);
}

TEST(Reader, AnInterfaceExistsBecauseALinkNamesIt) {
  const Scenario scenario = good("");
  ASSERT_EQ(scenario.hosts.size(), 3u);
  ASSERT_EQ(scenario.hosts[0].interfaces.size(), 1u);
  EXPECT_EQ(scenario.hosts[0].interfaces[0].name, "eth0");
  EXPECT_TRUE(scenario.hosts[0].interfaces[0].linked);
  EXPECT_EQ(wire::to_string(*scenario.hosts[0].interfaces[0].mac), "02:00:00:00:01:00");
  EXPECT_EQ(wire::to_string(*scenario.hosts[2].interfaces[0].mac), "02:00:00:00:03:00");
}

TEST(Reader, LoHasAddressesAndNoMac) {
  const Scenario scenario = good("");
  const InterfaceSpec& lo = scenario.hosts[1].interfaces[1];
  EXPECT_EQ(lo.name, "lo");
  EXPECT_FALSE(lo.linked);
  EXPECT_FALSE(lo.mac);
  EXPECT_EQ(scenario.hosts[1].interfaces[0].addresses.size(), 2u);
  EXPECT_EQ(scenario.hosts[1].interfaces[0].mtu, 1400u);
}

TEST(Reader, BothFormsOfLinksAndTheirDefaults) {
  const Scenario scenario = good("link_defaults: {rate: 10Mbps, queue: 7}\n");
  ASSERT_EQ(scenario.links.size(), 3u);
  EXPECT_EQ(scenario.links[0].name, "client:eth0-lan");
  EXPECT_EQ(scenario.links[0].shape.bits_per_second, 10'000'000u);
  EXPECT_EQ(scenario.links[0].shape.queue_frames, 7u);
  EXPECT_TRUE(scenario.links[0].b.is_switch);
  EXPECT_EQ(scenario.links[1].name, "up");
  EXPECT_EQ(scenario.links[1].b.port, "7");
  EXPECT_EQ(scenario.links[1].shape.bits_per_second, 0u);
  EXPECT_DOUBLE_EQ(scenario.links[1].shape.loss, 0.05);
}

TEST(Reader, VlansBelongToSwitchPorts) {
  ASSERT_EQ(good("").switches[0].mac_aging, Duration::seconds(10));
  const ReadResult vlan = read_scenario_text(
      "lvslab: 1\nhosts: {a: {}, b: {}}\nswitches: {s: {}}\n"
      "links: [[a:eth0, {port: s, vlan: {access: 10}}], [{port: \"s:2\", vlan: {trunk: [10, 20]}}, "
      "b:eth0]]\n",
      "x");
  ASSERT_TRUE(vlan.errors.empty());
  EXPECT_EQ(vlan.scenario.links[0].b.access_vlan, 10);
  EXPECT_EQ(vlan.scenario.links[1].a.trunk, (std::vector<std::uint16_t>{10, 20}));
}

TEST(Reader, ThePlainWordEchoSendsBackAndTheQuotedTextIsText) {
  const Scenario scenario = good("");
  const auto& serve = scenario.hosts[2].serve;
  EXPECT_EQ(serve[0].reply, app::ServeSpec::Reply::kEcho);
  EXPECT_EQ(serve[1].reply, app::ServeSpec::Reply::kText);
  EXPECT_EQ(serve[1].text, "echo");
  EXPECT_EQ(serve[2].bytes, 1024u);
  EXPECT_EQ(serve[2].protocol, wire::Protocol::kUdp);
}

TEST(Reader, AScriptIsKeptAsItStandsWithThePlaceOfItsFirstCharacter) {
  const Scenario scenario = good("timeline: [{at: 1s, host: rs1, run: \"echo $X\"}]\n");
  const TextAt& run = *scenario.hosts[2].run;
  EXPECT_EQ(run.text, "echo $VIP\n");
  EXPECT_EQ(run.place.text(), "lab.yaml:9:7");
  EXPECT_EQ(std::get<RunAction>(scenario.timeline[0].action).script.place.text(), "lab.yaml:18:38");
}

TEST(Reader, AScriptErrorIsReportedAtItsLineAndColumnOfTheFile) {
  const ReadResult result = read_scenario_text(
      "lvslab: 1\nhosts:\n  a:\n    run: |\n\n      echo one\n        frobnicate two\n"
      "  b: {run: \"echo é; frobnicate\"}\n",
      "x.yaml");
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_EQ(result.errors[0].place.text(), "x.yaml:7:9");
  EXPECT_EQ(result.errors[1].place.line, 8);
}

TEST(Reader, NamesAndParamsReplaceInValuesAndSetOverridesParams) {
  const std::string more =
      "params: {PORT: 80, TARGET: \"$VIP:${PORT}\"}\ntitle: costs $$5 and $6\n"
      "traffic: {web: {from: client, to: $TARGET, connections: 1}}\n";
  EXPECT_EQ(wire::to_string(good(more).load.traffics[0].shape.target), "10.0.0.100:80");
  EXPECT_EQ(good(more).title, "costs $5 and $6");
  EXPECT_EQ(good(more, {{{"PORT", "81"}}, {}}).load.traffics[0].shape.target.port, 81);
  EXPECT_EQ(read(more, {{{"PROT", "81"}}, {}}).errors.at(0).hint, "Did you mean 'PORT'?");
  EXPECT_EQ(read(more, {{{"VIP", "10.0.0.9"}}, {}}).errors.size(), 1u);
}

TEST(Reader, FilesReplaceOnlyKnownNamesInBraces) {
  const ReadResult result = read_scenario_text(
      "lvslab: 1\nnames: {VIP: 10.0.0.1}\nhosts:\n  a:\n    files:\n      /f: \"$VIP ${VIP} "
      "${OTHER} $$\"\n"
      "      /g: {mode: \"0600\", text: x}\n",
      "x");
  ASSERT_TRUE(result.errors.empty());
  EXPECT_EQ(result.scenario.hosts[0].files[0].text, "$VIP 10.0.0.1 ${OTHER} $$");
  EXPECT_EQ(result.scenario.hosts[0].files[1].mode, 0600u);
}

TEST(Reader, ARangeMakesHostsAndLinks) {
  const ReadResult result = read_scenario_text(
      "lvslab: 1\nswitches: {lan: {}}\nlinks: [[rs$N:eth0, lan]]\n"
      "hosts: {\"rs[9-11]\": {interfaces: {eth0: {address: 10.0.0.$N/24}}, run: echo $N}}\n",
      "x");
  ASSERT_TRUE(result.errors.empty());
  ASSERT_EQ(result.scenario.hosts.size(), 3u);
  EXPECT_EQ(result.scenario.hosts[1].name, "rs10");
  EXPECT_EQ(result.scenario.hosts[1].number, 10u);
  EXPECT_EQ(wire::to_string(result.scenario.hosts[2].interfaces[0].addresses[0]), "10.0.0.11/24");
  EXPECT_EQ(result.scenario.hosts[0].run->text, "echo $N");
  ASSERT_EQ(result.scenario.links.size(), 3u);
  EXPECT_EQ(result.scenario.links[2].name, "rs11:eth0-lan");
}

TEST(Reader, LikeTakesWholeKeys) {
  const ReadResult result = read_scenario_text(
      "lvslab: 1\nhosts:\n  a: {role: client, sysctl: {x.y: 1, x.z: 2}, modules: [ipip]}\n  b: "
      "{like: a, sysctl: {x.y: 3}}\n"
      "  c: {like: b}\n",
      "x");
  ASSERT_TRUE(result.errors.empty());
  EXPECT_EQ(result.scenario.hosts[2].role, "client");
  ASSERT_EQ(result.scenario.hosts[2].sysctl.size(), 1u);
  EXPECT_EQ(result.scenario.hosts[2].sysctl[0].second, "3");
  EXPECT_EQ(result.scenario.hosts[2].modules.size(), 1u);
}

TEST(Reader, ArrivalsEveryAndPoisson) {
  const Scenario scenario = good(
      "traffic:\n  a: {from: client, to: $VIP:80, connections: 6, arrivals: every 1s, start: 2s, "
      "ttl: 9}\n"
      "  b: {from: client, to: $VIP:80, connections: 5, arrivals: poisson 100/s, source: "
      "10.0.0.9:4000}\n"
      "  c: {from: client, to: $VIP, protocol: ping}\n");
  const auto& traffics = scenario.load.traffics;
  EXPECT_EQ(traffics[0].arrivals, app::Arrivals::kEvery);
  EXPECT_EQ(traffics[0].gap, Duration::seconds(1));
  EXPECT_EQ(traffics[0].start, Duration::seconds(2));
  EXPECT_EQ(traffics[0].shape.ttl, 9);
  EXPECT_EQ(traffics[0].shape.request.text.substr(0, 3), "GET");
  EXPECT_EQ(traffics[1].arrivals, app::Arrivals::kPoisson);
  EXPECT_EQ(traffics[1].gap, Duration::milliseconds(10));
  EXPECT_EQ(traffics[1].first_port, 4000);
  EXPECT_EQ(traffics[2].protocol, wire::Protocol::kIcmp);
  EXPECT_EQ(traffics[2].shape.request.zeros, 56u);
  EXPECT_EQ(traffics[2].count, 1u);
}

TEST(Reader, ListedConnectionsOverrideAndAreNumberedByIntendedStart) {
  const Scenario scenario = good(
      "traffic:\n  a:\n    from: [client, lvs]\n    to: $VIP:80\n    source: 10.0.0.9:5000\n    "
      "request_bytes: 0B\n    connections:\n"
      "      - {at: 3s, to: 10.0.0.11:81, close: {at: 5s, by: server}, send: [{at: 4s, bytes: "
      "5B}], df: false}\n"
      "      - {at: 1s, source: 10.0.0.9:7}\n      - {at: 2s, from: client, request: hello}\n");
  const auto& listed = scenario.load.traffics[0].listed;
  ASSERT_EQ(listed.size(), 3u);
  EXPECT_EQ(listed[0].source.port, 7);
  EXPECT_EQ(listed[0].client, 0u);
  EXPECT_EQ(listed[1].client, 0u);
  EXPECT_EQ(listed[1].request.text, "hello");
  EXPECT_EQ(listed[1].source.port, 5001);
  EXPECT_EQ(listed[2].at, Duration::seconds(3));
  EXPECT_EQ(listed[2].target.port, 81);
  EXPECT_TRUE(listed[2].close_at_set);
  EXPECT_EQ(listed[2].close, app::Closer::kServer);
  EXPECT_FALSE(listed[2].dont_fragment);
  EXPECT_EQ(listed[2].send.at(0).message.zeros, 5u);
  EXPECT_EQ(listed[2].request.length(), 0u);
}

TEST(Reader, TheTimelineFindsLinksByNameAndByEnds) {
  const Scenario scenario = good(
      "timeline:\n  - {at: 1s, link: up, loss: 1%}\n  - {at: 2s, link: [lan, lvs:eth0], state: "
      "down}\n"
      "  - {at: 3s, host: rs1, serve: {tcp: 80}, state: paused}\n  - {at: 4s, host: rs1, power: "
      "off}\n");
  EXPECT_EQ(std::get<LinkAction>(scenario.timeline[0].action).link, 1u);
  EXPECT_EQ(std::get<LinkAction>(scenario.timeline[1].action).link, 1u);
  EXPECT_EQ(std::get<LinkAction>(scenario.timeline[1].action).up, false);
  EXPECT_EQ(std::get<ServeAction>(scenario.timeline[2].action).change.state,
            app::ServerState::kPaused);
  EXPECT_FALSE(std::get<PowerAction>(scenario.timeline[3].action).on);
}

TEST(Reader, AnInjectedArpReplyIsAWholeFrame) {
  const Scenario scenario = good(
      "timeline:\n  - {at: 1s, inject: {interface: client:eth0, arp: {op: reply, sender: [$VIP, "
      "02:00:00:00:00:99],"
      " target: [10.0.0.2, lvs:eth0]}}}\n"
      "  - {at: 1s, inject: {interface: client:eth0, raw: \"ffffffffffff 020000000001 88b5 "
      "0102\"}}\n");
  const std::vector<std::uint8_t> expected = {2,  0, 0, 0,   2, 0, 2, 0, 0, 0, 0,  0x99, 8, 6,
                                              0,  1, 8, 0,   6, 4, 0, 2, 2, 0, 0,  0,    0, 0x99,
                                              10, 0, 0, 100, 2, 0, 0, 0, 2, 0, 10, 0,    0, 2};
  EXPECT_EQ(std::get<InjectAction>(scenario.timeline[0].action).frame, expected);
  EXPECT_EQ(std::get<InjectAction>(scenario.timeline[1].action).frame.size(), 16u);
}

TEST(Reader, ExpectationsAreCheckedTreesWithNamesReplaced) {
  const Scenario scenario = good(
      "traffic: {web: {from: client, to: $VIP:80, connections: 1}}\n"
      "expect:\n  - {connections: web, served_by: {rs1: 1}, latency: {p50: < 3ms}}\n"
      "  - {neighbour: {of: client, address: $VIP}, is: lvs:eth0, when: 5s}\n");
  ASSERT_EQ(scenario.expectations.size(), 2u);
  EXPECT_EQ(scenario.expectations[0].kind, "connections");
  EXPECT_EQ(scenario.expectations[0].value.find("served_by")->find("rs1")->scalar, "1");
  EXPECT_EQ(scenario.expectations[0].value.find("latency")->find("p50")->scalar, "< 3ms");
  EXPECT_EQ(scenario.expectations[1].value.find("neighbour")->find("address")->scalar,
            "10.0.0.100");
}

TEST(Reader, ByteOrderMarkAndCarriageReturnsDoNotShiftColumns) {
  std::string text = "\xef\xbb\xbflvslab: 1\r\nhosts: {a: {}}\r\nseed: x\r\n";
  const ReadResult result = read_scenario_text(text, "x");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].place.text(), "x:3:7");
}

// --- several files
// -------------------------------------------------------------------------------------

ReadResult read_files(const std::map<std::string, std::string>& files) {
  return read_scenario_with("dir/main.yaml", {},
                            [&](const std::string& path) -> Result<std::string> {
                              const auto found = files.find(path);
                              if (found == files.end()) return fail("there is no such file");
                              return found->second;
                            });
}

TEST(SeveralFiles, IncludedKeysComeFirst) {
  const ReadResult result = read_files(
      {{"dir/main.yaml",
        "lvslab: 1\ntitle: mine\ninclude: parts/a.yaml\nhosts: {b: {}}\nlinks: [[b:eth0, s]]\n"},
       {"dir/parts/a.yaml",
        "title: other\nhosts: {a: {}}\nswitches: {s: {}}\nlinks: [[a:eth0, s]]\n"}});
  ASSERT_TRUE(result.errors.empty()) << render(result.errors[0], "");
  ASSERT_EQ(result.scenario.hosts.size(), 2u);
  EXPECT_EQ(result.scenario.hosts[0].name, "a");
  EXPECT_EQ(result.scenario.hosts[0].place.text(), "dir/parts/a.yaml:2:9");
  EXPECT_EQ(result.scenario.links.size(), 2u);
  EXPECT_EQ(result.scenario.title, "mine");
}

TEST(SeveralFiles, ExtendsChangesOnlyWhatItSays) {
  const ReadResult result = read_files(
      {{"dir/main.yaml",
        "lvslab: 1\ntitle: broken\nextends: cured.yaml\nchange:\n  hosts:\n    a: {sysctl: "
        "{net.ipv4.conf.all.arp_ignore: 0}, gateway: ~}\n"
        "  link_defaults.rate: 1Mbps\n  hosts.a.role: router\n"},
       {"dir/cured.yaml",
        "lvslab: 1\ntitle: cured\nseed: 7\nskip: not now\nlink_defaults: {rate: 1Gbps, queue: 5}\n"
        "hosts: {a: {gateway: 10.0.0.1, modules: [ipip], sysctl: {net.ipv4.conf.all.arp_ignore: 1, "
        "x: 2}}}\n"}});
  ASSERT_TRUE(result.errors.empty()) << render(result.errors[0], "");
  const Scenario& scenario = result.scenario;
  EXPECT_EQ(scenario.title, "broken");
  EXPECT_EQ(scenario.seed, 7u);
  EXPECT_TRUE(scenario.skip.empty());
  EXPECT_EQ(scenario.hosts[0].sysctl.at(0).second, "0");
  EXPECT_EQ(scenario.hosts[0].sysctl.size(), 2u);
  EXPECT_FALSE(scenario.hosts[0].gateway);
  EXPECT_EQ(scenario.hosts[0].modules.size(), 1u);
  EXPECT_EQ(scenario.hosts[0].role, "router");
  EXPECT_EQ(scenario.link_defaults.bits_per_second, 1'000'000u);
  EXPECT_EQ(scenario.link_defaults.queue_frames, 5u);
}

TEST(SeveralFiles, CirclesAreFoundUnderAnyNameOfTheFile) {
  const ReadResult result = read_files({{"dir/main.yaml", "extends: ../dir/./main.yaml\n"},
                                        {"dir/../dir/./main.yaml", "extends: main.yaml\n"}});
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].what, "the files refer to each other in a circle");
}

TEST(Readme, TheShippedExampleIsFreeOfErrors) {
  const ReadResult result =
      read_scenario(std::string(LVSLAB_SOURCE_DIR) + "/scenarios/README.yaml");
  for (const Message& message : result.errors) ADD_FAILURE() << render(message, "");
  EXPECT_EQ(result.scenario.expectations.size(), 16u);
}

ReadResult read_with_data(const std::string& more, const std::string& data) {
  const std::string text = std::string(kBase) + more;
  return read_scenario_with("lab.yaml", {}, [&](const std::string& path) -> Result<std::string> {
    return path == "lab.yaml" ? text : data;
  });
}

TEST(Reader, AServersWorkersAreReadWithTheirLaw) {
  const Scenario scenario = good(R"(
timeline: [{at: 1s, host: rs1, serve: {tcp: 80}, speed: 0.5}]
)");
  EXPECT_EQ(std::get<ServeAction>(scenario.timeline[0].action).change.speed, 500'000u);
  EXPECT_FALSE(std::get<ServeAction>(scenario.timeline[0].action).change.state);
  std::string text(kBase);
  text.replace(text.find("{tcp: 80, reply: echo}"), 22,
               "{tcp: 80, service_time: exponential 5ms, workers: 4, discipline: ps, speed: 1.5}");
  const ReadResult result = read_scenario_text(text, "lab.yaml");
  ASSERT_TRUE(result.errors.empty()) << render(result.errors[0], "");
  const app::ServeSpec& spec = result.scenario.hosts[2].serve[0];
  EXPECT_EQ(spec.service.kind(), app::Distribution::Kind::kExponential);
  EXPECT_EQ(spec.service.mean(), 5e9);
  EXPECT_EQ(spec.workers, 4u);
  EXPECT_EQ(spec.discipline, app::Discipline::kProcessorSharing);
  EXPECT_EQ(spec.speed, 1'500'000u);
}

// The bare form is what the language shows; YAML alone would refuse it.
TEST(Reader, ARuleOfArrivalsIsTheSameInAllItsForms) {
  for (const char* rule :
       {"closed {users: 3, think: exponential 1s}", "'closed {users: 3, think: exponential 1s}'",
        "{closed: {users: 3, think: exponential 1s}}",
        "closed {think: exponential 1s, users: 3}"}) {
    const Scenario scenario =
        good("traffic: {a: {from: client, to: 10.0.0.11:80, connections: 7, arrivals: " +
             std::string(rule) + ", retry: 2}}\n");
    const app::TrafficPlan& plan = scenario.load.traffics.at(0);
    EXPECT_EQ(plan.arrivals, app::Arrivals::kClosed) << rule;
    EXPECT_EQ(plan.users, 3u) << rule;
    EXPECT_EQ(plan.user_think.mean(), 1e12) << rule;
    EXPECT_EQ(plan.count, 7u) << rule;
    EXPECT_EQ(plan.shape.retry, 2u) << rule;
  }
  const Scenario block = good(
      "traffic:\n  a:\n    from: client\n    to: 10.0.0.11:80\n    duration: 5s\n"
      "    arrivals: poisson {rate: [[0s, 100/s], [10s, 0/s]], batch: 3}  # bursts\n");
  EXPECT_EQ(block.load.traffics.at(0).rates.size(), 2u);
  EXPECT_EQ(block.load.traffics.at(0).batch, 3u);
  EXPECT_EQ(block.load.traffics.at(0).lasts, Duration::seconds(5));
}

TEST(Reader, ArrivalsComeFromAFileWithClientsAndSizes) {
  const ReadResult result =
      read_with_data("traffic: {a: {from: client, to: 10.0.0.11:80, arrivals: file x.csv}}\n",
                     "at,request_bytes\n# a remark\n0.25,100\n\n300ms,0\r\n");
  ASSERT_TRUE(result.errors.empty()) << render(result.errors[0], "");
  const app::TrafficPlan& plan = result.scenario.load.traffics.at(0);
  ASSERT_EQ(plan.trace.size(), 2u);
  EXPECT_EQ(plan.count, 2u);
  EXPECT_EQ(plan.trace[0].at, Duration::milliseconds(250));
  EXPECT_EQ(plan.trace[0].request_bytes, 100u);
  EXPECT_EQ(plan.trace[1].at, Duration::milliseconds(300));
}

TEST(Reader, LawsOfTimeAndSizeStandWhereverTheyMakeSense) {
  const ReadResult result = read_with_data(
      "traffic: {a: {from: client, to: 10.0.0.11:80, connections: 2, arrivals: every uniform 1ms "
      "2ms,"
      " hold: empirical v.csv, think: erlang 3 6ms, request_bytes: pareto 1.2 100B 1MB}}\n",
      "1ms\n3ms\n");
  ASSERT_TRUE(result.errors.empty()) << render(result.errors[0], "");
  const app::TrafficPlan& plan = result.scenario.load.traffics.at(0);
  EXPECT_EQ(plan.gaps.mean(), 1.5e9);
  EXPECT_EQ(plan.shape.hold.mean(), 2e9);
  EXPECT_EQ(plan.shape.think.mean(), 6e9);
  EXPECT_EQ(plan.shape.request_size.kind(), app::Distribution::Kind::kPareto);
}

}  // namespace
}  // namespace lvslab::scenario
