// Input meant to hurt: each gives a message, soon, and nothing is read that is too large.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "scenario/limits.h"
#include "scenario/scenario.h"
#include "scenario/source.h"

namespace lvslab::scenario {
namespace {

/// The messages of a text, and that they took no more processor time than any machine needs.
std::vector<Message> errors_of(const std::string& text) {
  const std::clock_t start = std::clock();
  const ReadResult result = read_scenario_text(text, "x.yaml");
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 30);
  return result.errors;
}

std::string first_error(const std::string& text) {
  const std::vector<Message> errors = errors_of(text);
  return errors.empty() ? "" : errors.front().what;
}

TEST(Hostile, ALoneCommaEnds) {
  EXPECT_EQ(first_error(","), "text after the end of the document");
  EXPECT_EQ(first_error(",a"), "text after the end of the document");
}

TEST(Hostile, AMegabyteOfBracketsIsNestedTooDeep) {
  for (const char bracket : {'[', '{'}) {
    EXPECT_EQ(first_error(std::string(1 << 20, bracket)), "values are nested more than 64 deep");
  }
  EXPECT_EQ(errors_of(std::string(1 << 20, ']')).size(), 1u);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_EQ(errors_of(dashes).size(), 1u);
}

TEST(Hostile, AnAliasBombIsCountedAsItsCopies) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string name = "a" + std::to_string(i), before = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "" : ",") + before;
    bomb += "]\n";
  }
  EXPECT_NE(first_error(bomb).find("more than 200000 values"), std::string::npos);
}

TEST(Hostile, AliasesOfALongTextCountItsBytes) {
  std::string text = "a: &a \"" + std::string(1 << 20, 'x') + "\"\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a,";
  EXPECT_NE(first_error(text + "]\n").find("16 MiB of text"), std::string::npos);
}

TEST(Hostile, FilesLargerThanTheLimitAreNotRead) {
  EXPECT_EQ(first_error(std::string(limits::kFileBytes + 1, ' ')), "the file is larger than 4 MiB");
}

TEST(Hostile, OneLongLineOfErrorsStaysQuick) {
  std::string text = "lvslab: 1\nhosts: {";
  for (int i = 0; i < 20'000; ++i) text += "é" + std::to_string(i) + ": {rol: x}, ";
  const std::vector<Message> errors = errors_of(text + "}\n");
  EXPECT_EQ(errors.size(), limits::kMessages + 1);
  EXPECT_EQ(errors.back().hint, "The rest is not shown");
}

TEST(Hostile, ARangeTimesItsTextIsBounded) {
  const std::string text = "lvslab: 1\nhosts:\n  \"h[1-4000]\":\n    run: |\n      # " +
                           std::string(1 << 20, 'x') + "\n";
  EXPECT_NE(first_error(text).find("with all its copies"), std::string::npos);
}

TEST(Hostile, NamesThatGrowAreBounded) {
  std::string text = "lvslab: 1\nhosts: {a: {}}\nparams:\n  A0: xxxxxxxxxxxxxxxx\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "$A" + std::to_string(i - 1);
    text += "  A" + std::to_string(i) + ": \"" + before + before + before + before + "\"\n";
  }
  EXPECT_NE(first_error(text).find("longer than 1 MiB"), std::string::npos);
}

TEST(Hostile, HandGivenMacsCannotExhaustTheMadeUpOnes) {
  std::string text = "lvslab: 1\nswitches: {lan: {}}\nhosts:\n  a: {}\n  b:\n    interfaces:\n";
  std::string links = "links:\n  - [a:eth0, lan]\n";
  for (int i = 0; i < 250; ++i) {
    char mac[32];
    std::snprintf(mac, sizeof mac, "02:00:00:00:01:%02x", i);
    text += "      e" + std::to_string(i) + ": {mac: " + mac + "}\n";
    links += "  - [b:e" + std::to_string(i) + ", lan]\n";
  }
  const ReadResult result = read_scenario_text(text + links, "x.yaml");
  ASSERT_TRUE(result.errors.empty());
  EXPECT_EQ(wire::to_string(*result.scenario.hosts[0].interfaces[0].mac), "02:00:00:00:01:fa");
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("lvslab_hostile_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static std::string only_error(const std::string& path) {
    const ReadResult result = read_scenario(path);
    EXPECT_EQ(result.errors.size(), 1u);
    EXPECT_EQ(result.errors.empty() ? "" : result.errors[0].place.file, path);
    return result.errors.empty() ? "" : result.errors[0].what;
  }
  std::filesystem::path folder_;
};

TEST_F(Files, AMissingFileIsSaidToBeMissing) {
  EXPECT_EQ(only_error((folder_ / "no.yaml").string()), "there is no such file");
}

TEST_F(Files, ADirectoryIsNotAFile) {
  EXPECT_EQ(only_error(folder_.string()), "this is a directory, not a scenario file");
}

TEST_F(Files, APipeNobodyWritesToDoesNotHang) {
  const std::string pipe = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(only_error(pipe), "this is not a regular file");
}

TEST_F(Files, AnEndlessDeviceIsNotRead) {
  EXPECT_EQ(only_error("/dev/zero"), "this is not a regular file");
}

TEST_F(Files, ATooLargeFileIsNotRead) {
  const std::string path = (folder_ / "large.yaml").string();
  std::ofstream(path) << std::string(limits::kFileBytes + 1, '#');
  EXPECT_EQ(only_error(path), "the file is larger than 4 MiB");
}

/// Root may read everything, so the system's answer is made up.
TEST_F(Files, NoPermissionIsSaidSo) {
  const FileReader refuse = [](const std::string&) -> Result<std::string> {
    return tl::unexpected<Error>(file_error(EACCES));
  };
  const ReadResult result = read_scenario_with("lab.yaml", {}, refuse);
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(render(result.errors[0], ""),
            "lab.yaml:1:1: the file may not be read: permission denied. Try `chmod +r` on it\n");
}

}  // namespace
}  // namespace lvslab::scenario
