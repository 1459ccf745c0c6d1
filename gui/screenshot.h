// `--screenshot`: a picture of the window without a display.
#pragma once

namespace lvslab::gui {

class Window;
struct CommandLine;

/// Opens the file (a scenario is run first), shows moment and panel, writes the picture. Exit
/// status: 0, 2 bad input, 3 could not write.
int take_screenshot(Window& window, const CommandLine& words);

}  // namespace lvslab::gui
