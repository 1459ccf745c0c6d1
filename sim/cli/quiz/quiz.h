// `lvslab explain FILE --quiz`: a lesson's questions as text, or one after the other on a terminal;
// then the answers, each with the event of the run that shows it.
#pragma once

#include <string>

#include "cli/cli.h"
#include "scenario/scenario.h"

namespace lvslab::cli {

int quiz_verb(const Options& options);
/// `lvslab list lessons [FOLDER]`: all below it, as lines or as JSON.
int list_lessons(const Options& options);

}  // namespace lvslab::cli
