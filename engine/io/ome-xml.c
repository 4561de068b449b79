#include "io/tiff-meta.h"

#include "io/io-private.h"
#include "io/tiff-set.h"

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
  guint file;     /* of the parser's; 0: this very one */
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
  GArray *colours; /* of gint64: one a channel, -1 where none is given */
  GArray *blocks;
} Image;

typedef struct
{
  xmlTextReader *reader;
  GFile *file;
  char *uuid, *creator;
  char *companion;     /* (nullable): the file that has the description itself */
  gboolean in_another; /* what is read now is another file's: its UUID is not this one's */
  GPtrArray *images;
  GPtrArray *files;    /* base names; [0] is this file */
  GHashTable *numbers; /* name → number of it in files */
  GHashTable *there;   /* (nullable), borrowed: names of all files that are there */
  guint n_missing;     /* of the files, how many are not there */
  char *missing;       /* (nullable): the first of them */
} Parser;

static void
image_free (gpointer data)
{
  Image *image = data;

  g_free (image->unit);
  g_free (image->depth_unit);
  g_ptr_array_unref (image->names);
  g_array_unref (image->colours);
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
  image->colours = g_array_new (FALSE, FALSE, sizeof (gint64));
  image->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_ptr_array_add (parser->images, image);
}

/* The number of a file of the set, -1 when it is not there. */
static int
find_file (Parser *parser, const char *name)
{
  gpointer number;

  if (!g_hash_table_lookup_extended (parser->numbers, name, NULL, &number))
    {
      gboolean there = parser->there != NULL ? g_hash_table_contains (parser->there, name)
                                             : _mg_tiff_set_has (parser->file, name);

      number = GINT_TO_POINTER (there ? (int) parser->files->len : -1);
      g_hash_table_insert (parser->numbers, g_strdup (name), number);
      if (there)
        g_ptr_array_add (parser->files, g_strdup (name));
      else if (parser->n_missing++ == 0)
        parser->missing = g_strdup (name);
    }
  return GPOINTER_TO_INT (number);
}

static void
parse_uuid (Parser *parser, Image *image)
{
  Block *block = &g_array_index (image->blocks, Block, image->blocks->len - 1);
  g_autofree char *name = get_text (parser->reader, "FileName");
  xmlChar *uuid = xmlTextReaderReadString (parser->reader);
  int file = 0;

  /* a file may have been given another name since */
  if (g_strcmp0 (name, parser->files->pdata[0]) != 0 &&
      (parser->uuid == NULL || g_strcmp0 ((const char *) uuid, parser->uuid) != 0))
    file = find_file (parser, name != NULL ? name : "");
  xmlFree (uuid);
  block->file = (guint) MAX (file, 0);
  if (file < 0)
    g_array_set_size (image->blocks, image->blocks->len - 1);
}

static void
parse_channel (Parser *parser, Image *image)
{
  xmlTextReader *reader = parser->reader;
  char *name = get_text (reader, "Name");
  g_autofree char *colour = get_text (reader, "Color");
  /* a signed number of the bytes red, green, blue and opacity */
  gint64 rgb = colour != NULL ? (gint64) ((guint32) g_ascii_strtoll (colour, NULL, 10) >> 8) : -1;

  image->samples = MAX (get_int (reader, "SamplesPerPixel", 1), image->samples);
  g_ptr_array_add (image->names, name != NULL ? name : g_strdup (""));
  g_array_append_val (image->colours, rgb);
}

