// A page opened in headless Chromium, which tells in its own log what the console said and what was
// asked for over the network.
#pragma once

#include <string>

#include "support/process.h"
#include "support/scratch_folder.h"
#include "support/text_file.h"

namespace lvslab::testing {

struct BrowserSaw {
  ProcessResult result;  ///< out: the page as the browser understood it
  std::string fetched;   ///< the first thing it asked a server for; empty: nothing
};

inline BrowserSaw browse(const std::string& page, ScratchFolder& folder) {
  const std::string log = folder.file("net.json");
  BrowserSaw saw{
      run_process("timeout 100 chromium --headless --no-sandbox --disable-gpu "
                  "--disable-background-networking --disable-component-update --disable-sync "
                  "--no-first-run --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir='" +
                      folder.file("profile") + "' --log-net-log='" + log +
                      "' --enable-logging=stderr --v=0 --dump-dom 'file://" + page + "'",
                  folder.path().string()),
      {}};
  // What the browser asks for on its own account is no business of the page.
  for (const std::string& line : lines_of(read_text_file(log))) {
    if (line.find("{site=file://;") != std::string::npos &&
        line.find("\"url\":\"http") != std::string::npos && saw.fetched.empty())
      saw.fetched = line;
  }
  return saw;
}

}  // namespace lvslab::testing
