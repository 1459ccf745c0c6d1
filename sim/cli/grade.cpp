// `lvslab grade`: a class's scenario files against a teacher's expectations, in worker processes,
// as a CSV in the order of names.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/session.h"
#include "cli/suite/files.h"
#include "cli/suite/grading.h"
#include "cli/verbs.h"
#include "fmt/format.h"
#include "jobs/workers.h"

namespace lvslab::cli {
namespace {

int usage(const std::string& what) {
  std::fprintf(stderr, "lvslab grade: %s.\n", what.c_str());
  return kBadInput;
}

/// All files of the class, without the key if that lies among them.
Result<std::vector<std::string>> files_of(const GradeOptions& given) {
  std::error_code problem;
  if (!std::filesystem::is_directory(given.folder, problem))
    return fail(given.folder + " is no folder");
  auto files = find_scenarios({given.folder});
  if (!files) return files;
  std::erase_if(*files, [&](const std::string& file) {
    std::error_code gone;
    return std::filesystem::equivalent(file, given.key, gone);
  });
  return files;
}

/// The key's scenario, checked as the file it is. False: what is wrong was printed.
bool read_key(const Options& options, scenario::Scenario& key) {
  Options how = options;
  how.file = options.grade.key;
  scenario::ReadResult read;
  if (!read_input(how, read)) return false;
  key = std::move(read.scenario);
  if (!key.expectations.empty()) return true;
  usage(options.grade.key + " expects nothing: there would be no points");
  return false;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  std::fprintf(stderr, "lvslab grade: could not write %s.\n", path.c_str());
  return false;
}

void tell(const std::vector<Grade>& grades, std::size_t of) {
  for (const Grade& grade : grades) {
    const auto points = std::count(grade.passed.begin(), grade.passed.end(), true);
    std::printf("%-20s %td/%zu  %s\n", grade.student.c_str(), points, of,
                grade.reason.empty() ? "all" : grade.reason.c_str());
  }
}

}  // namespace

void add_grade_options(CLI::App& verb, Options& options) {
  GradeOptions& grade = options.grade;
  verb.add_option("FOLDER", grade.folder,
                  "the class: NAME.yaml each, or a folder NAME each with a file in it")
      ->required();
  verb.add_option("--key", grade.key, "the teacher's scenario")->required();
  verb.add_option("--out", grade.out, "write the CSV to this file (default: print it)");
  verb.add_option("--jobs", grade.jobs, "worker processes (default: one a processor)")
      ->check(CLI::Range(1, 256));
  verb.footer(
      "Each file is run with the key's traffic, populations, timeline, expectations, waivers,\n"
      "seed and duration; hosts, switches, links, names and params are the student's, and names\n"
      "that only the key has are there too. $NAMEs in the key's parts mean what the key says; in\n"
      "its commands (`run`) a name that both have has the student's value. A point for each\n"
      "expectation of the key that comes true; one that names what the file lacks fails with\n"
      "that reason, and all do if the key's traffic or timeline names it. What happens is\n"
      "judged, never how it was configured. A file may not include others.\n"
      "Columns: student,file,points,of,percent, each expectation (pass, fail), and the first\n"
      "reason; a file with mistakes gets 0 points and file:line:column. A run ends after 20\n"
      "million events. Exit status: 0 everybody has all points, 1 somebody has not, 2 a mistake\n"
      "in the key or bad usage, 3 nobody to grade or the CSV could not be written, 130\n"
      "interrupted.");
}

int grade_verb(const Options& options) {
  const GradeOptions& given = options.grade;
  const auto files = files_of(given);
  if (!files) return usage(files.error().what);
  scenario::Scenario key;
  if (!read_key(options, key)) return kBadInput;
  if (files->empty()) {
    std::fprintf(stderr, "lvslab grade: nobody to grade: no *.yaml or *.yml in %s.\n",
                 given.folder.c_str());
    return kCannotWrite;
  }
  std::vector<Grade> grades(files->size());
  jobs::Jobs work;
  work.count = files->size();
  work.workers = given.jobs != 0 ? given.jobs : std::max(1u, std::thread::hardware_concurrency());
  work.interrupted = &interrupted;
  work.run = [&](std::size_t job, const std::function<void(std::uint64_t)>&) {
    return pack(grade_file(given.folder, (*files)[job], given.key, key.expectations));
  };
  work.done = [&](jobs::JobEnd&& end) {
    const std::string& file = (*files)[end.job];
    std::optional<Grade> grade;
    if (end.bytes) grade = unpack_grade(*end.bytes);
    if (!grade)
      grade = Grade{student_of(given.folder, file), file, {}, "the run ended by " + end.death};
    grades[end.job] = std::move(*grade);
  };
  if (!jobs::run_jobs(work)) {
    std::fprintf(stderr, "lvslab grade: interrupted.\n");
    return kInterrupted;
  }
  std::stable_sort(grades.begin(), grades.end(), [](const Grade& a, const Grade& b) {
    return a.student != b.student ? a.student < b.student : a.file < b.file;
  });
  const std::string csv = grades_csv(grades, key.expectations);
  if (given.out.empty()) {
    std::fputs(csv.c_str(), stdout);
  } else {
    if (!write_file(given.out, csv)) return kCannotWrite;
    tell(grades, key.expectations.size());
  }
  const bool all = std::all_of(grades.begin(), grades.end(), [&](const Grade& grade) {
    return grade.passed.size() == key.expectations.size() &&
           std::find(grade.passed.begin(), grade.passed.end(), false) == grade.passed.end();
  });
  return all ? kFine : kFailed;
}

}  // namespace lvslab::cli
