// The verbs' entry points, named in table.cpp.
#pragma once

#include "cli/cli.h"

namespace lvslab::cli {

int run_verb(const Options& options);
int explain_verb(const Options& options);
int list_verb(const Options& options);
int graph_verb(const Options& options);
int live_verb(const Options& options);
int schema_verb(const Options& options);
int check_verb(const Options& options);
int shell_verb(const Options& options);

}  // namespace lvslab::cli
