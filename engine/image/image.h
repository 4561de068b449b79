#pragma once

#include "base/error.h"
#include "base/types.h"
#include "image/channel-view.h"

/**
 * MgPixelType:
 *
 * How one sample is stored, in the machine's byte order.
 */
typedef enum
{
  MG_PIXEL_U8,
  MG_PIXEL_I8,
  MG_PIXEL_U16,
  MG_PIXEL_I16,
  MG_PIXEL_U32,
  MG_PIXEL_I32,
  MG_PIXEL_U64,
  MG_PIXEL_I64,
  MG_PIXEL_F32,
  MG_PIXEL_F64,
} MgPixelType;

gsize mg_pixel_type_size (MgPixelType type);
const char *mg_pixel_type_name (MgPixelType type);
gboolean mg_pixel_type_is_float (MgPixelType type);

/**
 * MgImageInfo:
 * @bits: significant bits a sample, e.g. 12 in a 16-bit file (0: all)
 * @block_width: pixels that the file stores as one piece: reading one of them
 *   takes as long as reading all; 0 when in memory
 * @in_sequence: pieces can only be read one after the other from the top
 * @is_rgb: the three first channels are red, green and blue
 * @pixel_width: in @unit, 0 when the file does not say
 * @pixel_depth: distance of slices in @unit, 0 when not known
 * @frame_interval: seconds, 0 when not known
 * @unit: (nullable): "µm", …
 * @name: (nullable): base name for messages and lists
 * @software: (nullable): what wrote it
 * @axes: (nullable): the axes as the file says them, slowest first ("TZCYX")
 * @channel_names: (nullable): %NULL-terminated
 * @channels: (nullable): @n_channels of them: how the file wants them shown,
 *   where it says
 * @notes: (nullable): %NULL-terminated sentences on what a person should know
 *   of how the file was read ("white is stored as zero", "3 pages left out")
 */
typedef struct
{
  int width, height;
  int n_channels, n_z, n_t;
  MgPixelType type;
  guint bits;
  int block_width, block_height;
  gboolean in_sequence;
  gboolean is_rgb;
  double pixel_width, pixel_height, pixel_depth;
  double frame_interval;
  char *unit;
  char *name;
  char *software;
  char *axes;
  char **channel_names;
  MgChannelView *channels;
  char **notes;
} MgImageInfo;

void mg_image_info_copy (const MgImageInfo *src,
                         MgImageInfo *dst);
void mg_image_info_clear (MgImageInfo *info);

/* Immutable, reference counted, readable from any thread at once. Pixels are
 * asked for by region and may come from memory or from a file. */
typedef struct _MgImage MgImage;

/**
 * MgImageSource:
 * @read: one region of one plane, in the image's own type, rows `stride` bytes
 *   apart
 * @free: of its data
 * @has_level: (nullable): whether it has the image 2^level times smaller
 *   ready, level 0 being a copy that is faster to read than the image
 * @read_level: (nullable): one region of such a level as floats. With `draft`
 *   it may give something coarser at once, and then sets that to TRUE
 * @improve: (nullable): works, in a thread of its own, on what was given as a
 *   draft; returns a number that is another when something better is there
 * @prepared: (nullable): how much of that is done, 1 when it does not work
 *
 * What stands behind an image. Regions were checked and are not empty. Must be
 * safe from several threads.
 */
typedef struct
{
  gboolean (*read) (gpointer data, int c, int z, int t, const MgRect *rect,
                    gpointer dst, gsize stride, GCancellable *cancellable, GError **error);
  void (*free) (gpointer data);
  gboolean (*has_level) (gpointer data, int level);
  gboolean (*read_level) (gpointer data, int level, int c, int z, int t, const MgRect *rect,
                          float *dst, gsize stride, gboolean *draft, GCancellable *cancellable, GError **error);
  guint (*improve) (gpointer data);
  double (*prepared) (gpointer data);
} MgImageSource;

MgImage *mg_image_new_from_source (const MgImageInfo *info,
                                   const MgImageSource *source,
                                   gpointer data,
                                   GError **error);
MgImage *mg_image_new_take (const MgImageInfo *info,
                            gpointer pixels,
                            GDestroyNotify free_pixels,
                            GError **error);
MgImage *mg_image_ref (MgImage *image);
void mg_image_unref (MgImage *image);
const MgImageInfo *mg_image_get_info (MgImage *image);
gboolean mg_image_check_region (const MgImageInfo *info,
                                int c,
                                int z,
                                int t,
                                const MgRect *rect,
                                gsize sample,
                                gsize stride,
                                GError **error);
gboolean mg_image_read (MgImage *image,
                        int c,
                        int z,
                        int t,
                        const MgRect *rect,
                        gpointer dst,
                        gsize stride,
                        GCancellable *cancellable,
                        GError **error);
gboolean mg_image_read_float (MgImage *image,
                              int c,
                              int z,
                              int t,
                              const MgRect *rect,
                              float *dst,
                              gsize stride,
                              GCancellable *cancellable,
                              GError **error);
gboolean mg_image_read_pixel (MgImage *image,
                              int c,
                              int z,
                              int t,
                              int x,
                              int y,
                              float *value);
void mg_image_level_size (const MgImageInfo *info,
                          int level,
                          int *width,
                          int *height);
gboolean mg_image_has_level (MgImage *image,
                             int level);
gboolean mg_image_read_level (MgImage *image,
                              int level,
                              int c,
                              int z,
                              int t,
                              const MgRect *rect,
                              float *dst,
                              gsize stride,
                              gboolean *draft,
                              GCancellable *cancellable,
                              GError **error);
guint mg_image_improve (MgImage *image);
double mg_image_get_prepared (MgImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgImage, mg_image_unref)
