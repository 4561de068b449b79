#include "io/tiff-meta.h"

#include "io/io-private.h"

#include <math.h>
#include <string.h>

/* A pixel larger than this, by tags alone, is a printer's resolution that a
 * program put there (72 dpi is 353 µm), not a microscope's. */
#define PRINT_PIXEL_UM 20.0

void
_mg_tiff_layout_clear (MgTiffLayout *layout)
{
  g_clear_pointer (&layout->place_of, g_array_unref);
  g_clear_pointer (&layout->files, g_ptr_array_unref);
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

/* What the current page says of itself in words; (nullable). */
char *
_mg_tiff_dup_description (MgTiffSource *source)
{
  return dup_text (source->tif, TIFFTAG_IMAGEDESCRIPTION);
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
      _mg_imagej_read (tif, text, n_pages, info, layout, notes);
      if (info->pixel_width > 0)
        return;
    }
  else if (text != NULL && strstr (text, "<OME") != NULL)
    {
      if (!_mg_ome_read (text, source->file, n_pages, info->n_channels, info, layout, notes))
        g_ptr_array_add (notes, g_strdup ("its OME description is damaged and was not used"));
      if (info->pixel_width > 0)
        return;
    }
  else if (text != NULL && text[0] == '{')
    _mg_shape_read (tif, text, n_pages, (guint) info->n_channels, layout, notes);
  resolution_read (tif, info);
}

/* A palette whose neighbours are this near each other is a scale. */
#define MAX_SCALE_STEP 40

static gboolean
is_scale (const guint32 *colours)
{
  for (int i = 1; i < MG_LUT_TABLE_SIZE; i++)
    for (int shift = 0; shift <= 16; shift += 8)
      if (ABS ((int) (colours[i] >> shift & 0xff) - (int) (colours[i - 1] >> shift & 0xff)) > MAX_SCALE_STEP)
        return FALSE;
  return TRUE;
}

/* The 256 colours that n of a palette stand for. */
void
_mg_spread_palette (const guint32 *palette,
                    int n,
                    MgChannelView *view)
{
  guint32 colours[MG_LUT_TABLE_SIZE];

  for (int i = 0; i < MG_LUT_TABLE_SIZE; i++)
    colours[i] = palette[(i * (n - 1) + (MG_LUT_TABLE_SIZE - 1) / 2) / (MG_LUT_TABLE_SIZE - 1)];
  *view = (MgChannelView){ .visible = TRUE, .gamma = 1, .max = n - 1 };
  mg_channel_view_set_table (view, colours);
  view->discrete = view->lut == MG_LUT_TABLE && (n < MG_LUT_TABLE_SIZE || !is_scale (colours));
}

/* How the current (first) page wants its one channel shown: with its palette,
 * or white as zero. ImageJ's own range stays. */
void
_mg_tiff_display_read (TIFF *tif,
                       const MgTiffPage *page,
                       const MgTiffLayout *layout,
                       MgImageInfo *info)
{
  const guint16 *r, *g, *b;
  guint32 palette[MG_LUT_TABLE_SIZE];
  int n = 1 << MIN (page->bits, 8);
  MgChannelView view = { .visible = TRUE, .lut = MG_LUT_INVERTED, .gamma = 1 };

  if (info->n_channels != 1 ||
      (page->photometric != PHOTOMETRIC_MINISWHITE &&
       (page->photometric != PHOTOMETRIC_PALETTE || page->bits > 8 || !TIFFGetField (tif, TIFFTAG_COLORMAP, &r, &g, &b))))
    return;
  if (page->photometric == PHOTOMETRIC_PALETTE)
    {
      for (int i = 0; i < n; i++)
        palette[i] = (guint32) (r[i] >> 8) << 16 | (guint32) (g[i] >> 8) << 8 | b[i] >> 8;
      _mg_spread_palette (palette, n, &view);
    }
  if (layout->imagej)
    {
      view.discrete = FALSE;
      view.min = info->channels != NULL ? info->channels[0].min : 0;
      view.max = info->channels != NULL ? info->channels[0].max : 0;
    }
  g_free (info->channels);
  info->channels = g_memdup2 (&view, sizeof view);
}
