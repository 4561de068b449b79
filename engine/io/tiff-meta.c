#include "io/tiff-meta.h"

#include <math.h>
#include <string.h>

/* A pixel larger than this, by tags alone, is a printer's resolution that a
 * program put there (72 dpi is 353 µm), not a microscope's. */
#define PRINT_PIXEL_UM 20.0

/* A stack of more planes than this is a damaged description. */
#define MAX_PLANES (1 << 24)

void
_mg_tiff_layout_clear (MgTiffLayout *layout)
{
  g_clear_pointer (&layout->page_of, g_array_unref);
}

/* A length in µm when the unit is one of length; else the value as it is, and
 * the unit's name. Nothing (0 and no unit) for pixels. */
double
_mg_length_to_um (double value,
                  const char *unit,
                  char **unit_out)
{
  static const struct
  {
    const char *name;
    double um;
  } units[] = {
    { "µm", 1 },
    { "μm", 1 },
    { "um", 1 },
    { "micron", 1 },
    { "microns", 1 },
    { "micrometer", 1 },
    { "micrometre", 1 },
    { "nm", 1e-3 },
    { "nanometer", 1e-3 },
    { "pm", 1e-6 },
    { "Å", 1e-4 },
    { "mm", 1e3 },
    { "cm", 1e4 },
    { "m", 1e6 },
    { "inch", 25400 },
    { "in", 25400 },
    { "inches", 25400 },
  };

  g_clear_pointer (unit_out, g_free);
  if (!(value > 0) || !isfinite (value) || unit == NULL || unit[0] == '\0' ||
      g_ascii_strncasecmp (unit, "pixel", 5) == 0 || g_ascii_strcasecmp (unit, "px") == 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_strcasecmp (unit, units[i].name) == 0)
      {
        *unit_out = g_strdup ("µm");
        return value * units[i].um;
      }
  *unit_out = g_strdup (unit);
  return value;
}

/* Text of a tag as UTF-8; old programs write Latin-1. */
static char *
dup_text (TIFF *tif, guint32 tag)
{
  const char *text = NULL;

  if (!TIFFGetField (tif, tag, &text) || text == NULL || text[0] == '\0')
    return NULL;
  if (g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  return g_convert (text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

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

static void
imagej_read (TIFF *tif, const char *text, guint n_pages, MgImageInfo *info, MgTiffLayout *layout, GPtrArray *notes)
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
  if (info->software == NULL)
    info->software = g_strdup_printf ("ImageJ %s", version != NULL ? version : "");
}

static void
resolution_read (TIFF *tif, MgImageInfo *info)
{
  guint16 unit = RESUNIT_NONE;
  float x = 0, y = 0;
  double um;

  TIFFGetFieldDefaulted (tif, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (!TIFFGetField (tif, TIFFTAG_XRESOLUTION, &x) || !TIFFGetField (tif, TIFFTAG_YRESOLUTION, &y) ||
      (unit != RESUNIT_CENTIMETER && unit != RESUNIT_INCH) || !(x > 0) || !(y > 0))
    return;
  um = unit == RESUNIT_INCH ? 25400 : 10000;
  if (um / x > PRINT_PIXEL_UM || um / y > PRINT_PIXEL_UM || !isfinite (x) || !isfinite (y))
    return;
  info->pixel_width = um / x;
  info->pixel_height = um / y;
  g_free (info->unit);
  info->unit = g_strdup ("µm");
}

/* Reads what the current (first) page's text and resolution say of the whole
 * file. `info` must hold the name and n_channels, the samples of a page. */
void
_mg_tiff_meta_read (MgTiffSource *source,
                    guint n_pages,
                    MgImageInfo *info,
                    MgTiffLayout *layout,
                    GPtrArray *notes)
{
  TIFF *tif = source->tif;
  g_autofree char *text = dup_text (tif, TIFFTAG_IMAGEDESCRIPTION);

  info->software = dup_text (tif, TIFFTAG_SOFTWARE);
  if (text != NULL && g_str_has_prefix (text, "ImageJ="))
    {
      imagej_read (tif, text, n_pages, info, layout, notes);
      if (info->pixel_width > 0)
        return;
    }
  else if (text != NULL && strstr (text, "<OME") != NULL)
    {
      if (!_mg_ome_read (text, info->name, n_pages, info->n_channels, info, layout, notes))
        g_ptr_array_add (notes, g_strdup ("its OME description is damaged and was not used"));
      if (info->pixel_width > 0)
        return;
    }
  resolution_read (tif, info);
}
