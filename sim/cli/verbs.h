// The verbs' entry points, named in table.cpp.
#pragma once

#include "cli/cli.h"

namespace CLI {
class App;
}

namespace lvslab::cli {

int run_verb(const Options& options);
/// Becomes lvslab-gui with the words behind `gui`.
int gui_verb(int argc, char** argv);
int explain_verb(const Options& options);
int list_verb(const Options& options);
int graph_verb(const Options& options);
int live_verb(const Options& options);
int schema_verb(const Options& options);
int check_verb(const Options& options);
int shell_verb(const Options& options);
int test_verb(const Options& options);
/// --lang, of the verbs that print or write what people read.
void add_language_option(CLI::App& verb, Options& options);
/// Options of a verb that stand beside it.
void add_test_options(CLI::App& verb, Options& options);
int compare_verb(const Options& options);
void add_compare_options(CLI::App& verb, Options& options);
int validate_verb(const Options& options);
void add_validate_options(CLI::App& verb, Options& options);
int diff_verb(const Options& options);
void add_diff_options(CLI::App& verb, Options& options);
int grade_verb(const Options& options);
void add_grade_options(CLI::App& verb, Options& options);
int import_verb(const Options& options);
void add_import_options(CLI::App& verb, Options& options);

}  // namespace lvslab::cli
