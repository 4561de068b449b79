#include "io/imagej-blob.h"
#include "io/tiff-meta.h"

#include <math.h>
#include <string.h>

/* A stack of more planes than this is a damaged description. */
#define MAX_PLANES (1 << 24)

/* "\u00B5m" as Java writes it */
static char *
unescape_java (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      char digits[5] = "";

      if (text[0] == '\\' && text[1] == 'u')
        memcpy (digits, text + 2, strnlen (text + 2, 4));
      if (strspn (digits, "0123456789abcdefABCDEF") == 4 &&
          g_unichar_validate (g_ascii_strtoull (digits, NULL, 16)) && strcmp (digits, "0000") != 0)
        {
          g_string_append_unichar (out, (gunichar) g_ascii_strtoull (digits, NULL, 16));
          text += 6;
        }
      else
        g_string_append_c (out, *text++);
    }
  return g_string_free (out, FALSE);
}

static GHashTable *
parse_lines (const char *text)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 256);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *equals = strchr (lines[i], '=');

      if (equals != NULL)
        g_hash_table_insert (values, g_strstrip (g_strndup (lines[i], equals - lines[i])),
                             g_strstrip (g_strdup (equals + 1)));
    }
  return values;
}

static int
get_count (GHashTable *values, const char *key)
{
  const char *text = g_hash_table_lookup (values, key);
  gint64 count = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 1;

  return (int) CLAMP (count, 1, MAX_PLANES);
}

static double
get_number (GHashTable *values, const char *key)
{
  const char *text = g_hash_table_lookup (values, key);
  double number = text != NULL ? g_ascii_strtod (text, NULL) : 0;

  return isfinite (number) && number > 0 ? number : 0;
}

static void
imagej_axes (GHashTable *values, guint n_pages, MgTiffLayout *layout, GPtrArray *notes)
{
  int n_c = get_count (values, "channels"), n_z = get_count (values, "slices"), n_t = get_count (values, "frames");
  int n_images = get_count (values, "images");
  gint64 planes = (gint64) n_c * n_z;

  /* each is at most MAX_PLANES, so two of them multiply safely, three do not */
  planes = planes > MAX_PLANES ? planes : planes * n_t;
  if (planes == 1 && n_images > 1)
    planes = n_z = n_images;
  if (planes > MAX_PLANES)
    {
      g_ptr_array_add (notes, g_strdup ("its ImageJ description is damaged and was not used"));
      return;
    }
  /* stacks that outgrow 4 GB have one set of tags and their planes one after the other */
  layout->one_tag_set = n_pages == 1 && planes > 1;
  if (!layout->one_tag_set && planes != n_pages)
    {
      g_ptr_array_add (notes, g_strdup_printf ("its ImageJ description speaks of %" G_GINT64_FORMAT " planes, but it has %u pages, taken as slices", planes, n_pages));
      return;
    }
  layout->n_c = n_c;
  layout->n_z = n_z;
  layout->n_t = n_t;
  memcpy (layout->order, "CZT", sizeof layout->order);
}

