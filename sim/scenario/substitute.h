// $NAME and ${NAME}: names and params of a scenario, and $N inside a host range. `$$` is a dollar
// sign; a `$` before anything but a letter, an underscore or a brace is itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/document.h"

namespace lvslab::scenario {

/// A letter or underscore, then letters, digits, underscores: what a shell variable may be called
/// too.
bool is_variable_name(std::string_view text);

enum class Dialect : std::uint8_t {
  kValue,     ///< $NAME and ${NAME}, an unknown one is an error
  kFileText,  ///< only ${NAME} of a known name; all else stays
};

struct SubstitutionError {
  std::size_t offset = 0;  ///< of the `$`
  Error error;
};

class Variables {
 public:
  /// Reads `names` and `params` (null: absent); `set` overrides params. Values may use other names;
  /// a circle is an error. Errors go to `report`, with a mark of file -1 for those of the command
  /// line.
  void read(const Node* names, const Node* params,
            const std::vector<std::pair<std::string, std::string>>& set,
            const std::function<void(Mark, std::string, std::string)>& report);

  /// Replaces; on an error the text so far is given and `error` set.
  std::string expand(std::string_view text, Dialect dialect, std::optional<std::uint32_t> number,
                     std::optional<SubstitutionError>& error) const;

  /// In order of the file, values resolved.
  const std::vector<std::pair<std::string, std::string>>& names() const { return names_; }
  const std::vector<std::pair<std::string, std::string>>& params() const { return params_; }
  std::vector<std::string_view> known() const;

 private:
  struct Raw {
    std::string text;
    Mark mark;
    bool resolved = false, busy = false;
  };
  using Lookup = std::function<const std::string*(std::string_view name, Error& why)>;
  void collect(const Node* map, const char* what,
               std::vector<std::pair<std::string, std::string>>& into,
               const std::function<void(Mark, std::string, std::string)>& report);
  const std::string* resolve(const std::string& name, int depth, Error& why,
                             const std::function<void(Mark, std::string, std::string)>& report);
  static std::string replace(std::string_view text, Dialect dialect, const Lookup& lookup,
                             std::optional<SubstitutionError>& error);
  std::map<std::string, Raw, std::less<>> raw_;
  std::vector<std::pair<std::string, std::string>> names_, params_;
};

}  // namespace lvslab::scenario
