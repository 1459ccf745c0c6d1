#include "admin/commands/resolve.h"

#include "admin/commands/filters.h"
#include "admin/files.h"

namespace lvslab::admin {

std::optional<wire::Ipv4> resolve(const Machine& machine, const std::string& name) {
  if (const auto address = wire::parse_ipv4(name)) return address;
  std::string hosts;
  if (read_file(machine, "/etc/hosts", hosts) == FileError::kNone) {
    for (const std::string_view line : lines_of(hosts)) {
      std::vector<std::string> words(1);
      for (const char c : line.substr(0, line.find('#'))) {
        if (c != ' ' && c != '\t')
          words.back() += c;
        else if (!words.back().empty())
          words.emplace_back();
      }
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == name) return wire::parse_ipv4(words[0]);
      }
    }
  }
  if (name == "localhost") return wire::ipv4(127, 0, 0, 1);
  return std::nullopt;
}

std::optional<Duration> parse_seconds(const std::string& text) {
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t place = 100'000'000'000;
  bool digits = false;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (point) {
      fraction += (c - '0') * place;
      place /= 10;
    } else {
      whole = whole * 10 + (c - '0');
      if (whole > 86'400) return std::nullopt;
    }
  }
  if (!digits) return std::nullopt;
  return Duration::seconds(whole) + Duration::picoseconds(fraction);
}

}  // namespace lvslab::admin
