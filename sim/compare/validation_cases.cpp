// The table of cases from its file.
#include <charconv>

#include "compare/validation.h"
#include "fmt/format.h"
#include "scenario/source.h"
#include "scenario/text.h"

namespace lvslab::compare {
namespace {

constexpr std::size_t kFields = 14, kNeeded = 8;

template <typename T>
bool number(std::string_view text, T& into) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
  return problem == std::errc() && end == text.data() + text.size();
}

/// False: this is no line of the table.
bool read_line(std::string_view text, CaseLine& line) {
  std::vector<std::string> fields;
  while (fields.size() + 1 < kFields) {  // the remark is the rest
    const std::size_t end = text.find(';');
    if (end == std::string_view::npos) break;
    fields.emplace_back(scenario::trimmed(text.substr(0, end)));
    text = text.substr(end + 1);
  }
  fields.emplace_back(scenario::trimmed(text));
  if (fields.size() < kNeeded) return false;
  fields.resize(kFields);
  line.id = fields[0];
  line.file = fields[1];
  line.set = fields[2];
  line.metric = fields[3];
  line.full = fields[8];
  line.fast = fields[10];
  line.equal = fields[12] == "equal";
  line.note = fields[13];
  const auto runs = [](const std::string& field, std::uint32_t& into) {
    return field.empty() || (number(std::string_view(field), into) && into >= 2);
  };
  return !line.id.empty() && !line.file.empty() && number(std::string_view(fields[4]), line.unit) &&
         number(std::string_view(fields[5]), line.value) &&
         number(std::string_view(fields[6]), line.relative) &&
         number(std::string_view(fields[7]), line.absolute) && runs(fields[9], line.replications) &&
         runs(fields[11], line.fast_replications) && line.unit != 0 &&
         (fields[12].empty() || line.equal);
}

}  // namespace

Result<std::vector<CaseLine>> read_cases(const std::string& path) {
  const auto text = scenario::read_file(path);
  if (!text) return tl::unexpected(Error{path + ": " + text.error().what, text.error().hint});
  std::vector<CaseLine> lines;
  std::size_t number = 0;
  for (const std::string_view one : scenario::split_words(*text, '\n')) {
    ++number;
    if (one.empty() || one.front() == '#') continue;
    CaseLine line;
    if (!read_line(one, line))
      return tl::unexpected(Error{fmt::format("{}:{}: not a line of the table", path, number),
                                  "The head of the file says what stands in one"});
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace lvslab::compare
