// Lines typed at a prompt: with editing and history on a terminal where libedit was there at build
// time, plain otherwise. What does not come from a terminal is repeated behind the prompt, so that
// the output of a script reads like a session.
#pragma once

#include <optional>
#include <string>

namespace lvslab::cli {

class Prompt {
 public:
  Prompt();
  /// Nothing: the input ended. A line that ends with a backslash goes on with the next one.
  std::optional<std::string> line(const std::string& prompt);
  bool terminal() const { return terminal_; }
  /// Lines read so far, for messages.
  int number() const { return number_; }

 private:
  std::optional<std::string> piece(const std::string& prompt);
  bool terminal_;
  int number_ = 0;
};

}  // namespace lvslab::cli
