#pragma once

#include <adwaita.h>

#include "compare/compare-page.h"
#include "dataset/sample.h"
#include "window/window.h"

/* A display of the test's own, and a window in it that is driven by real
 * pointer and key events from outside (xdotool). */

/* Starts Xvfb and sets DISPLAY; prints a TAP skip and returns FALSE where that
 * or xdotool is missing. Before anything of GTK. */
gboolean display_start (void);
void display_stop (void);

/* For main(): starts the display and the test program, which ends here, skipped,
 * where there is none; and runs what was added. */
void display_test_init (int *argc,
                        char ***argv);
int display_test_run (void);

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
void display_xdotool (const char *format,
                      ...) G_GNUC_PRINTF (1, 2);
void display_key (const char *key);
/* Where a place of a widget, logical pixels, is on the screen. */
void display_place_in (GtkWidget *widget,
                       double x,
                       double y,
                       int *screen_x,
                       int *screen_y);
/* Where a place of the image on the canvas is on the screen. */
void display_place (Display *display,
                    double x,
                    double y,
                    int *screen_x,
                    int *screen_y);
/* The pointer goes to a place of the image on the canvas, and clicks there. */
void display_move_to (Display *display,
                      double x,
                      double y);
void display_click (Display *display,
                    double x,
                    double y);
/* Through places of the image (x, y, x, y …), button held, and let go or not. */
void display_drag (Display *display,
                   const double *places,
                   guint n,
                   gboolean release);
/* Draws a closed circle around a place of the image, button held. */
void display_circle (Display *display,
                     double x,
                     double y,
                     double radius);
/* The part of the window whose tooltip, or label where it has none, has this text. */
GtkWidget *display_find (Display *display,
                         GType type,
                         const char *text);
/* (nullable): the n-th widget of a type in another, in the order of the tree. */
GtkWidget *display_find_nth (GtkWidget *in,
                             GType type,
                             int n);
void display_check (Display *display,
                    const char *tip,
                    gboolean active);
void display_choose (Display *display,
                     const char *tip,
                     guint position);
guint display_get_chosen (Display *display,
                          const char *tip);
/* An action of the window that is on or off. */
gboolean display_action_is_on (Display *display,
                               const char *name);
gboolean display_says (Display *display,
                       const char *text);

/* What is in view, the image loaded. */
MgDocument *display_get_document (Display *display);
gboolean display_is_ready (gpointer display);
void display_wait_ready (Display *display);
/* Opens files, or a folder, and waits until the first image is in view. */
void display_open_files (Display *display,
                         GFile **files,
                         guint n);
void display_open_file (Display *display,
                        GFile *file);

/* Simulated images in a folder of the display's own; with labels, "project". */
GFile *display_write_sample (Display *display,
                             const char *name,
                             const MgSampleOptions *options);
GFile *display_make_project (Display *display,
                             int n_images,
                             int size);
/* Writes one simulated image, "cells.tif" without labels, and opens it. */
MgDocument *display_open_sample (Display *display);
/* Writes pixels, which are freed, to a TIFF in the display's folder. */
GFile *display_write_image (Display *display,
                            const char *name,
                            const MgImageInfo *info,
                            gpointer pixels);

gboolean display_is_written (gpointer file);
gboolean display_is_saved (gpointer display);
void display_save (Display *display);
/* Saves; the files then hold what is painted in the image in view, of one plane. */
void display_check_saved (Display *display);
/* Of an image's one plane; how many bytes they are. */
guint32 *display_read_labels (MgAnnotation *annotation,
                              gsize *size);
/* Shows cells, which are all of a rectangle, as if they were predicted. */
void display_show_prediction (Display *display,
                              const MgRect *cells,
                              guint n);

/* The next training is by a method, on the CPU, of a network so small that it
 * takes seconds. */
void display_set_training (Display *display,
                           const char *method,
                           int epochs,
                           int steps_per_epoch);
gboolean display_training_runs (gpointer display);
gboolean display_training_is_idle (gpointer display);
/* Nothing is learned or predicted. */
gboolean display_is_idle (gpointer display);

/* Opens a folder of two noisy images with their clean ones, as the command line makes it. */
#define DISPLAY_PAIRS_SIDE 128
GFile *display_open_pairs (Display *display);
/* (nullable): what the noisy image is compared with; it is loaded and of a kind. */
MgRendition *display_get_right (Display *display);
gboolean display_right_is_clean (gpointer display);
gboolean display_right_is_filtered (gpointer display);
gboolean display_right_is_learned (gpointer display);
/* Its file, which has the noisy image's type, size and pixel size. */
GFile *display_dup_restored (Display *display,
                             GFile *folder);
void display_check_kept (Display *display,
                         GFile *folder);
void display_filter (Display *display,
                     GFile *folder);
/* With a network so small that it takes seconds. */
MgModel *display_learn (Display *display,
                        const char *method);
