#include "cli/verbs.h"

namespace lvslab::cli {
namespace {

constexpr VerbEntry kVerbs[] = {
    {"run", run_verb, "run a scenario: tables, expectations, files"},
    {"explain", explain_verb, "the ladder: every hop, every header field that changed, and why"},
    {"list", list_verb, "schedulers, modes, commands, expectations, fields, limits, findings"},
    {"graph", graph_verb, "the topology as dot, graphml or svg"},
    {"schema", schema_verb, "JSON Schema of the scenario language"},
    {"check", check_verb, "what is wrong with a scenario, why, and what cures it"},
    {"test", test_verb, "scenarios as tests: files and folders, in parallel"},
    {"diff", diff_verb, "the first event that differs between two runs, and what came of it"},
    {"compare", compare_verb, "a grid of runs, paired, with intervals and verdicts"},
    {"validate", validate_verb, "estimates against exact values, case by case"},
    {"shell", shell_verb, "a prompt on any host of a running lab"},
    {"live", live_verb, "one host of a scenario on real interfaces"},
    {"import", import_verb, "a scenario from what live hosts print"},
    {"grade", grade_verb, "a class's scenario files against a teacher's expectations"},
    {"gui", nullptr, "the desktop program (lvslab-gui), or a picture of it"},
};

}  // namespace

std::span<const VerbEntry> verbs() { return kVerbs; }

}  // namespace lvslab::cli
