// -j MARK: sets bits of the packet's firewall mark; the packet goes on to the next rule.
#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {
namespace {

class Mark final : public Target {
 public:
  // The bits of the mask are cleared, then those of the value turned over.
  Effect apply(Seen& seen) const override {
    seen.mark = (seen.mark & ~mask_) ^ value_;
    return Effect::kContinue;
  }

  bool read(Words& words) override {
    const bool set = words.is("--set-mark"), xset = words.is("--set-xmark");
    const bool both = words.is("--and-mark"), either = words.is("--or-mark");
    if (!set && !xset && !both && !either && !words.is("--xor-mark")) return false;
    const auto given = read_masked(words.value());
    if (!given || (!set && !xset && given->mask != 0xffffffff)) {
      words.fail("MARK: bad integer value for option \"" + words.option() +
                 "\", or out of range.\n");
      return true;
    }
    given_ = true;
    value_ = both ? 0 : given->value;
    mask_ = set      ? given->value | given->mask
            : xset   ? given->mask
            : both   ? ~given->value
            : either ? given->value
                     : 0;
    return true;
  }
  void finish(Words& words) override {
    if (given_) return;
    words.fail("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
  }
  std::string save() const override { return " --set-xmark " + hex(value_) + "/" + hex(mask_); }
  std::string list(const Listing& listing) const override {
    (void)listing;
    if (value_ == 0) return " MARK and " + hex(~mask_);
    if (value_ == mask_) return " MARK or " + hex(value_);
    if (mask_ == 0) return " MARK xor " + hex(value_);
    if (mask_ == 0xffffffff) return " MARK set " + hex(value_);
    return " MARK xset " + hex(value_) + "/" + hex(mask_);
  }

 private:
  std::uint32_t value_ = 0, mask_ = 0;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<Target> make_mark_target() { return std::make_unique<Mark>(); }

}  // namespace lvslab::net::netfilter
