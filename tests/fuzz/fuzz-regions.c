#include "fuzz.h"

#include "project/training-area.h"

#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  const MgImageInfo info = { .width = 640, .height = 480, .n_channels = 1, .n_z = 4, .n_t = 2 };
  int fd;
  g_autoptr (GFile) file = fuzz_as_named_file ("regions/cells.csv", data, size, &fd);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) labels = g_file_resolve_relative_path (folder, "../cells.tif");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) regions = mg_training_regions_load (labels, &info, &error);

  g_assert_true ((regions == NULL) == (error != NULL));
  for (guint i = 0; regions != NULL && i < regions->len; i++)
    {
      const MgTrainingRegion *region = &g_array_index (regions, MgTrainingRegion, i);
      const MgRect *rect = &region->rect;

      g_assert_true (region->plane >= MG_EVERY_PLANE && region->plane < info.n_z * info.n_t);
      g_assert_true (rect->x >= 0 && rect->y >= 0 && rect->width > 0 && rect->height > 0);
      g_assert_true (rect->x + rect->width <= info.width && rect->y + rect->height <= info.height);
    }
  close (fd);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    "BX,BY,Width,Height\n0,0,64,48\n",
    "BX,BY,Width,Height\r\n-5,3,100,2147483647\r\n 630,470,20,20\r\n\r\n",
    "BX,BY,Width,Height\n700,0,1,1\n",
    "BX,BY,Width,Height",
    "BX,BY,Width,Height,Page\n0,0,64,48,0\n5,6,7,8,8\n",
    "BX,BY,Width,Height,Page\n0,0,64,48,9\n",
  };

  fuzz_add_texts (seeds, texts, G_N_ELEMENTS (texts));
}
