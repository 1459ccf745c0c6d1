// The words of ipvsadm's command line: which options there are, and how a line is split into them
// as popt does it (bundled short options, values attached, after "=" or following, other words
// anywhere).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "admin/commands/ipvsadm_options.h"

namespace lvslab::admin::ipvsadm {

enum class Value : std::uint8_t { kNone, kNeeded, kOptional };

/// What a word may name: a command, an option with a message name of its own, or one of several
/// spellings of such an option.
enum class Word : std::uint8_t {
  kCommand,
  kPlain,
  kTcp,
  kUdp,
  kSctp,
  kMark,
  kIpv6,
  kDirect,
  kTunnel,
  kMasquerade,
  kFullNat,
  kSort
};

struct Known {
  std::string_view name;
  char letter;
  Value value;
  Word word;
  Option option = Option::kCount;
  Command command = Command::kList;
};

/// Splits a command line into options with their values, and other words.
class Words {
 public:
  enum class Found : std::uint8_t { kOption, kEnd, kUnknown, kNoValue, kUnwanted };

  explicit Words(const std::vector<std::string>& args) : args_(args) {}

  Found next();
  const Known& known() const { return *known_; }
  const std::string& word() const { return word_; }  ///< the whole word at hand
  bool has_value() const { return has_value_; }
  const std::string& value() const { return value_; }
  const std::vector<std::string>& others() const { return others_; }

 private:
  Found long_option();
  Found short_option();
  Found take_value();

  const std::vector<std::string>& args_;
  std::size_t next_ = 1;
  std::string word_;
  std::string_view rest_;  ///< of a bundle of short options
  bool only_words_ = false;
  bool serves_ = false;  ///< the command adds or edits a real server
  const Known* known_ = nullptr;
  bool has_value_ = false;
  std::string value_;
  std::vector<std::string> others_;
};

/// As messages name it.
std::string_view option_name(Option option);

}  // namespace lvslab::admin::ipvsadm
