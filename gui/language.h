// The program's language: English as written, others from translations in the program itself.
#pragma once

#include <QString>
#include <QStringList>

namespace lvslab::gui {

/// "en" and what is translated: {"en", "zh_CN"}.
QStringList languages();
/// Its name in itself.
QString language_name(const QString& language);
/// "zh_CN", "zh", "zh-CN.UTF-8" ... -> "zh_CN"; anything unknown: "en". Empty: of the system's
/// locale.
QString language_from(const QString& wish);
/// All windows follow at once.
void set_language(const QString& language);
QString language();

}  // namespace lvslab::gui
