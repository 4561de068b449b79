#include "io/tiff-meta.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <string.h>

/* A stack of more planes than this is a damaged description. */
#define MAX_PLANES (1 << 24)

/* One TiffData element: which planes of an image are which pages. */
typedef struct
{
  int first_c, first_z, first_t;
  int ifd, count; /* -1: not said */
  gboolean own;   /* in this very file */
} Block;

/* One Image element. */
typedef struct
{
  int size_c, size_z, size_t;
  char order[3]; /* "CZT", fastest first */
  int samples;   /* channels in one plane */
  guint bits;
  double width, height, depth, interval;
  char *unit, *depth_unit;
  GPtrArray *names;
  GArray *blocks;
} Image;

typedef struct
{
  xmlTextReader *reader;
  const char *base_name;
  char *uuid, *creator;
  gboolean elsewhere; /* the description itself is in another file */
  GPtrArray *images;
} Parser;

static void
image_free (gpointer data)
{
  Image *image = data;

  g_free (image->unit);
  g_free (image->depth_unit);
  g_ptr_array_unref (image->names);
  g_array_unref (image->blocks);
  g_free (image);
}

static char *
get_text (xmlTextReader *reader, const char *name)
{
  xmlChar *value = xmlTextReaderGetAttribute (reader, (const xmlChar *) name);
  char *copy = g_strdup ((const char *) value);

  xmlFree (value);
  return copy;
}

static int
get_int (xmlTextReader *reader, const char *name, int otherwise)
{
  g_autofree char *text = get_text (reader, name);

  return text != NULL ? (int) CLAMP (g_ascii_strtoll (text, NULL, 10), -1, G_MAXINT) : otherwise;
}

static double
get_double (xmlTextReader *reader, const char *name)
{
  g_autofree char *text = get_text (reader, name);
  double value = text != NULL ? g_ascii_strtod (text, NULL) : 0;

  return isfinite (value) && value > 0 ? value : 0;
}

static Image *
last_image (Parser *parser)
{
  return parser->images->len > 0 ? g_ptr_array_index (parser->images, parser->images->len - 1) : NULL;
}

static void
parse_pixels (Parser *parser)
{
  xmlTextReader *reader = parser->reader;
  Image *image = g_new0 (Image, 1);
  g_autofree char *order = get_text (reader, "DimensionOrder");
  g_autofree char *unit = get_text (reader, "PhysicalSizeXUnit");
  g_autofree char *depth_unit = get_text (reader, "PhysicalSizeZUnit");
  g_autofree char *time_unit = get_text (reader, "TimeIncrementUnit");
  guint n = 0;

  image->size_c = get_int (reader, "SizeC", 1);
  image->size_z = get_int (reader, "SizeZ", 1);
  image->size_t = get_int (reader, "SizeT", 1);
  memcpy (image->order, "ZCT", 3);
  for (const char *p = order != NULL ? order : ""; *p != '\0' && n < 3; p++)
    if (strchr ("CZT", *p) != NULL)
      image->order[n++] = *p;
  image->samples = 1;
  image->bits = CLAMP (get_int (reader, "SignificantBits", 0), 0, 64);
  image->width = get_double (reader, "PhysicalSizeX");
  image->height = get_double (reader, "PhysicalSizeY");
  image->depth = get_double (reader, "PhysicalSizeZ");
  image->interval = get_double (reader, "TimeIncrement");
  if (g_strcmp0 (time_unit, "ms") == 0)
    image->interval /= 1000;
  else if (g_strcmp0 (time_unit, "min") == 0)
    image->interval *= 60;
  else if (g_strcmp0 (time_unit, "h") == 0)
    image->interval *= 3600;
  image->unit = g_strdup (unit != NULL ? unit : "µm");
  image->depth_unit = g_strdup (depth_unit != NULL ? depth_unit : "µm");
  image->names = g_ptr_array_new_with_free_func (g_free);
  image->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_ptr_array_add (parser->images, image);
}

static void
parse_uuid (Parser *parser, Block *block)
{
  g_autofree char *name = get_text (parser->reader, "FileName");
  xmlChar *uuid = xmlTextReaderReadString (parser->reader);

  /* a file may have been given another name since */
  block->own = g_strcmp0 (name, parser->base_name) == 0 ||
               (parser->uuid != NULL && g_strcmp0 ((const char *) uuid, parser->uuid) == 0);
  xmlFree (uuid);
}

