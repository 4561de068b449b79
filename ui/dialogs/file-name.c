#include "dialogs/file-name.h"

#include <string.h>

/* The bytes of the name before an ending, 0 where it has none of them. */
static gsize
stem_bytes (const char *name,
            gsize size,
            const char *const *endings)
{
  for (; *endings != NULL; endings++)
    {
      gsize ending = strlen (*endings);

      if (size > ending && g_ascii_strncasecmp (name + size - ending, *endings, ending) == 0)
        return size - ending;
    }
  return 0;
}

/**
 * mg_file_name_complete:
 * @typed: what a person left in the entry of a file chooser
 * @endings: (array zero-terminated=1): what the file's name may end in, such as
 *   ".tif"; the first is that of the name proposed
 *
 * GTK's file chooser selects a proposed name without its ending, so that a name
 * which is typed whole gets a second one: "a.png.tif" is "a.png". A name that has
 * none of the endings gets the first.
 *
 * Returns: (transfer full): the name that is meant
 */
char *
mg_file_name_complete (const char *typed,
                       const char *const *endings)
{
  const char *const proposed[] = { endings[0], NULL };
  gsize size = strlen (typed), stem = stem_bytes (typed, size, proposed);

  if (stem_bytes (typed, size, endings) == 0)
    return g_strconcat (typed, endings[0], NULL);
  return g_strndup (typed, stem > 0 && stem_bytes (typed, stem, endings) > 0 ? stem : size);
}
