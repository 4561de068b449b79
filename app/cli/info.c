#include "cli/commands.h"
#include "cli/common.h"

#include "image/histogram.h"
#include "io/digest.h"

#include <math.h>

typedef struct
{
  char **files;
  gboolean digest;
  JsonArray *results;
} Work;

static gboolean
add_ranges (JsonObject *object, MgImage *image, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  JsonArray *channels = json_array_new ();

  json_object_set_array_member (object, "channels", channels);
  for (int c = 0; c < info->n_channels; c++)
    {
      g_autofree MgHistogram *histogram = g_new (MgHistogram, 1);
      JsonObject *channel = json_object_new ();

      json_array_add_object_element (channels, channel);
      if (!mg_histogram_compute (image, c, 0, 0, histogram, cancellable, error))
        return FALSE;
      if (info->channel_names != NULL && c < (int) g_strv_length (info->channel_names))
        json_object_set_string_member (channel, "name", info->channel_names[c]);
      mg_manifest_set_number (channel, "min", histogram->n > 0 ? histogram->min : NAN);
      mg_manifest_set_number (channel, "max", histogram->n > 0 ? histogram->max : NAN);
    }
  return TRUE;
}

static JsonObject *
describe (const char *path, const MgImageInfo *info)
{
  JsonObject *object = json_object_new ();
  JsonArray *notes = json_array_new ();

  json_object_set_string_member (object, "file", path);
  json_object_set_string_member (object, "axes", info->axes ?: "");
  json_object_set_int_member (object, "width", info->width);
  json_object_set_int_member (object, "height", info->height);
  json_object_set_int_member (object, "n_channels", info->n_channels);
  json_object_set_int_member (object, "n_z", info->n_z);
  json_object_set_int_member (object, "n_t", info->n_t);
  json_object_set_string_member (object, "type", mg_pixel_type_name (info->type));
  json_object_set_int_member (object, "bits", info->bits);
  json_object_set_boolean_member (object, "rgb", info->is_rgb);
  mg_manifest_set_number (object, "pixel_width", info->pixel_width);
  mg_manifest_set_number (object, "pixel_height", info->pixel_height);
  mg_manifest_set_number (object, "pixel_depth", info->pixel_depth);
  mg_manifest_set_number (object, "frame_interval", info->frame_interval);
  json_object_set_string_member (object, "unit", info->unit ?: "");
  json_object_set_string_member (object, "software", info->software ?: "");
  json_object_set_array_member (object, "notes", notes);
  for (char **note = info->notes; note != NULL && *note != NULL; note++)
    json_array_add_string_element (notes, *note);
  return object;
}

static gboolean
look_at_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (char **path = work->files; *path != NULL; path++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (*path);
      g_autoptr (MgImage) image = NULL;
      JsonObject *object;

      mg_progress_set (progress, "Reading", path - work->files, g_strv_length (work->files));
      image = cli_load_image (file, cancellable, error);
      if (image == NULL)
        return FALSE;
      object = describe (*path, mg_image_get_info (image));
      json_array_add_object_element (work->results, object);
      if (!add_ranges (object, image, cancellable, error))
        return FALSE;
      if (work->digest)
        {
          g_autofree char *digest = mg_image_digest_page0 (file, cancellable, error);

          if (digest == NULL)
            return FALSE;
          json_object_set_string_member (object, "digest", digest);
        }
    }
  return TRUE;
}

static void
print_channels (JsonObject *object)
{
  JsonArray *channels = json_object_get_array_member (object, "channels");

  for (guint c = 0; c < json_array_get_length (channels); c++)
    {
      JsonObject *channel = json_array_get_object_element (channels, c);
      const char *name = json_object_has_member (channel, "name") ? json_object_get_string_member (channel, "name") : "";

      if (json_object_get_null_member (channel, "min"))
        g_print ("  channel %u %s: no finite value\n", c + 1, name);
      else
        g_print ("  channel %u %s: %g to %g\n", c + 1, name, json_object_get_double_member (channel, "min"),
                 json_object_get_double_member (channel, "max"));
    }
}

static void
print_text (JsonObject *o)
{
  const char *unit = json_object_get_string_member (o, "unit"), *software = json_object_get_string_member (o, "software");
  double width = json_object_get_double_member (o, "pixel_width"), height = json_object_get_double_member (o, "pixel_height");
  double depth = json_object_get_double_member (o, "pixel_depth"), interval = json_object_get_double_member (o, "frame_interval");
  gint64 bits = json_object_get_int_member (o, "bits");
  JsonArray *notes = json_object_get_array_member (o, "notes");

  g_print ("%s\n", json_object_get_string_member (o, "file"));
  g_print ("  axes: %s\n", json_object_get_string_member (o, "axes"));
  g_print ("  size: %d × %d pixels, %d channels, %d slices, %d frames\n", (int) json_object_get_int_member (o, "width"),
           (int) json_object_get_int_member (o, "height"), (int) json_object_get_int_member (o, "n_channels"),
           (int) json_object_get_int_member (o, "n_z"), (int) json_object_get_int_member (o, "n_t"));
  g_print ("  type: %s", json_object_get_string_member (o, "type"));
  if (bits > 0)
    g_print (", %d bits used", (int) bits);
  g_print ("%s\n", json_object_get_boolean_member (o, "rgb") ? ", colour" : "");
  if (width > 0)
    g_print ("  pixel size: %g × %g %s\n", width, height, unit);
  else
    g_print ("  pixel size: not known\n");
  if (depth > 0)
    g_print ("  distance of slices: %g %s\n", depth, unit);
  if (interval > 0)
    g_print ("  time between frames: %g s\n", interval);
  if (software[0] != '\0')
    g_print ("  written by: %s\n", software);
  print_channels (o);
  for (guint i = 0; i < json_array_get_length (notes); i++)
    g_print ("  note: %s\n", json_array_get_string_element (notes, i));
  if (json_object_has_member (o, "digest"))
    g_print ("  digest: %s\n", json_object_get_string_member (o, "digest"));
}

int
cli_info (int argc, char **argv)
{
  gboolean digest = FALSE;
  const GOptionEntry entries[] = {
    { "digest", 0, 0, G_OPTION_ARG_NONE, &digest, "SHA-256 of the first page's pixels as stored", NULL },
    { NULL },
  };
  const CliParser parser = {
    .command = "info",
    .arguments = "FILE…",
    .summary = "Tells axes, sizes, type, pixel size, channels, the range of each channel (of the first plane) and\n"
               "what wrote it. The digest is over little-endian rows, MinIsWhite not inverted, no palette applied,\n"
               "planar data one sample after the other.",
    .entries = entries,
    .has_images = TRUE,
    .has_json = TRUE,
  };
  g_autoptr (JsonArray) results = json_array_new ();
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (argc < 2)
    return cli_usage ("info needs a file (see “micrographia-cli info --help”)");
  status = cli_work ("Reading", look_at_all, &(Work){ argv + 1, digest, results }, &common);
  if (status != CLI_DONE)
    return status;
  if (common.json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_array_member (object, "files", json_array_ref (results));
      cli_print_json (object);
    }
  else
    for (guint i = 0; i < json_array_get_length (results); i++)
      print_text (json_array_get_object_element (results, i));
  return CLI_DONE;
}
