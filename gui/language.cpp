#include "gui/language.h"

#include <QApplication>
#include <QFile>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <string_view>

namespace lvslab::gui {
namespace {

// The tool that collects texts (lupdate of Qt 6.4) names classes without their namespace, the
// program asks with it.
class OwnTranslator final : public QTranslator {
 public:
  using QTranslator::QTranslator;
  QString translate(const char* context, const char* text, const char* remark,
                    int n) const override {
    constexpr std::string_view kSpace = "lvslab::gui::";
    if (std::string_view(context).starts_with(kSpace)) context += kSpace.size();
    return QTranslator::translate(context, text, remark, n);
  }
};

struct Shown {
  QString language = "en";
  QTranslator* own = nullptr;
  QTranslator* qt = nullptr;
};

Shown& shown() {
  static Shown state;
  return state;
}

void take_away(QTranslator*& translator) {
  if (translator == nullptr) return;
  QCoreApplication::removeTranslator(translator);
  delete translator;
  translator = nullptr;
}

void install(QTranslator*& translator, const QString& file) {
  translator = new OwnTranslator(qApp);
  if (translator->load(file))
    QCoreApplication::installTranslator(translator);
  else
    take_away(translator);
}

}  // namespace

QStringList languages() { return {"en", "zh_CN"}; }

QString language_name(const QString& language) {
  return language == "zh_CN" ? QString::fromUtf8("\u7b80\u4f53\u4e2d\u6587") : QString("English");
}

QString language_from(const QString& wish) {
  const QString name = wish.isEmpty() ? QLocale::system().name() : wish;
  return name.startsWith("zh", Qt::CaseInsensitive) ? "zh_CN" : "en";
}

void set_language(const QString& language) {
  Shown& now = shown();
  if (language == now.language) return;
  now.language = language;
  take_away(now.own);
  take_away(now.qt);
  if (language != "en") {
    install(now.qt, QLibraryInfo::path(QLibraryInfo::TranslationsPath) + "/qtbase_" + language);
    install(now.own, ":/i18n/" + language + ".qm");
  } else {
    // Without a translator to install nobody would be told.
    for (QWidget* window : QApplication::topLevelWidgets()) {
      QEvent change(QEvent::LanguageChange);
      QCoreApplication::sendEvent(window, &change);
    }
  }
}

QString language() { return shown().language; }

}  // namespace lvslab::gui
