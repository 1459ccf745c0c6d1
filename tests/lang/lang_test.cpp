// Every text that people read in another language than English: that it is there, and that it says
// as much.
#include "lang/lang.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/note.h"
#include "conformance/cli_bed.h"

namespace lvslab::testing {
namespace {

namespace fs = std::filesystem;
using lang::Entry;

/// Placeholders by number with their form: "{}" and "{0}" of the first argument are alike.
std::multiset<std::string> placeholders(std::string_view text, std::string& problem) {
  std::multiset<std::string> found;
  std::size_t next = 0;
  bool counted = false, numbered = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') continue;
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos) {
      problem = "never closed";
      return found;
    }
    std::string inside(text.substr(i + 1, end - i - 1));
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    std::string number = inside.substr(0, colon);
    (number.empty() ? counted : numbered) = true;
    if (number.empty()) number = std::to_string(next++);
    found.insert(number + inside.substr(colon));
    i = end;
  }
  if (counted && numbered) problem = "counted and numbered placeholders";
  return found;
}

bool has(std::string_view english) {
  for (const auto table : lang::chinese_tables()) {
    for (const Entry& entry : table) {
      if (entry.english == english) return true;
    }
  }
  return false;
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The literals, put together, that stand at `at`; "" when none does.
std::string literals(const std::string& source, std::size_t at) {
  std::string text;
  for (;;) {
    at = source.find_first_not_of(" \n", at);
    if (at == std::string::npos || source[at] != '"') return text;
    for (++at; at < source.size() && source[at] != '"'; ++at) {
      if (source[at] == '\\') ++at;
      text += source[at];
    }
    ++at;
  }
}

/// What the sources hand to lang::Words: the first argument of t(...), words(...), say(...).
std::map<std::string, std::string> texts_of_the_sources() {
  std::map<std::string, std::string> texts;
  const fs::path root = fs::path(LVSLAB_SOURCE_DIR) / "sim";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string path = entry.path().generic_string();
    if (entry.path().extension() != ".cpp" || path.find("/lang/") != std::string::npos) continue;
    const std::string folder = entry.path().parent_path().filename().string();
    if (folder != "trace" && folder != "report" && folder != "compare" && folder != "quiz")
      continue;
    const std::string source = read_text_file(path);
    for (const std::string call : {"t(", "words(", "words_(", "say("}) {
      for (std::size_t at = source.find(call); at != std::string::npos;
           at = source.find(call, at + 1)) {
        if (at > 0 && is_name(source[at - 1])) continue;
        const std::string text = literals(source, at + call.size());
        if (!text.empty()) texts.emplace(text, path);
      }
    }
  }
  return texts;
}

TEST(Lang, TablesAreInOrderAndNoTextStandsTwice) {
  std::set<std::string_view> seen;
  for (const auto table : lang::chinese_tables()) {
    EXPECT_FALSE(table.empty());
    EXPECT_TRUE(std::is_sorted(table.begin(), table.end(), [](const Entry& a, const Entry& b) {
      return a.english < b.english;
    }));
    for (const Entry& entry : table)
      EXPECT_TRUE(seen.insert(entry.english).second) << entry.english;
  }
}

TEST(Lang, ATranslationHasThePlaceholdersOfItsText) {
  for (const auto table : lang::chinese_tables()) {
    for (const Entry& entry : table) {
      std::string problem;
      EXPECT_EQ(placeholders(entry.english, problem), placeholders(entry.chinese, problem))
          << entry.english;
      EXPECT_EQ(problem, "") << entry.chinese;
      EXPECT_FALSE(entry.chinese.empty()) << entry.english;
    }
  }
}

TEST(Lang, EveryTextInTheSourcesIsTranslated) {
  const auto texts = texts_of_the_sources();
  EXPECT_GT(texts.size(), 250u);
  for (const auto& [text, path] : texts)
    EXPECT_TRUE(has(text)) << path << " says \"" << text << "\", which has no translation";
}

TEST(Lang, EveryDropIsExplainedInEachLanguage) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i)
    EXPECT_TRUE(has(drop_reason_sentence(static_cast<DropReason>(i)))) << i;
}

TEST(Lang, EnglishIsHandedThrough) {
  const lang::Words english, chinese(lang::Language::kChinese);
  EXPECT_EQ(english("dropped"), "dropped");
  EXPECT_EQ(english.meant("loop", "open"), "open");
  EXPECT_EQ(chinese("dropped"), "丢弃");
  EXPECT_EQ(chinese.meant("loop", "open"), "开环");
  EXPECT_EQ(chinese.say("sends ICMP {} to {} from {}", "x", "b", "c"), "从 c 向 b 发送 ICMP x");
  EXPECT_EQ(chinese("nobody ever wrote this"), "nobody ever wrote this");
}

TEST(Lang, ChineseTakesTwoColumns) {
  EXPECT_EQ(lang::columns("rs1"), 3u);
  EXPECT_EQ(lang::columns("调度器"), 6u);
  EXPECT_EQ(lang::columns("a，b"), 4u);
  EXPECT_EQ(lang::columns("±…"), 2u);
  EXPECT_EQ(lang::bytes_within("调度器", 5), 6u);
  EXPECT_EQ(lang::bytes_within("调度器", 1), 3u);
}

class LangVerb : public CommandLine {
 protected:
  std::vector<std::string> labs() {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(repository_path("scenarios/labs")))
      if (entry.path().extension() == ".yaml") all.push_back(entry.path().string());
    std::sort(all.begin(), all.end());
    return all;
  }
};

