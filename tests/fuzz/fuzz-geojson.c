#include "fuzz.h"

#include "interchange/rasterise.h"
#include "io/geojson.h"

#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

#define SIDE 48

static gboolean
fill (const MgOutline *outline, gpointer data, GError **error)
{
  MgRasterised done;

  g_assert_true (outline->is_area == (outline->ends->len > 0));
  g_assert_true (mg_rasteriser_add (data, outline, 1, &done, NULL, NULL));
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (MgRasteriser) rasteriser = mg_rasteriser_new (SIDE, SIDE, NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = mg_geojson_read (file, fill, rasteriser, NULL, &error);

  g_assert_true (ok == (error == NULL));
  close (fd);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":\"a\",\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":[[[1,2],[9.5,2],[9.5,8],[1,2]],[[2,3],[3,3],[3,4],[2,3]]]},\"properties\":{\"objectType\":\"annotation\","
    "\"name\":\"7\",\"measurements\":{\"a\":\"NaN\",\"b\":-1.5e3}}}]}",
    "[{\"type\":\"Feature\",\"geometry\":{\"coordinates\":[[[[1,2,0],[9,2,0],[9,8,0]]],[[[20,20],[22,20],[22,22]]]],\"type\":\"MultiPolygon\","
    "\"plane\":{\"c\":-1,\"z\":2,\"t\":0}},\"properties\":null}]",
    "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4]]]}]}",
    "\xef\xbb\xbf{\"type\":\"Polygon\",\"coordinates\":[[[1e2,2],[123456789012345678,2],[0.000001,8]]]}",
    "{\"a\":\"\\u00b5\\ud83d\\ude00\\n\",\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]],\"x\":[{\"y\":[[[]]]},true,null]}",
  };

  fuzz_add_texts (seeds, texts, G_N_ELEMENTS (texts));
  fuzz_add_broken_json (seeds, NULL, 0, texts[0]);
}
