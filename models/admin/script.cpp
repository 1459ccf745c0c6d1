#include "admin/script.h"

#include <algorithm>
#include <set>

#include "admin/command.h"
#include "admin/parser.h"
#include "admin/script_tree.h"

namespace lvslab::admin {
namespace {

constexpr std::string_view kReservedWords[] = {"if",   "then", "else",  "elif",    "fi",
                                               "for",  "in",   "while", "until",   "do",
                                               "done", "case", "esac",  "function"};

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string nearest_command(std::string_view name) {
  std::string_view best;
  std::size_t best_distance = 3;
  for (const CommandEntry& entry : commands()) {
    if (name.size() > 40) break;
    const std::size_t d = distance(name, entry.name);
    if (d < best_distance && d < entry.name.size()) {
      best = entry.name;
      best_distance = d;
    }
  }
  if (best.empty()) return "`lvslab list commands` shows what there is";
  return "did you mean " + std::string(best) + "?";
}

}  // namespace

std::string SourcePlace::at(int script_line, int script_column) const {
  return file + ":" + std::to_string(line + script_line - 1) + ":" +
         std::to_string(column + script_column - 1);
}

std::string Word::text() const {
  std::string result;
  for (const Part& part : parts) {
    if (part.kind == Part::Kind::kLiteral) result += part.text;
  }
  return result;
}

bool Word::literal() const {
  return !parts.empty() && std::all_of(parts.begin(), parts.end(), [](const Part& part) {
    return part.kind == Part::Kind::kLiteral;
  });
}

std::pair<int, int> Script::Tree::line_column(std::uint32_t offset) const {
  const auto next = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  const std::uint32_t start = next == line_starts.begin() ? 0 : *(next - 1);
  int column = 1;
  for (std::uint32_t i = start; i < offset && i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) ++column;  // a character, not a byte
  }
  return {std::max(1, static_cast<int>(next - line_starts.begin())), column};
}

Script::Script() : tree_(std::make_unique<Tree>()) {}
Script::Script(Script&&) noexcept = default;
Script& Script::operator=(Script&&) noexcept = default;
Script::~Script() = default;

namespace {

PlacedError placed(const SourcePlace& place, const Script::Tree& tree, std::uint32_t offset,
                   std::string what, std::string hint) {
  const auto [line, column] = tree.line_column(offset);
  return {place.line + line - 1, place.column + column - 1, std::move(what), std::move(hint)};
}

void check_names(const Parser& parser, const SourcePlace& place, const Script::Tree& tree,
                 std::vector<PlacedError>& errors) {
  if (parser.sources()) return;
  const std::set<std::string, std::less<>> functions(parser.functions().begin(),
                                                     parser.functions().end());
  for (const Parser::Name& name : parser.names()) {
    if (is_builtin(name.name) || functions.contains(name.name) ||
        find_command(name.name) != nullptr)
      continue;
    // A path may be a file of the scenario's: known when it is run.
    if (name.name.find('/') != std::string::npos) continue;
    const bool reserved = std::find(std::begin(kReservedWords), std::end(kReservedWords),
                                    name.name) != std::end(kReservedWords);
    errors.push_back(placed(place, tree, name.place,
                            reserved ? "syntax error near unexpected token `" + name.name + "'"
                                     : "unknown command `" + name.name.substr(0, 60) + "'",
                            reserved ? "" : nearest_command(name.name)));
  }
}

}  // namespace

Script Script::parse(std::string_view text, const SourcePlace& place,
                     std::vector<PlacedError>& errors) {
  Script script;
  script.place_ = place;
  Tree& tree = *script.tree_;
  if (text.size() > kLargestScript) {
    errors.push_back({place.line, place.column, "the script is larger than 1 MiB", ""});
    return script;
  }
  if (text.find('\0') != std::string_view::npos) {
    errors.push_back({place.line, place.column, "the script holds a zero byte", ""});
    return script;
  }
  tree.text = text;
  tree.line_starts.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') tree.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  Parser parser(tree.text);
  tree.root = parser.script();
  if (const auto& problem = parser.problem()) {
    errors.push_back(placed(place, tree, problem->place, problem->what, problem->hint));
    return script;
  }
  check_names(parser, place, tree, errors);
  return script;
}

Script Script::parse_unchecked(std::string_view text, const SourcePlace& place,
                               std::vector<PlacedError>& errors) {
  std::vector<PlacedError> found;
  Script script = parse(text, place, found);
  if (script.tree().root == nullptr) errors.insert(errors.end(), found.begin(), found.end());
  return script;
}

}  // namespace lvslab::admin
