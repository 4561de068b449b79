#include "session/document-private.h"

/* So many channels are counted before the image is shown; the others when they
 * are asked for. */
#define FIRST_CHANNELS 8

#define CHANNEL_BIT(channel) (G_GUINT64_CONSTANT (1) << (channel))

static gboolean
count (MgImage *image,
       int channel,
       MgHistogram *histogram,
       GCancellable *cancellable,
       GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);

  /* a stack's first slice is often empty, its middle is not */
  return mg_histogram_compute (image, channel, info->n_z / 2, 0, histogram, cancellable, error);
}

/* Counts the first channels that can be shown. Any thread.
 *
 * Returns: (transfer full): room for all channels; NULL with the error of reading */
MgHistogram *
_mg_document_count_channels (MgImage *image,
                             GCancellable *cancellable,
                             GError **error)
{
  int n = MIN (mg_image_get_info (image)->n_channels, MG_VIEW_MAX_CHANNELS);
  g_autofree MgHistogram *histograms = g_new0 (MgHistogram, n);

  for (int c = 0; c < MIN (n, FIRST_CHANNELS); c++)
    if (!count (image, c, &histograms[c], cancellable, error))
      return NULL;
  return g_steal_pointer (&histograms);
}

typedef struct
{
  MgImage *image;
  int channel;
} Counting;

static void
counting_free (gpointer data)
{
  mg_image_unref (((Counting *) data)->image);
  g_free (data);
}

static void
count_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  Counting *counting = task_data;
  MgHistogram *histogram = g_new0 (MgHistogram, 1);

  /* an unreadable plane is told of where it is drawn; here it has no values */
  if (!count (counting->image, counting->channel, histogram, cancellable, NULL))
    *histogram = (MgHistogram){ 0 };
  g_task_return_pointer (task, histogram, g_free);
}

static void
on_counted (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  Counting *counting = g_task_get_task_data (G_TASK (result));
  g_autofree MgHistogram *histogram = g_task_propagate_pointer (G_TASK (result), NULL);
  MgChannelView *view = &self->channels[counting->channel];

  if (histogram == NULL || self->image != counting->image || counting->channel >= self->n_channels)
    return;
  self->histograms[counting->channel] = *histogram;
  if (!(view->max > view->min))
    mg_channel_view_auto (view, mg_image_get_info (self->image), histogram);
  _mg_document_emit_channels (self);
}

/* As the file says, or this image's or the project's settings. */
static void
set_up_channel (MgDocument *self,
                int channel,
                const MgChannelView *by_file)
{
  const MgImageInfo *info = mg_image_get_info (self->image);
  g_autofree char *key = mg_view_settings_key (info, channel);
  MgChannelView *view = &self->channels[channel];

  *view = *by_file;
  self->hand_set &= ~CHANNEL_BIT (channel);
  if (mg_view_settings_get_channel (mg_project_item_get_view (self->item), key, view) ||
      mg_view_settings_get_channel (mg_project_item_get_shared_view (self->item), key, view))
    {
      if (view->max > view->min)
        self->hand_set |= CHANNEL_BIT (channel);
      else
        {
          view->min = by_file->min;
          view->max = by_file->max;
        }
      view->table = by_file->table;
      view->discrete = by_file->discrete && view->lut == MG_LUT_TABLE;
      if (view->lut == MG_LUT_TABLE && view->table == NULL)
        view->lut = by_file->lut;
    }
  if (!(view->max > view->min))
    mg_document_auto_contrast (self, channel);
}

/**
 * mg_document_set_up_channels:
 * @self: a loaded document
 *
 * Shows the channels as the settings of the image say, else those of the
 * project, else the file, with contrast by percentiles where nobody has set it.
 */
void
mg_document_set_up_channels (MgDocument *self)
{
  MgChannelView by_file[MG_VIEW_MAX_CHANNELS];

  self->n_channels = mg_channel_views_init (mg_image_get_info (self->image), by_file);
  for (int c = 0; c < self->n_channels; c++)
    set_up_channel (self, c, &by_file[c]);
}

