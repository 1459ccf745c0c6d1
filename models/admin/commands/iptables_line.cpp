// Reads an iptables line in getopt's manner: short options in clusters, long ones by their
// beginning, '!' before the option it turns over; what belongs to matches and the target is theirs.
#include <algorithm>
#include <array>

#include "admin/commands/iptables.h"
#include "admin/commands/ipvsadm_names.h"
#include "admin/commands/resolve.h"
#include "admin/commands/words.h"
#include "net/netfilter/rule_text.h"

namespace lvslab::admin::iptables {
namespace {

using net::netfilter::AddressTest;
using net::netfilter::Rule;
using net::netfilter::Words;

constexpr std::size_t kLongestChain = 28;
constexpr std::size_t kMostRulesOfALine = 1'024;

struct LongName {
  std::string_view name;
  char letter;
};
constexpr auto kLongNames = std::to_array<LongName>(
    {{"append", 'A'},       {"check", 'C'},      {"delete", 'D'},        {"delete-chain", 'X'},
     {"destination", 'd'},  {"dst", 'd'},        {"exact", 'x'},         {"flush", 'F'},
     {"fragments", 'f'},    {"goto", 'g'},       {"help", 'h'},          {"in-interface", 'i'},
     {"insert", 'I'},       {"ipv4", '4'},       {"jump", 'j'},          {"line-numbers", '0'},
     {"list", 'L'},         {"list-rules", 'S'}, {"match", 'm'},         {"modprobe", 'M'},
     {"new-chain", 'N'},    {"numeric", 'n'},    {"out-interface", 'o'}, {"policy", 'P'},
     {"proto", 'p'},        {"protocol", 'p'},   {"rename-chain", 'E'},  {"replace", 'R'},
     {"set-counters", 'c'}, {"source", 's'},     {"src", 's'},           {"table", 't'},
     {"verbose", 'v'},      {"version", 'V'},    {"wait", 'w'},          {"wait-interval", 'W'},
     {"zero", 'Z'}});

class Reader {
 public:
  Reader(CommandContext& context, const std::vector<std::string>& line, Request& request)
      : context_(context), words_(line, service_names()), request_(request) {}

  Refusal read() {
    while (words_.more()) read_word();
    if (words_.failed()) return {words_.error(), status_};
    if (request_.help || request_.version) return {};
    finish();
    return {words_.error(), status_};
  }

 private:
  void read_word() {
    const std::string word = words_.take();
    if (word == "!") {
      if (inverted_) return words_.fail("Multiple `!' flags not allowed");
      inverted_ = true;
      if (!words_.more()) words_.fail("nothing appropriate following !");
      return;
    }
    if (word.size() < 2 || word[0] != '-') return words_.fail("Bad argument `" + word + "'");
    if (word[1] == '-') return read_long(word);
    for (std::size_t i = 1; i < word.size() && !words_.failed();) {
      const char letter = word[i++];
      const bool takes =
          std::string_view("ACDEINPRtpsdijgmcWM").find(letter) != std::string_view::npos;
      const bool may = std::string_view("LSFZXw").find(letter) != std::string_view::npos;
      std::optional<std::string> attached;
      if ((takes || may) && i < word.size()) {
        attached = word.substr(i);
        i = word.size();
      }
      read_option(letter, std::string("-") + letter, attached);
    }
  }

  void read_long(const std::string& word) {
    const std::size_t equals = word.find('=');
    std::optional<std::string> attached;
    if (equals != std::string::npos) attached = word.substr(equals + 1);
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    char letter = 0;
    std::size_t fitting = 0;
    for (const LongName& known : kLongNames) {
      if (known.name == name) {
        letter = known.letter;
        fitting = 1;
        break;
      }
      if (name.empty() || !known.name.starts_with(name)) continue;
      if (letter != known.letter) ++fitting;
      letter = known.letter;
    }
    const std::string option = "--" + name;
    if (read_extension(option, attached)) return;
    if (fitting != 1) return words_.fail("unknown option \"" + word.substr(0, equals) + "\"");
    read_option(letter, option, attached);
  }

  // Options of matches win over the beginning of a long name, but never over a whole one.
  bool read_extension(const std::string& option, const std::optional<std::string>& attached) {
    for (const LongName& known : kLongNames) {
      if (option.substr(2) == known.name) return false;
    }
    words_.begin(option, inverted_, attached);
    if (offer()) {
      inverted_ = false;
      return true;
    }
    // -p tcp alone brings the match in when one of its options turns up.
    const auto* implied =
        words_.protocol == 0 || words_.protocol_inverted
            ? nullptr
            : net::netfilter::find_match(net::netfilter::protocol_name(words_.protocol));
    if (implied == nullptr || loaded(implied->name)) return false;
    auto match = implied->make();
    if (!match->read(words_)) return false;
    inverted_ = false;
    matches_.push_back({implied->name, std::move(match)});
    return true;
  }

