// keepalived.conf: blocks in braces, a statement a line, comments from # or ! to the end of it.
// Only virtual_server blocks (and the groups they name) are taken; every real server counts as
// alive.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "fmt/format.h"
#include "import/readers.h"
#include "scenario/text.h"

namespace lvslab::importer {
namespace {

using scenario::shown;

struct Statement {
  std::size_t offset = 0;
  std::vector<std::string> words;
  std::vector<Statement> block;

  const Statement* find(std::initializer_list<std::string_view> names) const {
    for (const Statement& inner : block) {
      if (std::find(names.begin(), names.end(), inner.words[0]) != names.end()) return &inner;
    }
    return nullptr;
  }
  std::string argument(std::size_t index) const {
    return index < words.size() ? words[index] : std::string();
  }
};

class Parser {
 public:
  Parser(const TextFile& file, Problems& problems) : file_(file), problems_(problems) {}

  std::vector<Statement> parse() {
    std::vector<Statement> top;
    parse_block(top, 0, 0);
    if (good_ && at_ < file_.text.size()) fail(at_, "a '}' without its '{'");
    return good_ ? std::move(top) : std::vector<Statement>{};
  }

 private:
  void fail(std::size_t offset, const std::string& what, const std::string& hint = {}) {
    if (good_) problems_.add(file_, offset, what, hint);
    good_ = false;
  }
  char here() const { return at_ < file_.text.size() ? file_.text[at_] : '\0'; }
  /// To the next word, brace or (when not `across`) end of the line.
  void skip(bool across) {
    for (; at_ < file_.text.size(); ++at_) {
      const char c = file_.text[at_];
      if (c == '#' || c == '!') {
        at_ = std::min(file_.text.find('\n', at_), file_.text.size());
        if (at_ == file_.text.size()) return;
      }
      if (file_.text[at_] == '\n' ? !across
                                  : std::isspace(static_cast<unsigned char>(file_.text[at_])) == 0)
        return;
    }
  }
  std::string word() {
    const std::size_t begin = at_;
    if (here() == '"') {
      const std::size_t end = file_.text.find('"', at_ + 1);
      if (end == std::string::npos) {
        fail(begin, "a quoted text without its end");
        return {};
      }
      at_ = end + 1;
      return file_.text.substr(begin + 1, end - begin - 1);
    }
    while (at_ < file_.text.size() && std::isspace(static_cast<unsigned char>(here())) == 0 &&
           here() != '{' && here() != '}')
      ++at_;
    return file_.text.substr(begin, at_ - begin);
  }
  void parse_block(std::vector<Statement>& into, std::size_t depth, std::size_t opened) {
    if (depth > limits::kDepth)
      return fail(opened, fmt::format("nested deeper than {} levels", limits::kDepth));
    for (skip(true); good_ && at_ < file_.text.size() && here() != '}'; skip(true)) {
      if (++statements_ > limits::kItems)
        return fail(at_, fmt::format("more than {} statements", limits::kItems));
      Statement statement{.offset = at_, .words = {}, .block = {}};
      for (; good_ && at_ < file_.text.size() && here() != '{' && here() != '}' && here() != '\n';
           skip(false))
        statement.words.push_back(word());
      if (!good_) return;
      if (statement.words.empty() && here() == '{')
        return fail(at_, "a '{' without a word before it");
      const std::size_t end = at_;
      skip(true);  // the brace may stand on the next line
      if (here() == '{') {
        const std::size_t brace = at_++;
        parse_block(statement.block, depth + 1, brace);
        if (!good_) return;
        if (here() != '}') return fail(brace, "a '{' without its '}'", "The file ends before it");
        ++at_;
      } else {
        at_ = end;
      }
      into.push_back(std::move(statement));
    }
  }

