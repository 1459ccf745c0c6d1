#include "scenario/substitute.h"

#include <algorithm>
#include <array>

#include "scenario/limits.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

/// Variables a shell sets itself: a name of a scenario must not change what scripts mean.
constexpr std::array<std::string_view, 19> kShellNames = {
    "BASH", "EUID", "HOME", "HOSTNAME", "IFS", "LANG",   "LINENO", "OLDPWD", "OPTARG", "OPTIND",
    "PATH", "PPID", "PS1",  "PS2",      "PWD", "RANDOM", "SHELL",  "UID",    "USER"};

constexpr int kDeepestReference = 32;

std::size_t word_end(std::string_view text, std::size_t from) {
  while (from < text.size() && is_word(text[from])) ++from;
  return from;
}

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && word_end(text, 0) == text.size();
}

std::string Variables::replace(std::string_view text, Dialect dialect, const Lookup& lookup,
                               std::optional<SubstitutionError>& error) {
  std::string out;
  const bool file_text = dialect == Dialect::kFileText;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t dollar = std::min(text.find('$', at), text.size());
    out.append(text, at, dollar - at);
    if (out.size() > limits::kValueBytes && !file_text) {
      error = {dollar, {"the value is longer than 1 MiB once its names are replaced", ""}};
      return out;
    }
    at = dollar;
    if (at >= text.size()) break;
    const std::string_view rest = text.substr(at + 1);
    if (!file_text && !rest.empty() && rest[0] == '$') {
      out += '$';
      at += 2;
      continue;
    }
    const bool braces = !rest.empty() && rest[0] == '{';
    const std::size_t begin = at + (braces ? 2 : 1);
    const std::size_t end = word_end(text, begin);
    const std::string_view name = text.substr(begin, end - begin);
    const bool closed = !braces || (end < text.size() && text[end] == '}');
    if (!is_variable_name(name) || !closed || (file_text && !braces)) {
      if (braces && !file_text) {
        error = {at,
                 {"${ is not followed by a name and }", "Write ${NAME}, or $$ for a dollar sign"}};
        return out;
      }
      out += '$';
      ++at;
      continue;
    }
    Error why;
    if (const std::string* value = lookup(name, why)) {
      out += *value;
    } else if (file_text) {
      out.append(text, at, end + 1 - at);
    } else {
      error = {at, std::move(why)};
      return out;
    }
    at = end + (braces ? 1 : 0);
  }
  return out;
}

std::string Variables::expand(std::string_view text, Dialect dialect,
                              std::optional<std::uint32_t> number,
                              std::optional<SubstitutionError>& error) const {
  if (text.find('$') == std::string_view::npos) return std::string(text);
  const std::string n = number ? std::to_string(*number) : "";
  return replace(
      text, dialect,
      [&](std::string_view name, Error& why) -> const std::string* {
        if (name == "N") {
          if (number) return &n;
          why = {"$N has no value here",
                 "It is the number of a host in a range such as \"rs[1-3]\""};
          return nullptr;
        }
        const auto found = raw_.find(name);
        if (found != raw_.end()) return &found->second.text;
        why.what = "the name $" + std::string(name) + " is not known";
        const std::string_view near = nearest_word(name, known());
        why.hint = near.empty() ? "Add it to names or params; write $$ for a dollar sign"
                                : "Did you mean $" + std::string(near) + "?";
        return nullptr;
      },
      error);
}

std::vector<std::string_view> Variables::known() const {
  std::vector<std::string_view> out;
  for (const auto& [name, raw] : raw_) out.push_back(name);
  return out;
}

