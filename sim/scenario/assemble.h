// One tree from several files: `include` puts the other file's keys first, `extends` takes a whole
// file and applies `change` to it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "scenario/document.h"

namespace lvslab::scenario {

class Assembler {
 public:
  Assembler(const FileReader* files, std::vector<Source>& sources, std::vector<Message>& errors)
      : files_(files), sources_(sources), errors_(errors) {}

  /// The map of all keys of the file at `path`, those it includes or extends taken in. Null after
  /// errors that leave nothing to read.
  const Node* read(const std::string& path);
  /// The same for a text at hand.
  const Node* read_text(std::string name, std::string text);
  /// The tree with the changes of one variant of its `compare` made. Null after an error.
  const Node* variant(const Node* root, const std::string& name);

 private:
  const Node* resolve(const Node* root, const std::string& path);
  const Node* include(const Node* root, const std::string& path);
  const Node* extend(const Node* root, const std::string& path);
  const Node* other_file(const Node& name, const std::string& path);
  const Node* concatenate(const Node& first, const Node& second);
  const Node* change(const Node& base, const Node& change);
  void change_below(std::vector<Entry>& entries, const Entry& change);
  Node* copy_of(const Node& node);
  void measure(Node& node);
  void error(const Mark& mark, std::string what, std::string hint);

  const FileReader* files_;  ///< null: other files are refused
  std::vector<Source>& sources_;
  std::vector<Message>& errors_;
  Tree tree_;
  std::vector<std::string> open_;  ///< files being read, for circles
};

}  // namespace lvslab::scenario
