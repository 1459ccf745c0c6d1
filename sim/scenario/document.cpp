#include "scenario/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>

#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

struct Problem {
  int line = 0;
  std::size_t byte = 0;  ///< column in bytes from 0
  std::string what, hint;
};

/// Lets yaml-cpp read a text without a copy of it.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(const std::string& text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT: only ever read
    setg(begin, begin, begin + text.size());
  }
};

/// Whether the quote that `text` begins with is closed: yaml-cpp takes the end of the file for it.
bool is_closed(std::string_view text) {
  const char quote = text.empty() ? '"' : text[0];
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return true;
      ++i;
    }
  }
  return false;
}

/// Builds the tree from yaml-cpp's events. After a problem() the rest of the events pass unheard;
/// duplicate keys and tags are reported and read past.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Source& source, int file, Tree& tree, std::vector<Message>& errors)
      : source_(source), file_(file), tree_(tree), errors_(errors) {}

  const Node* root() const { return root_; }
  const std::optional<Problem>& problem() const { return problem_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (Node* node = make(mark, Node::Kind::kNull)) finish(node, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    if (check_tag(mark, tag)) open(mark, Node::Kind::kList, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    if (check_tag(mark, tag)) open(mark, Node::Kind::kMap, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node* node;
    YAML::anchor_t anchor;
    bool has_key = false;
    std::string key;
    Mark key_mark;
  };

  void fail(const YAML::Mark& mark, std::string what, std::string hint) {
    if (problem_) return;
    problem_ = Problem{mark.line + 1, static_cast<std::size_t>(std::max(mark.column, 0)),
                       std::move(what), std::move(hint)};
  }
  Mark place(const YAML::Mark& mark) const {
    return {file_, mark.line + 1,
            source_.column(mark.line + 1, static_cast<std::size_t>(std::max(mark.column, 0)))};
  }
  bool check_tag(const YAML::Mark& mark, const std::string& tag);
  Node* make(const YAML::Mark& mark, Node::Kind kind);
  void find_style(const YAML::Mark& mark, Node* node);
  void open(const YAML::Mark& mark, Node::Kind kind, YAML::anchor_t anchor);
  void close();
  void finish(const Node* node, YAML::anchor_t anchor);
  void take_key(const Node& node);
  void refuse_duplicates(Node& map);
  void report(const Mark& mark, std::string what, std::string hint) {
    if (errors_.size() > limits::kMessages) return;
    errors_.push_back({{source_.name(), mark.line, mark.column}, std::move(what), std::move(hint)});
  }

  const Source& source_;
  int file_;
  Tree& tree_;
  std::vector<Message>& errors_;
  const Node* root_ = nullptr;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, const Node*> anchors_;  ///< of values that are complete
  YAML::Mark last_;                                ///< of the event at hand
  std::optional<Problem> problem_;
};

/// A plain value bears "?", a quoted one "!"; anything else was written by somebody.
bool Builder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  if (problem_) return false;
  if (tag.empty() || tag == "?" || tag == "!") return true;
  report(place(mark), "a YAML tag " + shown(tag) + ", which the language does not use",
         "Leave the tag out");
  return true;
}

Node* Builder::make(const YAML::Mark& mark, Node::Kind kind) {
  if (problem_) return nullptr;
  last_ = mark;
  if (++tree_.used_nodes > limits::kNodes) {
    fail(mark, "the file has more than " + std::to_string(limits::kNodes) + " values", "");
    return nullptr;
  }
  Node* node = tree_.make();
  node->kind = kind;
  node->mark = node->text_mark = place(mark);
  return node;
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (problem_) return;
  last_ = mark;
  if (!levels_.empty() && levels_.back().node->is_map() && !levels_.back().has_key) {
    return fail(mark, "an alias as a key", "Write the key out");
  }
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    return fail(mark, "this alias stands inside the value it refers to", "Such a value has no end");
  }
  const Node* node = found->second;
  tree_.used_nodes += node->nodes;
  tree_.used_text += node->text_bytes;
  if (tree_.used_nodes > limits::kNodes || tree_.used_text > limits::kTreeText) {
    return fail(mark,
                "with this alias the file has more than " + std::to_string(limits::kNodes) +
                    " values or " + std::to_string(limits::kTreeText >> 20) + " MiB of text",
                "Each use of an alias counts as a copy");
  }
  if (static_cast<int>(levels_.size()) + node->depth > limits::kDepth) {
    return fail(
        mark,
        "with this alias values are nested more than " + std::to_string(limits::kDepth) + " deep",
        "");
  }
  finish(node, 0);
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& value) {
  if (!check_tag(mark, tag)) return;
  Node* node = make(mark, Node::Kind::kScalar);
  if (node == nullptr) return;
  if (value.find('\0') != std::string::npos) {
    return fail(mark, "the text contains a NUL character", "A scenario is plain text");
  }
  if (first_bad_utf8(value)) {
    return fail(mark, "the escapes in this text do not make UTF-8", "Write the character itself");
  }
  tree_.used_text += value.size();
  node->scalar = value;
  node->text_bytes = value.size();
  if (tag == "!") find_style(mark, node);
  finish(node, anchor);
}

