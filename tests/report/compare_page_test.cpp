// report.html as `compare --out` writes it.
#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"
#include "report/browser.h"
#include "report/well_formed.h"

namespace lvslab::testing {
namespace {

using nlohmann::json;

constexpr const char* kQueue = R"(lvslab: 1
title: one server
params: {RATE: 80/s, COUNT: 300, WHO: plain}
link_defaults: {rate: unlimited, delay: 0s}
hosts:
  client: {interfaces: {eth0: {address: 10.0.0.1/24}}, gateway: 10.0.0.254}
  "rs[1-2]":
    role: real-server
    interfaces: {eth0: {address: 10.0.$N.2/24}}
    gateway: 10.0.$N.1
    serve: [{udp: 53, service_time: exponential 10ms}]
  router:
    role: router
    interfaces: {eth0: {address: 10.0.0.254/24}, eth1: {address: 10.0.1.1/24}, eth2: {address: 10.0.2.1/24}}
    sysctl: {net.ipv4.ip_forward: 1}
links: [["client:eth0", "router:eth0"], ["router:eth1", "rs1:eth0"], ["router:eth2", "rs2:eth0"]]
traffic:
  q: {from: client, to: "10.0.1.2:53", protocol: udp, connections: $COUNT, arrivals: poisson $RATE, timeout: 1h}
compare:
  vary: {RATE: [30/s, 60/s, 90/s]}
  replications: 4
  metrics: [mean, p99, failed, jain]
  baseline: 60/s
  knee: highest RATE with mean < 25ms
  expect: [{cell: 90/s, metric: mean, is: worse}]
)";

class ComparePage : public CommandLine {
 protected:
  std::string compare(const std::string& more = {}, const std::string& out = "out") {
    return compare_text(kQueue, more, out);
  }
  std::string compare_text(const std::string& text, const std::string& more = {},
                           const std::string& out = "out") {
    result_ =
        lvslab("compare " + file("queue.yaml", text) + " --out " + folder_.file(out) + " " + more);
    return read_text_file(folder_.file(out) + "/report.html");
  }
  json saved(const std::string& out = "out") {
    return json::parse(read_text_file(folder_.file(out) + "/compare.json"));
  }
  ProcessResult result_;
};

// "cells/0/traffic/1/metrics/mean/mean", list elements by number.
const json* at(const json& root, const std::string& path) {
  const json* here = &root;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string part = path.substr(from, end - from);
    if (here->is_array()) {
      const std::size_t index = std::stoul(part);
      if (index >= here->size()) return nullptr;
      here = &(*here)[index];
    } else {
      const auto found = here->find(part);
      if (found == here->end()) return nullptr;
      here = &*found;
    }
    from = end + 1;
  }
  return here;
}

std::size_t compare_figures(const std::string& page, const json& all) {
  const report::Markup read = report::read_markup(page);
  EXPECT_EQ(read.problem, "");
  std::size_t compared = 0;
  for (const report::Markup::Element& element : read.elements) {
    const std::string* key = element.find("data-key");
    if (key == nullptr) continue;
    const json* value = at(all, *key);
    if (value == nullptr) {
      ADD_FAILURE() << *key;
      continue;
    }
    const std::string text = *element.find("data-value");
    const bool same = value->is_string() ? value->get<std::string>() == text
                      : value->is_null() ? text == "null"
                                         : *value == json::parse(text);
    EXPECT_TRUE(same) << *key << ": " << text << " and " << value->dump();
    ++compared;
  }
  return compared;
}

TEST_F(ComparePage, ItsNumbersAreThoseOfCompareJson) {
  const std::string page = compare();
  ASSERT_FALSE(page.empty()) << result_.err;
  const json all = saved();
  EXPECT_GT(compare_figures(page, all), 60U);
  for (std::size_t c = 0; c < 3; ++c) {
    for (const char* figure : {"mean/mean", "mean/half_width", "p99/mean", "failed/mean"}) {
      EXPECT_NE(page.find("data-key=\"cells/" + std::to_string(c) + "/traffic/0/metrics/" + figure),
                std::string::npos)
          << c << figure;
    }
  }
  for (std::size_t i = 0; i < all["differences"].size(); ++i)
    EXPECT_NE(page.find("data-key=\"differences/" + std::to_string(i) + "/verdict\""),
              std::string::npos);
  EXPECT_NE(page.find("data-key=\"knees/0/last\""), std::string::npos);
  EXPECT_NE(page.find("data-key=\"expect/0/held\""), std::string::npos);
}

TEST_F(ComparePage, ItSaysWhatWasComparedAndHow) {
  const std::string page = compare("--half-width 30%");
  for (const char* said : {"id=\"what\"", "MSER-5", "common random numbers", "half as many again",
                           "id=\"estimates\"", "id=\"bars\"", "id=\"differences\"", "id=\"knee\"",
                           "id=\"latency\"", "id=\"shares\"", "id=\"load\"", "class=\"whisker\""})
    EXPECT_NE(page.find(said), std::string::npos) << said;
  EXPECT_NE(compare("--warm-up 1s", "given").find("requests before 1 s are left out"),
            std::string::npos);
}

