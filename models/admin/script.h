// A shell script as an administrator types it, parsed: what bash understands of labs and init
// scripts (comments, continuation, quoting, variables, ; && || | &, redirection, here-documents,
// if, for, while, case, functions). Places of commands are kept, so that errors and the console can
// name them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::admin {

/// Where a script stands in a file: a block scalar's first line and the column its text begins at.
struct SourcePlace {
  std::string file;  ///< as the user named it
  int line = 1;      ///< of the script's first line, from 1
  int column = 1;    ///< of a line's first character, from 1
  std::string at(int script_line,
                 int script_column) const;  ///< "file:line:column"; arguments from 1
};

struct PlacedError {
  int line = 1, column = 1;  ///< in the file
  std::string what, hint;
};

class Script {
 public:
  struct Tree;
  Script();
  Script(Script&&) noexcept;
  Script& operator=(Script&&) noexcept;
  ~Script();

  /// Parses; syntax errors and command names that no command, function or builtin has are added to
  /// `errors`. A leading prompt such as "[root@RS1 ~]#" is skipped.
  static Script parse(std::string_view text, const SourcePlace& place,
                      std::vector<PlacedError>& errors);

  /// Parses what turns up while a script runs (a sourced file, sh -c): names are looked up when
  /// they are run.
  static Script parse_unchecked(std::string_view text, const SourcePlace& place,
                                std::vector<PlacedError>& errors);

  const Tree& tree() const { return *tree_; }
  const SourcePlace& place() const { return place_; }

 private:
  std::unique_ptr<Tree> tree_;
  SourcePlace place_;
};

}  // namespace lvslab::admin