/// Which of ' " | > the value has, which yaml-cpp does not tell, and so where its text begins. The
/// mark is that of an anchor or tag before it, if there is one.
void Builder::find_style(const YAML::Mark& mark, Node* node) {
  const int line = mark.line + 1;
  const std::string_view text = source_.line(line);
  std::size_t at = std::min(static_cast<std::size_t>(std::max(mark.column, 0)), text.size());
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t", at), text.size());
    at = std::min(text.find_first_not_of(" \t", at), text.size());
  }
  node->style = Node::Style::kQuoted;
  if (at >= text.size()) return;
  if (text[at] >= 'a' && text[at] <= 'z') {  // quoted by with_quoted_rules
    node->style = Node::Style::kPlain;
    return;
  }
  if (text[at] != '|' && text[at] != '>') {
    node->text_mark = {file_, line, source_.column(line, at) + 1};
    if (!is_closed(source_.from(line, at))) {
      fail(mark, "a quote is never closed",
           "The text that begins in quotes goes on to the end of the file");
    }
    return;
  }
  node->style = text[at] == '|' ? Node::Style::kLiteral : Node::Style::kFolded;
  // The text begins on the next line; its indentation is that of its first line that is not blank.
  int column = 1;
  for (int number = line + 1; number <= source_.lines(); ++number) {
    const std::size_t first = source_.line(number).find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    column = static_cast<int>(first) + 1;
    break;
  }
  node->text_mark = {file_, line + 1, column};
}

void Builder::open(const YAML::Mark& mark, Node::Kind kind, YAML::anchor_t anchor) {
  Node* node = make(mark, kind);
  if (node == nullptr) return;
  if (static_cast<int>(levels_.size()) >= limits::kDepth) {
    return fail(mark, "values are nested more than " + std::to_string(limits::kDepth) + " deep",
                "");
  }
  levels_.push_back({node, anchor, false, {}, {}});
}

void Builder::close() {
  if (problem_ || levels_.empty()) return;
  const Level level = std::move(levels_.back());
  levels_.pop_back();
  Node* node = level.node;
  const auto add = [node](const Node& child) {
    node->nodes += child.nodes;
    node->text_bytes += child.text_bytes;
    node->depth = std::max(node->depth, child.depth + 1);
  };
  for (const Node* item : node->items) add(*item);
  for (const Entry& entry : node->entries) add(*entry.value);
  refuse_duplicates(*node);
  finish(node, level.anchor);
}

void Builder::finish(const Node* node, YAML::anchor_t anchor) {
  if (problem_) return;
  if (anchor != 0) anchors_[anchor] = node;
  if (levels_.empty()) {
    root_ = node;
    return;
  }
  Level& level = levels_.back();
  if (level.node->is_list()) {
    level.node->items.push_back(node);
  } else if (!level.has_key) {
    take_key(*node);
  } else {
    if (node->kind == Node::Kind::kNull) {
      // A value left out is reported by yaml-cpp at whatever comes next: show its key instead.
      Node* placed = tree_.make();
      placed->mark = placed->text_mark = level.key_mark;
      node = placed;
    }
    level.node->entries.push_back({std::move(level.key), level.key_mark, node});
    level.has_key = false;
  }
}

void Builder::take_key(const Node& node) {
  if (!node.is_scalar()) {
    return fail(
        last_, "a key must be a word",
        node.is_map() ? "A value with { } or a $NAME in braces needs quotes: \"${NAME}\"" : "");
  }
  if (node.scalar == "<<") {
    return fail(last_, "merge keys (<<) are not part of the language",
                "Use `like` for hosts, or an alias for a whole value");
  }
  Level& level = levels_.back();
  level.has_key = true;
  level.key = node.scalar;
  level.key_mark = node.mark;
}

void Builder::refuse_duplicates(Node& map) {
  if (map.entries.size() < 2) return;
  std::vector<const Entry*> sorted;
  for (const Entry& entry : map.entries) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Entry* a, const Entry* b) { return a->key < b->key; });
  std::vector<const Entry*> repeated;
  for (std::size_t i = 1, kept = 0; i < sorted.size(); ++i) {
    const Entry &first = *sorted[kept], &second = *sorted[i];
    if (first.key != second.key) {
      kept = i;
      continue;
    }
    report(second.key_mark,
           "the key " + shown(second.key) + " is given twice, first at line " +
               std::to_string(first.key_mark.line) + ", column " +
               std::to_string(first.key_mark.column),
           "Keep one of them");
    repeated.push_back(&second);
  }
  if (repeated.empty()) return;
  std::sort(repeated.begin(), repeated.end());
  std::vector<Entry> rest;
  for (Entry& entry : map.entries) {
    if (!std::binary_search(repeated.begin(), repeated.end(), &entry))
      rest.push_back(std::move(entry));
  }
  map.entries = std::move(rest);
}

