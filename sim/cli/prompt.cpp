#include "cli/prompt.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#ifdef LVSLAB_HAVE_EDITLINE
#include <editline/readline.h>
#endif

namespace lvslab::cli {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;

}  // namespace

Prompt::Prompt() : terminal_(isatty(0) != 0 && isatty(1) != 0) {}

std::optional<std::string> Prompt::piece(const std::string& prompt) {
#ifdef LVSLAB_HAVE_EDITLINE
  if (terminal_) {
    char* const typed = readline(prompt.c_str());
    if (typed == nullptr) return std::nullopt;
    std::string text = typed;
    std::free(typed);
    if (!text.empty()) add_history(text.c_str());
    return text;
  }
#endif
  std::fputs(prompt.c_str(), stdout);
  std::fflush(stdout);
  std::string text;
  if (!std::getline(std::cin, text)) {
    std::fputs("\n", stdout);
    return std::nullopt;
  }
  if (!text.empty() && text.back() == '\r') text.pop_back();
  if (!terminal_) std::printf("%s\n", text.c_str());
  return text;
}

std::optional<std::string> Prompt::line(const std::string& prompt) {
  std::string whole;
  for (bool first = true;; first = false) {
    std::optional<std::string> part = piece(first ? prompt : "> ");
    if (!part) return first ? std::nullopt : std::optional(whole);
    ++number_;
    whole += *part;
    if (whole.empty() || whole.back() != '\\' || whole.size() > kLongestLine) return whole;
    whole.back() = '\n';
    whole.insert(whole.size() - 1, "\\");
  }
}

}  // namespace lvslab::cli
