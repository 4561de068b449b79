#pragma once

#include <adwaita.h>

#include "window/window.h"

/* A display of the test's own, and a window in it that is driven by real
 * pointer and key events from outside (xdotool). */

/* Starts Xvfb and sets DISPLAY; prints a TAP skip and returns FALSE where that
 * or xdotool is missing. Before anything of GTK. */
gboolean display_start (void);
void display_stop (void);

/* Runs the main loop until `done` says so; FALSE after `seconds`. */
gboolean display_wait (gboolean (*done) (gpointer data),
                       gpointer data,
                       int seconds);
void display_settle (void);

typedef struct
{
  AdwApplication *app;
  MgScheduler *scheduler;
  MgWindow *window;
  char *folder; /* a temporary one, removed at the end */
} Display;

Display *display_open (void);
/* Closes the window and opens it again, with what was set in it before. */
void display_reopen (Display *display);
void display_close (Display *display);
/* Writes one simulated image, without labels, and opens it. */
MgDocument *display_open_sample (Display *display);

void display_xdotool (const char *format,
                      ...) G_GNUC_PRINTF (1, 2);
void display_key (const char *key);
/* Where a place of the image is on the screen. */
void display_place (Display *display,
                    double x,
                    double y,
                    int *screen_x,
                    int *screen_y);
/* Draws a closed circle around a place of the image, button held. */
void display_circle (Display *display,
                     double x,
                     double y,
                     double radius);
/* The part of the window whose tooltip, or label where it has none, has this text. */
GtkWidget *display_find (Display *display,
                         GType type,
                         const char *text);
void display_check (Display *display,
                    const char *tip,
                    gboolean active);
void display_choose (Display *display,
                     const char *tip,
                     guint position);
gboolean display_says (Display *display,
                       const char *text);
