// The files below --out: names, first lines, keys and columns as the outputs' contract fixes them.
// Columns may be appended, never moved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

using nlohmann::json;
using ::testing::StartsWith;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

class OutputFiles : public CommandLine {
 protected:
  void SetUp() override {
    ASSERT_EQ(lvslab("run --quiet --pcap --record " + folder_.file("run.db") + " --out " +
                     folder_.file("out") + " " + lab_b())
                  .status,
              0);
  }
  std::string text(const std::string& name) const {
    return read_text_file(folder_.file("out/" + name));
  }
  std::vector<std::string> lines(const std::string& name) const { return lines_of(text(name)); }
};

TEST_F(OutputFiles, AreThere) {
  for (const char* name : {"summary.json", "frames.jsonl", "connections.csv", "requests.csv",
                           "series.csv", "console.jsonl", "all.pcapng"}) {
    EXPECT_FALSE(text(name).empty()) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.file("run.db")));
}

TEST_F(OutputFiles, CsvFilesBeginWithTheContractsColumns) {
  EXPECT_THAT(lines("connections.csv").at(0) + ",",
              StartsWith("id,traffic,protocol,client,client_port,vip,vport,director,scheduler,mode,"
                         "real_server,rip,rport,lip,lport,intended,opened,"
                         "established,first_byte,closed,status,requests,bytes_up,bytes_down,"
                         "retransmissions,ipvs_state,"));
  EXPECT_THAT(lines("requests.csv").at(0) + ",",
              StartsWith("connection,intended,sent,first_byte,last_byte,latency,real_server,"));
  EXPECT_THAT(lines("series.csv").at(0) + ",",
              StartsWith("t,real_server,active,inactive,queue,busy,requests,bytes_in,bytes_out,"
                         "latency_mean,latency_p99,"));
}

TEST_F(OutputFiles, EveryCsvLineHasACellPerColumn) {
  for (const char* name : {"connections.csv", "requests.csv", "series.csv"}) {
    const auto all = lines(name);
    ASSERT_GT(all.size(), 2u) << name;
    for (const std::string& line : all)
      EXPECT_EQ(cells_of(line).size(), cells_of(all[0]).size()) << name << ": " << line;
  }
}

TEST_F(OutputFiles, AConnectionIsToldFromItsIntendedStartToItsEnd) {
  const auto all = lines("connections.csv");
  ASSERT_EQ(all.size(), 3u);
  const auto c = cells_of(all[1]);
  const auto at = [&](const char* column) {
    const auto names = cells_of(all[0]);
    return c[static_cast<std::size_t>(std::find(names.begin(), names.end(), column) -
                                      names.begin())];
  };
  EXPECT_EQ(at("id"), "web/1");
  EXPECT_EQ(at("traffic"), "web");
  EXPECT_EQ(at("protocol"), "tcp");
  EXPECT_EQ(at("client"), "192.168.57.135");
  EXPECT_EQ(at("vip"), "192.168.57.126");
  EXPECT_EQ(at("vport"), "80");
  EXPECT_EQ(at("director"), "director");
  EXPECT_EQ(at("scheduler"), "rr");
  EXPECT_EQ(at("mode"), "dr");
  EXPECT_EQ(at("real_server"), "rs1");
  EXPECT_EQ(at("rip"), "192.168.57.122");
  EXPECT_EQ(at("rport"), "80");
  EXPECT_EQ(at("status"), "completed");
  EXPECT_EQ(at("requests"), "1");
  EXPECT_EQ(at("bytes_up"), "18");
  EXPECT_EQ(at("bytes_down"), "4");
  EXPECT_EQ(at("retransmissions"), "0");
  double last = 0;
  for (const char* moment : {"intended", "opened", "established", "first_byte", "closed"}) {
    ASSERT_NE(at(moment), "") << moment;
    EXPECT_GE(std::stod(at(moment)), last) << moment;
    EXPECT_EQ(at(moment).size() - at(moment).find('.'), 13u) << "twelve decimals";
    last = std::stod(at(moment));
  }
}

TEST_F(OutputFiles, TheSummaryHasTheContractsKeysAndAddsUp) {
  const json summary = json::parse(text("summary.json"), nullptr, false);
  ASSERT_TRUE(summary.is_object());
  for (const char* key :
       {"schema", "title", "seed", "version", "simulated_time", "ready", "events", "frames",
        "frame_hops", "drops", "frames_in_flight", "traffic", "real_servers", "jain_index",
        "expectations", "findings", "hosts", "switches", "bin_width"}) {
    EXPECT_TRUE(summary.contains(key)) << key;
  }
  EXPECT_EQ(summary["schema"], 1);
  EXPECT_EQ(summary["frames"].get<int>(), summary["frame_hops"].get<int>() +
                                              summary["frames_lost"].get<int>() +
                                              summary["frames_in_flight"].get<int>());
  EXPECT_GE(summary["events"].get<int>(), summary["frame_hops"].get<int>());
  const json& web = summary["traffic"]["web"];
  EXPECT_EQ(web["completed"], 2);
  EXPECT_EQ(web["failed"], 0);
  for (const char* key : {"mean", "p50", "p90", "p99", "p99.9", "max"})
    EXPECT_TRUE(web["latency"][key].is_number()) << key;
  for (const char* server : {"rs1", "rs2"}) {
    const json& rs = summary["real_servers"][server];
    for (const char* key : {"connections", "requests", "bytes_in", "bytes_out", "busy_share",
                            "active_mean", "active_peak", "latency", "share"}) {
      EXPECT_TRUE(rs.contains(key)) << server << " " << key;
    }
    EXPECT_EQ(rs["connections"], 1);
  }
  EXPECT_EQ(summary["jain_index"], 1.0);
  EXPECT_EQ(summary["hosts"]["director"]["services"][0]["scheduler"], "rr");
  bool found = false;
  for (const json& entry : summary["hosts"]["client"]["neighbours"]) {
    if (entry["address"] != "192.168.57.126") continue;
    found = true;
    EXPECT_EQ(entry["owner"], "director.eth0");
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(summary["switches"]["lan"].size(), 4u);
}

TEST_F(OutputFiles, NothingTellsWhenOrWhereItWasMade) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_.file("out"))) {
    EXPECT_EQ(read_text_file(entry.path().string()).find(folder_.path().string()),
              std::string::npos)
        << entry.path();
  }
}

}  // namespace
}  // namespace lvslab::testing
