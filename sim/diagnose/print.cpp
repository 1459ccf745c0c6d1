// Findings as text, JSON and SARIF.
#include <fmt/format.h>

#include "diagnose/doctor.h"
#include "trace/json.h"

namespace lvslab::diagnose {
namespace {

using trace::json_string;

std::string indented(const std::string& head, const std::string& text) {
  return text.empty() ? std::string() : "    " + head + text + "\n";
}

std::string place_json(const scenario::Place& place) {
  return fmt::format("{{\"file\": {}, \"line\": {}, \"column\": {}}}", json_string(place.file),
                     place.line, place.column);
}

std::string finding_json(const Finding& f) {
  std::string out = fmt::format(
      "{{\"id\": {}, \"severity\": {}, \"host\": {}, \"place\": {}, \"summary\": {}, "
      "\"symptom\": {}, \"cure\": [",
      json_string(f.id), json_string(severity_name(f.severity)), json_string(f.host),
      place_json(f.place), json_string(f.summary), json_string(f.symptom));
  for (std::size_t i = 0; i < f.cure.size(); ++i) {
    out += fmt::format("{}{{\"host\": {}, \"command\": {}}}", i == 0 ? "" : ", ",
                       json_string(f.cure[i].host), json_string(f.cure[i].command));
  }
  out += "], \"assumptions\": [";
  for (std::size_t i = 0; i < f.assumptions.size(); ++i)
    out += (i == 0 ? "" : ", ") + json_string(f.assumptions[i]);
  out += fmt::format("], \"waived\": {}",
                     f.waived.empty() ? std::string("null") : json_string(f.waived));
  out += ", \"seen\": " + (f.seen ? trace::seconds12(*f.seen) : std::string("null"));
  out += ", \"gone\": " + (f.gone ? trace::seconds12(*f.gone) : std::string("null"));
  return out + "}";
}

std::string_view sarif_level(const Finding& f) { return severity_name(f.severity); }

std::string sarif_result(const Finding& f) {
  std::string text = f.summary + ". " + f.symptom;
  for (const Cure& cure : f.cure) text += fmt::format("\n{}: {}", cure.host, cure.command);
  std::string out =
      fmt::format("      {{\"ruleId\": {}, \"level\": {}, \"message\": {{\"text\": {}}}",
                  json_string(f.id), json_string(sarif_level(f)), json_string(text));
  if (f.place.line > 0) {
    out += fmt::format(
        ", \"locations\": [{{\"physicalLocation\": {{\"artifactLocation\": {{\"uri\": {}}}, "
        "\"region\": {{\"startLine\": {}, \"startColumn\": {}}}}}}}]",
        json_string(f.place.file), f.place.line, f.place.column);
  }
  if (!f.waived.empty()) {
    out += fmt::format(", \"suppressions\": [{{\"kind\": \"inSource\", \"justification\": {}}}]",
                       json_string(f.waived));
  }
  return out + "}";
}

}  // namespace

std::string to_text(const std::vector<Finding>& findings, bool colour) {
  std::string out;
  for (const Finding& f : findings) {
    const char* paint = !colour ? "" : f.severity == Severity::kError ? "\033[31m" : "\033[33m";
    if (f.place.line > 0) out += f.place.text() + ": ";
    out +=
        fmt::format("{}{}{} {}{}{}: {}.\n", paint, severity_name(f.severity),
                    colour ? "\033[0m" : "", f.id, f.host.empty() ? "" : " on ", f.host, f.summary);
    if (f.seen || f.gone) {
      out += fmt::format("    {}{}\n",
                         f.seen ? fmt::format("from {:.6g} s ", f.seen->in_seconds()) : "",
                         f.gone ? fmt::format("until {:.6g} s", f.gone->in_seconds()) : "on");
    }
    out += indented("", f.symptom.empty() ? "" : f.symptom + ".");
    for (const Cure& cure : f.cure)
      out += indented("cure: ", (cure.host.empty() ? "" : cure.host + "# ") + cure.command);
    for (const std::string& assumption : f.assumptions)
      out += indented("assuming that ", assumption);
    out += indented("waived: ", f.waived);
  }
  return out;
}

std::string to_json(const std::vector<Finding>& findings) {
  std::string out = "[";
  for (std::size_t i = 0; i < findings.size(); ++i)
    out += (i == 0 ? "\n  " : ",\n  ") + finding_json(findings[i]);
  return out + (findings.empty() ? "]" : "\n]");
}

std::string to_sarif(const std::vector<Finding>& findings, std::string_view version) {
  std::string out = fmt::format(
      "{{\n  \"version\": \"2.1.0\",\n  \"$schema\": "
      "\"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"runs\": [{{\n    \"tool\": "
      "{{\"driver\": {{\"name\": \"lvslab\", \"version\": {}, \"rules\": [\n",
      json_string(version));
  bool first = true;
  for (const FindingEntry& entry : finding_entries()) {
    out += fmt::format(
        "{}      {{\"id\": {}, \"shortDescription\": {{\"text\": {}}}, "
        "\"defaultConfiguration\": {{\"level\": {}}}}}",
        first ? "" : ",\n", json_string(entry.id), json_string(entry.about),
        json_string(severity_name(entry.severity)));
    first = false;
  }
  out += "\n    ]}},\n    \"results\": [\n";
  for (std::size_t i = 0; i < findings.size(); ++i)
    out += (i == 0 ? "" : ",\n") + sarif_result(findings[i]);
  return out + "\n    ]\n  }]\n}\n";
}

}  // namespace lvslab::diagnose
