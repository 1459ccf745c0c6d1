// Runs a program and keeps what it wrote to stdout and stderr apart.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "support/text_file.h"

namespace lvslab::testing {

struct ProcessResult {
  int status = -1;  ///< exit status; -1: ended by a signal
  std::string out, err;
};

/// `command` is a shell's; `scratch` is an existing folder for what it prints.
inline ProcessResult run_process(const std::string& command, const std::string& scratch) {
  const std::string out = scratch + "/stdout", err = scratch + "/stderr";
  const int status =
      std::system(("( " + command + " ) >'" + out + "' 2>'" + err + "' </dev/null").c_str());
  ProcessResult result;
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  result.out = read_text_file(out);
  result.err = read_text_file(err);
  return result;
}

inline bool have_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace lvslab::testing
