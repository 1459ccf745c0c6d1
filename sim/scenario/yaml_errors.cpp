// What yaml-cpp's messages mean for somebody who writes a scenario: they never say why, nor what to
// do.
#include "scenario/document.h"

namespace lvslab::scenario {
namespace {

struct Explanation {
  std::string_view message;  ///< as yaml-cpp 0.7 says it
  const char *what, *hint;
};
constexpr Explanation kExplanations[] = {
    {"end of map not found", "this is not a `key: value` of the map above",
     "Is a ':' missing, a quote open, or the indentation off?"},
    {"end of map flow not found", "a '}' is missing",
     "Every { needs its }; a value with [ ] { } , or ': ' inside needs quotes"},
    {"end of sequence not found", "this is not a `- item` of the list above",
     "Is a '-' missing or the indentation off?"},
    {"end of sequence flow not found", "a ']' is missing",
     "Every [ needs its ]; a value with [ ] { } , or ': ' inside needs quotes"},
    {"unknown token", "YAML does not allow this character here", "Put the whole value in quotes"},
    {"illegal block entry", "a `- item` cannot stand here",
     "Begin it on a line of its own, or put the value in quotes"},
    {"illegal map key", "a `key:` cannot stand here",
     "Is the indentation right? A text with ': ' inside needs quotes"},
    {"illegal map value", "a `key: value` cannot stand here",
     "Is the indentation right? A text with ': ' inside needs quotes"},
    {"illegal tab when looking for indentation", "a tab in the indentation",
     "YAML indents with spaces only"},
    {"illegal flow end", "a closing bracket that closes nothing", "Check the brackets before it"},
    {"illegal EOF in scalar", "a quote is never closed",
     "The text that begins in quotes goes on to the end of the file"},
    {"illegal document indicator in scalar", "a quote is not closed before the document's end",
     "Close it on its line"},
    {"unexpected character in block scalar", "a text cannot begin on the line of its | or >",
     "Begin it on the next line, indented"},
    {"cannot set zero indentation for a block scalar",
     "a text below | or > is indented by at least one space", "Leave the number after | out"},
    {"the referenced anchor is not defined", "this alias refers to no anchor",
     "Write &NAME before the value it stands for; a text that begins with * needs quotes"},
    {"anchor not found after &", "an & without a name", "A text that begins with & needs quotes"},
    {"alias not found after *", "a * without a name", "A text that begins with * needs quotes"},
    {"illegal character found while scanning alias", "this cannot be in the name of an alias",
     "A text that begins with * needs quotes"},
    {"illegal character found while scanning anchor", "this cannot be in the name of an anchor",
     "A text that begins with & needs quotes"},
    {"aliases can't have any content, *including* tags", "an alias cannot have content of its own",
     ""},
    {"cannot assign multiple anchors to the same node", "a value with two anchors",
     "Keep one of them"},
    {"cannot assign multiple tags to the same node", "a value with two tags", "Leave the tags out"},
};

}  // namespace

std::optional<Error> explain_yaml_error(std::string_view message) {
  for (const Explanation& known : kExplanations) {
    if (message == known.message) return Error{known.what, known.hint};
  }
  return std::nullopt;
}

}  // namespace lvslab::scenario
