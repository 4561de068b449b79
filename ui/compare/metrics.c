#include "compare/metrics.h"

/* What a measuring thread is given. */
typedef struct
{
  MgMetricsSource source; /* with references */
} Wish;

struct _MgMeter
{
  MgMeterFunc func;
  gpointer data;
  Wish *wanted; /* (nullable) */
  guint timer;
  GCancellable *cancellable; /* (nullable): of what is being measured */
};

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  for (int i = 0; i < 2; i++)
    g_clear_pointer (&wish->source.sides[i], mg_image_unref);
  g_clear_pointer (&wish->source.noisy, mg_image_unref);
  g_clear_pointer (&wish->source.clean, mg_image_unref);
  g_free (wish);
}

static Wish *
wish_new (const MgMetricsSource *source)
{
  Wish *wish = g_new (Wish, 1);

  wish->source = *source;
  for (int i = 0; i < 2; i++)
    if (source->sides[i] != NULL)
      mg_image_ref (source->sides[i]);
  if (source->noisy != NULL)
    mg_image_ref (source->noisy);
  if (source->clean != NULL)
    mg_image_ref (source->clean);
  return wish;
}

/* A side that is the clean image itself has nothing to be measured against. */
static gboolean
measure_side (const MgMetricsSource *source,
              int side,
              MgMetrics *out,
              GCancellable *cancellable,
              GError **error)
{
  MgImage *image = source->sides[side], *noisy = image != source->noisy ? source->noisy : NULL;
  const MgImageInfo *info = image != NULL ? mg_image_get_info (image) : NULL;
  g_auto (MgTrust) trust = { 0 };
  MgTrustPlane plane;

  if (image == NULL || image == source->clean || (noisy == NULL && source->clean == NULL))
    return TRUE;
  plane = (MgTrustPlane){ MIN (source->c, info->n_channels - 1), MIN (source->z, info->n_z - 1), MIN (source->t, info->n_t - 1),
                          mg_rect_is_empty (&source->rect) ? NULL : &source->rect };
  if (!mg_trust_measure (image, noisy, source->clean, &plane, FALSE, &trust, cancellable, error))
    return FALSE;
  out->has_scores[side] = trust.has_clean;
  out->scores[side] = trust.restored;
  out->has_removal[side] = trust.has_noisy;
  out->removal[side] = trust.removal;
  if (trust.has_clean && trust.has_noisy && source->sides[1 - side] == source->noisy)
    {
      out->has_scores[1 - side] = TRUE;
      out->scores[1 - side] = trust.noisy;
    }
  return TRUE;
}

static void
measure_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  const MgMetricsSource *what = &((Wish *) task_data)->source;
  g_autofree MgMetrics *metrics = g_new0 (MgMetrics, 1);
  g_autoptr (GError) error = NULL;

  /* the scores of the noisy image come with those of the restored one */
  for (int side = 1; side >= 0; side--)
    if (!metrics->has_scores[side] && !measure_side (what, side, metrics, cancellable, &error))
      {
        g_task_return_error (task, g_steal_pointer (&error));
        return;
      }
  g_task_return_pointer (task, g_steal_pointer (&metrics), g_free);
}

static void start (MgMeter *meter);

/* After the meter is gone the task is cancelled, and nobody is told. */
static void
on_measured (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  MgMeter *meter = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree MgMetrics *metrics = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (cancellable))
    return;
  g_clear_object (&meter->cancellable);
  meter->func (metrics, error, meter->data);
  if (meter->wanted != NULL && meter->timer == 0)
    start (meter);
}

static void
start (MgMeter *meter)
{
  g_autoptr (GTask) task = NULL;

  if (meter->cancellable != NULL)
    g_cancellable_cancel (meter->cancellable);
  g_clear_object (&meter->cancellable);
  meter->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, meter->cancellable, on_measured, meter);
  g_task_set_task_data (task, g_steal_pointer (&meter->wanted), wish_free);
  g_task_run_in_thread (task, measure_thread);
}

static gboolean
on_timer (gpointer data)
{
  MgMeter *meter = data;

  meter->timer = 0;
  if (meter->wanted != NULL)
    start (meter);
  return G_SOURCE_REMOVE;
}

/**
 * mg_meter_new:
 * @func: called with what was measured, or with why it could not be
 * @data: for @func
 *
 * Returns: (transfer full): a meter that measures nothing yet
 */
MgMeter *
mg_meter_new (MgMeterFunc func,
              gpointer data)
{
  MgMeter *meter = g_new0 (MgMeter, 1);

  meter->func = func;
  meter->data = data;
  return meter;
}

/**
 * mg_meter_free:
 * @meter: a meter; its function is not called any more
 */
void
mg_meter_free (MgMeter *meter)
{
  if (meter->cancellable != NULL)
    g_cancellable_cancel (meter->cancellable);
  g_clear_object (&meter->cancellable);
  g_clear_handle_id (&meter->timer, g_source_remove);
  g_clear_pointer (&meter->wanted, wish_free);
  g_free (meter);
}

/**
 * mg_meter_measure:
 * @meter: a meter
 * @source: (nullable): what to measure; %NULL: nothing any more
 * @delay_ms: waits so long for a later wish
 */
void
mg_meter_measure (MgMeter *meter,
                  const MgMetricsSource *source,
                  guint delay_ms)
{
  g_clear_handle_id (&meter->timer, g_source_remove);
  g_clear_pointer (&meter->wanted, wish_free);
  if (meter->cancellable != NULL)
    g_cancellable_cancel (meter->cancellable);
  g_clear_object (&meter->cancellable);
  if (source == NULL)
    return;
  meter->wanted = wish_new (source);
  meter->timer = g_timeout_add (delay_ms, on_timer, meter);
}
