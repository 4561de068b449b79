#include "io/tiff-meta.h"

#include "io/strict-json.h"

#include <string.h>

#define MAX_DIMENSIONS 12

/* A stack of more planes than this is a damaged description. */
#define MAX_PLANES (1 << 24)

/* A second dimension of this many is channels, not slices, where nothing says so. */
#define MAX_GUESSED_CHANNELS 4

/* The size and the letter of each dimension, slowest first. */
typedef struct
{
  guint n;
  guint64 sizes[MAX_DIMENSIONS];
  char axes[MAX_DIMENSIONS + 1]; /* empty: not said */
  gboolean truncated;            /* all planes follow the first page's tags */
} Shape;

static void
parse_sizes (MgStrictJson *json, Shape *shape)
{
  gboolean first = TRUE;

  shape->n = 0;
  _mg_strict_json_take (json, '[');
  while (_mg_strict_json_next (json, ']', &first))
    if (shape->n == MAX_DIMENSIONS)
      _mg_strict_json_fail (json, "it has too many dimensions");
    else
      _mg_strict_json_count (json, &shape->sizes[shape->n++]);
}

static gboolean
parse (const char *text, Shape *shape)
{
  MgStrictJson json = { text, text + strlen (text), NULL };
  gboolean first = TRUE;

  if (!_mg_strict_json_take (&json, '{'))
    return FALSE;
  while (_mg_strict_json_next (&json, '}', &first))
    {
      g_autofree char *key = _mg_strict_json_string (&json);

      if (key == NULL || !_mg_strict_json_take (&json, ':'))
        return FALSE;
      if (strcmp (key, "shape") == 0)
        parse_sizes (&json, shape);
      else if (strcmp (key, "axes") == 0)
        {
          g_autofree char *axes = _mg_strict_json_string (&json);

          g_strlcpy (shape->axes, axes != NULL ? axes : "", sizeof shape->axes);
        }
      else
        {
          if (strcmp (key, "truncated") == 0)
            shape->truncated = _mg_strict_json_peek (&json, 't');
          _mg_strict_json_skip (&json);
        }
    }
  return _mg_strict_json_end (&json) && shape->n >= 2;
}

/* Takes the dimensions of one page out: rows and columns, samples before or
 * after them. FALSE where they are not those of the pages. */
static gboolean
take_page_out (Shape *shape, guint32 width, guint32 height, guint samples)
{
  gboolean named = strlen (shape->axes) == shape->n;
  guint end = shape->n;

  if (samples > 1 && end >= 3 && shape->sizes[end - 1] == samples && (!named || shape->axes[end - 1] == 'S'))
    end--;
  if (shape->sizes[end - 1] != width || shape->sizes[end - 2] != height ||
      (named && (shape->axes[end - 1] != 'X' || shape->axes[end - 2] != 'Y')))
    return FALSE;
  end -= 2;
  if (samples > 1 && end + 2 == shape->n && end >= 1 && shape->sizes[end - 1] == samples && (!named || shape->axes[end - 1] == 'S'))
    end--;
  shape->n = end;
  shape->axes[named ? end : 0] = '\0';
  return TRUE;
}

/* Dimensions of one are none. */
static void
squeeze (Shape *shape)
{
  gboolean named = shape->axes[0] != '\0';
  guint n = 0;

  for (guint i = 0; i < shape->n; i++)
    if (shape->sizes[i] != 1)
      {
        shape->sizes[n] = shape->sizes[i];
        if (named)
          shape->axes[n] = shape->axes[i];
        n++;
      }
  shape->n = n;
  if (named)
    shape->axes[n] = '\0';
}

/* Letters for dimensions of which nothing, or nothing known here, is said: the
 * order that ImageJ has. TRUE where any is a guess. */
static gboolean
guess_axes (Shape *shape)
{
  static const char *const orders[] = { "", "Z", "TZ", "TZC" };
  gboolean guessed = FALSE;
  char axes[4] = "";

  if (shape->axes[0] == '\0')
    {
      g_strlcpy (shape->axes, shape->n == 2 && shape->sizes[1] <= MAX_GUESSED_CHANNELS ? "ZC" : orders[shape->n], sizeof axes);
      return shape->n > 0;
    }
  g_strlcpy (axes, shape->axes, sizeof axes);
  for (guint i = 0; i < shape->n; i++)
    {
      gboolean known = strchr ("TZC", shape->axes[i]) != NULL && memchr (shape->axes, shape->axes[i], i) == NULL;

      for (const char *free = "TZC"; !known && *free != '\0'; free++)
        if (strchr (axes, *free) == NULL)
          {
            shape->axes[i] = axes[i] = *free;
            known = guessed = TRUE;
          }
    }
  return guessed;
}

