#include "scenario/assemble.h"

#include <algorithm>

#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

/// Keys an extending file may give beside `change`; they take the place of the base's.
constexpr std::string_view kBesideChange[] = {"title",    "about",  "skip",  "seed",
                                              "duration", "expect", "waive", "compare", "lesson"};
/// Keys that a file and one it includes may both have: the including file's count.
constexpr std::string_view kOwnCounts[] = {"lvslab", "title", "about", "skip"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// "dir/lab.yaml", "../x.yaml" -> "dir/../x.yaml"
std::string beside(const std::string& path, const std::string& name) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? name : path.substr(0, slash + 1) + name;
}

/// Without "." and "x/..", so that a circle is seen as one.
std::string normal(const std::string& path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split_words(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out = path.rfind('/', 0) == 0 ? "/" : "";
  for (const std::string_view part : parts) {
    if (!out.empty() && out.back() != '/') out += '/';
    out += part;
  }
  return out;
}

std::vector<Entry>::iterator find_entry(std::vector<Entry>& entries, std::string_view key) {
  return std::find_if(entries.begin(), entries.end(),
                      [&](const Entry& entry) { return entry.key == key; });
}

}  // namespace

void Assembler::error(const Mark& mark, std::string what, std::string hint) {
  if (errors_.size() > limits::kMessages) return;
  errors_.push_back({{sources_[static_cast<std::size_t>(mark.file)].name(), mark.line, mark.column},
                     std::move(what),
                     std::move(hint)});
}

const Node* Assembler::read(const std::string& path) {
  Result<std::string> text = (*files_)(path);
  if (!text) {
    errors_.push_back({{path, 1, 1}, text.error().what, text.error().hint});
    return nullptr;
  }
  return read_text(path, std::move(*text));
}

const Node* Assembler::read_text(std::string name, std::string text) {
  const std::string path = name;
  const std::size_t errors_before = errors_.size();
  sources_.emplace_back(std::move(name), std::move(text), errors_);
  if (errors_.size() > errors_before) return nullptr;
  const int file = static_cast<int>(sources_.size()) - 1;
  const Node* root = parse_document(sources_.back(), file, tree_, errors_);
  if (root == nullptr || root->kind == Node::Kind::kNull) {
    if (errors_.size() == errors_before) {
      error({file, 1, 1}, "the file is empty", "A scenario begins with `lvslab: 1`");
    }
    return nullptr;
  }
  if (!root->is_map()) {
    error(root->mark, "a scenario must be a map, this is " + std::string(kind_name(*root)),
          "It begins with `lvslab: 1`");
    return nullptr;
  }
  open_.push_back(normal(path));
  const Node* whole = resolve(root, path);
  open_.pop_back();
  return whole;
}

const Node* Assembler::resolve(const Node* root, const std::string& path) {
  const Entry *includes = root->entry("include"), *extends = root->entry("extends"),
              *changes = root->entry("change");
  if (extends != nullptr && includes != nullptr) {
    error(includes->key_mark, "include and extends exclude each other",
          "Include in the file that is extended");
    return nullptr;
  }
  if (changes != nullptr && extends == nullptr) {
    error(changes->key_mark, "there is nothing to change", "Say which file with `extends`");
    return nullptr;
  }
  if (includes != nullptr) return include(root, path);
  if (extends != nullptr) return extend(root, path);
  return root;
}

const Node* Assembler::other_file(const Node& name, const std::string& path) {
  if (!name.is_scalar() || name.scalar.empty()) {
    error(name.mark, "the name of a file is wanted, this is " + std::string(kind_name(name)), "");
    return nullptr;
  }
  if (files_ == nullptr) {
    error(name.mark, "other files cannot be read here", "Put everything into one file");
    return nullptr;
  }
  if (name.scalar[0] == '/') {
    error(name.mark, "a file is named relative to this one, not from /", "");
    return nullptr;
  }
  const std::string other = beside(path, name.scalar);
  if (std::find(open_.begin(), open_.end(), normal(other)) != open_.end()) {
    error(name.mark, "the files refer to each other in a circle", "");
    return nullptr;
  }
  if (sources_.size() >= limits::kFiles) {
    error(name.mark, "more than " + std::to_string(limits::kFiles) + " files", "");
    return nullptr;
  }
  Result<std::string> text = (*files_)(other);
  if (!text) {
    error(name.mark, shown(name.scalar) + ": " + text.error().what,
          "Files are named relative to this one");
    return nullptr;
  }
  return read_text(other, std::move(*text));
}

const Node* Assembler::include(const Node* root, const std::string& path) {
  const Node& names = *root->find("include");
  std::vector<const Node*> list = names.items;
  if (!names.is_list()) list = {&names};
  Node* own = copy_of(*root);
  own->entries.erase(find_entry(own->entries, "include"));
  const Node* whole = nullptr;
  bool good = true;
  for (const Node* name : list) {
    const Node* other = other_file(*name, path);
    good &= other != nullptr;
    if (other != nullptr) whole = whole == nullptr ? other : concatenate(*whole, *other);
  }
  if (!good) return nullptr;  // what is missing would only bring errors about unknown names
  return whole == nullptr ? own : concatenate(*whole, *own);
}

