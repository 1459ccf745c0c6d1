// sed (GNU 4.9): edits lines by a script of addresses and commands. Known are { } = a c d i n p q s
// y; s takes the flags g, p, i and a number; -n -e -E -r -i. Source: POSIX sed, GNU's -i.
#include <algorithm>

#include "admin/commands/filters.h"
#include "admin/commands/sed_script.h"
#include "admin/commands/text_tools.h"
#include "admin/files.h"

namespace lvslab::admin {
namespace {

class Editor {
 public:
  Editor(SedScript& script, bool quiet, std::size_t room)
      : script_(script), quiet_(quiet), room_(room) {}

  /// Lines of one stream; false: q was met.
  bool run(std::string_view text, std::string& out) {
    const std::vector<std::string_view> lines = lines_of(text);
    const bool ends = text.empty() || text.back() == '\n';
    for (at_ = 0; at_ < lines.size() && out.size() < room_; ++at_) {
      lines_ = &lines;
      std::string space(lines[at_]);
      ++number_;
      later_.clear();
      const bool goes_on = cycle(space, out);
      const char* end = at_ + 1 == lines.size() && !ends && later_.empty() ? "" : "\n";
      if (!deleted_ && !quiet_) out += space + end;
      out += later_;
      if (!goes_on) return false;
    }
    return true;
  }

 private:
  bool last() const { return at_ + 1 == lines_->size(); }

  bool meets(const SedAddress& address, std::string_view space) {
    std::size_t from = 0, length = 0;
    switch (address.kind) {
      case SedAddress::Kind::kNone:
        return true;
      case SedAddress::Kind::kLine:
        return number_ == address.line;
      case SedAddress::Kind::kLast:
        return last();
      case SedAddress::Kind::kPattern:
        return address.pattern->search(space, from, length);
    }
    return false;
  }

  bool selected(SedCommand& c, std::string_view space) {
    if (c.end.kind == SedAddress::Kind::kNone) return meets(c.begin, space) != c.inverted;
    bool in = c.active;
    if (c.active) {
      c.active =
          c.end.kind == SedAddress::Kind::kLine ? number_ < c.end.line : !meets(c.end, space);
    } else if (meets(c.begin, space)) {
      in = true;
      c.active = c.end.kind == SedAddress::Kind::kLine   ? number_ < c.end.line
                 : c.end.kind == SedAddress::Kind::kLast ? !last()
                                                         : true;
    }
    return in != c.inverted;
  }

  void substitute(const SedCommand& c, std::string& space, std::string& out) {
    std::string made;
    std::size_t copied = 0;
    int count = 0;
    bool changed = false;
    c.begin_pattern->each_match(space, [&](std::size_t from, std::size_t length) {
      if (++count < c.which) return made.size() < room_;
      changed = true;
      made += std::string_view(space).substr(copied, from - copied);
      for (const auto& [literal, group] : c.replacement) {
        if (made.size() > room_) break;
        made += literal;
        if (group == 0) made += std::string_view(space).substr(from, length);
        if (group > 0) made += c.begin_pattern->group(static_cast<std::size_t>(group));
      }
      copied = from + length;
      return c.everywhere && made.size() < room_;
    });
    if (!changed) return;
    made += std::string_view(space).substr(copied);
    space = std::move(made);
    if (c.prints) out += space + "\n";
  }

  /// False: no further line is to be read.
  bool cycle(std::string& space, std::string& out) {
    deleted_ = false;
    std::vector<SedCommand>& commands = script_.commands;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (out.size() + later_.size() > room_) return false;
      SedCommand& c = commands[i];
      if (!selected(c, space)) {
        if (c.name == '{') i = c.jump;
        continue;
      }
      switch (c.name) {
        case 's':
          substitute(c, space, out);
          break;
        case 'y':
          for (char& letter : space) {
            const std::size_t found = c.text.find(letter);
            if (found != std::string::npos) letter = c.to[found];
          }
          break;
        case 'p':
          out += space + "\n";
          break;
        case '=':
          out += std::to_string(number_) + "\n";
          break;
        case 'a':
          later_ += c.text + "\n";
          break;
        case 'i':
          out += c.text + "\n";
          break;
        case 'c':
          if (!c.active) out += c.text + "\n";
          deleted_ = true;
          return true;
        case 'd':
          deleted_ = true;
          return true;
        case 'n':
          if (last()) return true;
          if (!quiet_) out += space + "\n";
          out += std::exchange(later_, {});
          space = std::string((*lines_)[++at_]);
          ++number_;
          break;
        case 'q':
          return false;
        default:
          break;
      }
    }
    return true;
  }

