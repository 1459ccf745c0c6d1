// A window without a display, and recordings to open in it.
#pragma once

#include <QString>
#include <functional>
#include <memory>

#include "gui/window.h"

namespace lvslab::gui {

/// The path of a file of the repository.
QString in_source(const QString& path);
/// A recording of a scenario of the repository, made by the command line once in this process.
QString recording_of(const QString& scenario);
/// A file of this process that goes with it.
QString temporary(const QString& name);
/// Serves the window until `done`, at most `patience` ms; false: it took longer.
bool wait_until(const std::function<bool()>& done, int patience = 20'000);
/// A shown window with this file opened and settled.
std::unique_ptr<Window> window_with(const QString& file);

}  // namespace lvslab::gui