/// The entries of both, the first's first. Sections that both have are put together; nothing is
/// replaced.
const Node* Assembler::concatenate(const Node& first, const Node& second) {
  Node* whole = copy_of(first);
  for (const Entry& entry : second.entries) {
    const auto same = find_entry(whole->entries, entry.key);
    if (same == whole->entries.end()) {
      whole->entries.push_back(entry);
    } else if (is_one_of(entry.key, kOwnCounts)) {
      *same = entry;
    } else if (same->value->is_list() && entry.value->is_list()) {
      Node* list = copy_of(*same->value);
      list->items.insert(list->items.end(), entry.value->items.begin(), entry.value->items.end());
      measure(*list);
      same->value = list;
    } else if (same->value->is_map() && entry.value->is_map()) {
      Node* map = copy_of(*same->value);
      for (const Entry& inner : entry.value->entries) {
        const auto other = find_entry(map->entries, inner.key);
        if (other != map->entries.end()) {
          const Place place{sources_[static_cast<std::size_t>(other->key_mark.file)].name(),
                            other->key_mark.line, other->key_mark.column};
          error(inner.key_mark,
                shown(inner.key) + " is given by an included file already, at " + place.text(),
                "To change what a file says, use `extends` and `change`");
        } else {
          map->entries.push_back(inner);
        }
      }
      measure(*map);
      same->value = map;
    } else {
      error(entry.key_mark, shown(entry.key) + " is given by an included file already",
            "Keep one of them");
    }
  }
  measure(*whole);
  return whole;
}

const Node* Assembler::extend(const Node* root, const std::string& path) {
  const Node* base = other_file(*root->find("extends"), path);
  if (base == nullptr) return nullptr;
  const Node* whole = base;
  if (const Node* changes = root->find("change")) {
    if (changes->is_map()) {
      whole = change(*base, *changes);
    } else {
      error(changes->mark, "change must be a map, this is " + std::string(kind_name(*changes)),
            "Write the keys that differ, as hosts: {rs1: {gateway: 192.168.1.1}}");
    }
  }
  Node* result = copy_of(*whole);
  // Words about the base are not about this file.
  for (const std::string_view key : {"skip", "about", "lesson"}) {
    const auto found = find_entry(result->entries, key);
    if (found != result->entries.end()) result->entries.erase(found);
  }
  for (const Entry& entry : root->entries) {
    if (entry.key == "extends" || entry.key == "change") continue;
    if (entry.key != "lvslab" && !is_one_of(entry.key, kBesideChange)) {
      error(entry.key_mark, "'" + entry.key + "' cannot stand beside `extends`",
            "Put it under `change`");
      continue;
    }
    const auto same = find_entry(result->entries, entry.key);
    if (same == result->entries.end()) {
      result->entries.push_back(entry);
    } else {
      *same = entry;
    }
  }
  measure(*result);
  return result;
}

/// Maps are merged, anything else takes the old value's place, ~ removes it.
const Node* Assembler::change(const Node& base, const Node& changes) {
  Node* result = copy_of(base);
  for (const Entry& entry : changes.entries) change_below(result->entries, entry);
  measure(*result);
  return result;
}

/// A plain key that is a param's name means the param.
const Node* Assembler::variant(const Node* root, const std::string& name) {
  const Node* compare = root->find("compare");
  const Node* variants = compare == nullptr ? nullptr : compare->find("variants");
  const Node* changes = variants == nullptr ? nullptr : variants->find(name);
  if (changes == nullptr || !changes->is_map()) {
    errors_.push_back({{}, "there is no variant " + shown(name), "See `compare` of the file"});
    return nullptr;
  }
  const Node* params = root->find("params");
  Node* paths = copy_of(*changes);
  for (Entry& entry : paths->entries) {
    if (params != nullptr && params->find(entry.key) != nullptr) entry.key = "params." + entry.key;
  }
  return change(*root, *paths);
}

/// A key with dots may be a path ("link_defaults.rate") when no key is called so: the longest known
/// part goes first.
void Assembler::change_below(std::vector<Entry>& entries, const Entry& entry) {
  auto same = find_entry(entries, entry.key);
  for (std::size_t dot = entry.key.rfind('.');
       same == entries.end() && dot != std::string::npos && dot > 0;
       dot = entry.key.rfind('.', dot - 1)) {
    const auto parent = find_entry(entries, std::string_view(entry.key).substr(0, dot));
    if (parent == entries.end() || !parent->value->is_map()) continue;
    Node* below = copy_of(*parent->value);
    change_below(below->entries, {entry.key.substr(dot + 1), entry.key_mark, entry.value});
    measure(*below);
    parent->value = below;
    return;
  }
  if (entry.value->kind == Node::Kind::kNull ||
      (entry.value->is_scalar() && !entry.value->quoted() && entry.value->scalar == "~")) {
    if (same == entries.end()) {
      error(entry.key_mark, shown(entry.key) + " is not there, and cannot be removed", "");
    } else {
      entries.erase(same);
    }
  } else if (same == entries.end()) {
    entries.push_back(entry);
  } else if (same->value->is_map() && entry.value->is_map()) {
    same->value = change(*same->value, *entry.value);
  } else {
    *same = entry;
  }
}

Node* Assembler::copy_of(const Node& node) {
  Node* copy = tree_.make();
  *copy = node;
  return copy;
}

void Assembler::measure(Node& node) {
  node.nodes = 1;
  node.text_bytes = node.scalar.size();
  node.depth = 1;
  const auto add = [&node](const Node& child) {
    node.nodes += child.nodes;
    node.text_bytes += child.text_bytes;
    node.depth = std::max(node.depth, child.depth + 1);
  };
  for (const Node* item : node.items) add(*item);
  for (const Entry& entry : node.entries) add(*entry.value);
}

}  // namespace lvslab::scenario
