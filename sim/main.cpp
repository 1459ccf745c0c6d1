#include "cli/cli.h"

int main(int argc, char** argv) { return lvslab::cli::main(argc, argv); }
