#include "turns.h"

#include <math.h>
#include <time.h>

#include "base/mem.h"

/* Of the main thread, microseconds. */
typedef struct
{
  gint64 cpu, clock;
} Moment;

static Moment last_turn, longest;

static Moment
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (Moment){ (gint64) t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000, g_get_monotonic_time () };
}

/* The time between two turns of the main loop is what a person waits for. */
static gboolean
on_turn (gpointer data)
{
  Moment at = now ();

  if (last_turn.clock != 0)
    {
      longest.cpu = MAX (longest.cpu, at.cpu - last_turn.cpu);
      longest.clock = MAX (longest.clock, at.clock - last_turn.clock);
    }
  last_turn = at;
  return G_SOURCE_CONTINUE;
}

void
turns_begin (void)
{
  longest = last_turn = (Moment){ 0, 0 };
}

void
turns_tell (const char *what)
{
  g_print (", \"%s_ms\": [%.1f, %.1f]", what, longest.cpu / 1000.0, longest.clock / 1000.0);
}

void
turns_watch (void)
{
  g_timeout_add_full (G_PRIORITY_HIGH, 1, on_turn, NULL, NULL);
}

static gboolean
is_past (gpointer data)
{
  return g_get_monotonic_time () > *(gint64 *) data;
}

void
turns_rest (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  g_assert_true (display_wait (is_past, &end, TURNS_MAX_SECONDS));
}

void
turns_act (Display *display, const char *action, gboolean (*done) (gpointer data), const char *what)
{
  turns_begin ();
  turns_rest (0.2); /* the first turn */
  gtk_widget_activate_action (GTK_WIDGET (display->window), action, NULL);
  g_assert_true (display_wait (done, display, TURNS_MAX_SECONDS));
  turns_rest (4);
  turns_tell (what);
}

MgLabels *
turns_simulate (int side, int n_cells)
{
  guint32 *data = mg_try_alloc ((gsize) side * side * sizeof *data, "cells", NULL);
  int columns = (int) ceil (sqrt (n_cells)), pitch = side / columns;

  for (int y = 0; y < columns * pitch; y++)
    for (int x = 0; x < columns * pitch; x++)
      {
        int cell = y / pitch * columns + x / pitch;

        if (cell < n_cells && hypot (x % pitch - 0.5 * pitch, y % pitch - 0.5 * pitch) < 0.42 * pitch)
          data[(gsize) y * side + x] = (guint32) cell + 1;
      }
  return mg_labels_new_take (side, side, data, mg_free_aligned);
}