/* Where each page goes, and the order they come in, fastest first. */
static void
lay_out (const Shape *shape, gint64 n_planes, MgTiffLayout *layout)
{
  int sizes[3] = { 1, 1, 1 }; /* of C, Z, T */
  guint n = 0;

  for (guint i = shape->n; i > 0; i--)
    {
      layout->order[n++] = shape->axes[i - 1];
      sizes[strchr ("CZT", shape->axes[i - 1]) - "CZT"] = (int) shape->sizes[i - 1];
    }
  for (const char *axis = "CZT"; *axis != '\0'; axis++)
    if (strchr (layout->order, *axis) == NULL)
      layout->order[n++] = *axis;
  layout->n_c = sizes[0];
  layout->n_z = sizes[1];
  layout->n_t = sizes[2];
  layout->place_of = g_array_sized_new (FALSE, TRUE, sizeof (MgTiffPlace), (guint) n_planes);
  g_array_set_size (layout->place_of, (guint) n_planes);
  for (gint64 page = 0; page < n_planes; page++)
    {
      int at[3] = { 0 };
      gint64 rest = page;

      for (guint i = 0; i < 3; i++)
        {
          int axis = (int) (strchr ("CZT", layout->order[i]) - "CZT");

          at[axis] = (int) (rest % sizes[axis]);
          rest /= sizes[axis];
        }
      g_array_index (layout->place_of, MgTiffPlace, (at[2] * sizes[1] + at[1]) * sizes[0] + at[0]).page = (gint32) page;
    }
}

static void
note_guess (const Shape *shape, GPtrArray *notes)
{
  g_autoptr (GString) text = g_string_new ("the file gives the shape of its pages but not what all of it is; taken as ");

  for (guint i = 0; i < shape->n; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", i == 0 ? "" : i + 1 == shape->n ? " and "
                                                                                                : ", ",
                            shape->sizes[i],
                            shape->axes[i] == 'T' ? "time points" : shape->axes[i] == 'Z' ? "slices"
                                                                                          : "channels");
  g_ptr_array_add (notes, g_string_free (g_steal_pointer (&text), FALSE));
}

/* Reads the description that tifffile (Python) writes, {"shape": [5, 2, 64, 64],
 * "axes": "ZCYX"}, of which axes may be missing, and what scikit-image and
 * others save with it. Nothing of it is used where it does not fit the pages. */
void
_mg_shape_read (TIFF *tif,
                const char *text,
                guint n_pages,
                guint samples,
                MgTiffLayout *layout,
                GPtrArray *notes)
{
  guint32 width = 0, height = 0;
  Shape shape = { 0 };
  guint64 n_planes = 1;
  gboolean guessed;

  TIFFGetField (tif, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField (tif, TIFFTAG_IMAGELENGTH, &height);
  if (!parse (text, &shape))
    return;
  if (!take_page_out (&shape, width, height, samples))
    {
      g_ptr_array_add (notes, g_strdup ("its description gives another shape than its pages have, and was not used"));
      return;
    }
  squeeze (&shape);
  for (guint i = 0; i < shape.n && n_planes <= MAX_PLANES; i++)
    n_planes *= MIN (shape.sizes[i], MAX_PLANES + 1);
  if (n_planes == 0 || n_planes > MAX_PLANES || shape.n > 3 || (n_planes > n_pages && !shape.truncated))
    {
      g_ptr_array_add (notes, g_strdup_printf ("its description gives %u dimensions of pages, which its %u pages do not have, and was not used",
                                               shape.n, n_pages));
      return;
    }
  /* one dimension of pages without a name is what any file of pages has */
  if (shape.n == 0 || (shape.n == 1 && shape.axes[0] == '\0' && !shape.truncated))
    return;
  guessed = guess_axes (&shape);
  if (guessed)
    note_guess (&shape, notes);
  if (n_planes < n_pages)
    g_ptr_array_add (notes, g_strdup_printf ("its description speaks of %" G_GUINT64_FORMAT " of its %u pages; the others are left out", n_planes, n_pages));
  lay_out (&shape, (gint64) n_planes, layout);
  if (shape.truncated && n_pages == 1)
    layout->one_tag_set = TRUE;
}
