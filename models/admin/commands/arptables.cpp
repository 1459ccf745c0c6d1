// arptables: rules for ARP messages. Chains may also be called IN and OUT, as older tools do. The
// listing's form is that of arptables 0.0.5, from memory: no recording confirms it.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/ipvsadm_names.h"

namespace lvslab::admin {
namespace {

using net::netfilter::ArpFilter;
using net::netfilter::ArpRule;

class Arptables {
 public:
  explicit Arptables(CommandContext& context)
      : context_(context), filter_(context.machine.netfilter().arp()) {}

  int run() {
    for (std::size_t i = 1; i < context_.args.size() && error_.empty(); ++i) read(i);
    if (error_.empty() && verb_ == 0) fail("no command specified");
    if (!error_.empty()) {
      context_.err += "arptables v0.0.5: " + error_ +
                      "\nTry `arptables -h' or 'arptables --help' for more information.\n";
      return 2;
    }
    ArpFilter::Chain* chain = chain_.empty() ? nullptr : filter_.find(chain_);
    if (!chain_.empty() && chain == nullptr) return refused("No chain/target/match by that name");
    const int status = perform(chain);
    filter_.changed();
    return status;
  }

 private:
  void fail(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }
  int refused(const std::string& why) {
    context_.err += "arptables: " + why + "\n";
    return 1;
  }
  std::string value(std::size_t& i) {
    if (i + 1 < context_.args.size()) return context_.args[++i];
    fail("option `" + context_.args[i] + "' requires an argument");
    return {};
  }
  bool word_follows(std::size_t i) const {
    return i + 1 < context_.args.size() && !context_.args[i + 1].starts_with("-");
  }

  void read(std::size_t& i) {
    const std::string& word = context_.args[i];
    if (word == "!") {
      inverted_ = true;
      return;
    }
    const bool inverted = std::exchange(inverted_, false);
    if (word.size() == 2 && std::string_view("AIDFLPZ").find(word[1]) != std::string_view::npos)
      return read_verb(word[1], i);
    if (word == "-n" || word == "--numeric" || word == "-v" || word == "--verbose") return;
    if (word == "-t" || word == "--table") {
      if (const std::string table = value(i); error_.empty() && table != "filter")
        fail("can't initialize arptables table `" + table +
             "': Table does not exist (do you need to insmod?)");
    } else if (word == "-s" || word == "--source-ip" || word == "--src-ip") {
      rule_.source = read_address(value(i), inverted);
    } else if (word == "-d" || word == "--destination-ip" || word == "--dst-ip") {
      rule_.target = read_address(value(i), inverted);
    } else if (word == "--source-mac" || word == "--src-mac") {
      rule_.source_mac = read_mac(value(i));
    } else if (word == "--destination-mac" || word == "--dst-mac") {
      rule_.target_mac = read_mac(value(i));
    } else if (word == "-i" || word == "--in-interface") {
      rule_.in = value(i);
    } else if (word == "-o" || word == "--out-interface") {
      rule_.out = value(i);
    } else if (word == "--opcode" || word == "--op") {
      const std::string text = value(i);
      if (text == "Request" || text == "1")
        rule_.operation = wire::kArpRequest;
      else if (text == "Reply" || text == "2")
        rule_.operation = wire::kArpReply;
      else
        fail("Problem with specified opcode");
    } else if (word == "-j" || word == "--jump") {
      read_target(value(i));
    } else {
      read_mangle(word, i);
    }
  }

  void read_verb(char verb, std::size_t& i) {
    if (verb_ != 0) return fail(std::string("Can't use -") + verb + " with -" + verb_);
    verb_ = verb;
    const bool optional = verb == 'F' || verb == 'L' || verb == 'Z';
    if (!optional || word_follows(i)) chain_ = value(i);
    if (verb == 'P') policy_ = value(i);
    if ((verb == 'D' || verb == 'I') && word_follows(i)) {
      const auto number = ipvsadm::parse_decimal(context_.args[i + 1], 1, 0x7fffffff);
      if (!number) return;
      number_ = static_cast<std::size_t>(*number);
      ++i;
    }
  }

  void read_target(const std::string& name) {
    rule_.has_target = true;
    if (name == "ACCEPT")
      rule_.verdict = ArpRule::Verdict::kAccept;
    else if (name == "DROP")
      rule_.verdict = ArpRule::Verdict::kDrop;
    else if (name == "CONTINUE")
      rule_.verdict = ArpRule::Verdict::kContinue;
    else if (name == "mangle")
      rule_.verdict = ArpRule::Verdict::kAccept, rule_.mangles = true;
    else if (error_.empty())
      fail("Couldn't load target `" + name + "':No such file or directory");
  }

