// -j LOG: the kernel writes a line about the packet, which goes on.
#include <array>

#include "net/netfilter/packet_line.h"
#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::size_t kLongestPrefix = 29;
constexpr std::uint8_t kWarning = 4, kSequence = 1;
constexpr auto kLevels = std::to_array<std::string_view>(
    {"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"});
struct Flag {
  std::string_view option, word;
  std::uint8_t bit;
};
constexpr auto kFlags = std::to_array<Flag>({{"--log-tcp-sequence", " tcp-sequence", 1},
                                             {"--log-tcp-options", " tcp-options", 2},
                                             {"--log-ip-options", " ip-options", 4},
                                             {"--log-uid", " uid", 8},
                                             {"--log-macdecode", " macdecode", 32}});

class Log final : public Target {
 public:
  Effect apply(Seen& seen) const override {
    if (seen.log != nullptr)
      seen.log->add(seen.turn.now(), prefix_ + packet_line(seen, (flags_ & kSequence) != 0));
    return Effect::kContinue;
  }
  bool read(Words& words) override {
    if (words.is("--log-prefix")) {
      prefix_ = words.value();
      if (prefix_.size() > kLongestPrefix) words.fail("Maximum prefix length 29 for --log-prefix");
      return true;
    }
    if (words.is("--log-level")) {
      read_level(words, words.value());
      return true;
    }
    for (const Flag& flag : kFlags) {
      if (!words.is(flag.option)) continue;
      flags_ |= flag.bit;
      return true;
    }
    return false;
  }
  std::string save() const override {
    std::string text;
    if (!prefix_.empty()) text += " --log-prefix " + save_string(prefix_);
    if (level_ != kWarning) text += " --log-level " + std::to_string(level_);
    for (const Flag& flag : kFlags) {
      if ((flags_ & flag.bit) != 0) text += " " + std::string(flag.option);
    }
    return text;
  }
  std::string list(const Listing& listing) const override {
    std::string text = " LOG";
    if (listing.numeric) {
      text += " flags " + std::to_string(flags_) + " level " + std::to_string(level_);
    } else {
      text += " level " + std::string(kLevels[level_]);
      for (const Flag& flag : kFlags) {
        if ((flags_ & flag.bit) != 0) text += flag.word;
      }
    }
    return prefix_.empty() ? text : text + " prefix \"" + prefix_ + "\"";
  }

 private:
  void read_level(Words& words, const std::string& text) {
    for (std::uint8_t level = 0; level < kLevels.size(); ++level) {
      if (kLevels[level] == text || text == std::to_string(level)) {
        level_ = level;
        return;
      }
    }
    if (text == "panic")
      level_ = 0;
    else if (text == "error")
      level_ = 3;
    else if (text == "warning")
      level_ = kWarning;
    else
      words.fail("log-level `" + text + "' unknown");
  }

  std::string prefix_;
  std::uint8_t level_ = kWarning, flags_ = 0;
};

}  // namespace

std::unique_ptr<Target> make_log_target() { return std::make_unique<Log>(); }

}  // namespace lvslab::net::netfilter