  bool offer() {
    if (target_ != nullptr && target_->read(words_)) return true;
    for (auto it = matches_.rbegin(); it != matches_.rend(); ++it) {
      if (it->match->read(words_)) return true;
    }
    return false;
  }

  bool loaded(std::string_view name) const {
    return std::any_of(matches_.begin(), matches_.end(),
                       [&](const Loaded& l) { return l.name == name; });
  }

  void read_option(char letter, const std::string& option,
                   const std::optional<std::string>& attached) {
    words_.begin(option, inverted_, attached);
    const bool inverted = std::exchange(inverted_, false);
    const bool may_invert = std::string_view("psdiof").find(letter) != std::string_view::npos;
    if (inverted && !may_invert) return words_.fail("unexpected ! flag before " + option);
    if (std::string_view("psdiojgfn").find(letter) != std::string_view::npos && letter != 'n') {
      if (seen_.find(letter) != std::string::npos)
        return words_.fail(std::string("multiple -") + letter + " flags not allowed");
      seen_ += letter;
    }
    switch (letter) {
      case 't':
        request_.table = words_.value();
        break;
      case 'p':
        read_protocol(inverted);
        break;
      case 's':
        sources_ = read_addresses(inverted);
        break;
      case 'd':
        destinations_ = read_addresses(inverted);
        break;
      case 'i':
        rule_.in = read_device(inverted);
        break;
      case 'o':
        rule_.out = read_device(inverted);
        break;
      case 'f':
        rule_.fragment = true;
        rule_.fragment_inverted = inverted;
        break;
      case 'm':
        load_match(words_.value());
        break;
      case 'j':
      case 'g':
        read_target(letter == 'g');
        break;
      case 'c':
        read_counters();
        break;
      default:
        read_switch(letter, option, attached);
        break;
    }
  }

  void read_switch(char letter, const std::string& option,
                   const std::optional<std::string>& attached) {
    switch (letter) {
      case 'v':
        ++request_.verbose;
        break;
      case 'n':
        request_.numeric = true;
        break;
      case 'x':
        request_.exact = true;
        break;
      case '0':
        request_.line_numbers = true;
        break;
      case 'w':
        if (!attached && words_.more() && is_number(words_.peek())) words_.take();
        break;
      case 'W':
      case 'M':
        (void)words_.value();
        break;
      case '4':
        break;
      case 'h':
        request_.help = true;
        break;
      case 'V':
        request_.version = true;
        break;
      default:
        if (std::string_view("ACDEFILNPRSXZ").find(letter) == std::string_view::npos)
          return words_.fail("unknown option \"" + option + "\"");
        read_verb(static_cast<Verb>(letter), attached);
        break;
    }
  }