static void
parse_element (Parser *parser)
{
  xmlTextReader *reader = parser->reader;
  const char *name = (const char *) xmlTextReaderConstLocalName (reader);
  Image *image = last_image (parser);

  if (strcmp (name, "OME") == 0)
    {
      g_free (parser->uuid);
      g_free (parser->creator);
      parser->uuid = get_text (reader, "UUID");
      parser->creator = get_text (reader, "Creator");
    }
  else if (strcmp (name, "BinaryOnly") == 0)
    parser->elsewhere = TRUE;
  else if (strcmp (name, "Pixels") == 0)
    parse_pixels (parser);
  else if (image != NULL && strcmp (name, "Channel") == 0)
    {
      char *channel = get_text (reader, "Name");

      image->samples = MAX (get_int (reader, "SamplesPerPixel", 1), image->samples);
      g_ptr_array_add (image->names, channel != NULL ? channel : g_strdup (""));
    }
  else if (image != NULL && strcmp (name, "TiffData") == 0)
    {
      Block block = { get_int (reader, "FirstC", 0), get_int (reader, "FirstZ", 0), get_int (reader, "FirstT", 0),
                      get_int (reader, "IFD", -1), get_int (reader, "PlaneCount", -1), TRUE };

      g_array_append_val (image->blocks, block);
    }
  else if (image != NULL && strcmp (name, "UUID") == 0 && image->blocks->len > 0)
    parse_uuid (parser, &g_array_index (image->blocks, Block, image->blocks->len - 1));
}

static gboolean
parse (Parser *parser)
{
  int more;

  while ((more = xmlTextReaderRead (parser->reader)) == 1)
    {
      if (xmlTextReaderNodeType (parser->reader) == XML_READER_TYPE_DOCUMENT_TYPE)
        return FALSE; /* where entities would be declared */
      if (xmlTextReaderNodeType (parser->reader) == XML_READER_TYPE_ELEMENT)
        parse_element (parser);
    }
  return more == 0;
}

/* Puts one block's pages in their places; with no place left it stops. */
static guint
place_block (const Image *image, const Block *block, int n_c, guint n_pages, gint32 *page_of)
{
  int sizes[3] = { n_c, image->size_z, image->size_t };
  int at[3] = { block->first_c / MAX (image->size_c / n_c, 1), block->first_z, block->first_t };
  int page = MAX (block->ifd, 0);
  int count = block->count >= 0 ? block->count : block->ifd >= 0 ? 1
                                                                 : G_MAXINT;
  guint placed = 0;

  for (; count > 0 && page < (int) n_pages; count--, page++)
    {
      guint axis;

      for (axis = 0; axis < 3; axis++)
        if (at[axis] < 0 || at[axis] >= sizes[axis])
          return placed;
      page_of[((gsize) at[2] * sizes[1] + at[1]) * sizes[0] + at[0]] = page;
      placed++;
      for (axis = 0; axis < 3; axis++)
        {
          int which = image->order[axis] == 'C' ? 0 : image->order[axis] == 'Z' ? 1
                                                                                : 2;

          if (++at[which] < sizes[which])
            break;
          at[which] = 0;
        }
      if (axis == 3)
        break;
    }
  return placed;
}

/* Leaves out channels, slices and frames of which this file has no plane. */
static void
drop_empty (MgTiffLayout *layout)
{
  int old[3] = { layout->n_c, layout->n_z, layout->n_t }, size[3] = { 0, 0, 0 };
  const gint32 *from = (const gint32 *) layout->page_of->data;
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree guint8 *used = g_new0 (guint8, (gsize) old[0] + old[1] + old[2]);
  guint8 *axis[3] = { used, used + old[0], used + old[0] + old[1] };

  for (gsize i = 0; i < layout->page_of->len; i++)
    if (from[i] >= 0)
      axis[0][i % old[0]] = axis[1][i / old[0] % old[1]] = axis[2][i / old[0] / old[1]] = 1;
  for (gsize i = 0; i < layout->page_of->len; i++)
    if (axis[0][i % old[0]] && axis[1][i / old[0] % old[1]] && axis[2][i / old[0] / old[1]])
      g_array_append_val (kept, from[i]);
  for (guint a = 0; a < 3; a++)
    for (int i = 0; i < old[a]; i++)
      size[a] += axis[a][i];
  layout->n_c = size[0];
  layout->n_z = size[1];
  layout->n_t = size[2];
  g_array_unref (layout->page_of);
  layout->page_of = g_steal_pointer (&kept);
}

