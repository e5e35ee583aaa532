/// SIGINT and SIGTERM, looked at between two steps of the work, so that the node stops in order.
#pragma once

namespace demo {

/// Thrown by check_interrupt().
struct interrupted {};

/// From now on the first signal is only noted; a second one ends the process at once, with exit code 130.
void note_interrupts();

/// Throws `interrupted` when a signal came.
void check_interrupt();

/// Waits, at most for some milliseconds; less when a signal comes. Throws `interrupted` then.
void pause(int milliseconds);

} // namespace demo