/// True when the indentation of the line, or of the one above, has a tab: YAML's errors about it
/// come late.
bool tab_near(const Source& source, int line, int* where) {
  for (const int number : {line, line - 1}) {
    const std::string_view text = source.line(number);
    const std::size_t tab = text.substr(0, text.find_first_not_of(" \t")).find('\t');
    if (tab == std::string_view::npos) continue;
    *where = number;
    return true;
  }
  return false;
}

Problem explain(const YAML::Exception& error, const Source& source) {
  Problem problem{error.mark.line + 1, static_cast<std::size_t>(std::max(error.mark.column, 0)),
                  "this is not YAML: " + error.msg, ""};
  if (problem.line > source.lines()) {
    problem.line = source.lines();
    problem.byte = source.line(problem.line).size();
  }
  int line = 0;
  if (tab_near(source, problem.line, &line)) {
    const std::size_t tab = source.line(line).find('\t');
    return {line, tab, "a tab in the indentation", "YAML indents with spaces only"};
  }
  if (const auto known = explain_yaml_error(error.msg)) {
    const bool braces = source.line(problem.line).find("${") != std::string_view::npos;
    return {problem.line, problem.byte, known->what,
            braces ? "A ${NAME} inside { } or [ ] needs quotes, or write $NAME" : known->hint};
  }
  if (error.msg.find("bad file") != std::string::npos) {
    problem.what = "values are nested more than " + std::to_string(limits::kDepth) + " deep";
  }
  return problem;
}

/// Whether anything but comments and the end of the document follows it.
class Rest final : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> start;
  void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// `arrivals: closed {users: 5, think: 1s}` is how the language writes it, and no YAML: the text
/// goes into quotes, the first in place of the space before the brace. Columns behind it on that
/// line are one too large.
std::string with_quoted_rules(std::string text) {
  constexpr std::string_view kKey = "arrivals: ";
  for (std::size_t at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at + 1)) {
    const std::size_t rule = at + kKey.size();
    const std::size_t end = std::min(text.find('\n', rule), text.size());
    std::size_t brace = rule;
    while (brace < end && text[brace] >= 'a' && text[brace] <= 'z') ++brace;
    if (brace == rule || text.compare(brace, 2, " {") != 0) continue;
    int depth = 0;
    for (std::size_t i = brace + 1; i < end; ++i) {
      if (text[i] == '"' || text[i] == '\\') break;
      depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
      if (depth > 0) continue;
      text.insert(i + 1, 1, '"');
      text.erase(brace, 1);
      text.insert(rule, 1, '"');
      break;
    }
  }
  return text;
}

/// yaml-cpp reports by throwing; its exceptions end here.
std::optional<Problem> parse_events(const Source& source, Builder& builder) {
  const std::string text = with_quoted_rules(source.text());
  TextBuffer buffer(text);
  std::istream stream(&buffer);
  Rest rest;
  bool whole = false;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    if (builder.problem()) return builder.problem();
    whole = true;
    parser.HandleNextDocument(rest);
  } catch (const YAML::Exception& error) {
    if (builder.problem()) return builder.problem();
    if (!rest.start || !whole) return explain(error, source);
  } catch (const std::exception& error) {
    return Problem{1, 0, std::string("this is not YAML: ") + error.what(), ""};
  }
  if (!rest.start) return std::nullopt;
  return Problem{rest.start->line + 1, static_cast<std::size_t>(std::max(rest.start->column, 0)),
                 "text after the end of the document",
                 "One document a file; check the indentation and the character here"};
}

}  // namespace

const Entry* Node::entry(std::string_view key) const {
  for (const Entry& candidate : entries) {
    if (candidate.key == key) return &candidate;
  }
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const Entry* found = entry(key);
  return found == nullptr ? nullptr : found->value;
}

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a single value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

Node* Tree::make() { return &nodes_.emplace_back(); }

const Node* parse_document(const Source& source, int file, Tree& tree,
                           std::vector<Message>& errors) {
  Builder builder(source, file, tree, errors);
  const std::optional<Problem> problem = parse_events(source, builder);
  if (!problem) return builder.root();
  errors.push_back({{source.name(), problem->line, source.column(problem->line, problem->byte)},
                    problem->what,
                    problem->hint});
  return nullptr;
}

}  // namespace lvslab::scenario