TEST_F(ComparePage, WhatChanceExplainsIsSaidToBeNotDistinguishable) {
  std::string text = kQueue;
  const std::size_t from = text.find("compare:");
  text.replace(from, std::string::npos,
               "compare: {variants: {a: {}, b: {}}, replications: 3, metrics: [mean]}\n");
  const std::string page = compare_text(text);
  EXPECT_NE(page.find(">not distinguishable</td>"), std::string::npos);
  EXPECT_EQ(page.find("badge good"), std::string::npos);
}

TEST_F(ComparePage, NothingIsFetchedAndTextsCannotBecomeMarkup) {
  std::string text = kQueue;
  const std::string title = "title: one server";
  text.replace(text.find(title), title.size(),
               "title: \"</title><script>alert(1)</script> & <b>\"");
  const std::string page = compare_text(text);
  ASSERT_FALSE(page.empty()) << result_.err;
  const report::Markup read = report::read_markup(page);
  EXPECT_EQ(read.problem, "");
  for (const report::Markup::Element& element : read.elements) {
    EXPECT_NE(element.name, "script");
    for (const auto& [name, value] : element.attributes) {
      EXPECT_FALSE(name.starts_with("on")) << name;
      if (name == "src" || name == "href") {
        EXPECT_TRUE(value.starts_with("data:")) << value;
      }
    }
  }
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
}

TEST_F(ComparePage, TheSameBytesHoweverTheWorkIsSpread) {
  EXPECT_EQ(compare("--jobs 1", "one"), compare("--jobs 3", "three"));
}

TEST_F(ComparePage, AgainstASavedComparisonCountsInEveryForm) {
  compare("", "old");
  const std::string against = "--against " + folder_.file("old");
  const std::string page = compare("--set COUNT=290 " + against, "new");
  const json all = saved("new");
  ASSERT_TRUE(all.contains("against"));
  EXPECT_EQ(all["against"]["name"], folder_.file("old"));
  EXPECT_GT(all["against"]["differences"].size(), 8U);
  EXPECT_NE(page.find("data-key=\"against/differences/0/verdict\""), std::string::npos);
  compare_figures(page, all);
  const ProcessResult csv =
      lvslab("compare " + folder_.file("queue.yaml") + " --format csv " + against);
  EXPECT_NE(csv.out.find("," + folder_.file("old") + ","), std::string::npos);
  EXPECT_FALSE(saved("old").contains("against"));
}

TEST_F(ComparePage, AGridTooLargeForAPageSaysWhatItLeavesOut) {
  std::string text = kQueue;
  text.replace(text.find("compare:"), std::string::npos,
               "compare: {vary: {COUNT: 1..250}, replications: 2, metrics: [mean]}\n");
  const std::string page = compare_text(text);
  ASSERT_FALSE(page.empty()) << result_.err;
  EXPECT_LT(page.size(), 3U << 20);
  EXPECT_NE(page.find("50 more are not shown here: compare.csv has all"), std::string::npos);
  EXPECT_EQ(report::read_markup(page).problem, "");
}

TEST_F(ComparePage, InChineseToo) {
  const std::string page = compare("--lang zh_CN");
  EXPECT_NE(page.find("<html lang=\"zh-CN\">"), std::string::npos);
  EXPECT_NE(page.find("<h2>与基准对比</h2>"), std::string::npos);
  EXPECT_EQ(page.find("Means with their intervals"), std::string::npos);
  compare_figures(page, saved());
}

TEST_F(ComparePage, ADamagedResultIsToldOfAndRunAgain) {
  const std::string page = compare();
  file("out/runs/0001-0002.json", "no result at all");
  EXPECT_EQ(compare("--resume " + folder_.file("out")), page);
  EXPECT_NE(result_.err.find("0001-0002.json is no result of a run"), std::string::npos)
      << result_.err;
}

TEST_F(ComparePage, ABrowserShowsItWithoutErrorsAndFetchesNothing) {
  if (!have_program("chromium")) GTEST_SKIP() << "chromium is not installed";
  compare();
  const BrowserSaw saw = browse(folder_.file("out/report.html"), folder_);
  ASSERT_EQ(saw.result.status, 0) << saw.result.err;
  EXPECT_NE(saw.result.out.find("id=\"estimates\""), std::string::npos);
  EXPECT_EQ(saw.result.err.find("CONSOLE"), std::string::npos) << saw.result.err;
  EXPECT_EQ(saw.result.err.find("Refused to"), std::string::npos) << saw.result.err;
  EXPECT_EQ(saw.fetched, "");
}

}  // namespace
}  // namespace lvslab::testing
