// The files of a machine as commands see them: what the scenario wrote, the usual folders, and
// /proc/sys as a view of the host's settings. Owner and group do not exist; everything runs as
// root.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/turn.h"

namespace lvslab::admin {

class Machine;

/// Bounds: one file, and how many there may be.
inline constexpr std::size_t kLargestFile = 16u << 20;
inline constexpr std::size_t kMostFiles = 10'000;

enum class FileError : std::uint8_t {
  kNone,
  kNotFound,
  kIsDirectory,
  kNotDirectory,
  kPermission,
  kInvalid,
  kTooLarge,
  kExists
};
/// As strerror says it.
std::string_view file_error_text(FileError error);

/// `name` seen from `directory`, without "." and "..".
std::string absolute_path(std::string_view directory, std::string_view name);

FileError read_file(const Machine& machine, const std::string& path, std::string& text);
/// Makes or overwrites (or adds to) a file; writing below /proc/sys changes the setting.
FileError write_file(Turn& turn, Machine& machine, const std::string& path, std::string_view text,
                     bool append);
/// What opening for writing would say.
FileError check_writable(const Machine& machine, const std::string& path);

bool file_exists(const Machine& machine, const std::string& path);  ///< folders too
bool is_directory(const Machine& machine, const std::string& path);
std::uint32_t file_mode(const Machine& machine, const std::string& path);
/// Names in a folder, sorted.
std::vector<std::string> list_directory(const Machine& machine, const std::string& path);
/// Files that a shell pattern (with backslashes) names, sorted; relative ones stay relative.
std::vector<std::string> matching_files(const Machine& machine, const std::string& directory,
                                        std::string_view pattern, std::uint64_t& steps);

}  // namespace lvslab::admin
