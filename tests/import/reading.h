// A host's file as a text, read by one of the readers, and a folder of hosts as a map.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "import/import.h"
#include "import/readers.h"
#include "support/scratch_folder.h"

namespace lvslab::importer {

using Reader = void (*)(const TextFile& file, HostFacts& host, Problems& problems);

struct Reading {
  HostFacts host;
  std::string problems;  ///< "line:column: what" each

  Reading(Reader reader, const std::string& text) {
    Problems found;
    reader(TextFile{.name = "f", .text = text}, host, found);
    for (const scenario::Message& message : found.messages())
      problems += std::to_string(message.place.line) + ":" + std::to_string(message.place.column) +
                  ": " + message.what + "\n";
  }
};

/// HOST/FILE -> text, imported.
inline Imported import_files(const std::map<std::string, std::string>& files) {
  const testing::ScratchFolder scratch("import-unit");
  for (const auto& [name, text] : files) {
    const std::filesystem::path path = scratch.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  return import_folder(scratch.path().string());
}

}  // namespace lvslab::importer
