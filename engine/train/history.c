#include "train/history.h"

struct _MgHistory
{
  GMutex mutex;
  GArray *points; /* MgTrainPoint, by rising step */
};

/**
 * mg_history_new:
 *
 * Returns: (transfer full): an empty history
 */
MgHistory *
mg_history_new (void)
{
  MgHistory *history = g_new0 (MgHistory, 1);

  g_mutex_init (&history->mutex);
  history->points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  return history;
}

/**
 * mg_history_free:
 * @history: (nullable): the history
 */
void
mg_history_free (MgHistory *history)
{
  if (history == NULL)
    return;
  g_array_unref (history->points);
  g_mutex_clear (&history->mutex);
  g_free (history);
}

/**
 * mg_history_append:
 * @point: copied; any thread
 */
void
mg_history_append (MgHistory *history,
                   const MgTrainPoint *point)
{
  g_mutex_lock (&history->mutex);
  g_array_append_vals (history->points, point, 1);
  g_mutex_unlock (&history->mutex);
}

/**
 * mg_history_copy:
 * @points: (element-type MgTrainPoint): what is added to
 * @first: index of the first point wanted
 *
 * Any thread.
 */
void
mg_history_copy (MgHistory *history,
                 GArray *points,
                 guint first)
{
  g_mutex_lock (&history->mutex);
  if (first < history->points->len)
    g_array_append_vals (points, &g_array_index (history->points, MgTrainPoint, first),
                         history->points->len - first);
  g_mutex_unlock (&history->mutex);
}

/**
 * mg_history_get_n:
 *
 * Returns: how many points there are; any thread
 */
guint
mg_history_get_n (MgHistory *history)
{
  guint n;

  g_mutex_lock (&history->mutex);
  n = history->points->len;
  g_mutex_unlock (&history->mutex);
  return n;
}

/**
 * mg_history_truncate:
 * @step: last step to keep
 *
 * Drops what was learned after @step, when a run goes back to a checkpoint.
 */
void
mg_history_truncate (MgHistory *history,
                     gint64 step)
{
  guint n;

  g_mutex_lock (&history->mutex);
  for (n = history->points->len; n > 0; n--)
    if (g_array_index (history->points, MgTrainPoint, n - 1).step <= step)
      break;
  g_array_set_size (history->points, n);
  g_mutex_unlock (&history->mutex);
}
