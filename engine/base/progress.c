#include "base/progress.h"

struct _MgProgress
{
  GMutex mutex;
  MgProgressInfo info;
  gint64 started_us;
  void (*changed) (gpointer data);
  gpointer data; /* borrowed */
};

/**
 * mg_progress_new:
 *
 * Returns: (transfer full): a progress record, nothing done yet
 */
MgProgress *
mg_progress_new (void)
{
  MgProgress *progress = g_new0 (MgProgress, 1);

  g_mutex_init (&progress->mutex);
  progress->started_us = g_get_monotonic_time ();
  progress->info.stage = "";
  return progress;
}

/**
 * mg_progress_free:
 * @progress: (nullable): the record
 */
void
mg_progress_free (MgProgress *progress)
{
  if (progress == NULL)
    return;
  g_mutex_clear (&progress->mutex);
  g_free (progress);
}

/**
 * mg_progress_set:
 * @progress: (nullable): the record; %NULL when nobody watches
 * @stage: static string
 * @done: units done
 * @total: units in all, 0 when not known
 *
 * Within a stage progress never goes back: a smaller @done of the same total
 * is ignored.
 */
void
mg_progress_set (MgProgress *progress,
                 const char *stage,
                 double done,
                 double total)
{
  if (progress == NULL)
    return;
  g_mutex_lock (&progress->mutex);
  if (g_strcmp0 (stage, progress->info.stage) != 0 || progress->info.total != total ||
      done > progress->info.done)
    progress->info.done = done;
  progress->info.stage = stage;
  progress->info.total = total;
  void (*changed) (gpointer) = progress->changed;
  gpointer data = progress->data;
  g_mutex_unlock (&progress->mutex);
  if (changed != NULL)
    changed (data);
}

static void
set_text (MgProgress *progress,
          char *text,
          gsize size,
          const char *format,
          va_list args)
{
  g_mutex_lock (&progress->mutex);
  g_vsnprintf (text, size, format, args);
  g_mutex_unlock (&progress->mutex);
}

/**
 * mg_progress_place:
 * @progress: (nullable): the record
 * @format: printf-style text on what is in hand, shown beside the stage
 */
void
mg_progress_place (MgProgress *progress,
                   const char *format,
                   ...)
{
  va_list args;

  va_start (args, format);
  if (progress != NULL)
    set_text (progress, progress->info.place, sizeof progress->info.place, format, args);
  va_end (args);
}

/**
 * mg_progress_note:
 * @progress: (nullable): the record
 * @format: printf-style text shown beside the bar
 */
void
mg_progress_note (MgProgress *progress,
                  const char *format,
                  ...)
{
  va_list args;

  va_start (args, format);
  if (progress != NULL)
    set_text (progress, progress->info.note, sizeof progress->info.note, format, args);
  va_end (args);
}

/**
 * mg_progress_get:
 * @out: (out): a consistent copy
 */
void
mg_progress_get (MgProgress *progress,
                 MgProgressInfo *out)
{
  g_mutex_lock (&progress->mutex);
  *out = progress->info;
  g_mutex_unlock (&progress->mutex);
  out->seconds = (g_get_monotonic_time () - progress->started_us) / 1e6;
}

/**
 * mg_progress_watch:
 * @changed: (nullable): called on the working thread after each change; it
 *   must return at once
 */
void
mg_progress_watch (MgProgress *progress,
                   void (*changed) (gpointer data),
                   gpointer data)
{
  g_mutex_lock (&progress->mutex);
  progress->changed = changed;
  progress->data = data;
  g_mutex_unlock (&progress->mutex);
}