  void read_mangle(const std::string& word, std::size_t& i) {
    const auto address = [&]() -> std::optional<wire::Ipv4> {
      const std::string text = value(i);
      const auto parsed = wire::parse_ipv4(text);
      if (!parsed) fail("Bad IP address `" + text + "'");
      return parsed;
    };
    if (rule_.mangles && word == "--mangle-ip-s") {
      rule_.mangle_source = address();
    } else if (rule_.mangles && word == "--mangle-ip-d") {
      rule_.mangle_target = address();
    } else if (rule_.mangles && word == "--mangle-mac-s") {
      rule_.mangle_source_mac = read_mac(value(i));
    } else if (rule_.mangles && word == "--mangle-mac-d") {
      rule_.mangle_target_mac = read_mac(value(i));
    } else if (rule_.mangles && word == "--mangle-target") {
      const std::string name = value(i);
      rule_.verdict = name == "DROP"       ? ArpRule::Verdict::kDrop
                      : name == "CONTINUE" ? ArpRule::Verdict::kContinue
                                           : ArpRule::Verdict::kAccept;
      if (name != "DROP" && name != "CONTINUE" && name != "ACCEPT")
        fail("bad target for --mangle-target");
    } else {
      fail("Unknown arg `" + word + "'");
    }
  }

  ArpRule::Address read_address(const std::string& text, bool inverted) {
    const std::size_t slash = text.find('/');
    const auto address = wire::parse_ipv4(text.substr(0, slash));
    ArpRule::Address test{.mask = 0xffffffff, .inverted = inverted};
    if (!address) fail("host/network `" + text.substr(0, slash) + "' not found");
    if (slash != std::string::npos) {
      const auto length = ipvsadm::parse_decimal(text.substr(slash + 1), 0, 32);
      const auto bits = wire::parse_ipv4(text.substr(slash + 1));
      if (!length && !bits) fail("invalid mask `" + text.substr(slash + 1) + "' specified");
      test.mask = length ? wire::netmask(static_cast<int>(*length)) : bits ? bits->value : 0;
    }
    test.address = {address.value_or(wire::Ipv4{}).value & test.mask};
    return test;
  }

  std::optional<wire::Mac> read_mac(const std::string& text) {
    const auto mac = wire::parse_mac(text);
    if (!mac) fail("Problem with specified mac address");
    return mac;
  }

  int perform(ArpFilter::Chain* chain) {
    switch (verb_) {
      case 'A':
      case 'I':
        return put(*chain);
      case 'D':
        return remove(*chain);
      case 'P':
        if (policy_ != "ACCEPT" && policy_ != "DROP") return refused("Bad policy name");
        chain->drops = policy_ == "DROP";
        return 0;
      case 'L':
        list(chain);
        return 0;
      default:
        for (ArpFilter::Chain& each : filter_.chains()) {
          if (chain != nullptr && &each != chain) continue;
          if (verb_ == 'F') each.rules.clear();
          for (ArpRule& rule : each.rules) rule.packets = 0;
        }
        return 0;
    }
  }

  int put(ArpFilter::Chain& chain) {
    if (chain.rules.size() >= net::netfilter::kMostArpRules)
      return refused("Memory allocation problem");
    std::size_t place = chain.rules.size();
    if (verb_ == 'I') place = number_.value_or(1) - 1;
    if (place > chain.rules.size()) return refused("Index of insertion too big");
    chain.rules.insert(chain.rules.begin() + static_cast<std::ptrdiff_t>(place), rule_);
    return 0;
  }

  int remove(ArpFilter::Chain& chain) {
    auto found = chain.rules.end();
    if (number_) {
      if (*number_ > chain.rules.size()) return refused("Index of deletion too big");
      found = chain.rules.begin() + static_cast<std::ptrdiff_t>(*number_ - 1);
    } else {
      found = std::find_if(chain.rules.begin(), chain.rules.end(),
                           [&](const ArpRule& r) { return r.show() == rule_.show(); });
    }
    if (found == chain.rules.end())
      return refused("Bad rule (does a matching rule exist in that chain?)");
    chain.rules.erase(found);
    return 0;
  }

  void list(const ArpFilter::Chain* only) {
    bool first = true;
    for (const ArpFilter::Chain& chain : filter_.chains()) {
      if (only != nullptr && only != &chain) continue;
      context_.out += std::string(first ? "" : "\n") + "Chain " + std::string(chain.name) +
                      " (policy " + (chain.drops ? "DROP" : "ACCEPT") + ")\n";
      first = false;
      for (const ArpRule& rule : chain.rules) context_.out += rule.show() + "\n";
    }
  }

  CommandContext& context_;
  ArpFilter& filter_;
  ArpRule rule_;
  std::string chain_, policy_, error_;
  std::optional<std::size_t> number_;
  char verb_ = 0;
  bool inverted_ = false;
};

}  // namespace

CommandResult run_arptables(CommandContext& context) { return Arptables(context).run(); }

}  // namespace lvslab::admin