/**
 * mg_document_get_histogram:
 * @self: a document
 * @channel: which channel
 *
 * Where it is not known yet, it is counted, and "channels-changed" tells.
 *
 * Returns: (nullable): its histogram, while loaded
 */
const MgHistogram *
mg_document_get_histogram (MgDocument *self,
                           int channel)
{
  if (self->histograms == NULL || channel >= self->n_channels)
    return NULL;
  if (self->histograms[channel].n == 0)
    {
      Counting *counting = g_new (Counting, 1);
      g_autoptr (GTask) task = g_task_new (self, NULL, on_counted, NULL);

      if (channel < FIRST_CHANNELS || (self->counted & CHANNEL_BIT (channel)) != 0)
        {
          g_free (counting);
          return channel < FIRST_CHANNELS ? &self->histograms[channel] : NULL;
        }
      self->counted |= CHANNEL_BIT (channel);
      *counting = (Counting){ mg_image_ref (self->image), channel };
      g_task_set_task_data (task, counting, counting_free);
      g_task_run_in_thread (task, count_thread);
      return NULL;
    }
  return &self->histograms[channel];
}

/**
 * mg_document_get_channels:
 * @self: a document
 * @n_channels: (out): how many are shown
 *
 * Returns: (transfer none): how the channels are shown; the caller may write
 *   there, and then calls mg_document_keep_channel()
 */
MgChannelView *
mg_document_get_channels (MgDocument *self,
                          int *n_channels)
{
  *n_channels = self->n_channels;
  return self->channels;
}

/**
 * mg_document_auto_contrast:
 * @self: a document
 * @channel: which channel
 *
 * Spreads the grey values from the 0.2th to the 99.8th percentile; colour
 * pictures keep their values.
 */
void
mg_document_auto_contrast (MgDocument *self,
                           int channel)
{
  const MgHistogram *histogram = mg_document_get_histogram (self, channel);

  self->hand_set &= ~CHANNEL_BIT (channel);
  if (histogram != NULL)
    mg_channel_view_auto (&self->channels[channel], mg_image_get_info (self->image), histogram);
}

/**
 * mg_document_set_range:
 * @self: a loaded document
 * @channel: which channel
 * @min: the value shown darkest
 * @max: the value shown brightest, above @min
 *
 * Contrast by hand.
 */
void
mg_document_set_range (MgDocument *self,
                       int channel,
                       double min,
                       double max)
{
  self->channels[channel].min = min;
  self->channels[channel].max = max;
  self->hand_set |= CHANNEL_BIT (channel);
}

/**
 * mg_document_keep_channel:
 * @self: a loaded document
 * @channel: how it is shown was changed by the person
 *
 * Remembers that for this image, and for images of which nobody has said
 * anything else.
 */
void
mg_document_keep_channel (MgDocument *self,
                          int channel)
{
  g_autofree char *key = mg_view_settings_key (mg_image_get_info (self->image), channel);
  MgChannelView view = self->channels[channel];

  if ((self->hand_set & CHANNEL_BIT (channel)) == 0)
    view.min = view.max = 0;
  view.table = NULL;
  mg_view_settings_set_channel (mg_project_item_get_view (self->item), key, &view);
  mg_view_settings_set_channel (mg_project_item_get_shared_view (self->item), key, &view);
}

/**
 * mg_document_reset_channels:
 * @self: a loaded document
 *
 * Shows all channels as the file says again, or by percentiles.
 */
void
mg_document_reset_channels (MgDocument *self)
{
  for (int c = 0; c < self->n_channels; c++)
    {
      g_autofree char *key = mg_view_settings_key (mg_image_get_info (self->image), c);

      mg_view_settings_set_channel (mg_project_item_get_view (self->item), key, NULL);
      mg_view_settings_set_channel (mg_project_item_get_shared_view (self->item), key, NULL);
    }
  mg_document_set_up_channels (self);
}
