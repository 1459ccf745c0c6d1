// -m comment: fits every packet; a word to the reader of the rules.
#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::size_t kLongest = 255;

class Comment final : public Match {
 public:
  bool matches(const Seen& seen) const override {
    (void)seen;
    return true;
  }
  bool read(Words& words) override {
    if (!words.is("--comment")) return false;
    text_ = words.value();
    given_ = true;
    if (text_.size() > kLongest)
      words.fail("comment: Maximum length is 255 for option \"--comment\"\n");
    return true;
  }
  void finish(Words& words) override {
    if (!given_) words.fail("comment: option \"--comment\" must be specified\n");
  }
  std::string save() const override { return " --comment " + save_string(text_); }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return " /* " + text_ + " */";
  }

 private:
  std::string text_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<Match> make_comment_match() { return std::make_unique<Comment>(); }

}  // namespace lvslab::net::netfilter