static void
parse_element (Parser *parser)
{
  xmlTextReader *reader = parser->reader;
  const char *name = (const char *) xmlTextReaderConstLocalName (reader);
  Image *image = last_image (parser);

  if (strcmp (name, "OME") == 0)
    {
      if (!parser->in_another)
        {
          g_free (parser->uuid);
          parser->uuid = get_text (reader, "UUID");
        }
      g_free (parser->creator);
      parser->creator = get_text (reader, "Creator");
    }
  else if (strcmp (name, "BinaryOnly") == 0 && parser->companion == NULL)
    parser->companion = get_text (reader, "MetadataFile") ?: g_strdup ("");
  else if (strcmp (name, "Pixels") == 0)
    parse_pixels (parser);
  else if (image != NULL && strcmp (name, "Channel") == 0)
    parse_channel (parser, image);
  else if (image != NULL && strcmp (name, "TiffData") == 0)
    {
      Block block = { get_int (reader, "FirstC", 0), get_int (reader, "FirstZ", 0), get_int (reader, "FirstT", 0),
                      get_int (reader, "IFD", -1), get_int (reader, "PlaneCount", -1), 0 };

      g_array_append_val (image->blocks, block);
    }
  else if (image != NULL && strcmp (name, "UUID") == 0 && image->blocks->len > 0)
    parse_uuid (parser, image);
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
place_block (const Image *image, const Block *block, int n_c, guint n_pages, MgTiffPlace *place_of)
{
  int sizes[3] = { n_c, image->size_z, image->size_t };
  int at[3] = { block->first_c / MAX (image->size_c / n_c, 1), block->first_z, block->first_t };
  int page = MAX (block->ifd, 0);
  int count = block->count >= 0 ? block->count : block->ifd >= 0 || block->file > 0 ? 1
                                                                                    : G_MAXINT;
  guint placed = 0;

  for (; count > 0 && (block->file > 0 || page < (int) n_pages); count--, page++)
    {
      MgTiffPlace *place;
      guint axis;

      for (axis = 0; axis < 3; axis++)
        if (at[axis] < 0 || at[axis] >= sizes[axis])
          return placed;
      place = &place_of[((gsize) at[2] * sizes[1] + at[1]) * sizes[0] + at[0]];
      placed += place->page < 0;
      *place = (MgTiffPlace){ page, block->file };
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
  const MgTiffPlace *from = (const MgTiffPlace *) layout->place_of->data;
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (MgTiffPlace));
  g_autofree guint8 *used = g_new0 (guint8, (gsize) old[0] + old[1] + old[2]);
  guint8 *axis[3] = { used, used + old[0], used + old[0] + old[1] };

  for (gsize i = 0; i < layout->place_of->len; i++)
    if (from[i].page >= 0)
      axis[0][i % old[0]] = axis[1][i / old[0] % old[1]] = axis[2][i / old[0] / old[1]] = 1;
  for (gsize i = 0; i < layout->place_of->len; i++)
    if (axis[0][i % old[0]] && axis[1][i / old[0] % old[1]] && axis[2][i / old[0] / old[1]])
      g_array_append_val (kept, from[i]);
  for (guint a = 0; a < 3; a++)
    for (int i = 0; i < old[a]; i++)
      size[a] += axis[a][i];
  layout->n_c = size[0];
  layout->n_z = size[1];
  layout->n_t = size[2];
  g_array_unref (layout->place_of);
  layout->place_of = g_steal_pointer (&kept);
}

static gboolean
lay_out (const Parser *parser, const Image *image, guint n_pages, guint samples, MgTiffLayout *layout, GPtrArray *notes)
{
  int n_c = image->samples > 1 && image->samples == (int) samples ? image->size_c / image->samples : image->size_c;
  gint64 planes = (gint64) n_c * image->size_z;
  guint placed = 0;

  if (n_c < 1 || image->size_z < 1 || image->size_t < 1 || planes > MAX_PLANES ||
      (planes *= image->size_t) > MAX_PLANES)
    return FALSE;
  layout->n_c = n_c;
  layout->n_z = image->size_z;
  layout->n_t = image->size_t;
  memcpy (layout->order, image->order, sizeof image->order);
  layout->place_of = g_array_sized_new (FALSE, FALSE, sizeof (MgTiffPlace), planes);
  g_array_set_size (layout->place_of, planes);
  memset (layout->place_of->data, 0xff, planes * sizeof (MgTiffPlace));
  for (guint i = 0; i < image->blocks->len; i++)
    placed += place_block (image, &g_array_index (image->blocks, Block, i), n_c, n_pages, (MgTiffPlace *) layout->place_of->data);
  if (parser->n_missing > 0)
    g_ptr_array_add (notes, g_strdup_printf ("one file of an OME set of several: %u of them, such as “%s”, are not beside it, so their planes are left out",
                                             parser->n_missing, parser->missing));
  if (placed == 0)
    return FALSE;
  if (placed < planes)
    {
      drop_empty (layout);
      if (parser->n_missing == 0)
        g_ptr_array_add (notes, g_strdup_printf ("%" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT " planes that its OME description names are not in the file", planes - placed, planes));
    }
  return TRUE;
}

static gboolean
is_own (const Image *image)
{
  for (guint i = 0; i < image->blocks->len; i++)
    if (g_array_index (image->blocks, Block, i).file == 0)
      return TRUE;
  return FALSE;
}

/* The colours of channels, where the description has all of them. */
static void
take_colours (const Image *image, const MgTiffLayout *layout, MgImageInfo *info)
{
  if ((int) image->colours->len != layout->n_c || layout->n_c > MG_VIEW_MAX_CHANNELS || layout->n_c < 2)
    return;
  for (guint c = 0; c < image->colours->len; c++)
    if (g_array_index (image->colours, gint64, c) <= 0)
      return;
  info->channels = g_new0 (MgChannelView, layout->n_c);
  for (int c = 0; c < layout->n_c; c++)
    {
      guint32 rgb = (guint32) g_array_index (image->colours, gint64, c), colours[MG_LUT_TABLE_SIZE];

      for (guint i = 0; i < MG_LUT_TABLE_SIZE; i++)
        colours[i] = ((rgb >> 16) * i / 255) << 16 | ((rgb >> 8 & 0xff) * i / 255) << 8 | (rgb & 0xff) * i / 255;
      info->channels[c] = (MgChannelView){ .visible = TRUE, .gamma = 1 };
      mg_channel_view_set_table (&info->channels[c], colours);
    }
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
  if (image == NULL)
    {
      g_ptr_array_add (notes, g_strdup_printf ("one file of an OME set of several: %s%s%s, so only this file's own planes are shown",
                                               parser->companion != NULL ? "“" : "its description names other files",
                                               parser->companion ?: "", parser->companion != NULL ? "” is not beside it" : ""));
      return TRUE;
    }
  if (!lay_out (parser, image, n_pages, samples, layout, notes))
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
  if (layout->n_c == image->size_c && samples == 1)
    take_colours (image, layout, info);
  return TRUE;
}

static void
parser_clear (Parser *parser)
{
  g_clear_pointer (&parser->reader, xmlFreeTextReader);
  g_clear_pointer (&parser->images, g_ptr_array_unref);
  g_clear_pointer (&parser->files, g_ptr_array_unref);
  g_clear_pointer (&parser->numbers, g_hash_table_unref);
  g_free (parser->uuid);
  g_free (parser->creator);
  g_free (parser->companion);
  g_free (parser->missing);
}

static gboolean
parse_text (Parser *parser, const char *xml, gsize size)
{
  if (size > G_MAXINT)
    return FALSE;
  g_clear_pointer (&parser->reader, xmlFreeTextReader);
  parser->reader = xmlReaderForMemory (xml, (int) size, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  return parser->reader != NULL && parse (parser);
}

/* A text beside the images, or the description of one of them. */
static char *
load_companion (GFile *file)
{
  g_autoptr (MgTiffSource) source = NULL;
  char *text = NULL;
  gboolean is_tiff;

  if (!_mg_io_is_tiff (file, &is_tiff, NULL, NULL))
    return NULL;
  if (!is_tiff)
    return g_file_load_contents (file, NULL, &text, NULL, NULL, NULL) ? text : NULL;
  source = _mg_tiff_source_open (file, NULL, NULL);
  return source != NULL ? _mg_tiff_dup_description (source) : NULL;
}

/* The description may be in a file beside this one; where that is missing, or
 * is none, the image is shown without it. Its blocks name this file by name: the
 * set's own number is another. */
static gboolean
parse_companion (Parser *parser)
{
  g_autoptr (GFile) folder = g_file_get_parent (parser->file);
  g_autoptr (GFile) file = NULL;
  g_autofree char *text = NULL;

  if (parser->companion == NULL || !_mg_tiff_set_has (parser->file, parser->companion))
    return TRUE;
  file = g_file_get_child (folder, parser->companion);
  text = load_companion (file);
  parser->in_another = TRUE;
  return text == NULL || parse_text (parser, text, strlen (text));
}

static void
parser_init (Parser *parser, const char *name)
{
  parser->images = g_ptr_array_new_with_free_func (image_free);
  parser->files = g_ptr_array_new_with_free_func (g_free);
  parser->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (parser->files, g_strdup (name));
}

/* Reads an OME-XML description (Open Microscopy Environment, schema 2016-06
 * and its forerunners) of a file of `n_pages` pages with `samples` samples
 * each. FALSE when it makes no sense; what it said is then not used. */
gboolean
_mg_ome_read (const char *xml,
              GFile *file,
              guint n_pages,
              guint samples,
              MgImageInfo *info,
              MgTiffLayout *layout,
              GPtrArray *notes)
{
  Parser parser = { .file = file };
  gboolean ok;

  parser_init (&parser, info->name);
  ok = parse_text (&parser, xml, strlen (xml)) && parse_companion (&parser) &&
       take_image (&parser, n_pages, samples, info, layout, notes);
  if (ok && info->software == NULL && parser.creator != NULL)
    info->software = g_strdup (parser.creator);
  if (ok && parser.files->len > 1)
    layout->files = g_steal_pointer (&parser.files);
  parser_clear (&parser);
  return ok;
}

/* The base names of the files that each image of a description is in, of those
 * `there`. A file with planes of several images is with the first: that is the
 * one it is shown as. (transfer full): of GPtrArray of char *; NULL when the
 * description makes no sense. */
GPtrArray *
_mg_ome_list_files (const char *xml,
                    GFile *file,
                    GHashTable *there)
{
  Parser parser = { .file = file, .there = there };
  g_autofree char *name = g_file_get_basename (file);
  g_autofree gboolean *seen = NULL;
  GPtrArray *lists = NULL;

  parser_init (&parser, name);
  if (parse_text (&parser, xml, strlen (xml)) && parse_companion (&parser))
    {
      lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
      seen = g_new0 (gboolean, parser.files->len);
    }
  for (guint i = 0; lists != NULL && i < parser.images->len; i++)
    {
      const Image *image = parser.images->pdata[i];
      GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

      g_ptr_array_add (lists, names);
      for (guint k = 0; k < image->blocks->len; k++)
        {
          guint number = g_array_index (image->blocks, Block, k).file;

          if (!seen[number])
            g_ptr_array_add (names, g_strdup (parser.files->pdata[number]));
          seen[number] = TRUE;
        }
    }
  parser_clear (&parser);
  return lists;
}
