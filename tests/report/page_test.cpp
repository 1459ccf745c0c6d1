// report.html as `run --out` writes it.
#include <nlohmann/json.hpp>

#include "conformance/cli_bed.h"
#include "report/browser.h"
#include "report/well_formed.h"

namespace lvslab::testing {
namespace {

using nlohmann::json;

class ReportPage : public CommandLine {
 protected:
  std::string page_of(const std::string& path, const std::string& more = {}) {
    const std::string out = folder_.file("out");
    result_ = lvslab("run " + path + " --out " + out + " " + more);
    return read_text_file(out + "/report.html");
  }
  json summary() { return json::parse(read_text_file(folder_.file("out/summary.json"))); }
  ProcessResult result_;
};

// What summary.json has at "traffic/web/latency/p50", or null.
const json* at(const json& root, const std::string& path) {
  const json* here = &root;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const auto found = here->find(path.substr(from, end - from));
    if (found == here->end()) return nullptr;
    here = &*found;
    from = end + 1;
  }
  return here;
}

// Two texts for one number, or the same text.
bool same(const json& value, const std::string& text) {
  if (value.is_string()) return value.get<std::string>() == text;
  if (value.is_null()) return text == "null";
  return value == json::parse(text);
}

TEST_F(ReportPage, ItsNumbersAreThoseOfTheSummary) {
  for (const char* name :
       {"scenarios/labs/D-corrected.yaml", "scenarios/labs/C-nat-two-networks.yaml",
        "scenarios/arp-conflicts/01-real-servers-answer-broken.yaml"}) {
    const std::string path = repository_path(name);
    ASSERT_TRUE(std::ifstream(path).good()) << path;
    const std::string page = page_of(path);
    ASSERT_FALSE(page.empty()) << name << result_.err;
    const json all = summary();
    const report::Markup read = report::read_markup(page);
    EXPECT_EQ(read.problem, "") << name;
    std::size_t compared = 0;
    for (const report::Markup::Element& element : read.elements) {
      const std::string* key = element.find("data-key");
      if (key == nullptr) continue;
      const json* value = at(all, *key);
      ASSERT_NE(value, nullptr) << *key;
      EXPECT_TRUE(same(*value, *element.find("data-value"))) << *key;
      ++compared;
    }
    EXPECT_GT(compared, 30U) << name;
    for (const char* figure : {"/connections", "/completed", "/failed", "/requests"}) {
      for (const auto& [traffic, figures] : all["traffic"].items())
        EXPECT_NE(page.find("data-key=\"traffic/" + traffic + figure + "\""), std::string::npos);
    }
  }
}

TEST_F(ReportPage, NothingIsFetched) {
  const std::string page = page_of(repository_path("scenarios/labs/D-corrected.yaml"));
  for (const report::Markup::Element& element : report::read_markup(page).elements) {
    EXPECT_NE(element.name, "script");
    EXPECT_NE(element.name, "iframe");
    for (const auto& [name, value] : element.attributes) {
      if (name == "src" || name == "href" || name == "srcset" || name == "action" ||
          name == "data" || name == "xlink:href") {
        EXPECT_TRUE(value.starts_with("data:") || value.starts_with("#")) << value;
      }
      EXPECT_FALSE(name.starts_with("on")) << name;
    }
  }
  EXPECT_EQ(page.find("@import"), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
}

TEST_F(ReportPage, TextsOfAScenarioCannotBecomeMarkup) {
  std::string text = kSmallScenario;
  const std::string title = "title: Two hosts on a cable";
  text.replace(text.find(title), title.size(),
               "title: \"</title><script>alert(1)</script>\"\n"
               "about: \"</style><img src=x onerror=alert(2)> & 'quotes'\"");
  const std::string page = page_of(file("hostile.yaml", text + R"(
names: {"VIP": 10.0.0.2}
expect:
  - {console: {host: client, command: "echo '<svg onload=alert(3)>'"}, contains: "</pre><script>"}
timeline:
  - {at: 1s, host: client, run: "echo '<svg onload=alert(3)>'"}
)"));
  ASSERT_FALSE(page.empty()) << result_.err;
  const report::Markup read = report::read_markup(page);
  EXPECT_EQ(read.problem, "");
  for (const report::Markup::Element& element : read.elements) {
    EXPECT_NE(element.name, "script");
    EXPECT_NE(element.name, "img");
    EXPECT_EQ(element.find("onload"), nullptr);
  }
}

TEST_F(ReportPage, AThousandHostsMakeAPageThatSaysWhatItLeavesOut) {
  std::string hosts, links;
  for (int i = 1; i <= 1100; ++i) {
    const std::string n = std::to_string(i);
    hosts += "  rs" + n + ": {role: real-server, interfaces: {eth0: {address: 10.0." +
             std::to_string(1 + i / 200) + "." + std::to_string(1 + i % 200) + "/16}}}\n";
    links += "  - [rs" + n + ":eth0, lan]\n";
  }
  const std::string page = page_of(
      file("large.yaml",
           "lvslab: 1\ntitle: Many\nhosts:\n  client: {role: client, interfaces: {eth0: {address: "
           "10.0.0.1/16}}}\n" +
               hosts + "switches: {lan: {}}\nlinks:\n  - [client:eth0, lan]\n" + links +
               "traffic:\n  echo: {from: client, to: 10.0.1.2, protocol: ping, connections: 2, "
               "arrivals: every 1s}\n"));
  ASSERT_FALSE(page.empty()) << result_.err;
  EXPECT_LT(page.size(), 2U << 20);
  EXPECT_NE(page.find("more are not shown here"), std::string::npos);
  EXPECT_NE(page.find("and 1095 more"), std::string::npos);
  EXPECT_EQ(report::read_markup(page).problem, "");
}

TEST_F(ReportPage, TheSameRunGivesTheSameBytes) {
  const std::string path = repository_path("scenarios/labs/D-corrected.yaml");
  const std::string first = page_of(path);
  EXPECT_EQ(first, page_of(path));
}

TEST_F(ReportPage, ABrowserShowsItWithoutErrorsAndFetchesNothing) {
  if (!have_program("chromium")) GTEST_SKIP() << "chromium is not installed";
  page_of(repository_path("scenarios/labs/D-corrected.yaml"));
  const BrowserSaw saw = browse(folder_.file("out/report.html"), folder_);
  ASSERT_EQ(saw.result.status, 0) << saw.result.err;
  EXPECT_NE(saw.result.out.find("id=\"traffic\""), std::string::npos);
  EXPECT_EQ(saw.result.err.find("CONSOLE"), std::string::npos) << saw.result.err;
  EXPECT_EQ(saw.result.err.find("Refused to"), std::string::npos) << saw.result.err;
  EXPECT_EQ(saw.fetched, "");
}

TEST_F(ReportPage, TheBrowserTestSeesAPageThatFetches) {
  if (!have_program("chromium")) GTEST_SKIP() << "chromium is not installed";
  file("fetches.html", "<html><body><img src=\"http://host.invalid/x.png\"></body></html>");
  EXPECT_NE(browse(folder_.file("fetches.html"), folder_).fetched, "");
}

}  // namespace
}  // namespace lvslab::testing