  static bool is_number(const std::string& word) {
    return !word.empty() &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  bool next_is_argument() const {
    return words_.more() && words_.peek() != "!" &&
           (words_.peek().empty() || words_.peek()[0] != '-');
  }

  void read_verb(Verb verb, const std::optional<std::string>& attached) {
    const bool both =
        (verb == Verb::kZero && (request_.verb == Verb::kList || request_.verb == Verb::kSave)) ||
        (request_.verb == Verb::kZero && (verb == Verb::kList || verb == Verb::kSave));
    if (both) {
      request_.and_zero = true;
    } else if (request_.verb != Verb::kNone) {
      return words_.fail(std::string("Cannot use -") + static_cast<char>(verb) + " with -" +
                         static_cast<char>(request_.verb));
    }
    if (!both || verb != Verb::kZero) request_.verb = verb;
    const bool optional =
        std::string_view("LSFZX").find(static_cast<char>(verb)) != std::string_view::npos;
    if (optional) {
      if (attached)
        request_.chain = *attached;
      else if (next_is_argument())
        request_.chain = words_.take();
    } else {
      request_.chain = words_.value();
    }
    read_rest_of_verb(verb);
  }

  void read_rest_of_verb(Verb verb) {
    const auto number_follows = [&] { return next_is_argument(); };
    switch (verb) {
      case Verb::kInsert:
      case Verb::kDelete:
      case Verb::kList:
      case Verb::kSave:
      case Verb::kZero:
        if (!request_.chain.empty() && number_follows()) read_number_of_rule();
        break;
      case Verb::kReplace:
        if (!number_follows()) return words_.fail("-R requires a rule number");
        read_number_of_rule();
        break;
      case Verb::kRename:
        if (!next_is_argument())
          return words_.fail("-E requires old-chain-name and new-chain-name");
        request_.other = words_.take();
        check_chain_name(request_.other);
        break;
      case Verb::kPolicy:
        if (!next_is_argument()) return words_.fail("-P requires a chain and a policy");
        request_.other = words_.take();
        break;
      case Verb::kNewChain:
        check_chain_name(request_.chain);
        break;
      default:
        break;
    }
  }

  void read_number_of_rule() {
    const std::string word = words_.take();
    const auto number = ipvsadm::parse_decimal(word, 1, 0x7fffffff);
    if (!number) return words_.fail("Invalid rule number `" + word + "'");
    request_.number = static_cast<std::uint32_t>(*number);
  }

  void check_chain_name(const std::string& name) {
    if (name.empty() || name[0] == '-' || name[0] == '!') {
      return words_.fail("chain name not allowed to start with `" + name.substr(0, 1) + "'");
    }
    if (name == "ACCEPT" || name == "DROP" || name == "RETURN" || name == "QUEUE" ||
        net::netfilter::find_target(name) != nullptr ||
        net::netfilter::is_unmodelled_target(name)) {
      return words_.fail("chain name may not clash with target name");
    }
    if (name.find_first_of(" \t\n") != std::string::npos)
      return words_.fail("Invalid chain name `" + name + "'");
    check_chain_length(name);
  }
  void check_chain_length(const std::string& name) {
    if (name.size() > kLongestChain)
      words_.fail("chain name `" + name + "' too long (must be under 29 chars)");
  }

  void read_protocol(bool inverted) {
    const std::string text = words_.value();
    const unsigned number = net::netfilter::protocol_number(text);
    if (words_.failed()) return;
    if (number > 255) return words_.fail("unknown protocol \"" + text + "\" specified");
    if (number == 0 && inverted) return words_.fail("rule would never match protocol");
    rule_.protocol = words_.protocol = static_cast<std::uint8_t>(number);
    rule_.protocol_inverted = words_.protocol_inverted = inverted;
  }

  net::netfilter::DeviceTest read_device(bool inverted) {
    const std::string name = words_.value();
    if (name.empty()) words_.fail("Empty interface is likely to be undesired");
    if (name.size() > kLongestName)
      words_.fail("interface name `" + name + "' must be shorter than IFNAMSIZ (15)");
    return {name == "+" ? std::string() : name, inverted};
  }

  std::vector<AddressTest> read_addresses(bool inverted) {
    std::vector<AddressTest> all;
    const std::string list = words_.value();
    std::string_view rest = list;
    while (!words_.failed()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      AddressTest test = read_address(std::string(rest.substr(0, comma)));
      test.inverted = inverted;
      all.push_back(test);
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
    if (inverted && all.size() > 1)
      words_.fail("! not allowed with multiple source or destination IP addresses");
    return all;
  }

  AddressTest read_address(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string host = text.substr(0, slash);
    AddressTest test{.mask = 0xffffffff};
    if (slash != std::string::npos) {
      const std::string mask = text.substr(slash + 1);
      const auto length = ipvsadm::parse_decimal(mask, 0, 32);
      const auto bits = wire::parse_ipv4(mask);
      if (!length && !bits) {
        words_.fail("invalid mask `" + mask + "' specified");
        return test;
      }
      test.mask = length ? wire::netmask(static_cast<int>(*length)) : bits->value;
    }
    const bool digits = host.find_first_not_of("0123456789.") == std::string::npos;
    const auto address =
        digits && !host.empty() ? parse_inet(host) : resolve(context_.machine, host);
    if (!address) words_.fail("host/network `" + host + "' not found");
    test.address = {address.value_or(wire::Ipv4{}).value & test.mask};
    return test;
  }

  void load_match(const std::string& name) {
    if (words_.failed()) return;
    const auto* entry = net::netfilter::find_match(name);
    if (entry == nullptr) {
      return words_.fail(net::netfilter::is_unmodelled_match(name)
                             ? "match `" + name + "' is not yet modelled"
                             : "Couldn't load match `" + name + "':No such file or directory\n");
    }
    // The same one may be asked for twice by -p and -m.
    if (entry->protocol != 0 && loaded(entry->name)) return;
    matches_.push_back({entry->name, entry->make()});
  }

  void read_target(bool go_to) {
    const std::string name = words_.value();
    if (words_.failed()) return;
    if (name.empty()) return words_.fail("Invalid target name (empty)");
    check_chain_length(name);
    rule_.go_to = go_to;
    rule_.target_name = name;
    if (go_to) return;
    const auto* entry = net::netfilter::find_target(name);
    if (entry == nullptr) return;
    target_table_ = entry->table;
    rule_.target_name = entry->shown;
    target_ = entry->make();
  }

  void read_counters() {
    const std::string text = words_.value();
    std::string bytes;
    const std::size_t comma = text.find(',');
    if (comma != std::string::npos)
      bytes = text.substr(comma + 1);
    else if (next_is_argument())
      bytes = words_.take();
    else
      return words_.fail("-c requires packet and byte counter");
    constexpr std::int64_t kMost = 0x7fffffffffffffff;
    const auto packets = ipvsadm::parse_decimal(text.substr(0, comma), 0, kMost);
    const auto size = ipvsadm::parse_decimal(bytes, 0, kMost);
    if (!packets) return words_.fail("-c packet counter not numeric");
    if (!size) return words_.fail("-c byte counter not numeric");
    rule_.count = {static_cast<std::uint64_t>(*packets), static_cast<std::uint64_t>(*size)};
  }

  void finish() {
    const bool drops =
        request_.verb == Verb::kPolicy ? request_.other == "DROP" : rule_.target_name == "DROP";
    if (request_.table == "nat" && drops) {
      return words_.fail(
          "\nThe \"nat\" table is not intended for filtering, the use of DROP is therefore "
          "inhibited.\n\n");
    }
    if (inverted_) return words_.fail("nothing appropriate following !");
    if (request_.verb == Verb::kNone) return words_.fail("no command specified");
    const Verb verb = request_.verb;
    const bool takes_rule = verb == Verb::kAppend || verb == Verb::kInsert ||
                            verb == Verb::kReplace || verb == Verb::kCheck ||
                            (verb == Verb::kDelete && !request_.number);
    if (!takes_rule) {
      if (!seen_.empty())
        words_.fail("Illegal option `-" + seen_.substr(0, 1) + "' with this command");
      return;
    }
    check_chain_length(request_.chain);
    const bool in_hook = request_.chain == "PREROUTING" || request_.chain == "INPUT";
    const bool out_hook = request_.chain == "POSTROUTING" || request_.chain == "OUTPUT";
    if (in_hook && seen_.find('o') != std::string::npos)
      return words_.fail("Can't use -o with " + request_.chain + "\n");
    if (out_hook && seen_.find('i') != std::string::npos)
      return words_.fail("Can't use -i with " + request_.chain + "\n");
    for (Loaded& loaded : matches_) {
      loaded.match->finish(words_);
      rule_.matches.push_back(
          {loaded.name, std::shared_ptr<const net::netfilter::Match>(std::move(loaded.match))});
    }
    if (target_ != nullptr) {
      target_->finish(words_);
      rule_.target = std::move(target_);
    }
    expand();
  }

  // -s a,b -d c,d stands for four rules.
  void expand() {
    if (sources_.empty()) sources_.emplace_back();
    if (destinations_.empty()) destinations_.emplace_back();
    if (sources_.size() * destinations_.size() > kMostRulesOfALine)
      return words_.fail("too many addresses in one rule");
    if (request_.verb == Verb::kReplace && (sources_.size() > 1 || destinations_.size() > 1))
      return words_.fail("Replacement rule does not specify a unique address");
    for (const AddressTest& source : sources_) {
      for (const AddressTest& destination : destinations_) {
        rule_.source = source;
        rule_.destination = destination;
        request_.rules.push_back(rule_);
      }
    }
  }

  struct Loaded {
    std::string_view name;
    std::unique_ptr<net::netfilter::Match> match;
  };

  CommandContext& context_;
  Words words_;
  Request& request_;
  Rule rule_;
  std::vector<AddressTest> sources_, destinations_;
  std::vector<Loaded> matches_;
  std::unique_ptr<net::netfilter::Target> target_;
  std::string_view target_table_;
  std::string seen_;
  bool inverted_ = false;
  int status_ = 2;
};

}  // namespace

const net::netfilter::Names& service_names() {
  static constexpr net::netfilter::Names kNames{ipvsadm::service_port, ipvsadm::service_name};
  return kNames;
}

Refusal read_line(CommandContext& context, const std::vector<std::string>& line, Request& request) {
  return Reader(context, line, request).read();
}

}  // namespace lvslab::admin::iptables
