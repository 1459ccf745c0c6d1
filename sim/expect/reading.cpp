#include "expect/reading.h"

#include <cstdlib>

#include "fmt/format.h"

namespace lvslab::expect {

std::string text_of(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value == nullptr ? std::string() : value->scalar;
}

const Value& subject_of(const scenario::ExpectationSpec& spec) {
  const Value* value = spec.value.find(spec.kind);
  LVSLAB_CHECK(value != nullptr);
  return *value;
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items) texts.push_back(item.scalar);
  return texts;
}

scenario::Bound count_bound(const Value& value) {
  const auto bound = scenario::parse_count_bound(value.scalar);
  return bound ? *bound : scenario::Bound{};
}

NodeIndex node_of(const scenario::Lab& lab, std::string_view name) {
  const int host = lab.find_host(name);
  if (host >= 0) return static_cast<NodeIndex>(host);
  const int network_switch = lab.find_switch(name);
  return network_switch < 0
             ? kNoNode
             : static_cast<NodeIndex>(lab.host_count()) + static_cast<NodeIndex>(network_switch);
}

Tag tag_of(const scenario::Lab& lab, std::string_view connection) {
  const std::size_t slash = connection.rfind('/');
  const auto& traffics = lab.scene().traffics;
  for (std::size_t i = 0; i < traffics.size(); ++i) {
    if (traffics[i] == connection.substr(0, slash)) {
      const std::string number(connection.substr(slash + 1));
      return {static_cast<std::uint32_t>(i + 1),
              static_cast<std::uint32_t>(std::strtoul(number.c_str(), nullptr, 10)), 0};
    }
  }
  return {};
}

std::optional<wire::Mac> mac_of(const scenario::Lab& lab, const std::string& text) {
  if (const auto mac = wire::parse_mac(text)) return mac;
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const int host = lab.find_host(text.substr(0, colon));
  if (host < 0) return std::nullopt;
  const net::Interface* nic =
      lab.machine(static_cast<std::size_t>(host)).host().find_interface(text.substr(colon + 1));
  return nic == nullptr ? std::nullopt : std::optional(nic->mac);
}

bool served_by(const scenario::Lab& lab, const metrics::ConnectionRow& row,
               const std::string& server) {
  if (server == "none") return row.real_server == kNoNode && row.real.address.is_zero();
  // Without a director's pick the server is the end that the client named.
  const wire::Endpoint& end =
      row.real.address.is_zero() && row.real_server != kNoNode ? row.service : row.real;
  if (const auto endpoint = wire::parse_endpoint(server)) return end == *endpoint;
  if (const auto address = wire::parse_ipv4(server)) return end.address == *address;
  const NodeIndex node = node_of(lab, server);
  if (row.real_server != kNoNode) return row.real_server == node;
  // Nobody accepted it: the host is the owner of the address the director picked.
  return node < lab.host_count() && !row.real.address.is_zero() &&
         lab.machine(node).host().routes().is_local(row.real.address);
}

std::string server_text(const scenario::Lab& lab, const metrics::ConnectionRow& row) {
  if (row.real_server != kNoNode) return lab.scene().nodes[row.real_server].name;
  return row.real.address.is_zero() ? "none" : wire::to_string(row.real);
}

std::string join(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text += (text.size() > 1 ? ", " : "") + word;
  return text + "]";
}

std::string seconds_text(Duration d) {
  const double s = d.in_seconds();
  if (s == 0) return "0 s";
  if (s >= 1) return fmt::format("{:g} s", s);
  if (s >= 1e-3) return fmt::format("{:.4g} ms", s * 1e3);
  return fmt::format("{:.6g} us", s * 1e6);
}

When When::read(const Value& spec) {
  When when;
  const std::string text = text_of(spec, "when");
  if (text == "always") when.kind = Kind::kAlways;
  if (text == "never") when.kind = Kind::kNever;
  if (const auto at = scenario::parse_duration(text)) {
    when.kind = Kind::kAt;
    when.at = *at;
  }
  return when;
}

std::string When::text() const {
  switch (kind) {
    case Kind::kFinally:
      return "finally";
    case Kind::kAlways:
      return "always";
    case Kind::kNever:
      return "never";
    case Kind::kAt:
      return "at " + seconds_text(at);
  }
  return {};
}

}  // namespace lvslab::expect