void Variables::collect(const Node* map, const char* what,
                        std::vector<std::pair<std::string, std::string>>& into,
                        const std::function<void(Mark, std::string, std::string)>& report) {
  if (map == nullptr) return;
  if (!map->is_map()) {
    return report(map->mark,
                  std::string(what) + " must be a map, this is " + std::string(kind_name(*map)),
                  "Write NAME: value");
  }
  for (const Entry& entry : map->entries) {
    const std::string& name = entry.key;
    if (raw_.size() >= limits::kNames) {
      return report(entry.key_mark,
                    "more than " + std::to_string(limits::kNames) + " names and params", "");
    }
    if (!is_variable_name(name)) {
      report(entry.key_mark, shown(name) + " cannot be a name",
             "Names have letters, digits and underscores, and no digit first");
    } else if (name == "N") {
      report(entry.key_mark, "the name N is taken", "$N is the number of a host in a range");
    } else if (std::find(kShellNames.begin(), kShellNames.end(), name) != kShellNames.end()) {
      report(entry.key_mark, "the name " + name + " would change what scripts mean",
             "The shell has a variable of that name");
    } else if (raw_.count(name) != 0) {
      report(entry.key_mark, shown(name) + " is in names and in params", "Keep one of them");
    } else if (!entry.value->is_scalar()) {
      report(
          entry.value->mark,
          shown(name) + " must be a single value, this is " + std::string(kind_name(*entry.value)),
          "");
      raw_[name] = {"", entry.value->mark, true};  // known all the same: its uses are no errors
    } else {
      raw_[name] = {entry.value->scalar, entry.value->text_mark};
      into.emplace_back(name, "");
    }
  }
}

const std::string* Variables::resolve(
    const std::string& name, int depth, Error& why,
    const std::function<void(Mark, std::string, std::string)>& report) {
  const auto found = raw_.find(name);
  if (found == raw_.end()) {
    const std::string_view near = nearest_word(name, known());
    why = {"the name $" + name + " is not known",
           near.empty() ? "Add it to names or params" : "Did you mean $" + std::string(near) + "?"};
    return nullptr;
  }
  Raw& raw = found->second;
  if (raw.resolved) return &raw.text;
  if (raw.busy || depth > kDeepestReference) {
    why = {"$" + name + " refers to itself in a circle", "Give one of them a value"};
    return nullptr;
  }
  raw.busy = true;
  std::optional<SubstitutionError> error;
  std::string value = replace(
      raw.text, Dialect::kValue,
      [&](std::string_view other, Error& reason) {
        return resolve(std::string(other), depth + 1, reason, report);
      },
      error);
  if (error) {
    report(raw.mark, error->error.what, error->error.hint);
    value.clear();
  }
  raw.busy = false;
  raw.text = std::move(value);
  raw.resolved = true;
  return &raw.text;
}

void Variables::read(const Node* names, const Node* params,
                     const std::vector<std::pair<std::string, std::string>>& set,
                     const std::function<void(Mark, std::string, std::string)>& report) {
  collect(names, "names", names_, report);
  collect(params, "params", params_, report);
  for (const auto& [name, value] : set) {
    const bool is_param = std::any_of(params_.begin(), params_.end(),
                                      [&name = name](const auto& p) { return p.first == name; });
    if (is_param && value.find('$') == std::string::npos && !first_bad_utf8(value) &&
        value.size() <= limits::kValueBytes) {
      raw_[name] = {value, {}, true};
    } else if (is_param) {
      report({}, "--set " + name + ": the value is not plain text without $", "");
    } else if (raw_.count(name) != 0) {
      report({}, "--set " + name + ": this is one of the names, and only params can be set",
             "Move it to params");
    } else {
      std::vector<std::string_view> words;
      for (const auto& param : params_) words.push_back(param.first);
      report({}, "--set " + name + ": the scenario has no such param",
             words.empty() ? "It has no params" : hint_for_word(name, words));
    }
  }
  for (auto* list : {&names_, &params_}) {
    for (auto& [name, value] : *list) {
      Error why;
      if (const std::string* text = resolve(name, 0, why, report)) value = *text;
    }
  }
}

}  // namespace lvslab::scenario