/// Pieces of a pattern between its placeholders that are words enough to be told from names.
std::vector<std::string> phrases(std::string_view pattern) {
  std::vector<std::string> all;
  std::string piece;
  const auto take = [&] {
    const auto letters = std::count_if(piece.begin(), piece.end(), [](char c) {
      return std::isalpha(static_cast<unsigned char>(c)) != 0;
    });
    if (letters >= 6 && piece.find(' ', 1) != std::string::npos) all.push_back(piece);
    piece.clear();
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{') {
      take();
      i = std::min(pattern.find('}', i), pattern.size());
    } else {
      piece += pattern[i];
    }
  }
  take();
  return all;
}

TEST_F(LangVerb, NoSentenceOfALadderStaysEnglish) {
  ASSERT_GT(labs().size(), 10u);
  for (const std::string& lab : labs()) {
    for (const char* form : {"", "--stages", "--format mermaid"}) {
      const ProcessResult shown = lvslab("explain " + lab + " --lang zh_CN " + form);
      ASSERT_EQ(shown.status, 0) << lab << shown.err;
      // What a console printed, and the title, are the scenario's own.
      std::string text;
      bool console = false;
      const std::string body = shown.out.substr(std::min(shown.out.find('\n'), shown.out.size()));
      for (const std::string& line : lines_of(body)) {
        if (line.starts_with(std::string(20, ' ') + "# "))
          console = true;
        else if (!line.starts_with(std::string(22, ' ')))
          console = false;
        if (!console) text += line + "\n";
      }
      for (const auto table : lang::chinese_tables().first(3)) {
        for (const Entry& entry : table) {
          for (const std::string& phrase : phrases(entry.english))
            EXPECT_EQ(text.find(phrase), std::string::npos) << lab << " " << form << ": " << phrase;
        }
      }
    }
  }
}

TEST_F(LangVerb, ColumnsLineUpUnderWideLetters) {
  const ProcessResult shown =
      lvslab("explain " + repository_path("scenarios/labs/D-corrected.yaml") + " --lang zh_CN");
  std::set<std::size_t> columns;
  std::size_t seen = 0;
  for (const std::string& line : lines_of(shown.out)) {
    const std::size_t nic = line.find(" eth0 ");
    if (!line.starts_with("  ") || line.starts_with("   ") || nic == std::string::npos) continue;
    columns.insert(lang::columns(line.substr(0, nic)));
    ++seen;
  }
  EXPECT_GE(seen, 3u);
  EXPECT_EQ(columns.size(), 1u) << shown.out.substr(0, 1000);
}

TEST_F(LangVerb, APageIsOfOneLanguageAndDataOfNone) {
  const std::string lab = repository_path("scenarios/labs/D-corrected.yaml");
  const std::string en = folder_.file("en"), zh = folder_.file("zh");
  ASSERT_EQ(lvslab("run " + lab + " --out " + en).status, 0);
  ASSERT_EQ(lvslab("run " + lab + " --lang zh_CN --out " + zh).status, 0);
  for (const char* name : {"/summary.json", "/frames.jsonl", "/connections.csv", "/console.jsonl"})
    EXPECT_EQ(read_text_file(en + name), read_text_file(zh + name)) << name;
  const std::string page = read_text_file(zh + "/report.html");
  EXPECT_NE(page.find("<html lang=\"zh-CN\">"), std::string::npos);
  EXPECT_NE(page.find("<h2>真实服务器</h2>"), std::string::npos);
  EXPECT_EQ(page.find("<h2>Real servers</h2>"), std::string::npos);
  EXPECT_NE(read_text_file(en + "/report.html").find("<html lang=\"en\">"), std::string::npos);
}

TEST_F(LangVerb, AQuizSpeaksTheLanguageAndIsJudgedAlike) {
  const std::string lesson = repository_path("scenarios/lessons/03-lab-b-direct-routing.yaml");
  const ProcessResult zh = lvslab("explain " + lesson + " --quiz --answers --lang zh_CN");
  EXPECT_EQ(zh.status, 0) << zh.err;
  EXPECT_NE(zh.out.find("问题 1："), std::string::npos) << zh.out;
  EXPECT_NE(zh.out.find("答案\n"), std::string::npos);
  EXPECT_EQ(zh.out.find("Question"), std::string::npos);
}

TEST_F(LangVerb, OnlyTheOptionChoosesTheLanguage) {
  const std::string path = scenario();
  const ProcessResult plain = lvslab("explain " + path);
  EXPECT_EQ(plain.out, lvslab("explain " + path + " --lang en").out);
  EXPECT_EQ(plain.out, lvslab("explain " + path, "LC_ALL=zh_CN.UTF-8 LANG=zh_CN.UTF-8").out);
  EXPECT_NE(plain.out, lvslab("explain " + path + " --lang zh_CN").out);
}

TEST_F(LangVerb, AnUnknownLanguageIsAMistakeThatNamesTheKnownOnes) {
  for (const char* verb : {"explain ", "run ", "compare "}) {
    const ProcessResult refused = lvslab(verb + scenario() + " --lang xx");
    EXPECT_EQ(refused.status, 2) << verb;
    EXPECT_NE((refused.err + refused.out).find("en, zh_CN"), std::string::npos) << refused.err;
  }
}

}  // namespace
}  // namespace lvslab::testing
