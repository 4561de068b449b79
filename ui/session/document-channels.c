#include "session/document-private.h"

/* Counts the first plane of every channel that can be shown. Any thread.
 *
 * Returns: (transfer full): one a channel; NULL with the error of reading */
MgHistogram *
_mg_document_count_channels (MgImage *image,
                             GCancellable *cancellable,
                             GError **error)
{
  int n = MIN (mg_image_get_info (image)->n_channels, MG_VIEW_MAX_CHANNELS);
  g_autofree MgHistogram *histograms = g_new0 (MgHistogram, n);

  for (int c = 0; c < n; c++)
    if (!mg_histogram_compute (image, c, 0, 0, &histograms[c], cancellable, error))
      return NULL;
  return g_steal_pointer (&histograms);
}

/* As the file wants them shown, and with contrast by percentiles where it has
 * none; unless a person has said otherwise while it was open before. */
void
_mg_document_set_up_channels (MgDocument *self)
{
  const MgImageInfo *info = mg_image_get_info (self->image);
  MgChannelView views[MG_VIEW_MAX_CHANNELS];

  self->n_channels = mg_channel_views_init (info, views);
  if (self->contrast_set)
    return;
  for (int c = 0; c < self->n_channels; c++)
    {
      self->channels[c] = views[c];
      if (!(views[c].max > views[c].min))
        mg_document_auto_contrast (self, c);
    }
}

/**
 * mg_document_get_histogram:
 * @self: a document
 * @channel: which channel
 *
 * Returns: (nullable): its histogram, while loaded
 */
const MgHistogram *
mg_document_get_histogram (MgDocument *self,
                           int channel)
{
  return self->histograms != NULL && channel < self->n_channels ? &self->histograms[channel] : NULL;
}

/**
 * mg_document_get_channels:
 * @self: a document
 * @n_channels: (out): how many are shown
 *
 * Returns: (transfer none): how the channels are shown; the caller may write there
 */
MgChannelView *
mg_document_get_channels (MgDocument *self,
                          int *n_channels)
{
  *n_channels = self->n_channels;
  self->contrast_set = TRUE;
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

  if (histogram != NULL)
    mg_channel_view_auto (&self->channels[channel], mg_image_get_info (self->image), histogram);
}