static double
get_double (const guint8 *at, gboolean big_endian)
{
  guint64 bits;
  double value;

  memcpy (&bits, at, sizeof bits);
  bits = big_endian ? GUINT64_FROM_BE (bits) : GUINT64_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* The colours of the channels as ImageJ had them on screen: tables and ranges
 * of the blob, else the range of the description. */
static void
take_items (const GArray *items, gboolean big_endian, MgChannelView *views, int n)
{
  int c = 0;

  for (guint i = 0; i < items->len; i++)
    {
      const MgImageJItem *item = &g_array_index (items, MgImageJItem, i);

      if (strcmp (item->kind, MG_IMAGEJ_RANGES) == 0)
        for (int k = 0; k < n && (gsize) (k + 1) * 16 <= item->size; k++)
          {
            views[k].min = get_double (item->data + k * 16, big_endian);
            views[k].max = get_double (item->data + k * 16 + 8, big_endian);
          }
      else if (strcmp (item->kind, MG_IMAGEJ_LUT) == 0 && item->size == 3 * MG_LUT_TABLE_SIZE && c < n)
        {
          guint32 colours[MG_LUT_TABLE_SIZE];

          for (int k = 0; k < MG_LUT_TABLE_SIZE; k++)
            colours[k] = (guint32) item->data[k] << 16 | (guint32) item->data[MG_LUT_TABLE_SIZE + k] << 8 |
                         item->data[2 * MG_LUT_TABLE_SIZE + k];
          mg_channel_view_set_table (&views[c++], colours);
        }
    }
}

/* Composites show all channels, “color” and “grayscale” one at a time; ranges
 * that make no sense are as if nothing was said. */
static void
read_display (TIFF *tif, GHashTable *values, MgImageInfo *info, const MgTiffLayout *layout)
{
  static const MgLut luts[] = { MG_LUT_RED, MG_LUT_GREEN, MG_LUT_BLUE, MG_LUT_GREY, MG_LUT_CYAN, MG_LUT_MAGENTA, MG_LUT_YELLOW };
  const char *mode = g_hash_table_lookup (values, "mode");
  const char *min = g_hash_table_lookup (values, "min"), *max = g_hash_table_lookup (values, "max");
  gboolean grey = g_strcmp0 (mode, "grayscale") == 0, one = grey || g_strcmp0 (mode, "color") == 0, big_endian;
  int n = MAX (layout->n_c, 1);
  g_autoptr (GArray) items = _mg_imagej_blob_read (tif, &big_endian);
  g_autofree MgChannelView *views = NULL;

  if (info->n_channels > 1 || n > MG_VIEW_MAX_CHANNELS || (items == NULL && mode == NULL && (min == NULL || max == NULL)))
    return;
  views = g_new0 (MgChannelView, n);
  for (int c = 0; c < n; c++)
    {
      views[c] = (MgChannelView){ .visible = !one || c == 0, .gamma = 1 };
      views[c].lut = n == 1 || grey ? MG_LUT_GREY : luts[c % G_N_ELEMENTS (luts)];
      if (min != NULL && max != NULL && n == 1)
        {
          views[c].min = g_ascii_strtod (min, NULL);
          views[c].max = g_ascii_strtod (max, NULL);
        }
    }
  if (items != NULL)
    take_items (items, big_endian, views, n);
  for (int c = 0; c < n; c++)
    {
      if (grey)
        views[c].lut = MG_LUT_GREY;
      if (!isfinite (views[c].min) || !isfinite (views[c].max) || !(views[c].max > views[c].min))
        views[c].min = views[c].max = 0;
    }
  info->channels = g_steal_pointer (&views);
}

/* Reads ImageJ's description of a file, `text`, and what goes with it in the
 * first page's other tags. */
void
_mg_imagej_read (TIFF *tif,
                 const char *text,
                 guint n_pages,
                 MgImageInfo *info,
                 MgTiffLayout *layout,
                 GPtrArray *notes)
{
  g_autoptr (GHashTable) values = parse_lines (text);
  const char *raw_unit = g_hash_table_lookup (values, "unit");
  const char *version = g_hash_table_lookup (values, "ImageJ");
  g_autofree char *unit = raw_unit != NULL ? unescape_java (raw_unit) : NULL;
  g_autofree char *other = NULL;
  float x = 0, y = 0;

  layout->imagej = TRUE;
  imagej_axes (values, n_pages, layout, notes);
  TIFFGetField (tif, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField (tif, TIFFTAG_YRESOLUTION, &y);
  info->pixel_width = _mg_length_to_um (x > 0 ? 1.0 / x : 0, unit, &info->unit);
  info->pixel_height = _mg_length_to_um (y > 0 ? 1.0 / y : 0, unit, &other);
  info->pixel_depth = _mg_length_to_um (get_number (values, "spacing"), unit, &other);
  info->frame_interval = get_number (values, "finterval");
  if (info->frame_interval == 0 && get_number (values, "fps") > 0)
    info->frame_interval = 1 / get_number (values, "fps");
  read_display (tif, values, info, layout);
  if (info->software == NULL)
    info->software = g_strdup_printf ("ImageJ %s", version != NULL ? version : "");
}
