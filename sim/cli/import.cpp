// `lvslab import DIR`: a scenario from what live hosts print; `--collect`: the script that gathers
// it.
#include "import/import.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "cli/verbs.h"

namespace lvslab::cli {

void add_import_options(CLI::App& verb, Options& options) {
  verb.add_option("DIR", options.file, "the folder with a folder a host");
  verb.add_option("--out", options.out, "write the scenario to this file (default: stdout)");
  verb.add_flag("--collect", options.collect,
                "print the script that collects such a folder on a live host");
  verb.footer(
      "Every guess is marked in the file. Exit status: 0 fine, 2 bad usage or input, 3 could not\n"
      "write.");
}

int import_verb(const Options& options) {
  if (options.collect) {
    std::fputs(importer::collect_script().c_str(), stdout);
    return kFine;
  }
  if (options.file.empty()) {
    std::fprintf(stderr,
                 "lvslab import: which folder? `lvslab import --collect` prints a script "
                 "that makes one.\n");
    return kBadInput;
  }
  const importer::Imported imported = importer::import_folder(options.file);
  for (const scenario::Message& message : imported.errors)
    std::fprintf(stderr, "%s\n", scenario::render(message, {}).c_str());
  if (!imported.errors.empty()) return kBadInput;
  for (const std::string& warning : imported.warnings)
    std::fprintf(stderr, "%s%s", warning.c_str(), warning.ends_with('\n') ? "" : "\n");
  if (options.out.empty()) {
    std::fputs(imported.scenario.c_str(), stdout);
    return kFine;
  }
  std::ofstream file(options.out, std::ios::binary);
  file << imported.scenario;
  file.close();
  if (!file) {
    std::fprintf(stderr, "lvslab import: cannot write %s.\n", options.out.c_str());
    return kCannotWrite;
  }
  return kFine;
}

}  // namespace lvslab::cli
