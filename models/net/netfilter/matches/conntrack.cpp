// -m conntrack and -m state: what the packet is to the connections this host knows.
#include <array>

#include "net/netfilter/conntrack.h"
#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

struct Named {
  std::string_view name;
  std::uint16_t bit;
};
constexpr std::uint16_t kInvalid = 1, kNew = 2, kRelated = 4, kEstablished = 8, kUntracked = 16,
                        kSnat = 32, kDnat = 64;
// In the order in which the tool prints them.
constexpr auto kStates = std::to_array<Named>({{"INVALID", kInvalid},
                                               {"NEW", kNew},
                                               {"RELATED", kRelated},
                                               {"ESTABLISHED", kEstablished},
                                               {"UNTRACKED", kUntracked},
                                               {"SNAT", kSnat},
                                               {"DNAT", kDnat}});
constexpr std::uint16_t kExpected = 1, kSeenReply = 2, kAssured = 4, kConfirmed = 8, kNoStatus = 16;
constexpr auto kStatuses = std::to_array<Named>({{"EXPECTED", kExpected},
                                                 {"SEEN_REPLY", kSeenReply},
                                                 {"ASSURED", kAssured},
                                                 {"CONFIRMED", kConfirmed},
                                                 {"NONE", kNoStatus}});

std::uint16_t state_of(const Seen& seen) {
  using State = hook::Track::State;
  const hook::Track& track = *seen.info.track;
  if (track.state == State::kUntracked) return kUntracked;
  const ConntrackEntry* entry = seen.tracker == nullptr ? nullptr : seen.tracker->entry(track);
  if (entry == nullptr) return kInvalid;
  std::uint16_t bits = track.state == State::kNew       ? kNew
                       : track.state == State::kRelated ? kRelated
                                                        : kEstablished;
  if (entry->translated[static_cast<std::size_t>(End::kSource)]) bits |= kSnat;
  if (entry->translated[static_cast<std::size_t>(End::kDestination)]) bits |= kDnat;
  return bits;
}

template <typename Names>
std::string join(const Names& names, std::uint16_t bits) {
  std::string text;
  for (const Named& named : names) {
    if ((bits & named.bit) != 0) text += (text.empty() ? "" : ",") + std::string(named.name);
  }
  return text;
}

template <typename Names>
std::uint16_t read_list(Words& words, const Names& names, const std::string& what) {
  const std::string text = words.value();
  std::string_view rest = text;
  std::uint16_t bits = 0;
  while (!words.failed()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string word(rest.substr(0, comma));
    for (char& c : word) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    std::uint16_t bit = 0;
    for (const Named& named : names) {
      if (named.name == word) bit = named.bit;
    }
    if (bit == 0) words.fail("Bad " + what + " \"" + text + "\"");
    bits |= bit;
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  return bits;
}

class State final : public Match {
 public:
  bool tracks() const override { return true; }
  bool matches(const Seen& seen) const override {
    return ((state_of(seen) & states_) != 0) != inverted_;
  }
  bool read(Words& words) override {
    if (!words.is("--state")) return false;
    inverted_ = words.inverted();
    states_ = read_list(words, std::span(kStates).first(5), "state");
    return true;
  }
  void finish(Words& words) override {
    if (states_ == 0) words.fail("state: option \"--state\" must be specified\n");
  }
  std::string save() const override {
    return (inverted_ ? " ! --state " : " --state ") + join(kStates, states_);
  }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return (inverted_ ? " ! state " : " state ") + join(kStates, states_);
  }

 private:
  std::uint16_t states_ = 0;
  bool inverted_ = false;
};

class Connection final : public Match {
 public:
  bool tracks() const override { return true; }
  bool matches(const Seen& seen) const override {
    if (states_ != 0 && ((state_of(seen) & states_) != 0) == inverted_states_) return false;
    const ConntrackEntry* entry =
        seen.tracker == nullptr ? nullptr : seen.tracker->entry(*seen.info.track);
    if (entry == nullptr) return status_ == 0 && direction_ < 0;
    if (direction_ >= 0 && seen.info.track->reply != (direction_ == 1)) return false;
    return status_ == 0 || fits_status(*entry) != inverted_status_;
  }
  bool read(Words& words) override {
    if (words.is("--ctstate")) {
      inverted_states_ = words.inverted();
      states_ = read_list(words, kStates, "ctstate");
    } else if (words.is("--ctstatus")) {
      inverted_status_ = words.inverted();
      status_ = read_list(words, kStatuses, "ctstatus");
    } else if (words.is("--ctdir")) {
      const std::string text = words.value();
      direction_ = text == "ORIGINAL" ? 0 : text == "REPLY" ? 1 : -1;
      if (direction_ < 0)
        words.fail("conntrack: Bad value for \"--ctdir\" option: \"" + text + "\"");
    } else if (words.option().starts_with("--ct")) {
      words.fail("option `" + words.option() + "' of match `conntrack' is not yet modelled");
    } else {
      return false;
    }
    return true;
  }
  void finish(Words& words) override {
    if (states_ == 0 && status_ == 0 && direction_ < 0)
      words.fail("conntrack: At least one option is required");
  }
  std::string save() const override { return text("--"); }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return text("");
  }

 private:
  bool fits_status(const ConntrackEntry& entry) const {
    std::uint16_t bits = 0;
    if (entry.seen_reply) bits |= kSeenReply;
    if (entry.assured) bits |= kAssured;
    if (entry.confirmed) bits |= kConfirmed;
    return (bits == 0 ? kNoStatus : bits) & status_;
  }
  std::string text(const std::string& dashes) const {
    std::string line;
    if (states_ != 0)
      line += (inverted_states_ ? " ! " : " ") + dashes + "ctstate " + join(kStates, states_);
    if (status_ != 0)
      line += (inverted_status_ ? " ! " : " ") + dashes + "ctstatus " + join(kStatuses, status_);
    if (direction_ >= 0) line += " " + dashes + "ctdir " + (direction_ == 0 ? "ORIGINAL" : "REPLY");
    return line;
  }

  std::uint16_t states_ = 0, status_ = 0;
  bool inverted_states_ = false, inverted_status_ = false;
  int direction_ = -1;
};

}  // namespace

std::unique_ptr<Match> make_conntrack_match() { return std::make_unique<Connection>(); }
std::unique_ptr<Match> make_state_match() { return std::make_unique<State>(); }

}  // namespace lvslab::net::netfilter
