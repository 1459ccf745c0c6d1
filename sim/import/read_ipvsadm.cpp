// What a director says of itself: `ipvsadm-save -n` and `ipvsadm -L --timeout`.
#include <algorithm>
#include <array>
#include <charconv>

#include "fmt/format.h"
#include "import/readers.h"
#include "scenario/text.h"

namespace lvslab::importer {
namespace {

using scenario::shown;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kLongNames = {{
    {"--add-service", "-A"},
    {"--add-server", "-a"},
    {"--tcp-service", "-t"},
    {"--udp-service", "-u"},
    {"--fwmark-service", "-f"},
    {"--real-server", "-r"},
    {"--masquerading", "-m"},
    {"--gatewaying", "-g"},
    {"--ipip", "-i"},
}};

std::string_view short_name(std::string_view word) {
  for (const auto& [name, option] : kLongNames) {
    if (word == name) return option;
  }
  return word;
}

class LineReader {
 public:
  LineReader(const TextFile& file, HostFacts& host, Problems& problems)
      : file_(file), host_(host), problems_(problems) {}

  bool read(const Line& line) {
    const std::vector<std::string_view> words = words_of(line.text);
    std::size_t at = words[0] == "ipvsadm" ? 1 : 0;
    const std::string_view verb = at < words.size() ? short_name(words[at]) : "";
    if (verb != "-A" && verb != "-a")
      return refuse(line, "this line adds neither a service nor a server");
    ServiceFact service;
    ServiceFact::Destination server;
    std::string options;
    for (++at; at < words.size(); ++at) {
      const std::string_view option = short_name(words[at]);
      const bool names = option == "-t" || option == "-u" || option == "-f" || option == "-r";
      if (names && at + 1 < words.size()) {
        if (words[at + 1].find('[') != std::string_view::npos) return skip(line);
        const bool read = option == "-r" ? read_server(words[at + 1], server)
                                         : read_service(option[1], words[at + 1], service);
        if (!read) return refuse(line, "this names no address:port or mark");
        if (option == "-r") options += fmt::format(" -r {}", words[at + 1]);
        ++at;
        continue;
      }
      if (option == "-6") return skip(line);
      const std::string_view bare =
          option.substr(std::min(option.find_first_not_of('-'), option.size()));
      if (!is_plain_word(bare)) return refuse(line, "an option lvslab cannot read");
      if (option == "-m" || option == "-g" || option == "-i") server.method = option[1];
      options += fmt::format(" {}", option);
    }
    if (!options.empty()) options.erase(0, 1);
    if (service.name.empty()) return refuse(line, "the line names no service");
    return verb == "-A" ? add_service(line, std::move(service), std::move(options))
                        : add_server(line, service, std::move(server), std::move(options));
  }

 private:
  bool refuse(const Line& line, const std::string& what) {
    problems_.add(file_, line.offset, what + ": " + shown(line.text),
                  "Collect it with `ipvsadm-save -n`");
    return false;
  }
  bool skip(const Line& line) {
    leave_out(host_, "IPv6: " + shown(line.text));
    return true;
  }
  static bool read_server(std::string_view text, ServiceFact::Destination& server) {
    const auto real = wire::parse_endpoint(text);
    const auto address = wire::parse_ipv4(text);
    if (!real && !address) return false;
    server.real = real ? *real : wire::Endpoint{*address, 0};
    return true;
  }
  static bool read_service(char kind, std::string_view text, ServiceFact& service) {
    service.kind = kind;
    service.name = fmt::format("-{} {}", kind, text);
    if (kind == 'f') {
      const auto [end, error] =
          std::from_chars(text.data(), text.data() + text.size(), service.mark);
      return error == std::errc{} && end == text.data() + text.size() && service.mark != 0;
    }
    const auto vip = wire::parse_endpoint(text);
    if (vip) service.vip = *vip;
    return vip.has_value();
  }
  bool add_service(const Line& line, ServiceFact service, std::string options) {
    if (find(service) != nullptr) return refuse(line, "the service is there already");
    service.options = std::move(options);
    host_.services.push_back(std::move(service));
    return true;
  }
  bool add_server(const Line& line, const ServiceFact& named, ServiceFact::Destination server,
                  std::string options) {
    ServiceFact* const service = find(named);
    if (server.real.address.is_zero()) return refuse(line, "the line names no real server");
    if (service == nullptr) return refuse(line, "a real server of a service that is not there");
    if (server.real.port == 0) server.real.port = service->vip.port;
    server.options = std::move(options);
    service->destinations.push_back(std::move(server));
    return true;
  }
  ServiceFact* find(const ServiceFact& named) {
    const auto same = [&](const ServiceFact& service) { return service.name == named.name; };
    const auto found = std::find_if(host_.services.begin(), host_.services.end(), same);
    return found == host_.services.end() ? nullptr : &*found;
  }

  const TextFile& file_;
  HostFacts& host_;
  Problems& problems_;
};

}  // namespace

void read_ipvsadm(const TextFile& file, HostFacts& host, Problems& problems) {
  LineReader reader(file, host, problems);
  const std::vector<Line> lines = lines_of(file, problems);
  constexpr std::size_t kMostLines = 5'000;  // a service's servers are searched line by line
  if (lines.size() > kMostLines) {
    problems.add(file, lines[kMostLines].offset, fmt::format("more than {} lines", kMostLines));
    return;
  }
  for (const Line& line : lines) {
    if (line.text[0] != '#' && !reader.read(line)) return;
  }
}

void read_timeouts(const TextFile& file, HostFacts& host, Problems& problems) {
  for (const Line& line : lines_of(file, problems)) {
    const std::size_t colon = line.text.find("):");
    if (!line.text.starts_with("Timeout") || colon == std::string_view::npos) continue;
    for (const std::string_view word : words_of(line.text.substr(colon + 2))) {
      if (is_plain_word(word) && host.timeouts.size() < 3) host.timeouts.emplace_back(word);
    }
  }
  if (host.timeouts.size() != 3) host.timeouts.clear();
}

}  // namespace lvslab::importer
