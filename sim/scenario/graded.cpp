#include "scenario/graded.h"

#include <algorithm>
#include <deque>

#include "scenario/assemble.h"
#include "scenario/decoder.h"
#include "scenario/limits.h"

namespace lvslab::scenario {
namespace {

/// What the key decides; everything else of it but names and params is its own solution.
constexpr std::string_view kOfTheKey[] = {"traffic", "populations", "timeline", "expect",
                                          "waive",   "seed",        "duration"};
/// What a student's file may hold and is not looked at.
constexpr std::string_view kUnused[] = {"compare", "lesson", "skip"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// First and last mark of an item.
struct Extent {
  Mark first, last;
};

bool before(const Mark& a, const Mark& b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void stretch(const Node& node, Extent& extent) {
  const auto take = [&](const Mark& mark) {
    if (mark.file == extent.first.file && before(extent.last, mark)) extent.last = mark;
  };
  take(node.mark);
  take(node.text_mark);
  for (const Node* item : node.items) stretch(*item, extent);
  for (const Entry& entry : node.entries) {
    take(entry.key_mark);
    stretch(*entry.value, extent);
  }
}

/// Puts the two trees together, with copies of its own.
class Composer {
 public:
  Composer(const Node& student, const Node& key) : student_(student), key_(key) {
    const auto nobody = [](Mark, std::string, std::string) {};  // the key was read before
    variables_.read(key.find("names"), key.find("params"), {}, nobody);
  }

  const Node* compose(const Refused& without) {
    Node* root = copy_of(student_);
    std::erase_if(root->entries, [](const Entry& entry) {
      return is_one_of(entry.key, kOfTheKey) || is_one_of(entry.key, kUnused);
    });
    for (const char* section : {"names", "params"}) add_missing(*root, section);
    for (const Entry& entry : key_.entries) {
      if (!is_one_of(entry.key, kOfTheKey)) continue;
      const Node* value = entry.key == "expect" ? expect(*entry.value, without) : entry.value;
      root->entries.push_back({entry.key, entry.key_mark, expanded(*value, {})});
    }
    return root;
  }

  std::vector<Extent> extents() const {
    std::vector<Extent> out;
    const Node* expect = key_.find("expect");
    if (expect == nullptr) return out;
    for (const Node* item : expect->items) {
      out.push_back({item->mark, item->mark});
      stretch(*item, out.back());
    }
    return out;
  }

 private:
  Node* copy_of(const Node& node) {
    copies_.push_back(node);
    return &copies_.back();
  }

  const Node* expect(const Node& list, const Refused& without) {
    Node* rest = copy_of(list);
    rest->items.clear();
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (!without.contains(i)) rest->items.push_back(list.items[i]);
    }
    return rest;
  }

  void add_missing(Node& root, std::string_view section) {
    const Node* theirs = key_.find(section);
    if (theirs == nullptr || !theirs->is_map()) return;
    const auto taken = [&](const std::string& name) {
      for (const char* either : {"names", "params"}) {
        const Node* map = root.find(either);
        if (map != nullptr && map->find(name) != nullptr) return true;
      }
      return false;
    };
    std::vector<Entry> more;
    for (const Entry& entry : theirs->entries) {
      if (!taken(entry.key))
        more.push_back({entry.key, entry.key_mark, expanded(*entry.value, {})});
    }
    if (more.empty()) return;
    const auto own = std::find_if(root.entries.begin(), root.entries.end(),
                                  [&](const Entry& entry) { return entry.key == section; });
    if (own == root.entries.end()) {
      Node* map = copy_of(*theirs);
      map->entries = std::move(more);
      root.entries.push_back({std::string(section), theirs->mark, map});
    } else if (own->value->is_map()) {
      Node* map = copy_of(*own->value);
      map->entries.insert(map->entries.end(), more.begin(), more.end());
      own->value = map;
    }
  }

  /// The key's names replaced by what the key says they are; commands keep them, as variables.
  const Node* expanded(const Node& node, std::string_view key) {
    Node* copy = copy_of(node);
    if (node.is_scalar() && key != "run") copy->scalar = expand(node.scalar);
    for (const Node*& item : copy->items) item = expanded(*item, {});
    for (Entry& entry : copy->entries) {
      entry.value = expanded(*entry.value, entry.key);
      entry.key = expand(entry.key);
    }
    return copy;
  }

  std::string expand(const std::string& text) const {
    std::optional<SubstitutionError> error;
    const std::string value = variables_.expand(text, Dialect::kValue, {}, error);
    if (error) return text;
    std::string out;  // what is still a dollar sign stays one when the whole file is read
    for (const char c : value) out += c == '$' ? std::string("$$") : std::string(1, c);
    return out;
  }

  const Node& student_;
  const Node& key_;
  Variables variables_;
  std::deque<Node> copies_;
};

/// The item of `expect` that a message is about.
std::optional<std::size_t> item_of(const Place& place, const std::vector<Extent>& extents,
                                   const std::vector<Source>& sources) {
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Extent& extent = extents[i];
    if (sources[static_cast<std::size_t>(extent.first.file)].name() != place.file) continue;
    const Mark mark{extent.first.file, place.line, place.column};
    const bool next = i + 1 < extents.size() && extents[i + 1].first.file == mark.file &&
                      !before(mark, extents[i + 1].first);
    if (!before(mark, extent.first) && mark.line <= extent.last.line && !next) return i;
  }
  return std::nullopt;
}

}  // namespace

GradedRead read_graded(const std::string& student, const std::string& key, const Refused& without) {
  GradedRead graded;
  graded.refused = without;
  std::vector<Source> sources;
  sources.reserve(2 * limits::kFiles);  // sources are referred to while others are added
  std::vector<Message> errors;
  const FileReader files = read_file, data = read_data_file;
  Assembler key_files(&files, sources, errors), alone(nullptr, sources, errors);
  const Node* theirs = key_files.read(key);
  const std::size_t key_sources = sources.size();
  const Node* root = nullptr;
  if (auto text = read_file(student)) {
    if (theirs != nullptr) root = alone.read_text(student, std::move(*text));
  } else {
    errors.push_back({{student, 1, 1}, text.error().what, text.error().hint});
  }
  if (root == nullptr) {
    graded.result = decode_tree(nullptr, student, {}, sources, errors, nullptr);
    return graded;
  }
  Composer composer(*root, *theirs);
  const std::vector<Extent> extents = composer.extents();
  graded.result = decode_tree(composer.compose(without), student, {}, sources, errors, &data);
  // Mistakes in the key's own places are what this student's lab lacks.
  std::vector<Message> own;
  for (Message& message : graded.result.errors) {
    const bool of_key =
        std::any_of(sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(key_sources),
                    [&](const Source& source) { return source.name() == message.place.file; });
    if (!of_key) {
      own.push_back(std::move(message));
      continue;
    }
    if (const auto item = item_of(message.place, extents, sources)) {
      graded.refused.emplace(*item, std::move(message));
      continue;
    }
    // Without its load or events nothing the key asks has a meaning.
    for (std::size_t i = 0; i < extents.size(); ++i) graded.refused.emplace(i, message);
  }
  graded.result.errors = std::move(own);
  return graded;
}

}  // namespace lvslab::scenario
