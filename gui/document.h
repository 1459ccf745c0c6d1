// What is open: a scenario, a recording of a run of it, or both. Owns the reader of the recording;
// panels read through it and cannot change it. Opening never fails loudly: problem() says what was
// wrong.
#pragma once

#include <QObject>
#include <QString>
#include <memory>

namespace lvslab::replay {
class Recording;
}

namespace lvslab::gui {

class Document : public QObject {
  Q_OBJECT
 public:
  explicit Document(QObject* parent = nullptr);
  ~Document() override;

  /// Whether the file begins as a recording does; anything else is taken for a scenario.
  static bool is_recording(const QString& path);
  /// Waits for it; what was open stays open if it fails. `scenario`: the file it is a run of, if
  /// known.
  bool open_recording(const QString& path, const QString& scenario = {});
  /// Counts its events in a thread; ends in opened().
  void begin_open(const QString& path, const QString& scenario = {});
  bool opening() const { return opening_ != nullptr; }
  void stop_opening();
  /// A scenario that has not been run yet: what was open is closed.
  bool open_scenario(const QString& path);
  /// What `lvslab compare --out` wrote; stands beside what else is open.
  bool open_comparison(const QString& path);
  void close();

  /// Null until a recording is open.
  replay::Recording* recording() const { return recording_.get(); }
  /// The scenario's file; empty for a recording whose scenario nobody named.
  QString scenario_path() const { return scenario_path_; }
  QString recording_path() const { return recording_path_; }
  /// The scenario's text: of its file, or as the recording holds it.
  QString scenario_text() const { return scenario_text_; }
  QString comparison_path() const { return comparison_path_; }
  QString title() const;
  QString problem() const { return problem_; }

 Q_SIGNALS:
  /// Another recording or scenario is open, or none. Whoever selects clears the selection before.
  void changed();
  void about_to_change();
  void open_progress(int percent);
  void opened(bool good);
  void comparison_changed();

 private:
  struct Opening;
  bool adopt(std::unique_ptr<replay::Recording> recording, const QString& path,
             const QString& scenario);
  bool fail(const QString& problem);
  std::unique_ptr<replay::Recording> recording_;
  std::shared_ptr<Opening> opening_;
  QString scenario_path_, recording_path_, scenario_text_, comparison_path_, problem_;
};

}  // namespace lvslab::gui
