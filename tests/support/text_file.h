// Whole files as text and as lines, for tests that judge what was written.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace lvslab::testing {

inline std::string read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace lvslab::testing
