// What is open: a scenario, a recording of a run of it, or both. Owns the reader of the recording; panels
// read through it and cannot change it. Opening never fails loudly: problem() says what was wrong.
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

  /// By content: a SQLite file is a recording, anything else a scenario. False: see problem().
  bool open(const QString& path);
  bool open_recording(const QString& path);
  /// A scenario that has not been run yet; what was open is closed.
  bool open_scenario(const QString& path);
  void close();

  /// Null until a recording is open.
  replay::Recording* recording() const { return recording_.get(); }
  /// Where the scenario came from; empty for a recording whose file is not beside it.
  QString scenario_path() const { return scenario_path_; }
  QString recording_path() const { return recording_path_; }
  /// The scenario's text: of its file, or as the recording holds it.
  QString scenario_text() const { return scenario_text_; }
  QString title() const;
  QString problem() const { return problem_; }

 Q_SIGNALS:
  /// Another recording or scenario is open, or none. Selection is cleared before.
  void changed();

 private:
  std::unique_ptr<replay::Recording> recording_;
  QString scenario_path_, recording_path_, scenario_text_, problem_;
};

}  // namespace lvslab::gui