  const TextFile& file_;
  Problems& problems_;
  std::size_t at_ = 0, statements_ = 0;
  bool good_ = true;
};

char method_of(const std::string& kind) {
  return kind == "NAT" ? 'm' : kind == "DR" ? 'g' : kind == "TUN" ? 'i' : '?';
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Servers {
 public:
  Servers(const TextFile& file, HostFacts& host, Problems& problems)
      : file_(file), host_(host), problems_(problems) {}

  void read(const std::vector<Statement>& top) {
    for (const Statement& statement : top) {
      const std::string& kind = statement.words[0];
      if (kind == "vrrp_instance" || kind == "vrrp_sync_group" || kind == "include") {
        leave_out(host_, fmt::format("keepalived.conf: {} {}", kind, shown(statement.argument(1))));
      } else if (kind == "virtual_server") {
        read_virtual_server(statement, top);
      }
    }
  }

 private:
  bool wrong(const Statement& statement, const std::string& what, const std::string& hint = {}) {
    problems_.add(file_, statement.offset, what, hint);
    return false;
  }
  void read_virtual_server(const Statement& statement, const std::vector<Statement>& top) {
    if (statement.argument(1) != "group") return read_as(statement, statement, 1);
    for (const Statement& group : top) {
      if (group.words[0] != "virtual_server_group" || group.argument(1) != statement.argument(2))
        continue;
      for (const Statement& member : group.block) read_as(member, statement, 0);
      return;
    }
    wrong(statement, "no virtual_server_group is called " + shown(statement.argument(2)));
  }
  /// `named` gives address and port, or the mark, from word `from` on.
  void read_as(const Statement& named, const Statement& statement, std::size_t from) {
    ServiceFact service;
    const std::string first = named.argument(from), second = named.argument(from + 1);
    if (first.find(':') != std::string::npos)
      return leave_out(host_, "keepalived.conf: IPv6 virtual_server " + shown(first));
    const Statement* protocol = statement.find({"protocol"});
    const std::string transport = protocol == nullptr ? "TCP" : protocol->argument(1);
    if (transport != "TCP" && transport != "UDP")
      return leave_out(host_, "keepalived.conf: a virtual_server of protocol " + shown(transport));
    if (first == "fwmark" && is_number(second)) {
      service.kind = 'f';
      std::from_chars(second.data(), second.data() + second.size(), service.mark);
      service.name = "-f " + second;
    } else if (first.find_first_of("-$@") != std::string::npos) {
      return leave_out(
          host_, "keepalived.conf: virtual_server " + shown(first) + ", a range or a variable");
    } else {
      const auto vip = wire::parse_endpoint(first + ":" + (second.empty() ? "0" : second));
      if (!vip) {
        wrong(named, "a virtual_server needs an address and a port, fwmark N or group NAME");
        return;
      }
      service.kind = transport == "TCP" ? 't' : 'u';
      service.vip = *vip;
      service.name = fmt::format("-{} {}", service.kind, wire::to_string(*vip));
    }
    for (const ServiceFact& other : host_.services) {
      if (other.name == service.name) {
        wrong(named, "the virtual server " + service.name + " is there already");
        return;
      }
    }
    if (!read_settings(statement, service)) return;
    host_.from_keepalived = true;
    host_.services.push_back(std::move(service));
  }
  bool read_settings(const Statement& statement, ServiceFact& service) {
    const auto value = [&](std::initializer_list<std::string_view> names, const char* otherwise) {
      const Statement* found = statement.find(names);
      return found == nullptr ? std::string(otherwise) : found->argument(1);
    };
    const std::string scheduler = value({"lb_algo", "lvs_sched"}, "wlc");
    const std::string kind = value({"lb_kind", "lvs_method"}, "NAT");
    const std::string patience = value({"persistence_timeout"}, "");
    const char method = method_of(kind);
    if (!is_plain_word(scheduler)) return wrong(statement, "lb_algo names no scheduler");
    if (method == '?') return wrong(statement, "lb_kind is not NAT, DR or TUN");
    service.options = "-s " + scheduler;
    if (statement.find({"persistence_timeout"}) != nullptr)
      service.options += is_number(patience) ? " -p " + patience : std::string(" -p");
    if (statement.find({"ops"}) != nullptr) service.options += " -o";
    if (const Statement* mask = statement.find({"persistence_granularity"})) {
      if (wire::parse_ipv4(mask->argument(1)))
        service.options += " -M " + mask->argument(1);
      else
        leave_out(host_, "keepalived.conf: persistence_granularity " + shown(mask->argument(1)));
    }
    for (const Statement& inner : statement.block) {
      if (inner.words[0] == "real_server" && !read_real_server(inner, method, service))
        return false;
      if (inner.words[0] == "sorry_server")
        leave_out(host_, "keepalived.conf: sorry_server " + shown(inner.argument(1)));
    }
    return true;
  }
  bool read_real_server(const Statement& statement, char method, ServiceFact& service) {
    const std::string address = statement.argument(1), port = statement.argument(2);
    const auto real = wire::parse_endpoint(
        address + ":" + (is_number(port) ? port : std::to_string(service.vip.port)));
    if (!real) return wrong(statement, "a real_server needs an address and a port");
    for (const std::string_view ignored : {"uthreshold", "lthreshold"}) {
      if (const Statement* found = statement.find({ignored}))
        leave_out(host_, fmt::format("keepalived.conf: {} {} of real_server {}", ignored,
                                     shown(found->argument(1)), shown(address)));
    }
    if (const Statement* own = statement.find({"lvs_method"})) {
      method = method_of(own->argument(1));
      if (method == '?') return wrong(*own, "lvs_method is not NAT, DR or TUN");
    }
    const Statement* weight = statement.find({"weight"});
    if (weight != nullptr && !is_number(weight->argument(1)))
      return wrong(*weight, "a weight is a whole number");
    service.destinations.push_back(
        {.real = *real,
         .method = method,
         .options = fmt::format("-r {} -{} -w {}", wire::to_string(*real), method,
                                weight == nullptr ? "1" : weight->argument(1))});
    return true;
  }

  const TextFile& file_;
  HostFacts& host_;
  Problems& problems_;
};

}  // namespace

void read_keepalived(const TextFile& file, HostFacts& host, Problems& problems) {
  if (!host.services.empty()) return;
  Servers(file, host, problems).read(Parser(file, problems).parse());
}

}  // namespace lvslab::importer
