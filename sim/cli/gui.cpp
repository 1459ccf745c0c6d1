#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/verbs.h"

namespace lvslab::cli {

int gui_verb(int argc, char** argv) {
  std::error_code problem;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  std::string program = (here / "lvslab-gui").string();
  if (problem || access(program.c_str(), X_OK) != 0) {
    std::fprintf(stderr,
                 "lvslab gui: the desktop program is not built: `./lab gui` builds it (or cmake "
                 "with -DLVSLAB_GUI=ON).\n");
    return kBadInput;
  }
  std::vector<char*> words{program.data()};
  for (int i = 2; i < argc; ++i) words.push_back(argv[i]);
  words.push_back(nullptr);
  execv(program.c_str(), words.data());
  std::fprintf(stderr, "lvslab gui: %s: %s\n", program.c_str(), std::strerror(errno));
  return kInternal;
}

}  // namespace lvslab::cli
