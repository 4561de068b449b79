#pragma once

#include "display/display.h"

/* How long the turns of the main loop are, which is what a person waits for. */

#define TURNS_MAX_SECONDS 300

/* From now on they are measured. */
void turns_watch (void);
/* Forgets those until now. */
void turns_begin (void);
/* Prints the longest since, as the next member of a JSON object: [processor time of
 * the main thread, on the clock], ms. A busy machine hardly changes the first. */
void turns_tell (const char *what);
/* Lets the window do what it does for some seconds. */
void turns_rest (double seconds);
/* Begins, activates an action of the window, waits until `done` says that it is
 * done, and some seconds more, and tells. */
void turns_act (Display *display,
                const char *action,
                gboolean (*done) (gpointer data),
                const char *what);
/* Side by side, `n_cells` discs of a raster of `side` pixels, from number 1. */
MgLabels *turns_simulate (int side,
                          int n_cells);