  SedScript& script_;
  bool quiet_;
  std::size_t room_;
  const std::vector<std::string_view>* lines_ = nullptr;
  std::size_t at_ = 0;
  long number_ = 0;
  bool deleted_ = false;
  std::string later_;
};

struct Options {
  bool quiet = false, extended = false, in_place = false, script_given = false;
  std::string suffix, script;
  std::vector<std::string> files;
};

/// False: what was wrong is in context.err.
bool parse(CommandContext& context, Options& options) {
  const auto add = [&](const std::string& more) {
    options.script += (options.script_given ? "\n" : "") + more;
    options.script_given = true;
  };
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.starts_with("--expression=")) {
      add(word.substr(13));
    } else if (word == "--quiet" || word == "--silent") {
      options.quiet = true;
    } else if (word == "--regexp-extended") {
      options.extended = true;
    } else if (word.starts_with("--in-place")) {
      options.in_place = true;
      if (word.size() > 11) options.suffix = word.substr(11);
    } else if (word.size() > 1 && word[0] == '-') {
      for (std::size_t j = 1; j < word.size(); ++j) {
        const char c = word[j];
        if (c == 'n') {
          options.quiet = true;
        } else if (c == 'r' || c == 'E') {
          options.extended = true;
        } else if (c == 'i') {
          options.in_place = true;
          options.suffix = word.substr(j + 1);
          break;
        } else if (c == 'e') {
          if (j + 1 < word.size()) {
            add(word.substr(j + 1));
          } else if (i + 1 < context.args.size()) {
            add(context.args[++i]);
          }
          break;
        } else {
          context.err += std::string("sed: invalid option -- '") + c + "'\n";
          return false;
        }
      }
    } else {
      options.files.push_back(word);
    }
  }
  if (!options.script_given && !options.files.empty()) {
    options.script = options.files.front();
    options.script_given = true;
    options.files.erase(options.files.begin());
  }
  if (options.script_given) return true;
  context.err += "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n";
  return false;
}

}  // namespace

CommandResult run_sed(CommandContext& context) {
  Options options;
  if (!parse(context, options)) return 1;
  SedScript script;
  if (const std::string error = script.read(options.script, options.extended); !error.empty()) {
    context.err += "sed: -e expression #1, " + error + "\n";
    return 1;
  }
  int status = 0;
  std::string messages = context.err;
  std::vector<NamedText> inputs = read_inputs(context, options.files, status);
  if (status != 0) {  // sed says "can't read" of what it cannot open
    context.err = messages;
    for (const std::string& name : options.files) {
      std::string text;
      const FileError error =
          read_file(context.machine, absolute_path(context.directory, name), text);
      if (error == FileError::kNone) continue;
      context.err += "sed: can't read " + name + ": " + std::string(file_error_text(error)) + "\n";
      status = 2;
    }
  }
  if (options.in_place) {
    for (const NamedText& input : inputs) {
      const std::string path = absolute_path(context.directory, input.name);
      std::string edited;
      Editor(script, options.quiet, kLargestFile).run(input.text, edited);
      if (!options.suffix.empty())
        write_file(context.turn, context.machine, path + options.suffix, input.text, false);
      write_file(context.turn, context.machine, path, edited, false);
    }
    return status;
  }
  std::string all;
  for (const NamedText& input : inputs) {
    if (!all.empty() && all.back() != '\n') all += '\n';
    all += input.text;
  }
  Editor(script, options.quiet, kLargestOutput).run(all, context.out);
  return status;
}

}  // namespace lvslab::admin
