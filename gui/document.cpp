#include "gui/document.h"

#include <QFile>
#include <QFileInfo>
#include <QThread>
#include <atomic>
#include <optional>

#include "replay/recording.h"

namespace lvslab::gui {
namespace {

constexpr qint64 kLargestScenario = 4 << 20;

QString words_of(const Error& error) {
  return QString::fromStdString(error.hint.empty() ? error.what : error.what + ". " + error.hint);
}

}  // namespace

/// What the thread that opens and the window share.
struct Document::Opening {
  std::atomic<bool> stop = false;
  std::optional<Result<replay::Recording>> result;
};

Document::Document(QObject* parent) : QObject(parent) {}

Document::~Document() { stop_opening(); }

bool Document::is_recording(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) && file.read(15) == "SQLite format 3";
}

bool Document::fail(const QString& problem) {
  problem_ = problem;
  Q_EMIT opened(false);
  return false;
}

bool Document::open_recording(const QString& path, const QString& scenario) {
  stop_opening();
  auto read = replay::Recording::open(path.toStdString());
  if (!read) return fail(words_of(read.error()));
  return adopt(std::make_unique<replay::Recording>(std::move(*read)), path, scenario);
}

bool Document::adopt(std::unique_ptr<replay::Recording> recording, const QString& path,
                     const QString& scenario) {
  Q_EMIT about_to_change();
  recording_ = std::move(recording);
  recording_path_ = path;
  scenario_path_ = scenario;
  scenario_text_ = QString::fromStdString(recording_->scenario_text());
  problem_.clear();
  Q_EMIT changed();
  Q_EMIT opened(true);
  return true;
}

void Document::begin_open(const QString& path, const QString& scenario) {
  stop_opening();
  opening_ = std::make_shared<Opening>();
  auto* thread = QThread::create([this, shared = opening_, file = path.toStdString()] {
    int shown = -1;
    shared->result = replay::Recording::open(file, [&](std::uint64_t done, std::uint64_t all) {
      const int percent = all == 0 ? 0 : static_cast<int>(done * 100 / all);
      if (percent != shown && !shared->stop) {
        shown = percent;
        QMetaObject::invokeMethod(
            this, [this, percent] { Q_EMIT open_progress(percent); }, Qt::QueuedConnection);
      }
      return !shared->stop;
    });
  });
  connect(thread, &QThread::finished, this, [this, thread, shared = opening_, path, scenario] {
    thread->deleteLater();
    if (shared != opening_) return;  // another file was opened meanwhile
    opening_.reset();
    auto& read = *shared->result;
    if (!read)
      fail(words_of(read.error()));
    else
      adopt(std::make_unique<replay::Recording>(std::move(*read)), path, scenario);
  });
  thread->setParent(this);
  thread->start();
}

void Document::stop_opening() {
  if (opening_ == nullptr) return;
  opening_->stop = true;
  opening_.reset();
  for (QThread* thread : findChildren<QThread*>()) thread->wait();
}

bool Document::open_scenario(const QString& path) {
  stop_opening();
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return fail(file.errorString());
  if (file.size() > kLargestScenario)
    return fail(tr("The file is larger than 4 MiB: no scenario."));
  const QByteArray text = file.readAll();
  if (text.contains('\0')) return fail(tr("The file is neither a recording nor a scenario."));
  Q_EMIT about_to_change();
  recording_.reset();
  recording_path_.clear();
  scenario_path_ = QFileInfo(path).absoluteFilePath();
  scenario_text_ = QString::fromUtf8(text);
  problem_.clear();
  Q_EMIT changed();
  Q_EMIT opened(true);
  return true;
}

bool Document::open_comparison(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return fail(file.errorString());
  comparison_path_ = path;
  Q_EMIT comparison_changed();
  return true;
}

void Document::close() {
  stop_opening();
  Q_EMIT about_to_change();
  recording_.reset();
  recording_path_.clear();
  scenario_path_.clear();
  scenario_text_.clear();
  Q_EMIT changed();
}

QString Document::title() const {
  if (recording_ != nullptr) return QString::fromStdString(recording_->scene().title);
  return QFileInfo(scenario_path_).fileName();
}

}  // namespace lvslab::gui