static gboolean
lay_out (const Image *image, guint n_pages, guint samples, MgTiffLayout *layout, GPtrArray *notes)
{
  int n_c = image->samples > 1 && image->samples == (int) samples ? image->size_c / image->samples : image->size_c;
  gint64 planes = (gint64) n_c * image->size_z;
  guint placed = 0;
  gboolean foreign = FALSE;

  if (n_c < 1 || image->size_z < 1 || image->size_t < 1 || planes > MAX_PLANES ||
      (planes *= image->size_t) > MAX_PLANES)
    return FALSE;
  layout->n_c = n_c;
  layout->n_z = image->size_z;
  layout->n_t = image->size_t;
  memcpy (layout->order, image->order, sizeof image->order);
  layout->page_of = g_array_sized_new (FALSE, FALSE, sizeof (gint32), planes);
  g_array_set_size (layout->page_of, planes);
  memset (layout->page_of->data, 0xff, planes * sizeof (gint32));
  for (guint i = 0; i < image->blocks->len; i++)
    {
      const Block *block = &g_array_index (image->blocks, Block, i);

      foreign |= !block->own;
      if (block->own)
        placed += place_block (image, block, n_c, n_pages, (gint32 *) layout->page_of->data);
    }
  if (foreign)
    g_ptr_array_add (notes, g_strdup ("one file of an OME set of several: only this file's own planes are shown"));
  if (placed == 0)
    return FALSE;
  if (placed < planes)
    {
      drop_empty (layout);
      if (!foreign)
        g_ptr_array_add (notes, g_strdup_printf ("%" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT " planes that its OME description names are not in the file", planes - placed, planes));
    }
  return TRUE;
}

static gboolean
is_own (const Image *image)
{
  for (guint i = 0; i < image->blocks->len; i++)
    if (g_array_index (image->blocks, Block, i).own)
      return TRUE;
  return FALSE;
}

static void
take_names (const Image *image, MgImageInfo *info)
{
  gboolean named = FALSE;

  for (guint i = 0; i < image->names->len; i++)
    named |= ((const char *) g_ptr_array_index (image->names, i))[0] != '\0';
  if (!named || (int) image->names->len != image->size_c)
    return;
  info->channel_names = g_new0 (char *, image->names->len + 1);
  for (guint i = 0; i < image->names->len; i++)
    info->channel_names[i] = g_strdup (g_ptr_array_index (image->names, i));
}

static gboolean
take_image (const Parser *parser, guint n_pages, guint samples, MgImageInfo *info, MgTiffLayout *layout, GPtrArray *notes)
{
  const Image *image = NULL;
  g_autofree char *other = NULL;

  for (guint i = 0; i < parser->images->len && image == NULL; i++)
    if (is_own (g_ptr_array_index (parser->images, i)))
      image = g_ptr_array_index (parser->images, i);
  if (parser->elsewhere || image == NULL)
    {
      g_ptr_array_add (notes, g_strdup ("one file of an OME set of several: only this file's own planes are shown"));
      return TRUE;
    }
  if (!lay_out (image, n_pages, samples, layout, notes))
    {
      _mg_tiff_layout_clear (layout);
      *layout = (MgTiffLayout){ 0 };
      return FALSE;
    }
  if (parser->images->len > 1)
    g_ptr_array_add (notes, g_strdup_printf ("it holds %u images, of which one is shown", parser->images->len));
  info->pixel_width = _mg_length_to_um (image->width, image->unit, &info->unit);
  info->pixel_height = _mg_length_to_um (image->height, image->unit, &other);
  info->pixel_depth = _mg_length_to_um (image->depth, image->depth_unit, &other);
  info->frame_interval = image->interval;
  info->bits = image->bits;
  if (layout->n_c * (int) samples == image->size_c || layout->n_c == image->size_c)
    take_names (image, info);
  return TRUE;
}

/* Reads an OME-XML description (Open Microscopy Environment, schema 2016-06
 * and its forerunners) of a file of `n_pages` pages with `samples` samples
 * each. FALSE when it makes no sense; what it said is then not used. */
gboolean
_mg_ome_read (const char *xml,
              const char *base_name,
              guint n_pages,
              guint samples,
              MgImageInfo *info,
              MgTiffLayout *layout,
              GPtrArray *notes)
{
  Parser parser = { .base_name = base_name };
  gsize size = strlen (xml);
  gboolean ok = FALSE;

  if (size > G_MAXINT)
    return FALSE;
  parser.reader = xmlReaderForMemory (xml, (int) size, NULL, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (parser.reader == NULL)
    return FALSE;
  parser.images = g_ptr_array_new_with_free_func (image_free);
  if (parse (&parser))
    ok = take_image (&parser, n_pages, samples, info, layout, notes);
  if (ok && info->software == NULL && parser.creator != NULL)
    info->software = g_strdup (parser.creator);
  xmlFreeTextReader (parser.reader);
  g_ptr_array_unref (parser.images);
  g_free (parser.uuid);
  g_free (parser.creator);
  return ok;
}
