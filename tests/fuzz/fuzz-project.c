#include "fuzz.h"

#include "project/project-private.h"

#include <string.h>

const char *const fuzz_shared_folder = NULL;

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GFile) folder = g_file_new_for_path ("/nowhere/project");
  g_autoptr (MgProject) project = mg_project_new (folder);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = _mg_project_parse (project, text, (gssize) strlen (text), &error);

  g_assert_true (ok == (error == NULL));
  if (ok)
    again = mg_project_to_text (project);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char text[] =
    "{\"micrographia-project\":1,\"program\":\"0.1.0\",\"mode\":\"segment\",\"model\":\"models/a.safetensors\",\"images\":["
    "{\"name\":\"a\",\"image\":\"../a.tif\",\"labels\":\"/b/a.tif\",\"cells\":3,\"role\":\"test\"},{\"image\":\"b.tif\"}]}",
                    seen[] =
                      "{\"micrographia-project\":1,\"mode\":\"denoise\",\"restoring-model\":\"m.safetensors\",\"view\":{\"axes\":\"CZT\",\"channels\":{"
                      "\"DAPI\":{\"visible\":true,\"map\":\"colour\",\"colour\":255,\"gamma\":0.5,\"min\":10,\"max\":2e3},\"1\":{\"map\":\"gray\"}}},"
                      "\"images\":[{\"image\":\"c.tif\",\"clean\":\"d.tif\",\"bytes\":123,\"test\":true,"
                      "\"view\":{\"pixel-size-um\":0.1,\"channels\":{\"0\":{\"visible\":false,\"gamma\":-1,\"map\":\"viridis\"}}}}]}";
  g_autofree char *deep = g_strnfill (4000000, '[');

  fuzz_add_texts (seeds, (const char *[]){ text, seen }, 2);
  g_ptr_array_add (seeds, g_bytes_new (deep, 4000000));
  fuzz_add_broken_json (seeds, NULL, 0, seen);
}
