// What every panel of the window is. A panel is handed the open document, the selection and the
// clock, and shows them; it is asked to only while it can be seen, and once when it comes into
// sight after something changed meanwhile. New panels: a file under panels/ and a line in
// panels/table.cpp.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <span>

namespace lvslab::gui {

class Document;
class Playback;
class Runner;
class Selection;

/// What the window hands to its panels; outlives them.
struct Context {
  Document& document;
  Selection& selection;
  Playback& playback;
  Runner& runner;
};

class Panel : public QWidget {
  Q_OBJECT
 public:
  explicit Panel(const Context& context, QWidget* parent = nullptr);

  /// Ctrl+F while this panel has the focus; false: it has nothing to search in.
  virtual bool focus_search() { return false; }
  /// The panel as text of a kind, named as files end: "csv", "txt", "mmd", "svg"; empty: it has no
  /// such form. PNG and SVG of the widget itself are made by the window when this is empty.
  virtual QString exported(const QString& kind) const;
  /// Those kinds, besides pictures.
  virtual QStringList export_kinds() const { return {}; }
  /// "lvslab explain FILE --connection web/1": what prints the same in a terminal, or empty.
  virtual QString command_line() const { return {}; }
  /// What is drawn for PNG and SVG: the panel, or a part of it without scroll bars and buttons.
  virtual QWidget* picture() { return this; }
  /// Everything that is waited for is done: a screenshot may be taken.
  virtual void settle();
  /// F: fit to the window.
  virtual void fit() {}

 protected:
  // Each is called when visible only; reload() is followed by the others.
  virtual void reload() {}        ///< another document, or none
  virtual void follow_event() {}  ///< the chosen event changed
  virtual void follow_node() {}   ///< another host is picked
  virtual void follow_clock() {}  ///< playback moved the clock; up to 30 times a second
  virtual void restyle() {}       ///< another theme or text size
  virtual void retranslate() {}   ///< another language; also called once before the first reload()

  void showEvent(QShowEvent* event) override;
  void changeEvent(QEvent* event) override;

  const Context& context() const { return context_; }

 private:
  enum Stale : unsigned {
    kReload = 1,
    kEvent = 2,
    kNode = 4,
    kClock = 8,
    kTexts = 16,
    kStyle = 32
  };
  void stale(unsigned what);
  void catch_up();
  Context context_;
  unsigned stale_ = kReload | kEvent | kNode | kClock | kTexts | kStyle;
};

/// Where a panel stands in the window.
enum class Place { kCentre, kRight, kBottom };

struct PanelEntry {
  const char* name;   ///< of --panel, never translated
  const char* title;  ///< QT_TRANSLATE_NOOP("Panels", ...)
  Place place;
  Panel* (*make)(const Context& context);
  const char* about;  ///< tool tip, translated likewise
};

/// In order of their tabs and of their keys 1..9: see panels/table.cpp.
std::span<const PanelEntry> panel_table();

}  // namespace lvslab::gui
