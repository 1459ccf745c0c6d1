// read_scenario: files to tree, tree to structs, all errors in order of place.
#include <algorithm>
#include <string>

#include "base/random.h"
#include "scenario/assemble.h"
#include "scenario/decoder.h"
#include "scenario/limits.h"
#include "scenario/source.h"
#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

void decode_version(Context& context, const Fields& fields) {
  std::uint64_t version = 1;
  if (!context.read_count(fields.get("lvslab"), version, 0, 1'000'000) || version == 1) return;
  context.error(fields.get("lvslab")->mark,
                "version " + std::to_string(version) + " of the language is not known",
                "This program reads `lvslab: 1`");
}

void decode_names(Context& context) {
  context.scenario.names = context.variables.names();
  context.scenario.params = context.variables.params();
}

/// Names are addresses: that is what traces print them for.
void check_names(Context& context, const Node* names) {
  if (names == nullptr || !names->is_map()) return;
  for (const auto& [name, value] : context.variables.names()) {
    const Node* node = names->find(name);
    if (node == nullptr || value.empty()) continue;  // reported already
    const Result<wire::Ipv4> address = parse_address(value);
    if (!address) context.error(node->mark, address.error().what, address.error().hint);
  }
}

void decode_all(Context& context, const Node& root, const ReadOptions& options) {
  Scenario& scenario = context.scenario;
  const Fields fields(context, &root, kFileKeys, root.mark);
  decode_version(context, fields);
  const Node *names = fields.get("names"), *params = fields.get("params");
  context.variables.read(names, params, options.set,
                         [&](Mark mark, std::string what, std::string hint) {
                           context.error(mark, std::move(what), std::move(hint));
                         });
  check_names(context, names);
  decode_names(context);
  if (const auto title = context.text(fields.get("title"), "a text")) scenario.title = *title;
  // Prose may show a $NAME.
  if (const Node* about = fields.get("about")) {
    if (about->is_scalar()) {
      scenario.about = about->scalar;
    } else {
      context.error(about->mark, "a text is wanted, this is " + std::string(kind_name(*about)));
    }
  }
  if (const auto skip = context.text(fields.get("skip"), "a reason")) {
    scenario.skip = *skip;
    if (skip->empty())
      context.error(fields.get("skip")->mark, "the reason is missing", "Write skip: \"why\"");
  }
  context.read_count(fields.get("seed"), scenario.seed, 0, 999'999'999'999'999'999);
  if (options.seed) scenario.seed = *options.seed;
  Duration duration;
  if (context.read(fields.get("duration"), duration, parse_duration)) scenario.duration = duration;
  const Fields defaults(context, fields.get("link_defaults"), kLinkDefaultKeys,
                        fields.key_mark("link_defaults"));
  decode_shape(context, defaults, scenario.link_defaults);
  decode_hosts(context, fields.get("hosts"));
  decode_switches(context, fields.get("switches"));
  const bool links_read = decode_links(context, fields.get("links"));
  finish_interfaces(context, links_read);
  decode_populations(context, fields.get("populations"));
  decode_traffic(context, fields.get("traffic"));
  scenario.load.seed = scenario.seed;
  decode_timeline(context, fields.get("timeline"));
  decode_expectations(context, fields.get("expect"));
  decode_waivers(context, fields.get("waive"));
  decode_compare(context, fields.get("compare"));
  decode_lesson(context, fields.get("lesson"));
  check_scripts(context);
}

void sort_by_place(std::vector<Message>& errors, const std::vector<Source>& sources) {
  const auto file_number = [&](const Message& message) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].name() == message.place.file) return static_cast<int>(i);
    }
    return -1;
  };
  // What has no place stays where it is: before the rest, but the count of further errors at the
  // end.
  std::stable_sort(errors.begin(), errors.end(), [&](const Message& a, const Message& b) {
    const int left = file_number(a), right = file_number(b);
    if (left != right) return left < right;
    const bool last_a = a.hint == "The rest is not shown",
               last_b = b.hint == "The rest is not shown";
    if (last_a != last_b) return last_b;
    if (a.place.line != b.place.line) return a.place.line < b.place.line;
    return a.place.column < b.place.column;
  });
}

}  // namespace

ReadResult decode_tree(const Node* root, const std::string& name, const ReadOptions& options,
                       std::vector<Source>& sources, std::vector<Message>& errors,
                       const FileReader* data) {
  ReadResult result;
  result.scenario.file = name;
  if (root != nullptr) {
    Context context(result.scenario, errors, sources, data);
    decode_all(context, *root, options);
  }
  sort_by_place(errors, sources);
  result.errors = std::move(errors);
  for (const Source& source : sources) {
    std::vector<std::string>& lines = result.lines[source.name()];
    lines.clear();
    for (int line = 1; line <= source.lines(); ++line) lines.emplace_back(source.line(line));
  }
  return result;
}

namespace {

ReadResult read_files(const std::string& path, const ReadOptions& options, const FileReader& files,
                      const FileReader& data) {
  std::vector<Source> sources;
  std::vector<Message> errors;
  sources.reserve(limits::kFiles);  // sources are referred to while others are added
  std::uint64_t fingerprint = 0;
  const auto noted = [&fingerprint](const FileReader& reader) -> FileReader {
    return [&fingerprint, &reader](const std::string& name) {
      auto bytes = reader(name);
      if (bytes) fingerprint = mix(fingerprint, hash_name(*bytes));
      return bytes;
    };
  };
  const FileReader text_reader = noted(files), data_reader = noted(data);
  Assembler assembler(&text_reader, sources, errors);
  const Node* root = assembler.read(path);
  if (root != nullptr && !options.variant.empty()) root = assembler.variant(root, options.variant);
  ReadResult result = decode_tree(root, path, options, sources, errors, &data_reader);
  result.fingerprint = fingerprint;
  return result;
}

}  // namespace

ReadResult read_scenario_with(const std::string& path, const ReadOptions& options,
                              const FileReader& files) {
  return read_files(path, options, files, files);
}

ReadResult read_scenario(const std::string& path, const ReadOptions& options) {
  return read_files(path, options, read_file, read_data_file);
}

ReadResult read_scenario_text(std::string_view text, const std::string& name,
                              const ReadOptions& options) {
  std::vector<Source> sources;
  std::vector<Message> errors;
  sources.reserve(limits::kFiles);
  Assembler assembler(nullptr, sources, errors);
  const Node* root = assembler.read_text(name, std::string(text));
  return decode_tree(root, name, options, sources, errors, nullptr);
}

}  // namespace lvslab::scenario
