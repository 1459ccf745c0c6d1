// A declared race. One run has one outcome, which must be one of those listed; that each of them
// occurs under some order of simultaneous events, and how often, is for who runs several orders.
#include <algorithm>
#include <map>
#include <sstream>

#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"
#include "scenario/text.h"

namespace lvslab::expect {
namespace {

constexpr std::string_view kStatuses[] = {"completed", "reset",       "refused",
                                          "timeout",   "unreachable", "open"};

bool is_status(std::string_view word) {
  return std::find(std::begin(kStatuses), std::end(kStatuses), word) != std::end(kStatuses);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// "rs1=3 rs2=2" as numbers; nothing when it is not of this form.
std::optional<std::map<std::string, std::uint64_t>> counts_of(const std::string& text) {
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& word : words_of(text)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const auto count = scenario::parse_count(word.substr(equals + 1), 0, 1'000'000'000);
    if (!count) return std::nullopt;
    if (*count > 0) counts[word.substr(0, equals)] = *count;
  }
  return counts;
}

class Outcomes final : public Expectation {
 public:
  Outcomes(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : of_(words_of(text_of(subject_of(spec), "of"))) {
    race_.of = text_of(subject_of(spec), "of");
    for (const auto& [name, share] : subject_of(spec).find("are")->entries)
      race_.listed.push_back({name, share.scalar});
    if (of_[0] == "neighbour") {
      track_ =
          NeighbourTrack(node_of(lab, of_[1]), wire::parse_ipv4(of_[2]).value_or(wire::Ipv4{}));
    } else {
      tag_ = of_[0] == "connection" ? tag_of(lab, of_[1]) : tag_of(lab, of_[1] + "/0");
      connections_ = ConnectionTrack(tag_.traffic, tag_.connection);
    }
  }

  WatchLevel wants() const override {
    return of_[0] == "neighbour" ? WatchLevel::kEverything : WatchLevel::kConnections;
  }
  void on_record(const Record& record) override {
    if (of_[0] == "neighbour")
      track_.on_record(record);
    else
      connections_.on_record(record);
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector& collector) override {
    race_.outcome = of_[0] == "neighbour"    ? neighbour(lab)
                    : of_[0] == "connection" ? connection(lab, collector)
                                             : served(lab, collector);
    std::string names;
    bool passed = false;
    for (const Race::Listed& listed : race_.listed) {
      names += (names.empty() ? "" : ", ") + listed.name;
      passed = passed || listed.name == race_.outcome;
    }
    Verdict verdict{passed, race_.of + " is one of " + names, race_.outcome, "finally", ""};
    if (passed) return verdict;
    verdict.cause = of_[0] != "neighbour"    ? connections_.why_server(lab.scene(), tag_.connection)
                    : track_.mac().is_zero() ? track_.silence(lab.scene())
                                             : track_.told(lab.scene(), track_.current());
    return verdict;
  }
  std::optional<Race> race() const override { return race_; }

 private:
  // The first name listed that fits, else `otherwise`.
  template <typename Fits>
  std::string first_that(Fits fits, std::string otherwise) const {
    for (const Race::Listed& listed : race_.listed) {
      if (fits(listed.name)) return listed.name;
    }
    return otherwise;
  }

  // A host stands for any of its interfaces.
  std::string neighbour(const scenario::Lab& lab) const {
    const wire::Mac mac = track_.mac();
    if (mac.is_zero()) return "none";
    const trace::Scene& scene = lab.scene();
    std::string otherwise = wire::to_string(mac);
    const auto has = [&](const trace::SceneNode& node) {
      return std::any_of(node.interfaces.begin(), node.interfaces.end(),
                         [&](const auto& interface) { return interface.mac == mac; });
    };
    for (const trace::SceneNode& node : scene.nodes) {
      if (!node.is_switch && has(node)) otherwise = node.name;
    }
    return first_that(
        [&](const std::string& name) {
          const trace::SceneNode* node = scene.find(name);
          return node != nullptr ? has(*node) : mac_of(lab, name) == mac;
        },
        otherwise);
  }

  // Who served it, or how it ended without.
  std::string connection(const scenario::Lab& lab, const metrics::Collector& collector) const {
    const metrics::ConnectionRow* row = collector.find(tag_.traffic, tag_.connection);
    if (row == nullptr || row->intended.is_never()) return "never started";
    const bool well = row->status() == "completed" || row->status() == "open";
    return first_that(
        [&](const std::string& name) {
          return is_status(name) ? row->status() == name : well && served_by(lab, *row, name);
        },
        well ? server_text(lab, *row) : std::string(row->status()));
  }

  std::string served(const scenario::Lab& lab, const metrics::Collector& collector) const {
    std::map<std::string, std::uint64_t> counts;
    for (const metrics::ConnectionRow* row : collector.connections()) {
      if (row->traffic == tag_.traffic && row->real_server != kNoNode)
        ++counts[lab.scene().nodes[row->real_server].name];
    }
    std::string otherwise;
    for (const auto& [server, count] : counts)
      otherwise += (otherwise.empty() ? "" : " ") + server + "=" + std::to_string(count);
    return first_that([&](const std::string& name) { return counts_of(name) == counts; },
                      otherwise.empty() ? "none" : otherwise);
  }

  std::vector<std::string> of_;
  Race race_;
  Tag tag_;
  NeighbourTrack track_;
  ConnectionTrack connections_;
};

/// What is wrong with an outcome's name; empty: nothing.
std::string problem_of(const scenario::Lab& lab, const std::string& race, const std::string& name) {
  const bool host = lab.find_host(name) >= 0;
  if (race == "neighbour") {
    return host || name == "none" || mac_of(lab, name)
               ? ""
               : "Write a host, host:interface, a MAC, or none";
  }
  if (race == "connection") {
    return host || is_status(name) || name == "none" || wire::parse_ipv4(name) ||
                   wire::parse_endpoint(name)
               ? ""
               : "Write a host, an address, or a status such as refused";
  }
  const auto counts = counts_of(name);
  const bool known = counts && std::all_of(counts->begin(), counts->end(), [&](const auto& one) {
                       return lab.find_host(one.first) >= 0;
                     });
  return known ? "" : "Write how many each host served: \"rs1=3 rs2=3\"";
}

}  // namespace

std::unique_ptr<Expectation> make_outcomes(const scenario::ExpectationSpec& spec,
                                           const scenario::Lab& lab,
                                           std::vector<scenario::Message>& errors) {
  const std::string race = words_of(text_of(subject_of(spec), "of"))[0];
  const std::size_t before = errors.size();
  for (const auto& [name, share] : subject_of(spec).find("are")->entries) {
    const std::string problem = problem_of(lab, race, name);
    if (problem.empty()) continue;
    std::vector<std::string_view> hosts;
    for (const scenario::HostSpec& host : lab.scenario().hosts) hosts.push_back(host.name);
    const std::string_view near = scenario::nearest_word(name, hosts);
    errors.push_back({share.place, scenario::shown(name) + " is no outcome of a " + race + " race",
                      near.empty() ? problem : "Did you mean '" + std::string(near) + "'?"});
  }
  return errors.size() > before ? nullptr : std::make_unique<Outcomes>(spec, lab);
}

}  // namespace lvslab::expect
